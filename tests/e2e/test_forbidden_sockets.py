"""What nobody may do over the WebSocket: refused as documented, nothing written, and not a word of another account."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from local.stack.stack import Stack
from rollcall.core.identity import digest
from rollcall.core.limits import CONNECTIONS_PER_USER, FRAMES_AT_ONCE, WATCHES_PER_CONNECTION
from tests.e2e.actors import Agent, Socket, people
from tests.e2e.aws import Aws
from tests.e2e.waiting import eventually

PAGE, ANOTHER_PAGE, FOREIGN_PAGE = "http://localhost:3000", "http://127.0.0.1:{port}", "https://evil.example"
NAME = "Walter Ward"


@pytest.fixture(scope="module")
def victims_conference(stack: Stack) -> Iterator[str]:
    """A conference of another account, with Walter in it, that Rollcall knows."""
    victim = Agent(stack, "700100087", "700200801")
    conference = victim.open_conference()
    victim.bring_in_somebody(conference, NAME)
    eventually(lambda: NAME in victim.get(f"/conferences/{conference}").text, "Rollcall knows of Walter")
    yield conference
    victim.close()


# ---- opening

Ticket = Callable[[Agent, Aws], str]


def _used(agent: Agent, aws: Aws) -> str:
    ticket = agent.ticket()
    with agent.socket(ticket):
        return ticket


def _expired(agent: Agent, aws: Aws) -> str:
    ticket = agent.ticket()
    account, _, secret = ticket.partition(".")
    key = {"pk": {"S": f"ACCOUNT#{account}#TICKET#{digest(secret)}"}, "sk": {"S": "TICKET"}}
    aws.expire("ConnectionTableName", key)
    return ticket


TICKETS: dict[str, Ticket] = {
    "none": lambda agent, aws: "",
    "nonsense": lambda agent, aws: "nonsense",
    "invented": lambda agent, aws: f"{agent.account_id}.{'x' * 43}",
    "used": _used,
    "expired": _expired,
    "moved to another account": lambda agent, aws: agent.ticket().replace(agent.account_id, "700100002"),
    "a letter short": lambda agent, aws: agent.ticket()[:-1],
    "a letter long": lambda agent, aws: agent.ticket() + "x",
    "with its first letter changed": lambda agent, aws: _changed(agent.ticket()),
    "an access token": lambda agent, aws: agent.access_token,
    "a hash instead of the secret": lambda agent, aws: f"{agent.account_id}.{digest(agent.ticket())[:43]}",
    "a key of the table": lambda agent, aws: f"{agent.account_id}%23TICKET.{'x' * 43}",
    "ten thousand letters": lambda agent, aws: f"{agent.account_id}.{'x' * 10_000}",
    "beyond ASCII": lambda agent, aws: f"%C3%BC.{'x' * 43}",
}


def _changed(ticket: str) -> str:
    account, _, secret = ticket.partition(".")
    return f"{account}.{'A' if secret[0] != 'A' else 'B'}{secret[1:]}"


@pytest.mark.parametrize("ticket", TICKETS.values(), ids=TICKETS)
def test_this_ticket_opens_nothing(agent: Agent, aws: Aws, ticket: Ticket) -> None:
    text = ticket(agent, aws)
    eventually(lambda: not agent.connections(aws), "what was open is forgotten")
    with pytest.raises(InvalidStatus), agent.socket(text or "none"):
        pass
    assert agent.connections(aws) == []


PAGES = {
    "fetched by nobody, used by a foreign page": (None, FOREIGN_PAGE),
    "fetched by a page, used by a foreign page": (PAGE, FOREIGN_PAGE),
    "fetched by a page, used by another page on the list": (PAGE, ANOTHER_PAGE),
    "fetched by a page, used by no page": (PAGE, None),
    "fetched by nobody, used by a page without an origin": (None, "null"),
    "fetched by nobody, used by a page whose name begins right": (None, PAGE + ".evil.example"),
}


@pytest.mark.parametrize(("fetched_by", "used_by"), PAGES.values(), ids=PAGES)
def test_from_this_page_a_ticket_opens_nothing(
    stack: Stack, agent: Agent, aws: Aws, fetched_by: str | None, used_by: str | None
) -> None:
    ticket = agent.ticket(**_origin(stack, fetched_by))
    with pytest.raises(InvalidStatus), agent.socket(ticket, **_origin(stack, used_by)):
        pass
    assert agent.connections(aws) == []


@pytest.mark.parametrize(("fetched_by", "used_by"), [(PAGE, PAGE), (None, ANOTHER_PAGE), (None, None)])
def test_from_a_page_on_the_list_it_does(
    stack: Stack, agent: Agent, fetched_by: str | None, used_by: str | None
) -> None:
    ticket = agent.ticket(**_origin(stack, fetched_by))
    with agent.socket(ticket, **_origin(stack, used_by)) as socket:
        socket.say(action="ping")
        assert socket.next()["type"] == "pong"


def _origin(stack: Stack, page: str | None) -> dict[str, str]:
    port = stack.api_url.split(":")[2].partition("/")[0]
    return {} if page is None else {"Origin": page.format(port=port)}


# ---- what is said

FRAMES: dict[str, tuple[str, list[str]]] = {
    "subscribe to another account's conference": (
        '{"action": "subscribe", "conferenceId": "{victims}"}', ["subscribed", "empty roster"]),
    "subscribe to it by a key of the table": (
        '{"action": "subscribe", "conferenceId": "x#ACCOUNT#700100087#CONFERENCE#{victims}"}',
        ["subscribed", "empty roster"]),
    "subscribe with another account beside the id": (
        '{"action": "subscribe", "conferenceId": "{victims}", "accountId": "700100087"}',
        ["subscribed", "empty roster"]),
    "subscribe as another extension": (
        '{"action": "subscribe", "scope": "extension", "extensionId": "700200801", "accountId": "700100087"}',
        ["subscribed"]),
    "subscribe to a whole account": ('{"action": "subscribe", "scope": "account"}', ["invalid-message"]),
    "subscribe to everything": ('{"action": "subscribe", "conferenceId": "*"}', ["subscribed", "empty roster"]),
    "subscribe to nothing": ('{"action": "subscribe"}', ["invalid-message"]),
    "subscribe to both": (
        '{"action": "subscribe", "conferenceId": "{victims}", "scope": "extension"}', ["invalid-message"]),
    "subscribe to an id beyond ASCII": ('{"action": "subscribe", "conferenceId": "ü"}', ["invalid-message"]),
    "subscribe to an id with a space": ('{"action": "subscribe", "conferenceId": "s 1"}', ["invalid-message"]),
    "subscribe to an id with a NUL": ('{"action": "subscribe", "conferenceId": "s\\u00001"}', ["invalid-message"]),
    "subscribe to an id of 3,000 letters": (
        '{"action": "subscribe", "conferenceId": "%s"}' % ("x" * 3000), ["invalid-message"]),
    "subscribe to a list": ('{"action": "subscribe", "conferenceId": ["{victims}"]}', ["invalid-message"]),
    "unsubscribe somebody else": (
        '{"action": "unsubscribe", "conferenceId": "{victims}", "connectionId": "x"}', ["unsubscribed"]),
    "an action of the server": ('{"action": "$disconnect"}', ["unknown-action"]),
    "a removal": ('{"action": "remove", "conferenceId": "{victims}"}', ["unknown-action"]),
    "an action that is a list": ('{"action": ["subscribe"]}', ["unknown-action"]),
    "a message of the server": (
        '{"type": "roster", "conferenceId": "{victims}", "version": 99}', ["unknown-action"]),
    "no JSON": ("subscribe {victims}", ["invalid-json"]),
    "nothing": ("", ["invalid-json"]),
    "deep nesting": ("[" * 4000, ["invalid-json"]),
    "5,000 bytes": ('{"action": "ping", "x": "%s"}' % ("x" * 5000), ["message-too-large"]),
    "100,000 bytes": ('{"action": "ping", "x": "%s"}' % ("x" * 100_000), ["message-too-large"]),
    "a request id of 2,000 letters": ('{"action": "ping", "requestId": "%s"}' % ("x" * 2000), ["invalid-message"]),
}  # fmt: skip


@pytest.mark.parametrize(("frame", "answers"), FRAMES.values(), ids=FRAMES)
def test_this_frame_tells_nothing_of_another_account(
    agent: Agent, victims_conference: str, frame: str, answers: list[str]
) -> None:
    with agent.socket() as socket:
        socket.say_text(frame.replace("{victims}", victims_conference))
        socket.say(action="ping", requestId="last")
        socket.next(lambda message: message["type"] == "pong" and message.get("requestId") == "last")
        assert [_kind(message) for message in socket.received[:-1]] == answers
        assert NAME not in json.dumps(socket.received)


def _kind(message: dict[str, Any]) -> str:
    if message["type"] == "roster":
        return "empty roster" if (message["version"], message["participants"]) == (0, []) else "roster"
    return str(message["code"] if message["type"] == "error" else message["type"])


def test_whoever_watches_another_accounts_conference_is_told_nothing_when_it_changes(
    stack: Stack, agent: Agent, stranger: Agent
) -> None:
    conference = agent.open_conference()
    with agent.socket() as watching, stranger.socket() as prying:
        watching.subscribe(conference)
        prying.subscribe(conference)
        prying.say(action="subscribe", scope="extension")
        prying.next(lambda message: message["type"] == "subscribed")
        agent.bring_in_somebody(conference, "Anna")
        watching.roster_of(agent.name, "Anna")
        with pytest.raises(TimeoutError):
            prying.next(within=1.0)


# ---- too much


def test_a_flood_of_frames_ends_the_connection(agent: Agent, aws: Aws) -> None:
    with agent.socket() as socket:
        with contextlib.suppress(ConnectionClosed):
            for number in range(4 * FRAMES_AT_ONCE):
                socket.say(action="ping", requestId=number)
        told = _until_the_end(socket)
    assert {"type": "bye", "reason": "too-many-messages", "retry": "later"} in told
    assert sum(message["type"] == "pong" for message in told) < 3 * FRAMES_AT_ONCE
    eventually(lambda: not agent.connections(aws), "the connection is forgotten")


def _until_the_end(socket: Socket) -> list[dict[str, Any]]:
    """Everything that was received, once the connection is closed. Raises `TimeoutError` if it stays open."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            socket.next()
    return socket.received


def test_one_subscription_too_many_is_refused(agent: Agent) -> None:
    with agent.socket() as socket:
        for number in range(WATCHES_PER_CONNECTION):
            socket.subscribe(f"s-{number}")
        socket.say(action="subscribe", conferenceId="s-one-too-many", requestId=1)
        assert _kind(socket.next(lambda message: message["type"] == "error")) == "too-many-subscriptions"


def test_one_connection_too_many_ends_the_oldest(agent: Agent) -> None:
    with contextlib.ExitStack() as stack:
        sockets = []
        for _ in range(CONNECTIONS_PER_USER + 1):
            sockets.append(stack.enter_context(agent.socket()))
            time.sleep(
                0.1 if len(sockets) > 1 else 1.1
            )  # the first is the oldest by a second, as its expiry counts them
        assert _until_the_end(sockets[0]) == [{"type": "bye", "reason": "too-many-connections", "retry": "later"}]
        for socket in sockets[1:]:
            socket.say(action="ping")
            assert socket.next()["type"] == "pong"


def test_a_connection_ends_when_its_time_is_over(agent: Agent, aws: Aws) -> None:
    conference = agent.open_conference()
    with agent.socket() as socket:
        socket.subscribe(conference)
        ((connection),) = agent.connections(aws)
        aws.expire("ConnectionTableName", {"pk": {"S": f"CONNECTION#{connection}"}, "sk": {"S": "CONNECTION"}})
        socket.say(action="ping")
        assert _until_the_end(socket)[-1] == {"type": "bye", "reason": "expired", "retry": "now"}
    eventually(lambda: not agent.connections(aws), "the connection is forgotten")


def test_its_watches_go_with_it(agent: Agent, aws: Aws) -> None:
    with agent.socket() as socket:
        assert people(socket.subscribe("s-nobody")) == []
        assert any(item["pk"]["S"].endswith("#CONFERENCE#s-nobody") for item in aws.items("ConnectionTableName"))
    gone = "#CONFERENCE#s-nobody"
    eventually(
        lambda: not any(item["pk"]["S"].endswith(gone) for item in aws.items("ConnectionTableName")), "no watch is left"
    )
