"""A web phone: what its user does, at RingCentral, with people on the line, and at Rollcall."""

from typing import Any, NamedTuple

import httpx

from local.stack.errors import StackError
from local.stack.stack_file import StackInfo

_SECONDS = 20.0
_ACCOUNT = "/restapi/v1.0/account/~"


class Caller(NamedTuple):
    """Somebody at the other end of a call."""

    name: str
    phone_number: str


class Call(NamedTuple):
    """A direct call: what RingCentral's bring-in wants to know of it."""

    telephony_session_id: str
    party_id: str


class Phone:
    """A web phone whose user is logged in at RingCentral. Each call raises a `StackError` if it is refused."""

    def __init__(self, info: StackInfo, user: dict[str, str]) -> None:
        self._info = info
        self._user = user
        self._client = httpx.Client(timeout=_SECONDS, trust_env=False)
        self._access_token = ""
        self.log_in()

    def log_in(self) -> None:
        """Get a new access token."""
        self._access_token = self._simulator("users", self._user)["accessToken"]

    def open_conference(self) -> str:
        """Create a conference and join it as its host. Returns its id."""
        created = self._ringcentral(f"{_ACCOUNT}/telephony/conference", {})
        conference_id: str = created["session"]["id"]
        self._simulator(f"conferences/{conference_id}/host-join", {})
        return conference_id

    def talk(self, direction: str, other: Caller) -> Call:
        """Have a direct call with somebody, who answers."""
        placed = self._simulator(
            "calls",
            {
                "accountId": self._user["accountId"],
                "extensionId": self._user["extensionId"],
                "direction": direction,
                "remote": {"name": other.name, "phoneNumber": other.phone_number},
            },
        )
        return Call(placed["telephonySessionId"], placed["partyId"])

    def bring_in(self, conference_id: str, call: Call) -> None:
        """Bring a direct call into the conference."""
        self._ringcentral(
            f"{_ACCOUNT}/telephony/sessions/{conference_id}/parties/bring-in",
            {"sessionId": call.telephony_session_id, "partyId": call.party_id},
        )

    def other_hangs_up(self, call: Call) -> None:
        """Whoever is at the other end hangs up."""
        self._simulator(f"calls/{call.telephony_session_id}/hangup", {"side": "remote"})

    def remove(self, conference_id: str, participant_id: str) -> str:
        """Have Rollcall remove somebody. Returns what it says."""
        url = f"{self._info.api_url}/conferences/{conference_id}/participants/{participant_id}/remove"
        status: str = self._post(url, None, with_token=True)["status"]
        return status

    def ticket(self) -> str:
        """A ticket for Rollcall's WebSocket."""
        ticket: str = self._post(f"{self._info.api_url}/tickets", None, with_token=True)["ticket"]
        return ticket

    def _ringcentral(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._post(self._info.ringcentral_url + path, body, with_token=True)

    def _simulator(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._post(f"{self._info.ringcentral_url}/simulator/{path}", body, with_token=False)

    def _post(self, url: str, body: dict[str, Any] | None, *, with_token: bool) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._access_token}"} if with_token else {}
        try:
            response = self._client.post(url, json=body, headers=headers)
            answer: dict[str, Any] = response.raise_for_status().json()
        except httpx.HTTPStatusError as error:
            raise StackError(f"POST {url} answers {error.response.status_code} {error.response.text}") from error
        except httpx.HTTPError as error:
            raise StackError(f"POST {url} is not answered: {type(error).__name__}") from error
        return answer
