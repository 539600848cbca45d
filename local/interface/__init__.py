"""The documents that describe Rollcall's interfaces, generated from the code's own types, errors and limits.

`python -m local.interface` (or `make docs`) writes them; `python -m local.interface check` tells whether they are as
they would be written.
"""

import sys

from local.stack.places import ROOT

# The package of the functions' layer is installed nowhere else.
sys.path.insert(0, str(ROOT / "layers/rollcall"))
