"""Whether a subscription's webhook takes what it is sent, and the suspension that follows if it does not. No I/O."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from local.simulator import choices


@dataclass(frozen=True, slots=True)
class Suspension:
    """When and why a subscription was suspended (documentation, Troubleshooting webhooks: blacklistedData)."""

    at: datetime
    reason: str


@dataclass(slots=True)
class Health:
    """The failures in a row of one webhook. A suspension is for good (documentation, Troubleshooting webhooks)."""

    failures: int = 0
    failing_since: datetime | None = None
    suspension: Suspension | None = None

    def delivered(self) -> None:
        """The webhook took a notification: its failures so far count no more."""
        self.failures = 0
        self.failing_since = None

    def failed(self, reason: str, at: datetime) -> None:
        """The webhook did not take a notification. One failure too many, or for too long, suspends."""
        self.failures += 1
        self.failing_since = self.failing_since or at
        too_long = at - self.failing_since >= timedelta(seconds=choices.FAILING_SECONDS_TO_SUSPEND)
        if self.failures >= choices.FAILURES_TO_SUSPEND or too_long:
            self.suspend(reason, at)

    def suspend(self, reason: str, at: datetime) -> None:
        """Suspend, unless that was done before."""
        if self.suspension is None:
            self.suspension = Suspension(at, reason)


def status_reason(status: int, phrase: str) -> str:
    """The reason of a suspension for an answer other than 200 (recorded answer)."""
    return f"Webhook responses with code: [{status}], reason: [{phrase}]"


def connection_reason(details: str) -> str:
    """The reason of a suspension for no answer at all (documentation, Troubleshooting webhooks: sample answer)."""
    return f"I/O operation is failed. Details: [{details}]"
