"""RingCentral's answers as values and errors, over a real socket."""

import time
from collections.abc import Iterator

import pytest

from rollcall.adapters.ringcentral import PENALTY_SECONDS, RingCentral
from rollcall.core.errors import (
    RingCentralError,
    RingCentralFailed,
    RingCentralForbidden,
    RingCentralLoginRefused,
    RingCentralNotFound,
    RingCentralRateLimited,
    RingCentralUnauthorized,
    RingCentralUnavailable,
)
from rollcall.core.identity import Identity
from rollcall.core.party import Leg
from rollcall.core.service_token import Credentials
from tests.support.counted import Counted
from tests.support.ringcentral_stub import Stub, running_stub


@pytest.fixture
def ringcentral() -> Iterator[RingCentral]:
    with running_stub() as stub:
        client = RingCentral(stub.url + "/")
        yield client
        client._session.close()


def refused(ringcentral: RingCentral, status: int, body: bytes = b"", **headers: str) -> RingCentralError:
    Stub.answer = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
    with pytest.raises(RingCentralError) as caught:
        ringcentral.delete_party("my-token", Leg("s-1", "p-1"))
    return caught.value


def test_a_leg_is_deleted_by_its_session_and_party(ringcentral: RingCentral) -> None:
    ringcentral.delete_party("my-token", Leg("s-1/x", "p-1"))
    assert Stub.asked == [
        ("DELETE", "/restapi/v1.0/account/~/telephony/sessions/s-1%2Fx/parties/p-1", "Bearer my-token")
    ]


@pytest.mark.parametrize("body", [b'{"id": 5, "account": {"id": 7}}', b'{"id": "5", "account": {"id": "7"}, "x": 1}'])
def test_a_tokens_owner_is_an_extension_of_an_account(ringcentral: RingCentral, body: bytes) -> None:
    Stub.answer = (200, {}, body)
    assert ringcentral.owner_of("my-token") == Identity("7", "5")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id": 5}'])
def test_an_answer_that_names_no_owner_is_a_failure(ringcentral: RingCentral, body: bytes) -> None:
    Stub.answer = (200, {}, body)
    with pytest.raises(RingCentralFailed):
        ringcentral.owner_of("my-token")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, RingCentralUnauthorized),
        (403, RingCentralForbidden),
        (404, RingCentralNotFound),
        (429, RingCentralRateLimited),
        (500, RingCentralFailed),
        (409, RingCentralFailed),
        (302, RingCentralFailed),
        (503, RingCentralUnavailable),
    ],
)
def test_each_status_is_an_error_of_its_own(
    ringcentral: RingCentral, status: int, error: type[RingCentralError]
) -> None:
    assert type(refused(ringcentral, status, Location="/elsewhere")) is error
    assert len(Stub.asked) == 1


def test_ringcentrals_own_code_is_kept(ringcentral: RingCentral) -> None:
    assert refused(ringcentral, 403, b'{"errorCode": "TAS-106", "message": ""}').error_code == "TAS-106"
    assert refused(ringcentral, 403, b"<html>").error_code is None


@pytest.mark.parametrize(
    ("header", "seconds"), [("30", 30), ("0", 1), ("999999", 3600), ("soon", PENALTY_SECONDS), ("-1", PENALTY_SECONDS)]
)
def test_how_long_to_wait_is_taken_over_within_reason(ringcentral: RingCentral, header: str, seconds: int) -> None:
    error = refused(ringcentral, 429, Retry_After=header)
    assert isinstance(error, RingCentralRateLimited)
    assert error.retry_after == seconds


def test_a_login_gives_a_token_and_whose_it_is(ringcentral: RingCentral) -> None:
    Stub.answer = (200, {}, b'{"access_token": "token", "expires_in": 3600, "owner_id": "200"}')
    token = ringcentral.log_in(Credentials("id", "secret", "jwt"))
    assert (token.access_token, token.owner_extension_id) == ("token", "200")
    assert 3500 < token.expires_at - time.time() <= 3600
    assert Stub.asked == [("POST", "/restapi/oauth/token", "Basic aWQ6c2VjcmV0")]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RingCentralLoginRefused),
        (401, RingCentralLoginRefused),
        (403, RingCentralLoginRefused),
        (429, RingCentralRateLimited),
        (500, RingCentralFailed),
        (503, RingCentralUnavailable),
    ],
)
def test_a_login_that_is_refused_is_told_from_one_that_failed(
    ringcentral: RingCentral, status: int, error: type[RingCentralError]
) -> None:
    Stub.answer = (status, {}, b'{"errorCode": "OAU-146"}')
    with pytest.raises(RingCentralError) as caught:
        ringcentral.log_in(Credentials("id", "secret", "jwt"))
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"X-Rate-Limit-Group": "light", "X-Rate-Limit-Remaining": "49"}, {"RateLimitRemainingLight": 49}),
        ({"X-Rate-Limit-Group": "light"}, {}),
        ({"X-Rate-Limit-Group": "x y", "X-Rate-Limit-Remaining": "49"}, {}),
        ({}, {}),
    ],
)
def test_what_is_left_of_a_rate_limit_is_told(
    ringcentral: RingCentral, counted: Counted, headers: dict[str, str], told: dict[str, int]
) -> None:
    Stub.answer = (204, headers, b"")
    ringcentral.delete_party("my-token", Leg("s", "p"))
    assert counted() == told


def test_a_body_is_sent_as_json(ringcentral: RingCentral) -> None:
    Stub.answer = (200, {}, b"answer")
    assert ringcentral.call("POST", "/path", "token", {"a": 1}) == b"answer"
    assert Stub.asked == [("POST", "/path", "Bearer token")]


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(RingCentralUnavailable):
        RingCentral("http://127.0.0.1:9").delete_party("my-token", Leg("s-1", "p-1"))
