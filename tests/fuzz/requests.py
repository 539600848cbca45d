"""A request as API Gateway hands it on: some body, some headers, and what a receiver is to make of the two."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Literal

from tests.fuzz import octets, structure
from tests.fuzz.recipe import Recipe
from tests.fuzz.seeds import ACCEPTED_TOKEN, BODIES, NOTIFICATIONS, SAMPLE_EVENT
from tests.fuzz.values import render

Standing = Literal["authentic", "handshake", "stranger"]

_ENCODED = [json.dumps(content).encode() for content in NOTIFICATIONS]
_OTHERS = [*_ENCODED, *BODIES]

_WRONG_TOKENS = [
    *(
        "",
        " ",
        "wrong",
        "é",
        "\0",
        "null",
        "x" * 8000,
        ACCEPTED_TOKEN[:-1],
        ACCEPTED_TOKEN + " ",
        ACCEPTED_TOKEN.upper(),
    ),
    *(f"{ACCEPTED_TOKEN},{ACCEPTED_TOKEN}", f"wrong, {ACCEPTED_TOKEN}", "\ufffd"),
]
_ECHOABLE = ["6a2b7c4e-0000-4000-8000-5550100", "!", "x" * 256, ACCEPTED_TOKEN]
_NOT_ECHOABLE = ["", " ", "a b", "x" * 257, "a\r\nset-cookie: b", "é", "\0", "a\n", "x" * 8000, "a,b c"]


@dataclass(frozen=True)
class Request:
    """`event` is what the function gets; `body` what was posted, as far as API Gateway hands it on."""

    event: dict[str, Any]
    body: bytes
    standing: Standing
    echo: str | None = None


def request_of(recipe: Recipe) -> Request:
    """The request that the recipe makes. The plainest one is an authentic notification as RingCentral posts it."""
    # What authenticates is chosen first, so that most requests get past it.
    body = _body(recipe)
    handed_on = body.decode(errors=recipe.one_of(["replace", "replace", "surrogateescape"]))
    encoded = recipe.one_in(4)
    if not encoded:
        body = handed_on.encode(errors="surrogatepass")
    headers, standing, echo = _headers(recipe, has_body=bool(body))
    event = SAMPLE_EVENT | {"headers": headers, "isBase64Encoded": encoded}
    event["body"] = base64.b64encode(body).decode() if encoded else handed_on
    if not body and recipe.one_in(2):
        del event["body"]
    return Request(event, body, standing, echo)


def _body(recipe: Recipe) -> bytes:
    kind = recipe.below(16)
    if kind == 15:
        return recipe.one_of([*[b""] * len(BODIES), *BODIES])
    content = json.loads(recipe.one_of(_ENCODED))
    for _ in range(recipe.below(4)):
        structure.mutate(content, recipe)
    body = render(content, ascii_only=not recipe.one_in(4))
    for _ in range(max(kind - 11, 0)):
        body = octets.mutate(body, recipe.one_of(_OTHERS), recipe)
    return body


def _headers(recipe: Recipe, *, has_body: bool) -> tuple[dict[str, str], Standing, str | None]:
    headers: dict[str, str] = dict(SAMPLE_EVENT["headers"])
    standing: Standing = "authentic"
    echo: str | None = None
    kind = recipe.below(16)
    if kind < 10:
        pass
    elif kind == 10:  # the guide's other name of the header, which a body makes acceptable
        headers["validation-token"] = headers.pop("verification-token")
        standing, echo = ("authentic", None) if has_body else ("handshake", ACCEPTED_TOKEN)
    elif kind == 11:  # both
        validation = recipe.one_of([*_ECHOABLE, *_NOT_ECHOABLE])
        headers["validation-token"] = validation
        if not has_body:
            standing, echo = ("handshake", validation) if validation in _ECHOABLE else ("stranger", None)
    elif kind == 12:  # a handshake, or what would be one without a body
        echo = recipe.one_of(_ECHOABLE)
        headers = _without_token(headers) | {"validation-token": echo}
        standing = "handshake"
        if has_body:
            standing, echo = ("authentic" if echo == ACCEPTED_TOKEN else "stranger"), None
    elif kind == 13:
        name = recipe.one_of(["verification-token", "validation-token"])
        value = recipe.one_of(_WRONG_TOKENS if name == "verification-token" or has_body else _NOT_ECHOABLE)
        headers = _without_token(headers) | {name: value}
        standing = "stranger"
    elif kind == 14:  # API Gateway gives names in lower case; what does not come from it is not believed
        name = recipe.one_of(["Verification-Token", "VERIFICATION-TOKEN", "verification_token", " verification-token"])
        headers = _without_token(headers) | {name: ACCEPTED_TOKEN}
        standing = "stranger"
    else:
        headers = recipe.one_of([{}, _without_token(headers)])
        standing = "stranger"
    for _ in range(recipe.below(3)):
        headers[recipe.one_of(["content-type", "user-agent", "x-forwarded-for", "content-length", "cookie", ""])] = (
            recipe.one_of(_WRONG_TOKENS)
        )
    return headers, standing, echo


def _without_token(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "verification-token"}
