"""What goes wrong, how often, and how much of it went wrong: all of it from the seed."""

import random
from collections import Counter
from dataclasses import dataclass, field

CALL_FAULTS = ("throttled", "failed", "unheard", "unanswered", "reset", "cut", "crash-before", "crash-after")
"""What may become of a call.

`throttled`, `failed`: refused with an error that may pass. `unheard`: never arrives, the caller waits until its own
time limit. `unanswered`: done, but the caller waits in vain. `reset`, `cut`: the connection breaks before or after it
is done. `crash-before`, `crash-after`: the process of the caller ends.
"""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often, each from 0 to 1: per call, per notification, per post, per batch or per minute of a client."""

    call: dict[str, float] = field(default_factory=dict)
    slow_call: float = 0.01
    drop: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0
    post: dict[str, float] = field(default_factory=dict)
    redeliver: float = 0.0
    cold_start: float = 0.01
    lose_connection: float = 0.1
    ringcentral: dict[str, float] = field(default_factory=dict)
    poison: float = 0.0
    outages: float = 0.0
    forged: float = 0.0
    undecodable: float = 0.0


OUTAGE_SHARE = 0.95
"""How much fails during an outage."""

_LITTLE = {"429": 0.02, "500": 0.02, "timeout": 0.01, "delivered-timeout": 0.01, "cut": 0.01}

PROFILES: dict[str, Rates] = {
    "calm": Rates(),
    "disorder": Rates(duplicate=0.2, late=0.3, redeliver=0.1, lose_connection=0.3),
    "losses": Rates(drop=0.08, duplicate=0.1, late=0.2, lose_connection=0.2),
    "storage": Rates(
        call={"throttled": 0.06, "failed": 0.02, "unheard": 0.02, "unanswered": 0.02, "reset": 0.01, "cut": 0.02},
        duplicate=0.1,
        late=0.2,
        lose_connection=0.2,
        outages=0.9,
    ),
    "crashes": Rates(
        call={"crash-before": 0.015, "crash-after": 0.015},
        duplicate=0.1,
        late=0.1,
        redeliver=0.05,
        lose_connection=0.2,
    ),
    "clients": Rates(
        duplicate=0.05,
        late=0.1,
        lose_connection=1.5,
        post=_LITTLE | {"429": 0.08, "500": 0.05},
        ringcentral={"429": 0.1, "404": 0.05, "403": 0.05, "500": 0.05, "timeout": 0.05, "done-timeout": 0.05},
    ),
    "poison": Rates(duplicate=0.1, late=0.1, redeliver=0.05, poison=0.15, forged=0.02, undecodable=0.05),
    "slow": Rates(slow_call=0.35, duplicate=0.1, late=0.1, redeliver=0.05, lose_connection=1.5),
    "asked": Rates(
        call={"throttled": 0.03, "unanswered": 0.01, "crash-before": 0.01, "crash-after": 0.01},
        drop=0.1,
        duplicate=0.1,
        late=0.3,
        redeliver=0.05,
        lose_connection=0.2,
        ringcentral={"429": 0.03, "403": 0.02, "500": 0.05, "timeout": 0.03},
    ),
    "days": Rates(duplicate=0.05, late=0.1, redeliver=0.05),
    "everything": Rates(
        call={
            "throttled": 0.03,
            "failed": 0.01,
            "unheard": 0.01,
            "unanswered": 0.02,
            "reset": 0.01,
            "cut": 0.01,
            "crash-before": 0.005,
            "crash-after": 0.01,
        },
        slow_call=0.05,
        drop=0.02,
        duplicate=0.1,
        late=0.2,
        post=_LITTLE,
        redeliver=0.05,
        outages=0.5,
        lose_connection=0.5,
        ringcentral={"429": 0.05, "404": 0.03, "403": 0.03, "500": 0.03, "timeout": 0.03, "done-timeout": 0.03},
        poison=0.03,
        forged=0.02,
        undecodable=0.02,
    ),
}
"""The kinds of worlds. A seed chooses one."""


class Faults:
    """Decides on every occasion. `heal` ends all faults: from then on everything works."""

    def __init__(self, rates: Rates, chance: random.Random) -> None:
        self.rates = rates
        self.chance = chance
        self.counts = Counter[str]()
        self._healthy = False
        self._forced = list[int]()
        self._forced_kind = ""
        self._outages: dict[str, float] = {}
        self._prepare()

    def heal(self) -> None:
        """From now on nothing goes wrong any more."""
        self.rates = Rates(slow_call=0.0, cold_start=0.0, lose_connection=0.0)
        self._healthy = True
        self._outages.clear()
        self._forced = []
        self._prepare()

    @property
    def healthy(self) -> bool:
        """Whether the faults are over."""
        return self._healthy

    def happens(self, kind: str, rate: float) -> bool:
        """Whether a fault of this rate strikes now; counted."""
        if rate and self.chance.random() < rate:
            self.counts[kind] += 1
            return True
        return False

    def force(self, kind: str, calls: int) -> None:
        """Let this happen to a call, after so many others."""
        self._forced, self._forced_kind = [calls], kind

    def _force(self) -> str:
        self._forced = []
        self.counts[f"call {self._forced_kind}"] += 1
        return self._forced_kind

    def begin_outage(self, service: str, until: float) -> None:
        """Nearly everything that is asked of a service ("dynamodb", "sqs", "gateway", …) fails until then."""
        self.counts[f"outage of {service}"] += 1
        self._outages[service] = until

    def of_call(self, service: str, now: float) -> str:
        """What becomes of one call to AWS: "none" or one of `CALL_FAULTS`."""
        if self._forced:
            self._forced[0] -= 1
            if self._forced[0] < 0:
                return self._force()
        if self._is_out(service, now):
            return self.chance.choice(("throttled", "failed", "unheard", "unanswered", "reset"))
        if not self._call_total or (drawn := self.chance.random()) >= self._call_total:
            return "none"
        return self._drawn("call", self.rates.call, drawn)

    def of_post(self, now: float) -> str:
        """What becomes of one request to a WebSocket connection: "" or a key of `Rates.post`."""
        if self._is_out("gateway", now):
            return self.chance.choice(("429", "500", "timeout", "cut"))
        return self._one_of("post", dict(self.rates.post))

    def of_ringcentral(self) -> str:
        """What becomes of one request to RingCentral: "" or a key of `Rates.ringcentral`."""
        return self._one_of("ringcentral", dict(self.rates.ringcentral))

    def latency(self) -> float:
        """Seconds that a call takes: a few milliseconds, now and then much more."""
        chance = self.chance.random()
        if chance < self.rates.slow_call:
            self.counts["slow call"] += 1
            return 0.05 + self.chance.random() * 0.5
        return 0.001 + chance * chance * 0.02

    def _is_out(self, service: str, now: float) -> bool:
        until = self._outages.get(service)
        return until is not None and now < until and self.chance.random() < OUTAGE_SHARE

    def _one_of(self, what: str, rates: dict[str, float]) -> str:
        if not rates or (drawn := self.chance.random()) >= sum(rates.values()):
            return ""
        return self._drawn(what, rates, drawn)

    def _drawn(self, what: str, rates: dict[str, float], drawn: float) -> str:
        *kinds, last = rates
        for kind in kinds:
            drawn -= rates[kind]
            if drawn < 0:
                last = kind
                break
        self.counts[f"{what} {last}"] += 1
        return last

    def _prepare(self) -> None:
        self._call_total = sum(self.rates.call.values())
