"""Everything that can go wrong and that somebody is told about.

    RollcallError
    ├── UndecodableNotification      authentic, but not what RingCentral documents: quarantined
    ├── InvalidClientMessage         a WebSocket frame that means nothing: answered with an `error` message
    ├── InvalidRequest               an HTTP request that means nothing
    ├── UnknownRoute                 an HTTP request for a path that there is not
    ├── MethodNotAllowed             an HTTP request for a path that takes other methods only
    ├── Unauthenticated              no access token, or one that RingCentral does not know
    ├── TicketRefused                a WebSocket ticket that is unknown, used or too old
    ├── OriginNotAllowed             a web page that is not on the installation's list
    ├── ConnectionOver               a WebSocket connection that must end: it is told `bye`
    ├── TooManyWatches               a connection that watches as much as one may
    ├── UnknownConference            no roster under that id in the caller's account
    ├── UnknownParticipant           the roster never had a participant with that id
    ├── HostNotRemovable             removing the host would end the conference for everybody
    ├── HostOnly                     here only the host may have somebody removed
    ├── RingCentralError             RingCentral answered, but not with what was asked for
    │   ├── RingCentralUnauthorized      401: the caller's access token is no longer good
    │   ├── RingCentralForbidden         403: the caller may not do that
    │   ├── RingCentralNotFound          404: RingCentral knows no such leg
    │   ├── RingCentralRateLimited       429: not before `retry_after` seconds
    │   ├── RingCentralLoginRefused      RingCentral does not let the service in: its credentials are wrong or missing
    │   │   └── CredentialsMissing           there are none to log in with: the installation has no service login (yet)
    │   ├── RingCentralFailed            any other answer
    │   └── RingCentralUnavailable       503, or no answer at all
    ├── AccountNotVisible            RingCentral's 404 says nothing, as it may never have shown anything of the account
    ├── BudgetSpent                  RingCentral was asked as often as Rollcall itself may ask in a minute
    ├── StorageFailed                AWS did not store or return something, after every repeat
    ├── RosterConflict               others kept writing the same roster for too long
    ├── SubscriptionBusy             another run worked on the webhook subscription for too long
    └── DeliveryFailed               no connection could be reached for a reason other than its being gone

Each carries its data as attributes. `rollcall.entry.problems` is the one place that turns them into HTTP answers.
"""

from typing import Literal

QuarantineReason = Literal["too-large", "not-utf8", "not-json", "malformed"]
ClientErrorCode = Literal["invalid-json", "unknown-action", "invalid-message", "message-too-large"]
ErrorCode = ClientErrorCode | Literal["too-many-subscriptions", "storage-failed"]
ByeReason = Literal["expiring", "expired", "too-many-messages", "too-many-connections"]


class RollcallError(Exception):
    """The root of every error that Rollcall raises on purpose."""


class UndecodableNotification(RollcallError):
    """An authentic request whose body is not a notification that RingCentral documents.

    Attributes: `reason` (a stable word), `detail` (what exactly).
    """

    def __init__(self, reason: QuarantineReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class InvalidClientMessage(RollcallError):
    """A WebSocket frame that can't be obeyed. Attributes: `code`, `detail`, `request_id` as far as it could be read."""

    def __init__(self, code: ClientErrorCode, detail: str, request_id: str | int | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.request_id = request_id


class InvalidRequest(RollcallError):
    """An HTTP request with a parameter that can't be used. Attribute: `detail`."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class UnknownRoute(RollcallError):
    """Nothing is served at the path of an HTTP request."""


class MethodNotAllowed(RollcallError):
    """The path of an HTTP request takes other methods. Attribute: `allowed`, all of them, sorted."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(", ".join(allowed))
        self.allowed = allowed


class Unauthenticated(RollcallError):
    """No access token came with the request, or RingCentral does not know it."""


class TicketRefused(RollcallError):
    """The WebSocket ticket is unknown, was used before, or is too old. Which of these is not told to anybody."""


class OriginNotAllowed(RollcallError):
    """The request comes from a web page that may not use this installation, or not this ticket."""


class ConnectionOver(RollcallError):
    """The connection is unknown or its time is over (`expired`), or it sends too much. Attribute: `reason`."""

    def __init__(self, reason: ByeReason) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyWatches(RollcallError):
    """The connection watches as much as one connection may."""


class UnknownConference(RollcallError):
    """The caller's account has no roster under this id. Attribute: `conference_id`."""

    def __init__(self, conference_id: str) -> None:
        super().__init__(conference_id)
        self.conference_id = conference_id


class UnknownParticipant(RollcallError):
    """This participant never was in the conference. Attributes: `conference_id`, `participant_id`."""

    def __init__(self, conference_id: str, participant_id: str) -> None:
        super().__init__(f"{participant_id} in {conference_id}")
        self.conference_id = conference_id
        self.participant_id = participant_id


class HostNotRemovable(RollcallError):
    """Deleting the host's leg would end the conference for everybody. Attribute: `conference_id`."""

    def __init__(self, conference_id: str) -> None:
        super().__init__(conference_id)
        self.conference_id = conference_id


class HostOnly(RollcallError):
    """In this installation only a conference's host may have somebody removed. Attribute: `conference_id`."""

    def __init__(self, conference_id: str) -> None:
        super().__init__(conference_id)
        self.conference_id = conference_id


class RingCentralError(RollcallError):
    """RingCentral did not do what was asked. Attributes: `status` (None without an answer), `error_code` (its own)."""

    def __init__(self, status: int | None, error_code: str | None = None) -> None:
        super().__init__(f"status {status}, {error_code}")
        self.status = status
        self.error_code = error_code


class RingCentralUnauthorized(RingCentralError):
    """401: the access token expired or was revoked."""


class RingCentralForbidden(RingCentralError):
    """403: the token's owner, or the app, may not do that."""


class RingCentralNotFound(RingCentralError):
    """404: RingCentral knows no such session or party (any more)."""


class RingCentralRateLimited(RingCentralError):
    """429. Attribute: `retry_after` in seconds, at least 1."""

    def __init__(self, retry_after: int, error_code: str | None = None) -> None:
        super().__init__(429, error_code)
        self.retry_after = retry_after


class RingCentralLoginRefused(RingCentralError):
    """The service's own login was refused, or could not be tried (`CredentialsMissing`)."""


class CredentialsMissing(RingCentralLoginRefused):
    """The secret lacks the client id, the client secret or the JWT. An installation may do without a service login."""

    def __init__(self) -> None:
        super().__init__(None, "no-credentials")


class RingCentralFailed(RingCentralError):
    """A 5xx, or an answer that makes no sense here."""


class RingCentralUnavailable(RingCentralError):
    """503, or no answer in time. Attribute: `retry_after` in seconds, at least 1."""

    def __init__(self, status: int | None, retry_after: int, error_code: str | None = None) -> None:
        super().__init__(status, error_code)
        self.retry_after = retry_after


class AccountNotVisible(RollcallError):
    """RingCentral answers 404 also about what another account has, and never showed the service any of this one's; or
    it showed a session in which this account has no leg.

    Attributes: `account_id`; `nobodys`: nobody at all has a leg in the session, which may have just begun.
    """

    def __init__(self, account_id: str, *, nobodys: bool = False) -> None:
        super().__init__(account_id)
        self.account_id = account_id
        self.nobodys = nobodys


class BudgetSpent(RollcallError):
    """What is left of RingCentral's rate limit in this minute is for others."""


class StorageFailed(RollcallError):
    """DynamoDB, SQS or S3 failed, after every repeat. Attribute: `code`, AWS's own or what kept it from answering."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RosterConflict(RollcallError):
    """The roster was written by others at every attempt. Attribute: `conference_id`."""

    def __init__(self, conference_id: str) -> None:
        super().__init__(conference_id)
        self.conference_id = conference_id


class SubscriptionBusy(RollcallError):
    """Another run held the lease on the webhook subscription all the time. Attribute: `seconds` that were waited."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"another run held the lease for {seconds:.0f} s")
        self.seconds = seconds


class DeliveryFailed(RollcallError):
    """No post of a roster succeeded, and not because its connections are gone.

    Attributes: `conference_id`, `statuses`.
    """

    def __init__(self, conference_id: str, statuses: tuple[str, ...]) -> None:
        super().__init__(f"{conference_id}: {', '.join(statuses)}")
        self.conference_id = conference_id
        self.statuses = statuses
