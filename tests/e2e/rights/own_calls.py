"""Whatever makes functions call RingCentral for Rollcall itself, and all the answers that make them use a right."""

from collections.abc import Callable, Mapping

import httpx

from local.stack.stack import Stack
from tests.e2e.actors import Agent, people
from tests.e2e.aws import Aws
from tests.e2e.rights.recorder import Recorded
from tests.e2e.waiting import eventually

NOTHING_KNOWN_OF = "700100009"
"""An account of which RingCentral has shown the service nothing: it has no calls."""

NOBODYS = "s-nobodys"


def fault(method: str, path: str, status: int = 429, times: int = 1) -> dict[str, object]:
    """RingCentral's next answers of this kind."""
    return {"method": method, "pathPattern": path, "status": status, "retryAfter": 2, "times": times}


class OwnCalls:
    """`recorded` tells when a function has done what it was run for."""

    def __init__(self, stack: Stack, aws: Aws, agent: Agent, recorded: Mapping[str, Recorded]) -> None:
        self._stack, self._aws, self._agent, self._recorded = stack, aws, agent, recorded
        self._subscriptions = f"{stack.ringcentral_url}/simulator/subscriptions"

    def rosters_are_verified(self) -> None:
        """RingCentral takes no more, then refuses the shared token; then it tells who is in, and what it can't see."""
        conference = self._with_events_that_got_lost()
        self._aws.backdate_records(self._agent.account_id, conference)
        self._a_stranger_subscribes()

        def due(status: int) -> None:
            self._faults(fault("GET", "/telephony/sessions/", status), drop=1.0)
            self._aws.make_due(self._agent.account_id, conference)
            self._aws.make_due(NOTHING_KNOWN_OF, NOBODYS)

        self._run_until("reconcile", lambda: self._is_punished("reconcile"), lambda: due(429))
        self._aws.forget_penalties()
        self._run_until("reconcile", lambda: self._has_logged_in("reconcile"), lambda: due(401))
        self._people_are(conference, self._agent.name, "Bert")

    def _with_events_that_got_lost(self) -> str:
        """A conference of which a leave and a join are unknown; somebody tries to remove the one who has left."""
        agent = self._agent
        conference = agent.open_conference()
        leg, anna = agent.bring_in_somebody(conference, "Anna")
        self._people_are(conference, agent.name, "Anna")
        self._faults(fault("DELETE", "/parties/", status=404, times=2), drop=1.0)
        agent.hang_up(leg)
        agent.bring_in_somebody(conference, "Bert")
        assert agent.remove(conference, anna).json()["code"] == "ringcentral-not-found"
        return conference

    def _a_stranger_subscribes(self) -> None:
        """To a conference that neither Rollcall nor RingCentral knows."""
        stranger = Agent(self._stack, NOTHING_KNOWN_OF, "700200009")
        with stranger.socket() as socket:
            socket.subscribe(NOBODYS)
        stranger.close()

    def _people_are(self, conference: str, *names: str) -> None:
        def are() -> bool:
            answer = self._agent.get(f"/conferences/{conference}")
            return answer.is_success and people(answer.json()) == sorted(names)

        eventually(are, f"{names} are in")

    def the_subscription_is_looked_after(self) -> None:
        """RingCentral refuses the shared token, then takes no more; then the subscription is gone."""

        def faulty(status: int) -> None:
            self._faults(fault("GET", "/subscription", status))

        self._run_until("subscription", lambda: self._has_logged_in("subscription"), lambda: faulty(401))
        self._run_until("subscription", lambda: self._is_punished("subscription"), lambda: faulty(429))
        self._aws.forget_penalties()
        self._faults()
        httpx.post(f"{self._subscriptions}/{self._subscription()}/remove", trust_env=False).raise_for_status()
        self._run_until("subscription", self._subscription, self._aws.forget_penalties)

    def _faults(self, *api: dict[str, object], drop: float = 0) -> None:
        Agent.set_faults(self._stack, drop=drop, api=api)

    def _run_until(self, function: str, done: Callable[[], object], prepare: Callable[[], object]) -> None:
        """Run it, prepared each time: the schedule's own runs, and tokens got by others, may take what was prepared."""

        def run() -> object:
            self._aws.forget_budgets()
            prepare()
            self._aws.run(function)
            return done()

        eventually(run, f"{function} has done it")

    def _is_punished(self, function: str) -> bool:
        return any(b".PutItem" in one and b"PENALTY#" in one for one in self._recorded[function].dynamodb.passed)

    def _has_logged_in(self, function: str) -> bool:
        return any(b".PutSecretValue" in one for one in self._recorded[function].others.passed)

    def _subscription(self) -> str | None:
        """The id of the active one for this stack, if there is one."""
        found = httpx.get(self._subscriptions, trust_env=False).json()
        ours = [one for one in found if one["address"] == self._stack.webhook_url and one["status"] == "Active"]
        return ours[0]["id"] if ours else None
