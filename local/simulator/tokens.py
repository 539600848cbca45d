"""Access tokens: issuing, finding, refreshing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from local.simulator import choices, errors
from local.simulator.clock import Clock
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import Owner
from local.simulator.users import AppUser, User

ACCESS_TOKEN_SECONDS = 3600
"""The lifetime of an access token (documentation, JWT flow: the default)."""
REFRESH_TOKEN_SECONDS = 604_799
"""The lifetime of a refresh token (documentation, JWT flow)."""


@dataclass(frozen=True, slots=True)
class Login:
    """One session of a user with an app."""

    holder: AppUser
    access_token: str
    refresh_token: str
    issued_at: datetime


class Tokens:
    """All logins by access token, oldest first."""

    def __init__(self, clock: Clock, identifiers: Identifiers) -> None:
        self._clock = clock
        self._identifiers = identifiers
        self._logins: dict[str, Login] = {}

    def issue(self, user: User, client_id: str) -> Login:
        """Log a user in. One login more than may be ends the user's oldest (documentation, Tokens)."""
        token = self._identifiers.oauth_token
        login = Login(AppUser(user.owner, client_id), token(), token(), self._clock())
        same = [other for other in self._logins.values() if other.holder == login.holder]
        if len(same) >= choices.SESSIONS_PER_USER:
            del self._logins[same[0].access_token]
        self._logins[login.access_token] = login
        return login

    def find(self, access_token: str) -> Login:
        """The login of an access token. Raises a RingCentralError (401) if it is unknown or expired."""
        login = self._logins.get(access_token)
        if login is None:
            raise errors.token_not_found()
        if self._clock() >= login.issued_at + timedelta(seconds=ACCESS_TOKEN_SECONDS):
            raise errors.token_expired()
        return login

    def end_by_refresh_token(self, refresh_token: str, client_id: str) -> Owner:
        """Use up a refresh token: its login ends, and whose it was is answered. Raises a RingCentralError (401)."""
        for login in self._logins.values():
            if login.refresh_token == refresh_token and login.holder.client_id == client_id:
                del self._logins[login.access_token]
                if self._clock() < login.issued_at + timedelta(seconds=REFRESH_TOKEN_SECONDS):
                    return login.holder.user_key
                break
        raise errors.credentials_invalid()

    def keep_only(self, user_key: Owner) -> None:
        """End the logins of everybody else."""
        self._logins = {token: login for token, login in self._logins.items() if login.holder.user_key == user_key}
