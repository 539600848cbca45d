"""The service's login at RingCentral, and the permissions that its app and its user need.

Only harmless questions are asked: who am I, and what of a telephony session that does not exist. 404 means that one may
ask; 403 with CMN-401 that the app lacks a permission, with CMN-408 that the user does, and the response names it. The
login's own response lists the app's permissions, too (`scope`).
"""

from collections.abc import Iterator
from typing import NamedTuple

import httpx
import msgspec

from ops.check.access import Access, Token
from ops.check.finding import Finding, NotRun, error, ok, warning
from ops.check.installation import Installation
from ops.errors import OpsError
from ops.ringcentral import LoginRefused, RateLimited, Reply, RingCentralUnreachable

LOGIN, PERMISSIONS = "ringcentral-login", "ringcentral-permissions"

_NO_SESSION = "/account/~/telephony/sessions/s-rollcall-check"
_ME = "/account/~/extension/~"
_ACCOUNT_FILTER = "/account/~/telephony/sessions"

NEEDED = {
    "ReadAccounts": "permission-read-accounts",
    "CallControl": "permission-call-control",
    "SubscriptionWebhook": "permission-subscription-webhook",
}
"""The permissions that the service's app needs, by RingCentral's names, and the finding's code if one is missing."""


class _Enabled(msgspec.Struct, frozen=True):
    enabled: bool = True


class _UserPermissions(msgspec.Struct, frozen=True):
    admin: _Enabled = _Enabled()


class _Extension(msgspec.Struct, frozen=True):
    permissions: _UserPermissions = _UserPermissions()


class _Probe(NamedTuple):
    """A question that only needs this permission, and the statuses that prove it."""

    permission: str
    path: str
    proof: frozenset[int]


_PROBES = (
    _Probe("ReadAccounts", _ME, frozenset({200})),
    _Probe("CallControl", _NO_SESSION, frozenset({200, 404})),
)


def login(access: Access) -> Iterator[Finding]:
    """Whether RingCentral takes the credentials in RingCentralSecret."""
    credentials = access.credentials()
    if isinstance(credentials, Finding):
        yield credentials
        return
    given = [credentials.client_id, credentials.client_secret, credentials.jwt]
    if not any(given):
        yield warning(
            "login-missing",
            "RingCentralSecret is empty, so Rollcall keeps no subscription of its own and verifies no roster",
        )
    elif not all(given):
        yield error("login-incomplete", "RingCentralSecret lacks clientId, clientSecret or jwt")
    else:
        yield _log_in(access)


def _log_in(access: Access) -> Finding:
    try:
        access.login()
    except LoginRefused as refused:
        return error("login-refused", f"RingCentral refuses the login: {refused}")
    except RingCentralUnreachable as failure:
        return error("ringcentral-unreachable", f"RingCentral gives no response: {failure}")
    except RateLimited as limited:
        raise NotRun(str(limited)) from None
    return ok(LOGIN, "RingCentral takes the credentials")


def permissions(installation: Installation, access: Access) -> Iterator[Finding]:
    """Whether the service's app and user have what Rollcall needs, and the given token's app what a web phone needs."""
    found = list[Finding]()
    if access.given:
        found += _probed(access, access.given)
    if not access.has_no_credentials():
        token = access.service_token()
        found += _probed(access, token)
        found += _may_subscribe(access, token)
        found += _sees_all(installation, access, token)
    elif not access.given:
        return  # there is no token to ask with, and the check of the login says so
    yield from found or [ok(PERMISSIONS, f"nothing is missing of {', '.join(NEEDED)}")]


def _probed(access: Access, token: Token) -> Iterator[Finding]:
    for probe in _PROBES:
        reply = _get(access, probe.path, token)
        if reply.status == httpx.codes.UNAUTHORIZED:
            yield error("token-refused", f"RingCentral refuses {token.whose}: {reply.error().reason}")
            return
        if reply.status == httpx.codes.FORBIDDEN:
            yield _missing(probe.permission, token, reply)
        elif reply.status not in probe.proof:
            raise NotRun(f"RingCentral answers {reply.status} {reply.error().reason}, which says nothing")


def _missing(permission: str, token: Token, reply: Reply) -> Finding:
    named = reply.error().permission_name or permission
    message = f"RingCentral misses the permission {named} with {token.whose}: {reply.error().reason}"
    return error(NEEDED.get(named, NEEDED[permission]), message)


def _may_subscribe(access: Access, token: Token) -> Iterator[Finding]:
    """No harmless question needs SubscriptionWebhook. The login's scope tells, or a subscription that there is."""
    name = "SubscriptionWebhook"
    scope = access.login().permissions
    if name in scope or b'"WebHook"' in _get(access, "/subscription", token).body:
        return
    if not scope:
        raise NotRun(f"RingCentral did not tell whether the app has the permission {name}")
    yield error(NEEDED[name], f"The service's app lacks the permission {name}; it has {', '.join(sorted(scope))}")


def _sees_all(installation: Installation, access: Access, token: Token) -> Iterator[Finding]:
    """An ordinary user's subscription to the account yields only their own calls."""
    if _ACCOUNT_FILTER not in installation.settings().event_filters:
        return
    reply = _get(access, _ME, token)
    if reply.status == httpx.codes.OK:
        extension = msgspec.json.decode(reply.body, type=_Extension)
        if not extension.permissions.admin.enabled:
            yield warning("user-not-admin", "The service's user is no admin, so only that user's own calls are seen")


def _get(access: Access, path: str, token: Token) -> Reply:
    try:
        return access.api().get(path, token.value)
    except OpsError as failure:
        raise NotRun(str(failure)) from None
