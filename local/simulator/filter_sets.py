"""All event filters of one request: which of them are in force, which are refused, and when that is an error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from local.simulator import choices, errors
from local.simulator.filters import DisabledFilter, Filter, ReminderFilter, read_filter
from local.simulator.users import User


@dataclass(frozen=True, slots=True)
class FilterSet:
    """The event filters of a subscription: those in force and those refused."""

    enabled: tuple[Filter, ...]
    disabled: tuple[DisabledFilter, ...]


def read_filters(texts: Sequence[str], user: User, lifetime: int, refused: Callable[[str], bool]) -> FilterSet:
    """Read the event filters of a request. Some may be bad; raises a RingCentralError if none is of use.

    `refused` says which to disable although they are good.
    """
    read: list[Filter | DisabledFilter] = []
    for text in texts:
        one = read_filter(text, user, lifetime)
        if refused(text) and not isinstance(one, DisabledFilter):
            one = DisabledFilter(one.uri, choices.FAULT_REASON, "Specific application permission required")
        read.append(one)
    enabled = tuple(f for f in read if not isinstance(f, DisabledFilter))
    disabled = tuple(f for f in read if isinstance(f, DisabledFilter))
    if not enabled:
        if disabled and all(f.reason == choices.OTHER_ACCOUNT_REASON for f in disabled):
            raise errors.other_account()
        raise errors.invalid_filters(texts)
    if all(isinstance(f, ReminderFilter) for f in enabled):
        raise errors.only_reminder_filter()
    return FilterSet(enabled, disabled)
