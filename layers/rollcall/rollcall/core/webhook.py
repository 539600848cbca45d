"""What a request to the webhook is: RingCentral's handshake, a notification, or somebody else's."""

import hmac
import re
from collections.abc import Collection, Mapping

import msgspec

VERIFICATION_TOKEN = "verification-token"  # noqa: S105  # a header's name
VALIDATION_TOKEN = "validation-token"  # noqa: S105  # a header's name

ECHOABLE = re.compile(r"\A[\x21-\x7e]{1,256}\Z")
"""RingCentral sends a UUID. A longer echo could pass the 1,024 bytes that it allows for the whole answer."""


class Handshake(msgspec.Struct, frozen=True):
    """RingCentral tests the address while a subscription is created: `token` is to be echoed as a header."""

    token: str


class Authentic(msgspec.Struct, frozen=True):
    """The request carries an accepted verification token."""


class Refused(msgspec.Struct, frozen=True):
    """The request shows no secret that RingCentral was given."""


def judge(headers: Mapping[str, str], *, has_body: bool, accepted: Collection[str]) -> Handshake | Authentic | Refused:
    """Decide what a webhook request is.

    `headers`: names in lower case, as API Gateway gives them. `accepted`: the verification tokens in force, two during
    a rotation. A request with a body is never a handshake. RingCentral's guide names the secret's header
    `validation-token` in places, its API reference `Verification-Token`; with a body, either may carry it.
    """
    validation = headers.get(VALIDATION_TOKEN)
    if not has_body and validation is not None:
        return Handshake(validation) if ECHOABLE.match(validation) else Refused()
    offered = headers.get(VERIFICATION_TOKEN) or validation or ""
    return Authentic() if _is_accepted(offered, accepted) else Refused()


def _is_accepted(offered: str, accepted: Collection[str]) -> bool:
    """Compare with every token, each in constant time, so that the time taken tells nothing about any of them."""
    matches = [
        hmac.compare_digest(offered.encode(errors="surrogatepass"), token.encode()) for token in accepted if token
    ]
    return any(matches)
