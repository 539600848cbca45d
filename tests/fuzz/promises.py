"""What is promised of every request to the webhook, whatever it holds."""

import json
import re
from collections import Counter
from typing import Any

import msgspec

from rollcall.adapters.attributes import from_item
from rollcall.adapters.party_table import party_record
from rollcall.core.messages import encode, roster_message
from rollcall.core.party import PartyRecord
from rollcall.core.recording import Recorded
from rollcall.core.roster import Roster
from rollcall.entry.stream import BatchFailed
from tests.fuzz.functions import Functions
from tests.fuzz.requests import Request
from tests.fuzz.world import LARGEST_ITEM, Item, World

LARGEST_ANSWER = 1024 - 400
"""RingCentral allows 1,024 octets in all; API Gateway's own headers take less than 400 of them."""

_ID = r"[\x21-\x7e]{1,200}"
_SESSION = re.compile(rf"\ASESSION#({_ID})\Z")
_PARTY = re.compile(rf"\APARTY#({_ID})\Z")
_ACCOUNT = re.compile(r"\AACCOUNT#([0-9A-Za-z_-]{1,64})\Z")
_CONFERENCE = re.compile(rf"\ACONFERENCE#({_ID})\Z")
_UNKNOWN: Any = object()
_BATCH = 100
_LARGEST_NUMBER = 38
"""Digits that DynamoDB keeps."""


def receive(functions: Functions, request: Request) -> str:
    """Send the request and check every promise. Returns what became of it."""
    world = functions.world
    before = world.contents()
    answer = functions.ingest(request.event)
    _check_answer(answer, request)
    if request.standing != "authentic":
        assert world.contents() == before
        return request.standing
    _check_recording(request.body, world, before, functions)
    return _outcome(request.body, world, before, functions.counts)


def _check_answer(answer: dict[str, Any], request: Request) -> None:
    assert answer["statusCode"] == (401 if request.standing == "stranger" else 200)
    assert not answer.get("body")
    assert len(json.dumps(answer)) < LARGEST_ANSWER
    headers = {"content-type": "application/json", "validation-token": request.echo} if request.echo else {}
    assert answer.get("headers", {}) == headers


def _check_recording(body: bytes, world: World, before: tuple[int, ...], functions: Functions) -> None:
    """While recording, what was posted is kept as it came and without any token, or it is counted that it was not."""
    recorded = world.recorded[before[-1] :]
    assert len(recorded) + functions.counts["RecordingsFailed"] == (1 if functions.recording else 0)
    for line in recorded:
        kept = msgspec.json.decode(line, type=Recorded)
        assert kept.content == body
        assert kept.headers.keys() <= {"content-type", "user-agent"}


def _outcome(body: bytes, world: World, before: tuple[int, ...], counts: Counter[str]) -> str:
    """The one thing that became of an authentic request. Nothing must be lost without being counted as lost."""
    written, quarantined, deferred, reminders, _ = (
        now - then for now, then in zip(world.contents(), before, strict=True)
    )
    merged = counts["PartiesWritten"] + counts["PartiesOvertaken"]
    ignored, lost = counts["NotificationsIgnored"], counts["NotificationsLost"]
    content = _as_python_reads(body)
    if lost or deferred:
        assert world.down
        assert (lost, deferred, quarantined, ignored) in {(1, 0, 0, 0), (0, 1, 0, 0)}
        assert not deferred or world.deferred[-1] == body
        return "lost" if lost else "deferred"
    if quarantined:
        assert (quarantined, merged, ignored, reminders) == (1, 0, 0, 0)
        kept, reason = world.quarantined[-1]
        assert kept == body
        assert counts["NotificationsQuarantined"] == 1
        return f"quarantined: {reason}"
    if ignored:
        assert (ignored, merged) == (1, 0)
        assert content is _UNKNOWN or not _is_of_telephony(content) or content["body"]["parties"] == []
        return "reminder" if reminders else "ignored"
    assert reminders == 0
    if content is not _UNKNOWN:
        assert merged == len(content["body"]["parties"])
        written_for = {image["accountId"]["S"] for _, image in world.stream[before[0] :]}
        assert written_for <= _accounts(content)
        assert len(_accounts(content)) == 1
    assert merged
    return "written" if written else "overtaken"


def _as_python_reads(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _UNKNOWN


def _is_of_telephony(content: Any) -> bool:
    event = content.get("event") if isinstance(content, dict) else None
    return isinstance(event, str) and event.split("?")[0].endswith("/telephony/sessions")


def _accounts(content: Any) -> set[str]:
    """Every account that a telephony notification names. What no account's id can look like names none in a URI."""
    named = [content["body"].get("accountId"), *(party.get("accountId") for party in content["body"]["parties"])]
    in_uri = re.search(r"/account/([0-9A-Za-z_-]{1,64})/", content["event"])
    return {account for account in [*named, in_uri and in_uri[1]] if account}


def follow(functions: Functions) -> Counter[str]:
    """Let the rosters follow all that was written, as the party table's stream has it. Returns what became of it."""
    seen = Counter[str]()
    world = functions.world
    for _, image in world.stream:
        _check_record(image)
    records = [_stream_record(number, *images) for number, images in enumerate(world.stream) if _passes(*images)]
    for start in range(0, len(records), _BATCH):
        batch = records[start : start + _BATCH]
        try:
            assert functions.roster({"Records": batch}) == {"batchItemFailures": []}
            seen["batch applied"] += 1
        except BatchFailed:
            # Only a roster that no item can hold may fail; the stream's failures go to a queue, and an alarm tells.
            assert not functions.counts["StreamRecordsNotUnderstood"]
            assert len(batch) > 10
            seen["roster too large"] += 1
    accounts = {party_record(image).account_id for _, image in world.stream}
    for key, item in world.items.items():
        if not key[0].startswith("SESSION#"):
            _check_roster(key, item, accounts)
            seen["roster"] += 1
    return seen


def _passes(old: Item | None, new: Item) -> bool:
    """The event source mapping's filter: the leg is, or just was, in a conference."""
    return "conferenceId" in new or (old is not None and "conferenceId" in old)


def _stream_record(number: int, old: Item | None, new: Item) -> dict[str, Any]:
    images = {"NewImage": new, "SequenceNumber": f"{number:021d}"} | ({"OldImage": old} if old else {})
    return {"eventName": "MODIFY" if old else "INSERT", "dynamodb": images}


def _check_record(image: Item) -> None:
    record = party_record(image)
    assert _SESSION.fullmatch(image["pk"]["S"])[1] == record.leg.telephony_session_id  # type: ignore[index]
    assert _PARTY.fullmatch(image["sk"]["S"])[1] == record.leg.party_id  # type: ignore[index]
    assert _ACCOUNT.fullmatch(f"ACCOUNT#{record.account_id}")
    assert msgspec.convert(msgspec.to_builtins(record), PartyRecord) == record
    assert len(msgspec.json.encode(image)) < LARGEST_ITEM
    assert len(image["sequence"]["N"]) <= _LARGEST_NUMBER
    membership = record.membership
    assert image.get("conferenceId") == (membership and {"S": membership.conference_id})


def _check_roster(key: tuple[str, str], item: Item, accounts: set[str]) -> None:
    account, conference = _ACCOUNT.fullmatch(key[0]), _CONFERENCE.fullmatch(key[1])
    assert account is not None
    assert conference is not None
    assert account[1] in accounts
    roster = msgspec.convert(from_item(item), Roster)
    assert (roster.account_id, roster.conference_id) == (account[1], conference[1])
    shown = json.loads(encode(roster_message(roster, sent_at="2026-03-04T10:00:05.371Z")))
    assert len(shown["participants"]) == len(roster.present)
