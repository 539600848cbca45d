""".local/stack.json: where the stack serves. Other programs rely on its fields."""

from pathlib import Path

import msgspec


class StackInfo(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Where the stack serves, and what a program needs to use it."""

    webhook_url: str
    api_url: str
    web_socket_url: str
    console_url: str
    ringcentral_url: str
    aws_endpoint_url: str
    region: str
    stack_name: str
    verification_token: str
    party_table: str


def write(path: Path, info: StackInfo) -> None:
    """Write the file, at once and whole."""
    draft = path.with_suffix(".tmp")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(info), indent=2) + b"\n")
    draft.replace(path)


def read(path: Path) -> StackInfo | None:
    """What the file tells; None if there is none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=StackInfo)
    except (OSError, msgspec.DecodeError):
        return None
