"""Login, permissions and subscription at RingCentral: harmless questions, and never an ok for what is not known."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ops.check import ringcentral, subscription
from ops.check.access import Access
from ops.check.finding import Finding
from ops.check.installation import Installation
from ops.check.runner import findings_of
from rollcall.core.identity import digest
from tests.ops.installed import ENVIRONMENT, installed, secrets
from tests.ops.server import Answer, Request, serving

CREDENTIALS = '{"clientId": "id", "clientSecret": "secret", "jwt": "jwt"}'
FILTERS = ["/restapi/v1.0/account/1/telephony/sessions", "/restapi/v1.0/subscription/~?threshold=864000&interval=86400"]
ALL = "ReadAccounts CallControl SubscriptionWebhook"


def lacking(permission: str, code: str) -> Answer:
    """As RingCentral refuses it (recorded responses)."""
    named = {"message": f"needs to have [{permission}] permission", "permissionName": permission}
    body = {"errorCode": "InsufficientPermissions", **named, "errors": [{"errorCode": code, **named}]}
    return Answer(403, body=json.dumps(body).encode())


class RingCentral:
    """In RingCentral's place: `answers` by the end of a path."""

    def __init__(self) -> None:
        self.asked = list[str]()
        self.scope = ALL
        self.extension: dict[str, Any] = {"permissions": {"admin": {"enabled": True}}}
        self.subscription: dict[str, Any] = {
            "id": "made",
            "status": "Active",
            "expirationTime": "2099-01-01T00:00:00.000Z",
            "eventFilters": FILTERS,
            "deliveryMode": {"transportType": "WebHook", "address": ENVIRONMENT["WEBHOOK_URL"]},
        }
        self.answers = dict[str, Answer]()

    def answer(self, request: Request) -> Answer:
        end = request.path.rpartition("/")[2]
        self.asked.append(f"{request.method} {end}")
        if end in self.answers:
            return self.answers[end]
        if end == "token":
            login = {"access_token": "a", "owner_id": "200", "scope": self.scope}
            return Answer(200, body=json.dumps(login).encode())
        if end == "~":
            return Answer(200, body=json.dumps(self.extension).encode())
        if end == "subscription":
            return Answer(200, body=json.dumps({"records": [self.subscription]}).encode())
        return Answer(200 if end == "revoke" else 404)


class World:
    def __init__(self, server: str, ringcentral: RingCentral) -> None:
        self.server, self.ringcentral = server, ringcentral
        self.environment = {"RINGCENTRAL_SERVER": server}
        self.note: dict[str, Any] = {"subscriptionId": {"S": "made"}, "tokenHash": {"S": digest("own-token")}}
        self.penalty = 0
        self.secrets = {"app": CREDENTIALS, "tokens": '{"current": "own-token"}'}

    def installation(self) -> Installation:
        def get_item(Key: dict[str, Any], **_request: Any) -> dict[str, Any]:  # noqa: N803  # AWS's own name
            if Key["pk"]["S"] == "NOTE#subscription":
                return {"Item": self.note} if self.note else {}
            return {"Item": {"expiresAt": {"N": str(self.penalty)}}} if self.penalty else {}

        dynamodb = SimpleNamespace(get_item=get_item)
        return installed(environment=self.environment, dynamodb=dynamodb, secretsmanager=secrets(**self.secrets))

    def check(self, token: str | None = None) -> dict[str, list[Finding]]:
        installation = self.installation()
        access = Access(installation, token)
        try:
            return {
                "login": list(findings_of("login", lambda: ringcentral.login(access))),
                "permissions": list(findings_of("p", lambda: ringcentral.permissions(installation, access))),
                "subscription": list(findings_of("s", lambda: subscription.subscription(installation, access))),
            }
        finally:
            access.close()


@pytest.fixture
def world() -> Iterator[World]:
    fake = RingCentral()
    with serving(fake.answer) as url:
        yield World(url, fake)


def codes(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.status) for finding in found]


def test_all_is_well_with_one_session_that_is_ended(world: World) -> None:
    found = world.check()
    assert [finding.status for findings in found.values() for finding in findings] == ["ok"] * 3
    assert [asked for asked in world.ringcentral.asked if asked.startswith("POST")] == ["POST token", "POST revoke"]
    assert all(asked.startswith("GET") for asked in world.ringcentral.asked[1:-1])


@pytest.mark.parametrize(
    ("end", "permission", "code", "found"),
    [
        ("~", "ReadAccounts", "CMN-401", "permission-read-accounts"),
        ("s-rollcall-check", "CallControl", "CMN-401", "permission-call-control"),
        ("s-rollcall-check", "CallControl", "CMN-408", "permission-call-control"),
        # The user's permission may have another name than the app's.
        ("s-rollcall-check", "TelephonySessions", "CMN-408", "permission-call-control"),
    ],
)
def test_a_missing_permission_is_named_as_ringcentral_names_it(
    world: World, end: str, permission: str, code: str, found: str
) -> None:
    world.ringcentral.answers[end] = lacking(permission, code)
    (finding,) = world.check()["permissions"]
    assert (finding.code, finding.status) == (found, "error")
    assert f"permission {permission} with the service's own token: {code}" in finding.message


def test_an_answer_that_says_nothing_about_permissions_is_not_run(world: World) -> None:
    world.ringcentral.answers["s-rollcall-check"] = Answer(500)
    (finding,) = world.check()["permissions"]
    assert (finding.status, "500" in finding.message) == ("not-run", True)


def test_the_permission_to_subscribe_shows_in_the_scope_or_in_a_subscription(world: World) -> None:
    world.ringcentral.scope = "ReadAccounts CallControl"
    assert codes(world.check()["permissions"]) == [("ringcentral-permissions", "ok")]
    world.ringcentral.subscription["deliveryMode"]["transportType"] = "PubNub"
    (finding,) = world.check()["permissions"]
    assert (finding.code, finding.status) == ("permission-subscription-webhook", "error")
    world.ringcentral.scope = ""
    assert codes(world.check()["permissions"]) == [("p", "not-run")]


def test_a_user_who_is_no_admin_is_told_for_filters_of_the_account(world: World) -> None:
    world.ringcentral.extension = {"permissions": {"admin": {"enabled": False}}}
    assert codes(world.check()["permissions"]) == [("user-not-admin", "warning")]
    world.environment["EVENT_FILTERS"] = "/restapi/v1.0/account/~/extension/~/telephony/sessions"
    assert codes(world.check()["permissions"]) == [("ringcentral-permissions", "ok")]


def test_a_given_token_is_asked_about_too(world: World) -> None:
    world.ringcentral.answers["~"] = Answer(401, body=b'{"errorCode": "OAU-213", "message": "Token is not found"}')
    (first, *_) = world.check("given")["permissions"]
    assert (first.code, first.status) == ("token-refused", "error")
    assert "the given token: OAU-213 Token is not found" in first.message


@pytest.mark.parametrize(
    ("answer", "code", "status", "said"),
    [
        (Answer(400, body=b'{"errors": [{"errorCode": "OAU-140"}]}'), "login-refused", "error", "OAU-140"),
        (Answer(401, body=b"not json"), "login-refused", "error", "401"),
        (Answer(429, {"Retry-After": "33"}), "login", "not-run", "33 s"),
    ],
)
def test_a_login_that_fails_is_told_and_nothing_that_depends_on_it_is_ok(
    world: World, answer: Answer, code: str, status: str, said: str
) -> None:
    world.ringcentral.answers["token"] = answer
    found = world.check()
    (login,) = found["login"]
    assert (login.code, login.status) == (code, status)
    assert said in login.message
    assert codes(found["permissions"]) == [("p", "not-run")]
    assert codes(found["subscription"]) == [("s", "not-run")]
    assert world.ringcentral.asked == ["POST token"]


def test_while_ringcentral_is_to_be_left_alone_it_is(world: World) -> None:
    world.penalty = 2**33
    found = world.check()
    assert {finding.status for findings in found.values() for finding in findings} == {"not-run"}
    assert world.ringcentral.asked == []


def test_a_ringcentral_that_is_not_there_is_an_error(world: World) -> None:
    world.environment["RINGCENTRAL_SERVER"] = "http://127.0.0.1:9"
    assert codes(world.check()["login"]) == [("ringcentral-unreachable", "error")]


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"eventFilters": FILTERS[:1]}, "subscription-filters", "error"),
        ({"status": "Blacklisted"}, "subscription-not-active", "error"),
        ({"deliveryMode": {"address": "https://before/"}}, "subscription-address", "error"),
        ({"id": "another"}, "subscription-token", "error"),
        ({"id": "another", "deliveryMode": {"address": "https://x/"}}, "subscription-missing", "error"),
        ({"expirationTime": "2020-01-01T00:00:00.000Z"}, "subscription-expiring", "warning"),
        (
            {"eventFilters": FILTERS[:1], "disabledFilters": [{"filter": FILTERS[1], "reason": "CMN-401"}]},
            "subscription-filters-disabled",
            "error",
        ),
    ],
)
def test_a_subscription_is_judged_by_the_rules_by_which_rollcall_keeps_it(
    world: World, change: dict[str, Any], code: str, status: str
) -> None:
    world.ringcentral.subscription |= change
    assert codes(world.check()["subscription"]) == [(code, status)]


def test_a_changed_token_and_an_ended_subscription_are_found_by_rollcalls_note(world: World) -> None:
    world.note["tokenHash"] = {"S": digest("older")}
    assert codes(world.check()["subscription"]) == [("subscription-token", "error")]
    world.note["ended"] = {"BOOL": True}
    assert codes(world.check()["subscription"]) == [("subscription-ended", "error")]
    world.note = {}
    assert codes(world.check()["subscription"]) == [("subscription-token", "error")]


def test_without_any_credentials_there_is_nothing_to_ask_about(world: World) -> None:
    world.secrets["app"] = '{"clientId": "", "clientSecret": "", "jwt": ""}'
    found = world.check()
    assert codes(found["login"]) == [("login-missing", "warning")]
    assert (found["permissions"], found["subscription"], world.ringcentral.asked) == ([], [], [])


def test_incomplete_credentials_are_not_even_tried(world: World) -> None:
    world.secrets["app"] = '{"clientId": "id", "clientSecret": "secret", "jwt": ""}'
    found = world.check()
    assert codes(found["login"]) == [("login-incomplete", "error")]
    assert codes(found["permissions"]) == [("p", "not-run")]
    assert world.ringcentral.asked == []


def test_a_secret_that_is_gone_is_an_error_and_nothing_else_is_ok(world: World) -> None:
    del world.secrets["app"]
    found = world.check()
    assert codes(found["login"]) == [("secret-missing", "error")]
    assert codes(found["permissions"]) == [("p", "not-run")]
    assert codes(found["subscription"]) == [("s", "not-run")]
