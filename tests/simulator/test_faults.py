"""Faults of notifications: which are decided on, and what arrives."""

from local.simulator.faults import FaultInjector, Faults
from tests.simulator.harness import ALICE, RunningSimulator
from tests.simulator.webhook import Webhook


class TestDecisions:
    @staticmethod
    def plan(faults: Faults, number: int = 200) -> list[list[float]]:
        injector = FaultInjector()
        injector.replace(faults)
        return [injector.delivery_delays() for _ in range(number)]

    def test_without_faults_each_notification_leaves_once_and_at_once(self) -> None:
        assert self.plan(Faults()) == [[0.0]] * 200

    def test_a_probability_of_one_strikes_always(self) -> None:
        assert self.plan(Faults(drop=1)) == [[]] * 200
        assert self.plan(Faults(duplicate=1)) == [[0.0, 0.0]] * 200
        assert all(0 < delay <= 0.3 for [delay] in self.plan(Faults(reorder=1)))

    def test_a_probability_between_strikes_sometimes(self) -> None:
        copies = [len(delays) for delays in self.plan(Faults(drop=0.3, duplicate=0.3, seed=1))]
        assert set(copies) == {0, 1, 2}

    def test_a_delay_is_added(self) -> None:
        assert self.plan(Faults(delay_ms=250)) == [[0.25]] * 200

    def test_a_seed_makes_it_repeatable(self) -> None:
        assert self.plan(Faults(drop=0.5, reorder=0.5, seed=7)) == self.plan(Faults(drop=0.5, reorder=0.5, seed=7))
        assert self.plan(Faults(drop=0.5, reorder=0.5, seed=7)) != self.plan(Faults(drop=0.5, reorder=0.5, seed=8))


class TestArrivals:
    def test_duplicates_are_the_same_notification(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
    ) -> None:
        served.control("faults", {"duplicate": 1}, "PUT")
        served.place_call()
        posted = webhook.wait(6)
        assert [p.gist[0] for p in posted] == [2, 2, 4, 4, 6, 6]
        assert posted[0].body == posted[1].body

    def test_dropped_notifications_never_come(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
    ) -> None:
        served.control("faults", {"drop": 1}, "PUT")
        lost = served.place_call()
        served.control("faults", {}, "PUT")
        served.place_call()
        sessions = {p.event["telephonySessionId"] for p in webhook.wait(3)}
        assert lost["telephonySessionId"] not in sessions

    def test_reordered_notifications_come_late_but_all_of_them(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
    ) -> None:
        served.control("faults", {"reorder": 0.5, "seed": 3}, "PUT")
        for _ in range(5):
            served.place_call()
        gists = [(p.event["telephonySessionId"], p.gist[0]) for p in webhook.wait(15, timeout=2)]
        assert len(set(gists)) == 15
        assert [sequence for _, sequence in gists] != [2, 4, 6] * 5

    def test_a_delay_is_kept(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
    ) -> None:
        served.place_call()
        before = webhook.wait(3)[-1].arrived_at
        served.control("faults", {"delayMs": 250}, "PUT")
        served.place_call()
        posted = webhook.wait(6)[3:]
        assert [p.gist[0] for p in posted] == [2, 4, 6]
        assert posted[0].arrived_at - before > 0.2

    def test_a_reset_drops_what_has_not_left(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
    ) -> None:
        served.control("faults", {"delayMs": 150}, "PUT")
        lost = served.place_call()
        served.control("reset")
        served.add_user(ALICE)
        served.control("faults", {"delayMs": 200}, "PUT")
        served.place_call()
        sessions = {p.event["telephonySessionId"] for p in webhook.wait(3)}
        assert lost["telephonySessionId"] not in sessions
