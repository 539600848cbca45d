"""The webhook: what is authentic is taken, quarantined or deferred, and always answered with a 200."""

import time

import pytest

from rollcall.core.errors import StorageFailed
from rollcall.core.party import PartyRecord
from rollcall.core.webhook import Authentic, Handshake, Refused
from rollcall.services.ingest import RECORD_WITHIN_SECONDS, Ingest, Webhook
from tests.support.counted import Counted
from tests.support.events import as_body, in_conference, notification, status
from tests.support.fakes import (
    FakeDeferred,
    FakeParties,
    FakeQuarantine,
    FakeRecordings,
    FakeReminders,
    FakeTokens,
    throttled,
)

TOKEN = {"verification-token": "secret"}
JOIN = as_body(notification(9, in_conference("p-conf-2"), second=9))


class World:
    def __init__(self) -> None:
        self.parties, self.quarantine, self.deferred = FakeParties(), FakeQuarantine(), FakeDeferred()
        self.tokens = FakeTokens("secret")
        self.reminders = FakeReminders()
        self.ingest = Ingest(self.parties, self.quarantine, self.reminders, seconds=1.0)
        self.recordings = FakeRecordings()
        self.webhook = Webhook(self.tokens, self.ingest, self.deferred, self.recordings)

    def written(self) -> int:
        return len(self.parties.stream) + len(self.quarantine.kept) + len(self.deferred.kept)


@pytest.fixture
def world() -> World:
    return World()


def test_a_notification_of_one_party_is_one_write_and_nothing_else(world: World) -> None:
    assert world.webhook.receive(TOKEN, JOIN) == Authentic()
    assert world.parties.calls == ["put_if_newer"]
    assert (len(world.parties.stream), world.quarantine.kept, world.deferred.kept) == (1, [], [])


def test_a_duplicate_and_an_older_one_write_nothing(world: World) -> None:
    for body in (JOIN, JOIN, as_body(notification(8, status("Answered")))):
        assert world.webhook.receive(TOKEN, body) == Authentic()
    assert len(world.parties.stream) == 1


def test_a_late_first_event_corrects_the_time_of_joining(world: World) -> None:
    world.webhook.receive(TOKEN, as_body(notification(12, in_conference("p-conf-2"), second=12)))
    world.webhook.receive(TOKEN, JOIN)
    (record,) = world.parties.records.values()
    assert record.membership is not None
    assert (record.sequence, record.membership.participant.joined_at) == (12, "2024-02-27T16:00:09.223Z")


def test_a_handshake_waits_for_no_secret(world: World) -> None:
    assert world.webhook.receive({"validation-token": "abc"}, b"") == Handshake("abc")
    assert (world.tokens.calls, world.written()) == ([], 0)


@pytest.mark.parametrize("headers", [{}, {"verification-token": "wrong"}, {"validation-token": "wrong"}])
def test_who_shows_no_secret_is_refused_and_nothing_is_written(world: World, headers: dict[str, str]) -> None:
    assert world.webhook.receive(headers, JOIN) == Refused()
    assert world.written() == 0


def test_without_the_tokens_nobody_is_believed_and_that_is_counted(world: World, counted: Counted) -> None:
    world.tokens.fail("accepted", throttled())
    with pytest.raises(StorageFailed):
        world.webhook.receive(TOKEN, JOIN)
    assert (world.written(), counted()) == (0, {"RequestsNotJudged": 1})


def test_what_nobody_can_decode_is_quarantined(world: World, counted: Counted) -> None:
    assert world.webhook.receive(TOKEN, b"\xff") == Authentic()
    assert world.quarantine.kept == [(b"\xff", "not-utf8")]
    assert counted() == {"NotificationsQuarantined": 1}


def test_other_kinds_are_let_go(world: World, counted: Counted) -> None:
    for body in (b"", b'{"event": "/restapi/v1.0/subscription/~?threshold=60"}'):
        assert world.webhook.receive(TOKEN, body) == Authentic()
    assert world.written() == 0
    assert counted() == {"NotificationsIgnored": 2}


def test_a_renewal_reminder_is_passed_on_and_may_fail(world: World, counted: Counted) -> None:
    world.reminders.fail("remind", throttled())
    for _ in range(2):
        assert world.webhook.receive(TOKEN, b'{"event": "/restapi/v1.0/subscription/~?threshold=60"}') == Authentic()
    assert world.webhook.receive(TOKEN, b'{"event": "/restapi/v1.0/account/1/presence"}') == Authentic()
    assert world.reminders.calls == ["remind", "remind"]
    assert (world.written(), counted()) == (0, {"NotificationsIgnored": 3})


def test_what_the_table_will_not_take_is_deferred_and_may_be_taken_later(world: World) -> None:
    world.parties.fail("put_if_newer", throttled())
    assert world.webhook.receive(TOKEN, JOIN) == Authentic()
    assert world.deferred.kept == [JOIN]
    world.ingest.take(world.deferred.kept[0])
    assert len(world.parties.stream) == 1


def test_a_notification_that_fails_half_way_is_deferred_whole(world: World) -> None:
    content = notification(9, in_conference("p-conf-2"))
    content["body"]["parties"].append(content["body"]["parties"][0] | {"id": "p-other"})
    world.parties.fail("put_if_newer", None, throttled())
    world.webhook.receive(TOKEN, as_body(content))
    assert (len(world.parties.records), world.deferred.kept) == (1, [as_body(content)])
    world.ingest.take(world.deferred.kept[0])
    assert len(world.parties.records) == 2


def test_a_quarantine_that_fails_defers_too(world: World) -> None:
    world.quarantine.fail("put", throttled())
    assert world.webhook.receive(TOKEN, b"{") == Authentic()
    assert world.deferred.kept == [b"{"]


@pytest.mark.parametrize("body", [JOIN, b"\xff"])
def test_when_nothing_can_be_kept_the_answer_is_still_no_error(world: World, body: bytes, counted: Counted) -> None:
    world.parties.fail("put_if_newer", throttled())
    world.quarantine.fail("put", throttled())
    if body == JOIN:
        world.deferred.fail("put", throttled())
    assert world.webhook.receive(TOKEN, body) == Authentic()
    assert counted() == {"NotificationsLost": 1}


# ---- recording


@pytest.fixture
def recording(world: World) -> World:
    world.tokens.recording_until = time.time() + 60
    return world


@pytest.mark.parametrize("until", [0.0, time.time() - 1])
def test_nothing_is_recorded_unless_somebody_wants_it_and_not_any_longer(world: World, until: float) -> None:
    world.tokens.recording_until = until
    world.webhook.receive(TOKEN, JOIN)
    assert world.recordings.calls == []


@pytest.mark.parametrize("body", [JOIN, b"{", b"\xff", b""])
def test_whatever_is_authentic_is_recorded_as_it_came(recording: World, body: bytes) -> None:
    before = time.time()
    recording.webhook.receive(TOKEN | {"user-agent": "RingCentral-Webhook/8.3"}, body)
    (recorded,) = recording.recordings.kept
    assert (recorded.content, recorded.headers) == (body, {"user-agent": "RingCentral-Webhook/8.3"})
    assert recorded.received_at[:10] == time.strftime("%Y-%m-%d", time.gmtime(before))


def test_what_nobody_vouches_for_is_not_recorded(recording: World) -> None:
    recording.webhook.receive({"verification-token": "wrong"}, JOIN)
    recording.webhook.receive({"validation-token": "abc"}, b"")
    assert recording.recordings.calls == []


def test_it_is_recorded_after_it_was_deferred(recording: World) -> None:
    recording.parties.fail("put_if_newer", throttled())
    recording.webhook.receive(TOKEN, JOIN)
    assert (recording.deferred.kept, len(recording.recordings.kept)) == ([JOIN], 1)


def test_what_can_not_be_recorded_is_counted_and_changes_nothing(recording: World, counted: Counted) -> None:
    recording.recordings.fail("put", throttled())
    assert recording.webhook.receive(TOKEN, JOIN) == Authentic()
    assert len(recording.parties.stream) == 1
    assert counted() == {"PartiesWritten": 1, "RecordingsFailed": 1}


def test_what_took_long_is_not_recorded_as_ringcentral_waits(
    recording: World, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([0.0, 0.0, 0.0, RECORD_WITHIN_SECONDS + 0.01])
    monkeypatch.setattr("rollcall.services.ingest.time.monotonic", lambda: next(seconds))
    assert recording.webhook.receive(TOKEN, JOIN) == Authentic()
    assert (recording.recordings.calls, counted()) == ([], {"PartiesWritten": 1, "RecordingsFailed": 1})


def test_parties_that_there_is_no_time_for_are_deferred_with_all_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repeat leaves alone what has been written."""
    times = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: float(next(times)))
    content = notification(9, in_conference("p-conf-2"))
    content["body"]["parties"] = [content["body"]["parties"][0] | {"id": f"p-{number}"} for number in range(5)]
    world.webhook.receive(TOKEN, as_body(content))
    assert 0 < len(world.parties.stream) < 5
    assert world.deferred.kept == [as_body(content)]


def test_a_notification_without_parties_is_counted(world: World, counted: Counted) -> None:
    world.webhook.receive(TOKEN, as_body(notification(9, status("Setup"), body={"parties": []})))
    assert counted() == {"NotificationsIgnored": 1}
    assert world.written() == 0


def test_a_time_of_joining_is_corrected_also_if_the_record_is_replaced_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The join is told a second and a third time; the first telling of it comes last but one."""
    first, second, third = (
        notification(sequence, in_conference("p-conf-2"), second=sequence) for sequence in (7, 8, 9)
    )
    world.webhook.receive(TOKEN, as_body(second))
    backdate = world.parties.backdate
    interfering = iter([third])

    def interfered(stored: PartyRecord, joined_at: str) -> bool:
        for newer in interfering:
            world.webhook.receive(TOKEN, as_body(newer))
        return backdate(stored, joined_at)

    monkeypatch.setattr(world.parties, "backdate", interfered)
    world.webhook.receive(TOKEN, as_body(first))
    (record,) = world.parties.records.values()
    assert record.membership is not None
    assert (record.sequence, record.membership.participant.joined_at[17:19]) == (9, "07")
    assert world.deferred.kept == []


def test_what_is_overtaken_again_and_again_is_deferred(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.webhook.receive(TOKEN, as_body(notification(9, in_conference("p-conf-2"), second=9)))
    monkeypatch.setattr(world.parties, "backdate", lambda *_: False)
    early = as_body(notification(7, in_conference("p-conf-2"), second=7))
    world.webhook.receive(TOKEN, early)
    assert world.deferred.kept == [early]
