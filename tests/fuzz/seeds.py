"""Notifications that are in order: what the mutations start from."""

import base64
import json
from typing import Any

from tests.support.aws_tables import ROOT
from tests.support.events import ACCOUNT, host_notification, in_conference, notification, status
from tests.unit.core.test_simulated_conference import half_way

SAMPLE_EVENT: dict[str, Any] = json.loads((ROOT / "events/ingest/joined.json").read_text())
"""The sample event of API Gateway, whose body and headers give way to others."""

ACCEPTED_TOKEN: str = SAMPLE_EVENT["headers"]["verification-token"]

_ANSWER_OF_REST = {"sessionId": "s-conf01z18deb4fcc72z184536c0000", "partyId": "p-conf-3"}

_BY_HAND = [
    notification(9, in_conference("p-conf-2")),
    notification(11, status("Disconnected"), second=9),
    notification(5, in_conference("p-conf-2"), second=3),
    notification(10, in_conference("p-conf-2", conference="s-another"), second=5),
    notification(3, status("Answered")),
    notification(4, status("Hold")),
    notification(12, status("Disconnected", "BlindTransfer"), call=2),
    notification(9, in_conference("p-conf-3"), call=2, party={"direction": "Inbound", "conferenceRole": "Participant"}),
    notification(9, status("Gone", "Conference") | {"peerId": _ANSWER_OF_REST}, call=3),
    notification(9, status("Gone", "AttendedTransfer") | {"peerId": {"telephonySessionId": "s-other"}}, call=3),
    notification(9, in_conference("p-conf-4"), call=4, party={"accountId": None}, body={"accountId": ACCOUNT}),
    notification(9, in_conference("p-conf-2"), account="700100002"),
    host_notification(2, "Setup"),
    host_notification(3, "Answered", second=1),
    host_notification(4, "Gone", "CallSwitch"),
    host_notification(7, "Disconnected", second=30),
    host_notification(5, "Answered", conferenceRole="Participant", id="p-conf-2"),
]


def _of_samples() -> list[bytes]:
    bodies = []
    for path in sorted((ROOT / "events/ingest").glob("*.json")):
        event = json.loads(path.read_text())
        body = event.get("body") or ""
        bodies.append(base64.b64decode(body) if event["isBase64Encoded"] else body.encode())
    return bodies


def _objects(bodies: list[bytes]) -> list[dict[str, Any]]:
    """Those that can be mutated as structures."""
    objects = []
    for body in bodies:
        try:
            objects.append(json.loads(body))
        except ValueError:
            continue
    return objects


BODIES = _of_samples()
"""The bodies of all sample events, decodable or not."""

NOTIFICATIONS = [*_BY_HAND, *_objects(BODIES), *half_way()[0]]
"""By hand, of the sample events, and what the simulator sends of a conference."""
