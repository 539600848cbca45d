"""The operator's command line: what piled up, what is to be turned by hand, and what is to be learned from."""

import sys
from pathlib import Path

# The package of the functions' layer is installed nowhere else.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "layers/rollcall"))
