"""Runs the simulator: python -m local.simulator --port 8030."""

import argparse

import uvicorn

from local.simulator.app import create_app

_HOST = "127.0.0.1"
_DEFAULT_PORT = 8030


def main() -> None:
    """Serve on this machine only, until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m local.simulator", description="A stand-in for RingCentral.")
    parser.add_argument("--port", type=int, default=_DEFAULT_PORT, help="port to listen on (default: %(default)s)")
    port: int = parser.parse_args().port
    print(f"RingCentral simulator on http://{_HOST}:{port}", flush=True)
    uvicorn.run(create_app(), host=_HOST, port=port, ws="none", access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
