"""What the programs of the stack find in their environments. Nothing of the user's own AWS settings gets in."""

import os
from collections.abc import Mapping

from local.stack.places import AWS_TOOLS, TOOLS, Places

REGION = "us-east-1"
ACCESS_KEY_ID = "test"
SECRET_ACCESS_KEY = "test"  # noqa: S105 - the AWS on this machine takes no other for its administrator

_AWS = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_NO_PROXY = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
_OF_THE_EMULATOR = ("HOME", "LANG", "LC_ALL", "PATH", "TZ")


def of_tools(user: Mapping[str, str]) -> dict[str, str]:
    """For the simulator and whatever else is of the project: the user's own, with the project's tools first."""
    kept = {
        name: value
        for name, value in user.items()
        if not name.startswith(("AWS_", "SAM_", "ROLLCALL_")) and name not in ("PYTHONPATH", "PYTHONHOME")
    }
    return kept | _NO_PROXY | {"PATH": _path(TOOLS, user)}


def of_sam(user: Mapping[str, str], places: Places, aws_url: str) -> dict[str, str]:
    """For SAM, which finds Python and pip by PATH; `aws_url` may be empty where it needs no AWS."""
    endpoint = {"AWS_ENDPOINT_URL": aws_url} if aws_url else {}
    own = {"AWS_DEFAULT_REGION": REGION, "TMPDIR": str(places.temporary)}
    return of_tools(user) | _AWS | endpoint | own | {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2"}


def of_emulator(user: Mapping[str, str], places: Places, port: int) -> dict[str, str]:
    """For the AWS on this machine, and so for every function: as little as possible, as on AWS."""
    kept = {name: user[name] for name in _OF_THE_EMULATOR if name in user}
    return (
        kept
        | _AWS
        | {
            "PATH": _path(AWS_TOOLS, user),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": REGION,
            "S3_DATA_DIR": str(places.temporary / "s3"),
            "TMPDIR": str(places.temporary),
        }
    )


def _path(first: os.PathLike[str], user: Mapping[str, str]) -> str:
    return os.pathsep.join([os.fspath(first), user.get("PATH", os.defpath)])
