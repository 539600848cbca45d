"""Every rule that RingCentral does not publish and that the simulator had to settle, in one place.

What is known (documentation, recorded events and answers) stands where it is used. What is here is a guess, and code
that is tried against the simulator must not depend on it. docs/simulator.md lists the same choices.
"""

import ipaddress
import re
from urllib.parse import urlsplit

from local.simulator.sessions import Code, Party, Role, Session
from local.simulator.users import User

PSTN_LEGS_HAVE_ACCOUNT = False
"""Whether the leg of somebody outside RingCentral belongs to the account of the call.

The documentation says that such legs send no notifications; recordings of 2020 show them sending some in the account
form. Without is the harder case: it leaves gaps in the sequence.
"""

HOST_STATUSES = (Code.SETUP, Code.ANSWERED)
"""What the host's leg goes through when it joins; only the last one is attested."""

CONFERENCE_NAME = "Conference"
"""The name beside the number `conference`. Recorded in REST answers; in notifications assumed to be the same."""

MAX_BROUGHT_IN = 10
"""How many people may be in a conference: ten may be brought in (documentation), and the host is not brought in."""

INCORRECT_STATE_CODE = "TAS-107"
"""The error code of a 409. Its text is known from RingCentral's own client, its code is not.

A 409 answers: bringing in a leg that is not answered or is in a conference already (documented without the reason), one
person too many, a host's phone that joins after it has left, or leaves without having joined.
"""

CONTROL_PERMISSION = "CallControl"
"""The permission that a 403 names when a user wants to control somebody else's leg."""

SESSIONS_PER_USER = 5
"""Logins of one user with one app at a time; one more ends the oldest. The documentation says about five."""

PHONE_CLIENT_ID = "simulator-web-phone"
"""The app in which users are logged in whom a control call has added."""

CONSOLE_CLIENT_ID = "rollcall-console"
"""The app of Rollcall's console: a page in a browser, so it has no secret and signs in with PKCE."""

PUBLIC_CLIENT_IDS = frozenset({CONSOLE_CLIENT_ID})
"""The apps without a secret. Each may use a code and a refresh token; the service's app its JWT and a refresh token."""

LOCAL_ORIGIN = r"http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?"
"""The origins whose pages may read answers (CORS): those of this machine.

RingCentral answers pages of client-side web apps, so it has CORS; for which origins is not published.
"""

REDIRECT_URI = re.compile(LOCAL_ORIGIN + r"(/[A-Za-z0-9._~$%-]+)*/console/index\.html")
"""The pages to which a code may be sent. RingCentral wants each exactly as it is registered (documentation); the
console's has a port and an API id that nobody knows beforehand.
"""

CHALLENGE_METHOD = "S256"
"""The one way to make a code challenge. RingCentral also takes `plain`, which proves nothing."""

VERIFIER_MISMATCH_CODE = "OAU-106"
"""The error code of a wrong or missing code verifier, which is not published: that of an invalid code."""

REORDER_HOLD_SECONDS = 0.3
"""How long a notification is held back at most when the fault `reorder` strikes."""

HANDSHAKE_BODY = b""
"""The body of the request with which a webhook is tried. It carries the validation token and no verification token."""

FAILURES_TO_SUSPEND = 10
"""How many deliveries in a row have to fail for a subscription to be suspended.

A staff statement of 2023 says "too many". Ten let through a webhook that stumbles, and a test gets there in no time.
"""

FAILING_SECONDS_TO_SUSPEND = 600
"""For how long deliveries have to fail, however few they are; looked at whenever one fails.

A staff statement of 2018 gives ten minutes for an address that violates the requirements.
"""

TIMEOUT_DETAILS = "Read timed out"
NO_CONNECTION_DETAILS = "Connection refused"
CONNECTION_LOST_DETAILS = "Connection reset"
"""The details of a failure without an answer: the first recorded, the others what the same platform would say."""

SUSPENDED_BY_HAND_DETAILS = TIMEOUT_DETAILS
"""The details when a control call suspends: those of the sample answer in the documentation."""

RENEWAL_REVIVES_SUSPENDED = False
"""Whether renewing or updating a suspended subscription makes it active again.

The documentation calls the suspension permanent, to be ended by deleting and creating again. The answer is 200 with the
status Blacklisted: no error code is known for it, and a client that looks at the HTTP status alone is found out.
"""

REMINDER_LOOK_SECONDS = 0.1
"""How often reminders are looked for. RingCentral's own interval is not published; this one keeps tests short."""

REMINDER_BODY = None
"""The body of a reminder. The documentation of 2022 puts `expiresIn` there, today's none; without is harder to read."""

MIN_REMINDER_SECONDS = 1
"""The least interval of reminders. It may not be below that of RingCentral's own job, which is not published."""

REMINDER_BOUNDS_REASON = "SUB-508"
FAULT_REASON = "CMN-401"
"""The `reason` of a reminder filter out of bounds, and of a filter that the fault `disableFilters` strikes."""

UNKNOWN_FILTER_REASON = "SUB-508"
OTHER_ACCOUNT_REASON = "SUB-406"
OTHER_EXTENSION_REASON = "CMN-408"
"""The `reason` of a filter that is refused beside good ones, whose values are unpublished: the fitting error code."""

SERVER_ID = "10.0.0.17.LCL"
"""The server that every event names."""

BRAND_ID = "1210"
"""The brand of every account (recorded answer)."""


def sees_every_account(user: User) -> bool:
    """Whether an account-level subscription of this user gets the events of all accounts.

    True for the service's own login: one simulator stands for many RingCentral accounts, each of which would have such
    a subscription.
    """
    return user.service


def is_redirect_uri(uri: str) -> bool:
    """Whether a code may be sent to this page."""
    return REDIRECT_URI.fullmatch(uri) is not None


def knows_session(user: User, session: Session) -> bool:
    """Whether the session exists for this user. That of another account is answered with 404, as if there were none."""
    return sees_every_account(user) or user.account_id == session.owner.account_id


def may_use_session(user: User, session: Session) -> bool:
    """Whether the user may read the session or end it: an admin, its owner, or the owner of one of its legs."""
    return user.admin or session.owner == user.owner or any(p.owner == user.owner for p in session.parties.values())


def may_delete_party(user: User, session: Session, party: Party) -> bool:
    """Whether the user may end this leg: an admin, the leg's owner, or the host for a participant of the conference."""
    is_hosts_guest = party.conference_role is Role.PARTICIPANT and session.owner == user.owner
    return user.admin or party.owner == user.owner or is_hosts_guest


def may_bring_in(user: User, conference: Session) -> bool:
    """Whether the user may bring people into this conference: its host only."""
    return conference.owner == user.owner


def may_be_muted(leg: Party) -> bool:
    """Whether a leg can be muted with an event that tells of it: while it is answered.

    The event, the same status with `muted`, follows from the schema alone; none is recorded. What the leg of somebody
    who was brought into a conference tells when they are muted there is not known at all: the conference's own leg
    sends nothing, as nobody owns it, and that of the direct call is Gone.
    """
    return leg.status.code is Code.ANSWERED


def disconnect_order(call: Session, first: Party) -> list[Party]:
    """In which order the legs of a direct call are reported as they end: that of whoever ended it first.

    Recorded for a caller who hangs up, and fitting the one recorded participant who hung up.
    """
    return sorted(call.parties.values(), key=lambda leg: leg.id != first.id)


def conference_end_order(conference: Session) -> list[Party]:
    """In which order the legs of a conference end with it: the host's, then the participants'."""
    host = conference.own_leg
    return [leg for leg in [host, *conference.present_participants] if leg is not None and leg.connected]


def is_forgotten_at_its_end(session: Session) -> bool:
    """Whether a session that ends is not found any more. Others stay readable; how long is not published."""
    return not session.parties


def is_loopback(address: str) -> bool:
    """Whether a webhook address is on this machine; the simulator posts to no other.

    On loopback, plain http is good enough; RingCentral asks for https with a trusted certificate.
    """
    host = urlsplit(address).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
