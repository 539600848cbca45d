"""RingCentral posts notifications to the webhook: as a rule once and soon, at times late, twice or not at all.

Beside it somebody who forges notifications, and RingCentral itself sending what nobody can decode.
"""

import random
from collections import Counter
from collections.abc import Callable

from tests.simulation.faults import Faults
from tests.simulation.front import HttpApi, Response
from tests.simulation.scheduler import Scheduler
from tests.simulation.services import CURRENT_TOKEN
from tests.simulation.truth import Telling

_FORGED = b'{"event": "/restapi/v1.0/account/1/telephony/sessions", "body": {"sequence": 99}}'
_UNDECODABLE = b'{"event": "/restapi/v1.0/account/700100001/telephony/sessions", "body": {"number": %d}}'


class Sender:
    """Sends. `undecodable`: what was answered with 200 and can't be decoded; `believed`: how many forgeries were."""

    def __init__(self, scheduler: Scheduler, faults: Faults, http: HttpApi, note: Callable[[str], None]) -> None:
        self.undecodable: list[bytes] = []
        self.believed = 0
        self.counts = Counter[str]()
        self._scheduler = scheduler
        self._faults = faults
        self._chance: random.Random = faults.chance
        self._http = http
        self._note = note

    def send(self, telling: Telling) -> None:
        """What RingCentral does when something has happened."""
        rates, chance, faults = self._faults.rates, self._chance, self._faults
        self.counts["events"] += 1
        if faults.happens("dropped notification", rates.drop):
            self._note(f"notification {telling.leg.party} #{telling.sequence} is dropped")
            return
        copies = 1 + faults.happens("duplicated notification", rates.duplicate)
        for _ in range(copies):
            delay = 0.05 + chance.random() * 0.3
            if faults.happens("late notification", rates.late):
                delay += chance.expovariate(1 / 8.0)
            self._scheduler.spawn(lambda: self.deliver(telling), after=delay)
        if faults.happens("forged notification", rates.forged):
            self._scheduler.spawn(self._forge, after=chance.random())
        if faults.happens("undecodable notification", rates.undecodable):
            self._scheduler.spawn(self._send_undecodable, after=chance.random())

    def deliver(self, telling: Telling) -> None:
        """Post one notification, once, and learn its fate."""
        response = self._post(telling.body)
        taken = response.status == 200 and not response.counts["NotificationsLost"]
        telling.heard("taken" if taken else "perhaps")
        self._note(f"notification {telling.leg.party} #{telling.sequence}: {response.status}")

    def _post(self, body: bytes, token: str = CURRENT_TOKEN) -> Response:
        self.counts["notifications"] += 1
        headers = {"content-type": "application/json", "verification-token": token}
        return self._http.request("POST /webhook", headers=headers, body=body.decode())

    def _forge(self) -> None:
        self.believed += self._post(_FORGED, "guessed").status == 200

    def _send_undecodable(self) -> None:
        body = _UNDECODABLE % self._chance.getrandbits(60)
        response = self._post(body)
        if response.status == 200 and not response.counts["NotificationsLost"]:
            self.undecodable.append(body)
