"""Which ports are chosen, and whether they are free."""

import socket
from collections.abc import Iterator

import pytest

from local.stack import ports
from local.stack.errors import StackError
from local.stack.ports import LOOPBACK, Ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        server.listen()
        yield server.getsockname()[1]


def test_the_ports_are_4566_and_8030_unless_chosen() -> None:
    assert ports.chosen({}) == Ports(4566, 8030)
    assert ports.chosen({"ROLLCALL_PORT": "", "ROLLCALL_SIMULATOR_PORT": "8031"}) == Ports(4566, 8031)
    assert Ports(4566, 8030).aws_url == "http://127.0.0.1:4566"
    assert Ports(4566, 8030).simulator_url == "http://127.0.0.1:8030"


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "4566.0", "\u0664"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(StackError, match=r"ROLLCALL_SIMULATOR_PORT is .*, which is no port"):
        ports.chosen({"ROLLCALL_SIMULATOR_PORT": text})


def test_both_ports_may_not_be_the_same() -> None:
    with pytest.raises(StackError, match="are both 8030"):
        ports.chosen({"ROLLCALL_PORT": "8030"})


def test_a_taken_port_is_named_with_the_variable_that_chooses_another(taken: int) -> None:
    with pytest.raises(StackError, match=f"port {taken} is taken .* ROLLCALL_SIMULATOR_PORT="):
        ports.require_free(Ports(ports.free_port(), taken))


def test_a_port_that_is_bound_without_being_served_is_taken_too() -> None:
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        assert ports.is_taken(holder.getsockname()[1])


def test_a_free_port_is_free() -> None:
    ports.require_free(Ports(ports.free_port(), ports.free_port()))
