"""The ports on which the stack serves, all of them on this machine's loopback only."""

import socket
from collections.abc import Mapping
from typing import NamedTuple

from local.stack.errors import StackError

LOOPBACK = "127.0.0.1"
_HIGHEST = 65535
_AWS, _SIMULATOR = "ROLLCALL_PORT", "ROLLCALL_SIMULATOR_PORT"


class Ports(NamedTuple):
    """The port of the AWS on this machine, and that of the simulator of RingCentral."""

    aws: int
    simulator: int

    @property
    def aws_url(self) -> str:
        """Base URL of the AWS on this machine."""
        return f"http://{LOOPBACK}:{self.aws}"

    @property
    def simulator_url(self) -> str:
        """Base URL of the simulator."""
        return f"http://{LOOPBACK}:{self.simulator}"


def chosen(environment: Mapping[str, str]) -> Ports:
    """The ports that the environment chooses. Raises a `StackError` if they can't be meant."""
    ports = Ports(_number(environment, _AWS, 4566), _number(environment, _SIMULATOR, 8030))
    if ports.aws == ports.simulator:
        raise StackError(f"{_AWS} and {_SIMULATOR} are both {ports.aws}")
    return ports


def _number(environment: Mapping[str, str], variable: str, default: int) -> int:
    text = environment.get(variable) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _HIGHEST):
        raise StackError(f"{variable} is {text!r}, which is no port")
    return int(text)


def require_free(ports: Ports) -> None:
    """Raise a `StackError` if somebody serves on one of them already."""
    for variable, port in ((_AWS, ports.aws), (_SIMULATOR, ports.simulator)):
        if is_taken(port):
            raise StackError(f"port {port} is taken by another program; choose another one with {variable}=<port>")


def is_taken(port: int) -> bool:
    """Whether nobody else can serve on this port of this machine."""
    with socket.socket() as visitor:
        visitor.settimeout(1)
        if visitor.connect_ex((LOOPBACK, port)) == 0:
            return True
    with socket.socket() as server:
        # As servers do it: connections that are closing already don't keep the port.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A port on which nobody serves now."""
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        port: int = server.getsockname()[1]
        return port
