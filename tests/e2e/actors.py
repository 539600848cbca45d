"""Who takes part in an end-to-end test: an agent with a web phone, the WebSocket, and whoever posts to the webhook."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from local.stack.stack import Stack
from tests.e2e.aws import Aws
from tests.e2e.waiting import SECONDS

API = "/restapi/v1.0/account/~/telephony"

Leg = tuple[str, str]
Message = dict[str, Any]


class Socket:
    """An open WebSocket. Whatever was received is kept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.received: list[Message] = []

    def say(self, **message: object) -> None:
        self.say_text(json.dumps(message))

    def say_text(self, frame: str) -> None:
        self._connection.send(frame)

    def next(self, is_it: Callable[[Message], bool] = lambda _message: True, within: float = SECONDS) -> Message:
        """The next message that is it. Raises `TimeoutError`."""
        deadline = time.monotonic() + within
        while True:
            message: Message = json.loads(self._connection.recv(max(deadline - time.monotonic(), 0.001)))
            self.received.append(message)
            if is_it(message):
                return message

    def subscribe(self, conference_id: str) -> Message:
        """Watch a conference. Returns the newest roster so far: a push may come before the answers and be newer."""
        already = len(self.received)
        self.say(action="subscribe", conferenceId=conference_id)
        self.next(lambda message: message["type"] == "subscribed")
        self.next(lambda message: message["type"] == "roster" and message["conferenceId"] == conference_id)
        rosters = [message for message in self.received[already:] if message.get("conferenceId") == conference_id]
        return max((roster for roster in rosters if "version" in roster), key=lambda roster: roster["version"])

    def roster_of(self, *names: str) -> Message:
        """The first roster from now on that shows exactly these people."""
        return self.next(lambda message: message["type"] == "roster" and people(message) == sorted(names))

    def versions(self) -> list[int]:
        return [message["version"] for message in self.received if message["type"] == "roster"]


def people(roster: Message) -> list[str]:
    """Names, or numbers where there are none: a host who was found by asking has no name in RingCentral's answer."""
    return sorted(person["name"] or person["phoneNumber"] for person in roster["participants"])


class Agent:
    """A user with a web phone: at RingCentral, at the telephone, and at Rollcall."""

    def __init__(self, stack: Stack, account_id: str, extension_id: str) -> None:
        self.account_id, self.extension_id = account_id, extension_id
        self.name = f"Agent {extension_id[-3:]}"
        self.number = f"+1205555{int(extension_id) % 100 + 100:04d}"
        self._stack = stack
        self._http = httpx.Client(timeout=SECONDS, trust_env=False)
        self.log_in()

    def log_in(self) -> None:
        """Once more, as on another device."""
        who = {"accountId": self.account_id, "extensionId": self.extension_id}
        user = self._control("users", **who, name=self.name, phoneNumber=self.number)
        self.access_token: str = user["accessToken"]
        self.auth = {"Authorization": f"Bearer {self.access_token}"}

    def close(self) -> None:
        self._http.close()

    @staticmethod
    def set_faults(stack: Stack, **faults: object) -> None:
        """What goes wrong from now on; nothing, without arguments."""
        httpx.put(f"{stack.ringcentral_url}/simulator/faults", json=faults, trust_env=False).raise_for_status()

    # ---- at RingCentral and at the telephone

    def _control(self, path: str, **body: object) -> dict[str, Any]:
        answer = self._http.post(f"{self._stack.ringcentral_url}/simulator/{path}", json=body).raise_for_status()
        content: dict[str, Any] = answer.json() if answer.content else {}
        return content

    def ringcentral(self, method: str, path: str, **body: object) -> Any:
        url = f"{self._stack.ringcentral_url}{API}{path}"
        answer = self._http.request(method, url, json=body or None, headers=self.auth).raise_for_status()
        return answer.json() if answer.content else None

    def open_conference(self) -> str:
        """A conference with this agent in it."""
        conference_id: str = self.ringcentral("POST", "/conference")["session"]["id"]
        self._control(f"conferences/{conference_id}/host-join")
        return conference_id

    def call(self, name: str, direction: str = "Outbound", number: str = "+12055550177") -> Leg:
        remote = {"name": name, "phoneNumber": number}
        placed = self._control(
            "calls", accountId=self.account_id, extensionId=self.extension_id, direction=direction, remote=remote
        )
        return placed["telephonySessionId"], placed["partyId"]

    def bring_in(self, conference_id: str, leg: Leg) -> str:
        """Returns the person's party id in the conference."""
        path = f"/sessions/{conference_id}/parties/bring-in"
        party_id: str = self.ringcentral("POST", path, sessionId=leg[0], partyId=leg[1])["id"]
        return party_id

    def bring_in_somebody(self, conference_id: str, name: str) -> tuple[Leg, str]:
        leg = self.call(name)
        return leg, self.bring_in(conference_id, leg)

    def hang_up(self, leg: Leg, side: str = "remote") -> None:
        self._control(f"calls/{leg[0]}/hangup", side=side)

    def leave_conference(self, conference_id: str, **how: object) -> None:
        self._control(f"conferences/{conference_id}/host-leave", **how)

    def requests_at_ringcentral(self) -> list[dict[str, Any]]:
        """This user's own requests there."""
        served = self._http.get(f"{self._stack.ringcentral_url}/simulator/requests").json()
        return [
            request
            for request in served
            if (request["accountId"], request["extensionId"]) == (self.account_id, self.extension_id)
        ]

    # ---- at Rollcall

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._http.get(self._stack.api_url + path, headers=self.auth | headers)

    def post(self, path: str, **headers: str) -> httpx.Response:
        return self._http.post(self._stack.api_url + path, headers=self.auth | headers)

    def remove(self, conference_id: str, participant_id: str) -> httpx.Response:
        return self.post(f"/conferences/{conference_id}/participants/{participant_id}/remove")

    def ticket(self, **headers: str) -> str:
        answer = self.post("/tickets", **headers)
        assert answer.status_code == 201, answer.text
        ticket: str = answer.json()["ticket"]
        return ticket

    @contextmanager
    def socket(self, ticket: str | None = None, **headers: str) -> Iterator[Socket]:
        url = f"{self._stack.web_socket_url}?ticket={ticket or self.ticket()}"
        with connect(url, open_timeout=SECONDS, close_timeout=2, proxy=None, additional_headers=headers) as connection:
            yield Socket(connection)

    def connections(self, aws: Aws) -> list[str]:
        """The ids of this user's connections that Rollcall knows."""
        of_user = f"ACCOUNT#{self.account_id}#EXTENSION#{self.extension_id}#CONNECTIONS"
        items = aws.items("ConnectionTableName")
        return [item["connectionId"]["S"] for item in items if item["pk"]["S"] == of_user]


class Hook:
    """Posts to the webhook as RingCentral would, or as somebody else would."""

    def __init__(self, stack: Stack) -> None:
        self._url = stack.webhook_url
        self._token = Aws(stack).verification_token()

    def post(self, body: bytes, *, token: str | None = "", **headers: str) -> httpx.Response:
        """With the right token by default; None: with none."""
        headers = {"Content-Type": "application/json; charset=UTF-8"} | headers
        if token is not None:
            headers["Verification-Token"] = token or self._token
        return httpx.post(self._url, content=body, headers=headers, timeout=SECONDS, trust_env=False)
