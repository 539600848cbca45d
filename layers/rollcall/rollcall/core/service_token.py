"""The access token with which Rollcall itself calls RingCentral, shared by everything that does."""

import msgspec

EXPIRES_EARLY_SECONDS = 120
"""A token with less time left is not used: a call that takes its time must not outlive it."""


class Credentials(msgspec.Struct, frozen=True, rename="camel"):
    """The app's credentials and the user's JWT, as they stand in the secret. Empty where nobody filled them in."""

    client_id: str = ""
    client_secret: str = ""
    jwt: str = ""

    @property
    def complete(self) -> bool:
        """Whether a login can be tried."""
        return bool(self.client_id and self.client_secret and self.jwt)


class ServiceToken(msgspec.Struct, frozen=True, rename="camel"):
    """An access token. `expires_at`: epoch seconds; `owner_extension_id`: the extension that logged in."""

    access_token: str = ""
    expires_at: int = 0
    owner_extension_id: str = ""

    def good(self, now: float) -> bool:
        """Whether it can still be used."""
        return bool(self.access_token) and now < self.expires_at - EXPIRES_EARLY_SECONDS
