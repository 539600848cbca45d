"""Notifications over HTTP: their form, their order, and who gets them."""

import re

import pytest

from tests.simulator.harness import (
    ACCOUNT,
    ACCOUNT_FILTER,
    BOB,
    VERIFICATION_TOKEN,
    RunningSimulator,
)
from tests.simulator.webhook import Webhook

BOB_AS_REMOTE = {"name": BOB["name"], "phoneNumber": "102", "extensionId": BOB["extensionId"]}


def test_a_notification_has_the_recorded_form(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
) -> None:
    leg = served.place_call()
    [first] = webhook.wait(1)
    assert first.headers["verification-token"] == VERIFICATION_TOKEN
    assert first.headers["content-type"] == "application/json; charset=UTF-8"
    assert first.headers["user-agent"].startswith("RingCentral-Webhook/")

    envelope = first.json
    assert re.fullmatch(r"\d{1,19}", envelope.pop("uuid"))
    body = envelope.pop("body")
    assert envelope == {
        "event": f"/restapi/v1.0/account/{ACCOUNT}/extension/700200001/telephony/sessions",
        "timestamp": "2024-02-27T16:04:52.223Z",
        "subscriptionId": subscription,
        "ownerId": "900200001",
    }
    assert re.fullmatch(r"\d{13}", body.pop("sessionId"))
    assert body.pop("serverId")
    [party] = body.pop("parties")
    assert body == {
        "sequence": 2,
        "telephonySessionId": leg["telephonySessionId"],
        "eventTime": "2024-02-27T16:04:52.223Z",
        "origin": {"type": "Call"},
    }
    assert party["from"].pop("deviceId").isdecimal()
    assert party == {
        "accountId": ACCOUNT,
        "extensionId": "700200001",
        "id": leg["partyId"],
        "direction": "Outbound",
        "to": {"phoneNumber": "+12055550103", "name": "Carla Customer"},
        "from": {"phoneNumber": "+12055550101", "name": "Alice Agent", "extensionId": "700200001"},
        "status": {"code": "Setup", "rcc": False},
        "park": {},
        "missedCall": False,
        "standAlone": False,
        "muted": False,
    }


def test_legs_outside_ringcentral_leave_gaps(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
) -> None:
    leg = served.place_call()
    served.control(f"calls/{leg['telephonySessionId']}/hangup", {"side": "remote"})
    assert [posted.gist for posted in webhook.wait(4)] == [
        (2, "1", "Setup"),
        (4, "1", "Proceeding"),
        (6, "1", "Answered"),
        (8, "1", "Disconnected"),
    ]


def test_legs_of_colleagues_are_reported_too(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
) -> None:
    served.place_call(direction="Inbound", remote=BOB_AS_REMOTE)
    posted = webhook.wait(5)
    assert [p.gist[0] for p in posted] == [2, 3, 4, 5, 6]
    assert [p.party["extensionId"][-1] for p in posted] == ["2", "1", "2", "1", "1"]
    assert {p.json["event"] for p in posted} == {
        f"/restapi/v1.0/account/{ACCOUNT}/extension/{extension}/telephony/sessions"
        for extension in ("700200001", "700200002")
    }


def test_joining_and_leaving_a_conference(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
) -> None:
    leg = served.place_call()
    conference = served.open_conference(alice_token)
    guest = served.bring_in(alice_token, conference, leg).json()["id"]
    served.control(f"calls/{leg['telephonySessionId']}/hangup", {"side": "agent"})
    posted = webhook.wait(7)[3:]
    [setup, joined, gone, left] = posted

    assert [p.gist for p in posted] == [
        (2, "1", "Setup"),
        (3, "1", "Answered"),
        (7, "1", "Gone"),
        (8, "1", "Disconnected"),
    ]
    assert {p.event["telephonySessionId"] for p in (setup, joined)} == {conference}
    assert (joined.event["origin"], joined.event["sessionId"]) == ({"type": "Conference"}, "0")
    assert (joined.party["direction"], joined.party["to"]["phoneNumber"]) == ("Outbound", "conference")
    assert joined.party["conferenceRole"] == "Host"

    assert {p.event["telephonySessionId"] for p in (gone, left)} == {leg["telephonySessionId"]}
    assert {p.event["origin"]["type"] for p in (gone, left)} == {"Call"}
    assert gone.party["id"] == left.party["id"] == leg["partyId"]
    assert gone.party["status"] == {
        "code": "Gone",
        "reason": "Conference",
        "peerId": {"telephonySessionId": conference, "sessionId": "0", "partyId": guest},
        "rcc": False,
    }
    assert left.party["status"] == {"code": "Disconnected", "rcc": False}


@pytest.mark.parametrize("which", ["direct", "conference"])
def test_removing_somebody_either_way_ends_the_same_leg(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str, which: str
) -> None:
    leg = served.place_call()
    conference = served.open_conference(alice_token)
    guest = served.bring_in(alice_token, conference, leg).json()["id"]
    session, party = (leg["telephonySessionId"], leg["partyId"]) if which == "direct" else (conference, guest)
    path = f"account/~/telephony/sessions/{session}/parties/{party}"
    assert served.api("DELETE", path, alice_token).status_code == 204
    last = webhook.wait_for_last("1", "Disconnected")[-1]
    assert last.party["id"] == leg["partyId"]
    assert last.party["status"] == {"code": "Disconnected", "rcc": False}


def test_the_end_of_a_conference_is_told_host_first(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
) -> None:
    legs = [served.place_call() for _ in range(2)]
    conference = served.open_conference(alice_token)
    for leg in legs:
        assert served.bring_in(alice_token, conference, leg).status_code == 201
    assert served.control(f"conferences/{conference}/host-leave").status_code == 200
    ended = webhook.wait(2 * 3 + 2 + 2 + 3)[-3:]
    assert [p.party["id"] for p in ended] == [f"p{conference[1:]}-1", *(leg["partyId"] for leg in legs)]
    assert {p.party["status"]["code"] for p in ended} == {"Disconnected"}


def test_a_burst_arrives_in_order(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
) -> None:
    for _ in range(30):
        served.place_call()
    posted = webhook.wait(90)
    assert [p.gist[0] for p in posted] == [2, 4, 6] * 30
    assert len({p.json["uuid"] for p in posted}) == 90
    assert len({p.event["telephonySessionId"] for p in posted}) == 30


def test_a_users_own_subscription_yields_only_their_own_legs(
    served: RunningSimulator, alice_token: str, webhook: Webhook
) -> None:
    assert served.subscribe(served.add_user(BOB), webhook, ACCOUNT_FILTER).status_code == 200
    served.place_call(remote=BOB_AS_REMOTE)
    posted = webhook.wait(3)
    assert [p.gist for p in posted] == [(3, "2", "Setup"), (5, "2", "Proceeding"), (6, "2", "Answered")]
    assert posted[0].json["ownerId"] == BOB["extensionId"]


def test_two_subscriptions_get_the_same_event_each(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
) -> None:
    second = served.subscribe(alice_token, webhook, f"{ACCOUNT_FILTER}?statusCode=Setup").json()["id"]
    served.place_call()
    posted = webhook.wait(4)
    setups = [p.json for p in posted if p.gist == (2, "1", "Setup")]
    assert {p["subscriptionId"] for p in setups} == {subscription, second}
    assert len(setups) == 2


def test_a_slow_webhook_does_not_hold_up_another(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
) -> None:
    with Webhook() as slow:
        assert served.subscribe(alice_token, slow).status_code == 200
        slow.delay = 0.3
        served.place_call()
        assert webhook.wait(3)[-1].arrived_at < slow.wait(2)[1].arrived_at


def test_a_webhook_that_fails_gets_what_follows_and_nothing_again(
    served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
) -> None:
    webhook.status = 500
    served.place_call()
    webhook.wait(3)
    webhook.status = 200
    served.place_call()
    assert [p.gist[0] for p in webhook.wait(6)] == [2, 4, 6, 2, 4, 6]
