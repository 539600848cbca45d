"""Whose access token is it? RingCentral is asked once in five minutes."""

import time

from rollcall.core.errors import RingCentralUnauthorized, StorageFailed, Unauthenticated
from rollcall.core.identity import IDENTITY_KNOWN_FOR_SECONDS, Identity, bearer_token, digest
from rollcall.services.ports import Identities, RingCentral
from rollcall.telemetry import count, logger


class Authorizer:
    """Tells who calls. Never guesses: without an answer from RingCentral or a remembered one there is no identity."""

    def __init__(self, identities: Identities, ringcentral: RingCentral) -> None:
        self._identities = identities
        self._ringcentral = ringcentral

    def identify(self, authorization: str | None) -> Identity:
        """The owner of the bearer token in an `Authorization` header.

        Raises `Unauthenticated`, or a `RingCentralError` if RingCentral could not say.
        """
        token = bearer_token(authorization)
        if token is None:
            raise Unauthenticated
        token_hash = digest(token)
        known = self._identities.identity(token_hash)
        if known is not None:
            return known
        try:
            identity = self._ringcentral.owner_of(token)
        except RingCentralUnauthorized:
            count("TokensRefused")
            raise Unauthenticated from None
        expires_at = int(time.time()) + IDENTITY_KNOWN_FOR_SECONDS
        try:
            self._identities.remember_identity(token_hash, identity, expires_at=expires_at)
        except StorageFailed as error:
            logger.warning("identity not remembered", cause=error.code)
        return identity
