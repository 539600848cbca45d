"""Telephony sessions at RingCentral, asked in the name of the service's own user."""

from urllib.parse import quote

import msgspec

from rollcall.core.answers import decode_answer
from rollcall.core.errors import AccountNotVisible, RingCentralNotFound
from rollcall.core.reconciliation import SessionAnswer
from rollcall.services.ports import ServiceApi, VisibleAccounts

_LIGHT = "light"


class _Account(msgspec.Struct, frozen=True):
    id: str | int


class _Extension(msgspec.Struct, frozen=True):
    account: _Account


class ServiceSessions:
    """GET session: documented as 200, 403, 404 and 503, limited like all light requests.

    The service's user sees the sessions of their own account, whoever has Rollcall ask about them. So an answer is used
    only if one of the session's legs belongs to the account that it is asked for: somebody who subscribes to another
    account's conference must learn nothing of it. And a session of an account that the service can't see is a 404 too.
    So a 404 is believed only about the service's own account, and those of which RingCentral has shown something.
    """

    def __init__(self, api: ServiceApi, accounts: VisibleAccounts) -> None:
        self._api = api
        self._accounts = accounts
        self._seen: set[str] = set()

    def session(self, account_id: str, telephony_session_id: str) -> SessionAnswer | None:
        """The session; None if RingCentral knows none (any more).

        Raises `AccountNotVisible`, or a `RingCentralError`.
        """
        path = f"/restapi/v1.0/account/~/telephony/sessions/{quote(telephony_session_id, safe='')}"
        try:
            answer = decode_answer(self._api.call(_LIGHT, "GET", path), SessionAnswer)
        except RingCentralNotFound:
            if not self._is_visible(account_id):
                raise AccountNotVisible(account_id) from None
            return None
        owners = {party.account_id for party in answer.parties if party.account_id}
        if account_id not in owners:
            raise AccountNotVisible(account_id, nobodys=not owners)
        if account_id not in self._seen:
            self._accounts.note_visible(account_id)
            self._seen.add(account_id)
        return answer

    def _is_visible(self, account_id: str) -> bool:
        if account_id not in self._seen and (account_id == self._own() or self._accounts.is_visible(account_id)):
            self._seen.add(account_id)
        return account_id in self._seen

    def _own(self) -> str:
        """The account of the service's user, of which an admin sees every session."""
        answer = self._api.call(_LIGHT, "GET", "/restapi/v1.0/account/~/extension/~")
        return str(decode_answer(answer, _Extension).account.id)
