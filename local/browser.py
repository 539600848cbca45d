"""The browser in which pages are tested: Debian's Chromium, fetched if it is missing. python -m local.browser"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]
"""With these it runs without a screen and as root, and asks nobody for anything but the page."""

_SECONDS = 600
_PACKAGES = ["chromium", "fonts-dejavu-core"]


def path() -> str | None:
    """The browser's command, if there is one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> int:
    """Install the browser unless it is there. Returns the exit status."""
    if path() is None:
        print(f"Installing {' and '.join(_PACKAGES)}, which is done once and takes a minute.", flush=True)
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *_PACKAGES]):
            _run_apt(command)
    if path() is None:
        print("No Chromium, and it could not be installed. The tests of the pages need one.", file=sys.stderr)
        return 1
    return 0


def _run_apt(arguments: list[str]) -> None:
    apt, sudo = shutil.which("apt-get"), shutil.which("sudo")
    is_root = os.geteuid() == 0
    if apt is None or not (is_root or sudo):
        return
    as_root = [] if is_root else [str(sudo), "-n"]
    environment = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(
        [*as_root, apt, "--quiet", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=_SECONDS,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main())
