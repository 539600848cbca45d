"""Event filters of subscriptions: reading them, and which events they let through."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from local.simulator import choices
from local.simulator.sessions import Party, PartyEvent
from local.simulator.users import User
from local.simulator.views import API, event_uri

_TELEPHONY = re.compile(rf"{API}/account/([^/?]+)(?:/extension/([^/?]+))?/telephony/sessions")
_REMINDER = f"{API}/subscription/~"
_DIRECTIONS = frozenset({"Inbound", "Outbound"})
_BOOLEANS = frozenset({"true", "false"})
_STATUS_CODES = frozenset(
    {
        "Setup",
        "Proceeding",
        "Answered",
        "Disconnected",
        "Gone",
        "Parked",
        "Hold",
        "VoiceMail",
        "FaxReceive",
        "VoiceMailScreening",
    }
)
_ALLOWED_VALUES: dict[str, frozenset[str] | None] = {
    "direction": _DIRECTIONS,
    "statusCode": _STATUS_CODES,
    "missedCall": _BOOLEANS,
    "sipData": _BOOLEANS,
    "withRecordings": _BOOLEANS,
    "phoneNumber": None,
}
"""The query parameters of a telephony filter (documentation, Event filters); None: any value."""


@dataclass(frozen=True, slots=True)
class TelephonyFilter:
    """A filter for telephony session events of an account or of one extension."""

    uri: str
    account_id: str
    extension_id: str | None
    every_account: bool
    own_extension_only: str | None
    conditions: tuple[tuple[str, str], ...]

    def lets_through(self, event: PartyEvent) -> bool:
        """Whether an event is for this filter. A leg that nobody owns never is (documentation, limitations)."""
        owner = event.party.owner
        if owner is None:
            return False
        account_fits = self.every_account or owner.account_id == self.account_id
        wanted_extension = self.extension_id or self.own_extension_only
        extension_fits = wanted_extension is None or owner.extension_id == wanted_extension
        return (
            account_fits and extension_fits and all(_holds(name, value, event.party) for name, value in self.conditions)
        )


@dataclass(frozen=True, slots=True)
class ReminderFilter:
    """A filter for reminders that the subscription is about to expire (documentation, Creating webhooks).

    The first is due `threshold` seconds before the end, then one every `interval` seconds.
    """

    uri: str
    threshold: int
    interval: int

    def fits(self, lifetime: int) -> bool:
        """Whether its times are within bounds (documentation, Creating webhooks)."""
        return choices.MIN_REMINDER_SECONDS <= self.interval <= self.threshold / 2 <= lifetime / 4

    def is_due(self, expires_at: datetime, after: datetime, until: datetime) -> bool:
        """Whether a reminder falls due after one moment and until another. Several that do are as good as one."""
        first = expires_at - timedelta(seconds=self.threshold)
        if not first <= until < expires_at:
            return False
        latest = until - (until - first) % timedelta(seconds=self.interval)
        return latest > after


@dataclass(frozen=True, slots=True)
class DisabledFilter:
    """A filter that a subscription asked for and did not get (RingCentral's SDK: DisabledFilterInfo)."""

    uri: str
    reason: str
    message: str


Filter = TelephonyFilter | ReminderFilter


def read_filter(text: str, user: User, lifetime: int) -> Filter | DisabledFilter:
    """Read one event filter of a user; `~` stands for the user's own account and extension.

    `lifetime` is that of the subscription in seconds; it bounds the times of a reminder filter.
    """
    path, _, query = text.partition("?")
    conditions = tuple(parse_qsl(query, keep_blank_values=True))
    match = _TELEPHONY.fullmatch(path)
    if match is not None and all(_condition_known(name, value) for name, value in conditions):
        return _telephony_filter(match[1], match[2], conditions, user)
    times = dict(conditions)
    if path == _REMINDER and times.keys() == {"threshold", "interval"} and all(t.isdecimal() for t in times.values()):
        reminder = ReminderFilter(text, int(times["threshold"]), int(times["interval"]))
        if reminder.fits(lifetime):
            return reminder
        return DisabledFilter(text, choices.REMINDER_BOUNDS_REASON, "Reminder filter is out of bounds")
    return DisabledFilter(text, choices.UNKNOWN_FILTER_REASON, "Event filter is invalid")


def _condition_known(name: str, value: str) -> bool:
    if name not in _ALLOWED_VALUES:
        return False
    allowed = _ALLOWED_VALUES[name]
    return allowed is None or value in allowed


def _holds(name: str, value: str, party: Party) -> bool:
    match name:
        case "direction":
            return party.direction == value
        case "statusCode":
            return party.status.code == value
        case "phoneNumber":
            return value in {party.from_.phone_number, party.to.phone_number}
        case "missedCall":
            return value == "false"  # the simulator has no missed calls
        case _:
            return True  # the other parameters add data to events, which the simulator does not have


def _telephony_filter(
    account: str, extension: str | None, conditions: tuple[tuple[str, str], ...], user: User
) -> Filter | DisabledFilter:
    """The filter with concrete ids, as RingCentral answers it (documentation, Troubleshooting webhooks)."""
    account_id = user.account_id if account == "~" else account
    extension_id = user.extension_id if extension == "~" else extension
    uri = event_uri(account_id, extension_id) + (f"?{urlencode(conditions)}" if conditions else "")
    if account_id != user.account_id:
        return DisabledFilter(
            uri, choices.OTHER_ACCOUNT_REASON, "Subscribing for events of another account is not allowed"
        )
    if extension_id not in {None, user.extension_id} and not user.admin:
        return DisabledFilter(
            uri, choices.OTHER_EXTENSION_REASON, "Subscribing for events of another extension is not allowed"
        )
    return TelephonyFilter(
        uri,
        account_id,
        extension_id,
        every_account=extension_id is None and choices.sees_every_account(user),
        own_extension_only=None if user.admin else user.extension_id,
        conditions=conditions,
    )
