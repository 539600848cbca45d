"""A notification enters: the webhook's answer, and party records in the table."""

import time
from collections.abc import Collection, Mapping

from rollcall.core.errors import StorageFailed, UndecodableNotification
from rollcall.core.notification import OtherNotification, decode_notification
from rollcall.core.party import PartyRecord, joined_before, party_records
from rollcall.core.recording import as_recorded
from rollcall.core.webhook import VERIFICATION_TOKEN, Authentic, Handshake, Refused, judge
from rollcall.services.ports import Deferred, Parties, Quarantine, Recordings, Reminders, Tokens
from rollcall.telemetry import count, logger

WRITE_WITHIN_SECONDS, REPEAT_WITHIN_SECONDS = 0.5, 8.0
"""For the parties of one notification, while RingCentral waits and while nobody does. All recorded ones have one."""

ATTEMPTS = 3
"""To correct a time of joining while newer events of the same leg arrive. After that the notification is deferred."""

RECORD_WITHIN_SECONDS = 0.5
"""A notification that took longer is not recorded, since RingCentral waits three seconds: recording takes a connection
and a response, 0.6 s each at most, and the first time the creation of S3's client.
"""


class Ingest:
    """Takes notifications. One party costs one write and no read."""

    def __init__(self, parties: Parties, quarantine: Quarantine, reminders: Reminders, *, seconds: float) -> None:
        """`seconds`: after so long no further party of a notification is begun with."""
        self._parties = parties
        self._quarantine = quarantine
        self._reminders = reminders
        self._seconds = seconds

    def take(self, body: bytes) -> None:
        """Put an authentic notification where it belongs. May be repeated: what is not newer changes nothing.

        Raises `StorageFailed`; then nothing, or a part that a repeat leaves alone, has been written.
        """
        try:
            notification = decode_notification(body)
        except UndecodableNotification as error:
            key = self._quarantine.put(body, error)
            logger.warning("notification quarantined", reason=error.reason, detail=error.detail, key=key)
            count("NotificationsQuarantined")
            return
        if isinstance(notification, OtherNotification):
            logger.info("notification of another kind", kind=notification.kind)
            count("NotificationsIgnored")
            if notification.kind == "reminder":
                self._remind()
            return
        records = party_records(notification)
        if not records:
            count("NotificationsIgnored")
        deadline = time.monotonic() + self._seconds
        for number, record in enumerate(records):
            if number and time.monotonic() > deadline:
                raise StorageFailed("OutOfTime")
            self._merge(record)

    def _remind(self) -> None:
        """Pass a reminder on. If that fails, the schedule looks after the subscription all the same."""
        try:
            self._reminders.remind()
        except StorageFailed as error:
            logger.warning("reminder not passed on", cause=error.code)

    def _merge(self, record: PartyRecord) -> None:
        stored = self._parties.put_if_newer(record)
        if stored is None:
            count("PartiesWritten")
            return
        count("PartiesOvertaken")
        for _ in range(ATTEMPTS):
            joined_at = joined_before(stored, record)
            if joined_at is None or self._parties.backdate(stored, joined_at):
                return
            # Replaced meanwhile, by what may tell the later time as well.
            stored = self._parties.put_if_newer(record)
            if stored is None:
                return
        raise StorageFailed("OvertakenAgainAndAgain")


class Webhook:
    """Answers RingCentral. Whoever is authentic gets a 200: anything else would get the subscription suspended."""

    def __init__(self, tokens: Tokens, ingest: Ingest, deferred: Deferred, recordings: Recordings) -> None:
        self._tokens = tokens
        self._ingest = ingest
        self._deferred = deferred
        self._recordings = recordings

    def receive(self, headers: Mapping[str, str], body: bytes) -> Handshake | Authentic | Refused:
        """Judge the request and, if it is authentic, take or defer the notification."""
        received_at, started = time.time(), time.monotonic()
        # A handshake needs no secret, and so waits for none.
        accepted = self._accepted() if body or VERIFICATION_TOKEN in headers else ()
        verdict = judge(headers, has_body=bool(body), accepted=accepted)
        match verdict:
            case Authentic():
                self._take_or_defer(body)
                if received_at < self._tokens.record_until():
                    self._record(headers, body, received_at, started)
            case Handshake():
                count("Handshakes")
            case Refused():
                logger.warning("request refused")
                count("RequestsRefused")
        return verdict

    def _accepted(self) -> Collection[str]:
        try:
            return self._tokens.accepted()
        except StorageFailed:
            # Nobody can be believed now, and what nobody vouches for is not kept: RingCentral gets an error.
            logger.exception("request not judged")
            count("RequestsNotJudged")
            raise

    def _take_or_defer(self, body: bytes) -> None:
        started = time.monotonic()
        try:
            self._ingest.take(body)
        except StorageFailed as error:
            logger.warning("notification deferred", cause=error.code, seconds=round(time.monotonic() - started, 3))
            self._defer(body)

    def _defer(self, body: bytes) -> None:
        try:
            self._deferred.put(body)
        except (StorageFailed, UnicodeDecodeError) as error:
            # Nowhere is left to put it. An error answer would not bring it back, as RingCentral repeats nothing.
            logger.exception("notification lost", cause=str(error))
            count("NotificationsLost")
        else:
            count("NotificationsDeferred")

    def _record(self, headers: Mapping[str, str], body: bytes, received_at: float, started: float) -> None:
        """Keep a notification that was dealt with. If that fails, nothing else does."""
        cause = "TooLate"
        if time.monotonic() - started <= RECORD_WITHIN_SECONDS:
            try:
                self._recordings.put(as_recorded(headers, body, received_at=received_at))
            except StorageFailed as error:
                cause = error.code
            else:
                return
        logger.warning("notification not recorded", cause=cause)
        count("RecordingsFailed")
