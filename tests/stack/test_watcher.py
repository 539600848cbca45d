"""The WebSocket client, with a server that says what the test wants."""

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from websockets.sync.server import ServerConnection, serve

from local.stack.board import Arrival, Board
from local.stack.errors import StackError
from local.stack.watcher import Watcher

SUBSCRIBED: dict[str, object] = {"type": "subscribed", "scope": "extension"}
SECONDS = 10.0


def roster(version: int) -> dict[str, object]:
    return {
        "type": "roster",
        "conferenceId": "s-1",
        "version": version,
        "state": "active",
        "participants": [],
        "changes": [],
        "eventTime": None,
        "sentAt": "2024-02-27T16:04:52.400Z",
    }


@contextmanager
def serving(talk: Callable[[ServerConnection], None]) -> Iterator[str]:
    with serve(talk, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()


def say(connection: ServerConnection, *messages: dict[str, object]) -> None:
    for message in messages:
        connection.send(json.dumps(message))


def test_it_subscribes_with_a_ticket_and_shows_each_newer_roster_once() -> None:
    heard: list[object] = []
    shown: list[int] = []

    def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        heard.extend([connection.request.path, json.loads(connection.recv())])
        say(connection, SUBSCRIBED, roster(1), roster(3), roster(2), roster(3), roster(4))
        connection.recv()

    def show(arrival: Arrival, board: Board) -> None:
        assert board.roster("s-1") == arrival.roster
        shown.append(arrival.roster.version)

    with serving(talk) as url, Watcher(url, lambda: "the-ticket", show) as watcher:
        watcher.wait_until_subscribed(SECONDS)
        assert watcher.wait_for("s-1", "it is the last", lambda it: it.version == 4, SECONDS).version == 4
    assert heard == ["/?ticket=the-ticket", {"action": "subscribe", "scope": "extension"}]
    assert shown == [1, 3, 4]


@pytest.mark.parametrize("last", [None, {"type": "bye", "reason": "expired", "retry": "now"}])
def test_a_lost_connection_is_opened_again_with_a_new_ticket(last: dict[str, object] | None) -> None:
    tickets = itertools.count(1)
    paths: list[str] = []

    def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        paths.append(connection.request.path)
        connection.recv()
        say(connection, SUBSCRIBED, roster(len(paths)), *([last] if last else []))
        if len(paths) > 1 or last:
            connection.recv()

    with (
        serving(talk) as url,
        Watcher(url, lambda: str(next(tickets)), lambda arrival, board: None) as watcher,
    ):
        watcher.wait_for("s-1", "it is the second", lambda it: it.version == 2, SECONDS)
    assert paths == ["/?ticket=1", "/?ticket=2"]


def test_waiting_has_an_end() -> None:
    def no_ticket() -> str:
        raise StackError("no ticket")

    with Watcher("ws://127.0.0.1:1", no_ticket, lambda arrival, board: None) as watcher:
        with pytest.raises(StackError, match="not subscribed within 0 s"):
            watcher.wait_until_subscribed(0.01)
        with pytest.raises(StackError, match="told within 0 s that Carla is in"):
            watcher.wait_for("s-1", "Carla is in", lambda _: True, 0.01)
