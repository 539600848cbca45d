"""The examples of docs/asyncapi.yaml, said to the real handlers and told by them."""

from typing import Any

import pytest

from local.interface import examples
from local.interface.asyncapi import asyncapi
from local.interface.websocket_examples import CLIENT, REFUSED, SERVER
from rollcall.core.errors import StorageFailed
from rollcall.core.identity import CONNECTION_EXPIRES_SOON_SECONDS, CONNECTION_GOOD_FOR_SECONDS
from rollcall.core.limits import CONNECTIONS_PER_USER, FRAMES_AT_ONCE, WATCHES_PER_CONNECTION
from tests.interface.closed import of_asyncapi, resolved
from tests.interface.site import CALLS, Site

DOCUMENT = asyncapi()
PING = CLIENT["ping"]["plain"]
WATCH = CLIENT["subscribe"]["conference"]
STORY = (examples.HOST_JOINED, examples.JOINED, examples.MUTED, examples.LEFT, examples.HOST_LEFT)


def described(operation: str, part: str) -> list[dict[str, Any]]:
    """The messages of an operation or of its reply, as described."""
    found = DOCUMENT["operations"][operation]
    return [resolved(DOCUMENT, message) for message in (found if part == "messages" else found[part])["messages"]]


def name_of(frame: Any, among: list[dict[str, Any]]) -> str:
    """Which message a frame is: the only one whose schema it fits."""
    (name,) = [message["name"] for message in among if of_asyncapi(DOCUMENT, message["payload"]).is_valid(frame)]
    return str(name)


def without_time(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "sentAt"}


@pytest.fixture
def connected(site: Site) -> Site:
    site.connect()
    return site


@pytest.mark.parametrize(
    ("operation", "example"), [(operation, example) for operation in CLIENT for example in CLIENT[operation]]
)
def test_what_clients_say_is_answered_as_the_document_says(connected: Site, operation: str, example: str) -> None:
    connected.tell(examples.HOST_JOINED)
    frame = CLIENT[operation][example]
    assert name_of(frame, described(operation, "messages")) == operation
    if operation == "unsubscribe":
        connected.say(frame | {"action": "subscribe"})
    answer, *rest = connected.say(frame)
    expected = {"subscribe": "subscribed", "unsubscribe": "unsubscribed", "ping": "pong"}[operation]
    assert name_of(answer, described(operation, "reply")) == expected
    assert answer == SERVER[expected][example]
    rosters = 1 if operation == "subscribe" else 0
    assert [name_of(other, described("roster", "messages")) for other in rest] == ["roster"] * rosters


def test_the_examples_of_rosters_are_what_is_pushed_when_that_happens(connected: Site) -> None:
    _, at_first = connected.say(WATCH)
    assert without_time(at_first) == without_time(SERVER["roster"]["nobody-yet"])
    connected.frames.clear()
    connected.tell(*STORY)
    assert [name_of(frame, described("roster", "messages")) for frame in connected.frames] == ["roster"] * len(STORY)
    pushed = [without_time(frame) for frame in connected.frames[1:]]
    assert pushed == [without_time(SERVER["roster"][name]) for name in ("joined", "updated", "left", "ended")]


def test_a_change_that_no_event_told_is_pushed_as_in_its_example(connected: Site) -> None:
    connected.tell(examples.HOST_JOINED, examples.JOINED, examples.MUTED)
    connected.say(WATCH)
    connected.frames.clear()
    connected.pass_by(3600)
    host = {"id": examples.HOST_ID, "accountId": examples.ACCOUNT_ID, "conferenceRole": "Host"}
    carla = {"id": examples.PARTICIPANT_ID, "conferenceRole": "Participant"}
    parties = [host | {"status": {"code": "Answered"}}, carla | {"status": {"code": "Disconnected"}}]
    connected.ringcentral[CALLS] = (200, {"id": examples.CONFERENCE_ID, "parties": parties})
    verified, _ = connected.during(lambda: connected.world.functions.invoke("reconcile", {}))
    assert verified == {"verified": 1}
    (told,) = connected.frames
    example = SERVER["roster"]["left-unnoticed"]
    assert told["changes"] == example["changes"]
    assert told.keys() == example.keys()
    assert name_of(told, described("roster", "messages")) == "roster"


@pytest.mark.parametrize("code", REFUSED)
def test_a_frame_that_is_none_gets_the_error_of_the_example(connected: Site, code: Any) -> None:
    (answer,) = connected.say(REFUSED[code])
    assert answer == SERVER["error"][code]
    assert name_of(answer, described("error", "messages")) == "error"


def test_one_subscription_too_many_gets_the_error_of_the_example(connected: Site) -> None:
    for number in range(WATCHES_PER_CONNECTION):
        connected.say(WATCH | {"conferenceId": f"s-{number}"})
    (answer,) = connected.say(WATCH | {"requestId": "7"})
    assert answer == SERVER["error"]["too-many-subscriptions"]
    assert name_of(answer, described("subscribe", "reply")) == "error"


def test_a_table_that_fails_gets_the_error_of_the_example(connected: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise StorageFailed("ThrottlingException")

    monkeypatch.setattr(connected.world.aws, "attempt", fail)
    (answer,) = connected.say(PING | {"requestId": "7"})
    assert answer == SERVER["error"]["storage-failed"]
    assert name_of(answer, described("ping", "reply")) == "error"


def test_a_connection_in_its_last_minutes_is_told_after_its_answer(connected: Site) -> None:
    connected.pass_by(CONNECTION_GOOD_FOR_SECONDS - CONNECTION_EXPIRES_SOON_SECONDS + 1)
    assert connected.say(PING) == [SERVER["pong"]["plain"], SERVER["bye"]["expiring"]]


def test_a_connection_whose_time_is_over_is_told_bye(connected: Site) -> None:
    connected.pass_by(CONNECTION_GOOD_FOR_SECONDS + 1)
    assert connected.say(PING) == [SERVER["bye"]["expired"]]


def test_who_says_too_much_is_told_bye(connected: Site) -> None:
    def all_at_once() -> None:
        for _ in range(2 * FRAMES_AT_ONCE):
            connected.world.scheduler.spawn(lambda: connected.world.web_socket.frame(connected.connection, PING))

    connected.during(all_at_once)
    told = [frame for frame in connected.frames if frame["type"] == "bye"]
    assert told[0] == SERVER["bye"]["too-many-messages"]


def test_the_oldest_of_too_many_connections_is_told_bye(connected: Site) -> None:
    for _ in range(CONNECTIONS_PER_USER):
        assert connected.frames == []
        connected.pass_by(1)
        connected.connect()
    assert connected.frames == [SERVER["bye"]["too-many-connections"]]


@pytest.mark.parametrize("reason", SERVER["bye"])
def test_every_bye_is_as_described(reason: str) -> None:
    assert name_of(SERVER["bye"][reason], described("bye", "messages")) == "bye"
