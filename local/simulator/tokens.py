"""Access tokens: issuing, finding, refreshing."""

from dataclasses import dataclass, replace
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
    expires_at: datetime
    refresh_until: datetime


class Tokens:
    """All logins by access token, oldest first."""

    def __init__(self, clock: Clock, identifiers: Identifiers) -> None:
        self._clock = clock
        self._identifiers = identifiers
        self._logins: dict[str, Login] = {}

    def issue(self, user: User, client_id: str) -> Login:
        """Log a user in. One login more than may be ends the user's oldest (documentation, Tokens)."""
        token = self._identifiers.oauth_token
        now = self._clock()
        expires_at = now + timedelta(seconds=ACCESS_TOKEN_SECONDS)
        refresh_until = now + timedelta(seconds=REFRESH_TOKEN_SECONDS)
        login = Login(AppUser(user.owner, client_id), token(), token(), expires_at, refresh_until)
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
        if self._clock() >= login.expires_at:
            raise errors.token_expired()
        return login

    def of_either_token(self, token: str) -> Login | None:
        """The login that an access or refresh token belongs to, expired or not."""
        return next(
            (login for login in self._logins.values() if token in (login.access_token, login.refresh_token)), None
        )

    def end_by_refresh_token(self, refresh_token: str, client_id: str) -> Owner:
        """Use up a refresh token: its login ends, and whose it was is answered. Raises a RingCentralError (401)."""
        login = self.of_either_token(refresh_token)
        if login is None or refresh_token != login.refresh_token or client_id != login.holder.client_id:
            raise errors.credentials_invalid()
        del self._logins[login.access_token]
        if self._clock() >= login.refresh_until:
            raise errors.credentials_invalid()
        return login.holder.user_key

    def revoke(self, token: str, client_id: str) -> None:
        """End the login of an access or refresh token, if it is the app's own."""
        login = self.of_either_token(token)
        if login is not None and client_id == login.holder.client_id:
            del self._logins[login.access_token]

    def expire(self, user_key: Owner) -> int:
        """Let all access tokens of a user expire now; their refresh tokens stay good. Answers how many."""
        now = self._clock()
        good = [
            login for login in self._logins.values() if login.holder.user_key == user_key and now < login.expires_at
        ]
        for login in good:
            self._logins[login.access_token] = replace(login, expires_at=now)
        return len(good)

    def keep_only(self, user_key: Owner) -> None:
        """End the logins of everybody else."""
        self._logins = {token: login for token, login in self._logins.items() if login.holder.user_key == user_key}
