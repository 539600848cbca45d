"""From the subscriptions that there are to the one that there should be."""

from datetime import UTC, datetime, timedelta

import pytest

from rollcall.core.answers import decode_answer
from rollcall.core.errors import RingCentralFailed
from rollcall.core.service_token import EXPIRES_EARLY_SECONDS, Credentials, ServiceToken
from rollcall.core.subscription import (
    LIFETIME_SECONDS,
    REMINDER_FILTER,
    RENEWED_BEFORE_SECONDS,
    DeliveryMode,
    DisabledFilter,
    Plan,
    Remembered,
    Subscription,
    Wanted,
    plan,
)

NOW = datetime(2026, 3, 4, tzinfo=UTC)
ACCOUNT = "/restapi/v1.0/account/~/telephony/sessions"
WANTED = Wanted("https://ours/webhook", (ACCOUNT, REMINDER_FILTER), "hash", "200")
MADE = Remembered("made", "hash")


def subscription(
    id_: str = "made",
    *,
    status: str = "Active",
    address: str = WANTED.address,
    filters: tuple[str, ...] = ("/restapi/v1.0/account/100/telephony/sessions", REMINDER_FILTER),
    disabled: tuple[str, ...] = (),
    left: int | None = LIFETIME_SECONDS,
) -> Subscription:
    return Subscription(
        id=id_,
        status=status,
        delivery_mode=DeliveryMode("WebHook", address),
        expiration_time=None if left is None else NOW + timedelta(seconds=left),
        event_filters=list(filters),
        disabled_filters=[DisabledFilter(text) for text in disabled],
    )


def plan_for(*existing: Subscription, remembered: Remembered | None = MADE, wanted: Wanted = WANTED) -> Plan:
    return plan(existing, wanted, remembered, now=NOW)


def test_what_is_as_it_should_be_is_left_alone() -> None:
    good = subscription()
    assert plan_for(good) == Plan(create=False, reason="", keep=good, renew=False, delete=())


def test_without_any_one_is_made() -> None:
    assert plan_for(remembered=None) == Plan(create=True, reason="none", keep=None, renew=False, delete=())
    assert plan_for().reason == "none"  # deleted behind our back


@pytest.mark.parametrize("left", [RENEWED_BEFORE_SECONDS - 1, 0, None])
def test_it_is_renewed_in_good_time(left: int | None) -> None:
    assert plan_for(subscription(left=left)).renew
    assert not plan_for(subscription(left=RENEWED_BEFORE_SECONDS)).renew


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (subscription(status="Blacklisted"), "not-active"),
        (subscription(status="Suspended"), "not-active"),
        (subscription(address="https://before/webhook"), "other-address"),
        (subscription(filters=(REMINDER_FILTER,)), "other-filters"),
        (subscription(filters=(ACCOUNT + "?direction=Inbound", REMINDER_FILTER)), "other-filters"),
        (subscription("another"), "other-token"),
    ],
)
def test_one_that_is_wrong_is_replaced_and_goes_at_once_only_if_it_does_not_work(
    found: Subscription, reason: str
) -> None:
    works = found.status == "Active"
    steps = plan_for(found)
    assert (steps.create, steps.reason, steps.keep) == (True, reason, None)
    assert (steps.delete, steps.later) == (() if works else (found.id,), (found.id,) if works else ())


def test_those_to_be_deleted_later_are_deleted_by_the_next_run() -> None:
    good, former = subscription(), subscription("former", address="https://before/webhook")
    steps = plan_for(former, good, remembered=Remembered("made", "hash", former=("former",)))
    assert (steps.create, steps.keep, steps.delete) == (False, good, ("former",))


def test_another_verification_token_makes_a_new_one() -> None:
    assert plan_for(subscription(), remembered=Remembered("made", "older")).reason == "other-token"
    assert plan_for(subscription(), remembered=None).reason == "other-token"


def test_leftovers_with_our_address_go_and_others_stay() -> None:
    good, leftover, foreign = subscription(), subscription("left"), subscription("foreign", address="https://x/")
    assert plan_for(foreign, leftover, good) == Plan(create=False, reason="", keep=good, renew=False, delete=("left",))


def test_a_disabled_filter_is_no_reason_to_try_for_ever() -> None:
    assert not plan_for(subscription(filters=(ACCOUNT,), disabled=(REMINDER_FILTER,))).create


def test_filters_of_extensions_compare_with_what_ringcentral_answers() -> None:
    own, other = "/restapi/v1.0/account/~/extension/~/telephony/sessions", "/restapi/v1.0/account/~/extension/201/x"
    wanted = Wanted(WANTED.address, (own, other), "hash", "200")
    answered = tuple(
        text.replace("account/~", "account/100").replace("extension/~", "extension/200") for text in (own, other)
    )
    assert not plan_for(subscription(filters=answered), wanted=wanted).create
    assert plan_for(subscription(filters=(answered[0],)), wanted=wanted).create


def test_a_token_is_given_up_before_it_ends() -> None:
    token = ServiceToken("token", 1000, "200")
    assert token.good(1000 - EXPIRES_EARLY_SECONDS - 1)
    assert not token.good(1000 - EXPIRES_EARLY_SECONDS)
    assert not ServiceToken().good(0)


def test_credentials_are_complete_or_not() -> None:
    assert Credentials("id", "secret", "jwt").complete
    assert not Credentials("id", "secret").complete


def test_an_answer_of_another_shape_is_a_failure() -> None:
    assert decode_answer(b'{"filter": "f"}', DisabledFilter) == DisabledFilter("f")
    for content in (b"[]", b'{"filter": "\xff"}', b""):
        with pytest.raises(RingCentralFailed):
            decode_answer(content, DisabledFilter)
