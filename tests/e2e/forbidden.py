"""What nobody may do over HTTP, as a table.

`{…}` in a path or header is filled in from the scene: an intruder with a conference of their own, and a victim of
another account, of whose conference the intruder has every id.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

Headers = list[tuple[str, str]]
UNAUTHENTICATED = (401, "unauthenticated")
UNKNOWN_CONFERENCE = (404, "unknown-conference")
UNKNOWN_PARTICIPANT = (404, "unknown-participant")
INVALID = (400, "invalid-request")
ORIGIN = (403, "origin-not-allowed")


@dataclass
class Attempt:
    """`answered`: the status and, for a problem, its code. `token`: with the intruder's own access token."""

    name: str
    method: str
    path: str
    answered: tuple[int, str | None]
    headers: Headers = field(default_factory=list)
    token: bool = True
    body: bytes = b""


ROUTES = [
    ("tickets", "POST", "/tickets"),
    ("list", "GET", "/conferences"),
    ("one", "GET", "/conferences/{victims_conference}"),
    ("remove", "POST", "/conferences/{victims_conference}/participants/{victims_participant}/remove"),
]

NOT_A_TOKEN: list[tuple[str, Headers]] = [
    ("no token", []),
    ("an invented token", [("Authorization", "Bearer SjAwUDAx-invented")]),
    ("another scheme", [("Authorization", "Basic {token}")]),
    ("a token without its scheme", [("Authorization", "{token}")]),
    ("a token of 5,000 letters", [("Authorization", f"Bearer {'x' * 5000}")]),
    ("two tokens", [("Authorization", "Bearer {token}"), ("Authorization", "Bearer {token}")]),
    ("a token and something after it", [("Authorization", "Bearer {token} x")]),
]

ODD_IDS = {
    "a hash": "{victims_conference}#x",
    "the key of another account": "x#ACCOUNT#{victims_account}#CONFERENCE#{victims_conference}",
    "letters beyond ASCII": "s-ünïcödé-☎",
    "a NUL": "{victims_conference}\x00",
    "a line end": "{victims_conference}\r\nx-injected: 1",
    "ten thousand letters": "s-" + "x" * 10_000,
    "a star": "*",
    "a percent sign": "%",
    "nothing but space": " ",
}


def attempts() -> list[Attempt]:
    """All of them."""
    return [*_without_identity(), *_foreign_ids(), *_odd_parameters(), *_foreign_pages(), *_at_the_webhook()]


def _without_identity() -> list[Attempt]:
    return [
        Attempt(f"{route}: {what}", method, path, UNAUTHENTICATED, headers, token=False)
        for route, method, path in ROUTES
        for what, headers in NOT_A_TOKEN
    ]


def _foreign_ids() -> list[Attempt]:
    participants = "/conferences/{conference}/participants"
    return [
        Attempt("one: another account's conference", "GET", "/conferences/{victims_conference}", UNKNOWN_CONFERENCE),
        Attempt("remove: another account's participant", *ROUTES[3][1:], UNKNOWN_CONFERENCE),
        Attempt("remove: another account's participant from the own conference", "POST",
                f"{participants}/{{victims_participant}}/remove", UNKNOWN_PARTICIPANT),
        Attempt("remove: the leg's id instead of the participant's", "POST",
                f"{participants}/{{victims_leg}}/remove", UNKNOWN_PARTICIPANT),
        Attempt("remove: the host", "POST", f"{participants}/{{host}}/remove", (403, "host-not-removable")),
        Attempt("list: another account in the query", "GET", "/conferences?accountId={victims_account}", (200, None)),
        Attempt("list: another account in headers", "GET", "/conferences", (200, None),
                [("x-account-id", "{victims_account}"), ("x-amzn-requestcontext-authorizer", "{victims_account}")]),
        Attempt("list: going on from another account's conference", "GET",
                "/conferences?nextToken={victims_position}", (200, None)),
    ]  # fmt: skip


def _odd_parameters() -> list[Attempt]:
    odd = [
        attempt
        for what, odd_id in ODD_IDS.items()
        for attempt in (
            Attempt(f"one: {what}", "GET", f"/conferences/{escaped(odd_id)}", UNKNOWN_CONFERENCE),
            Attempt(f"remove: conference with {what}", "POST",
                    f"/conferences/{escaped(odd_id)}/participants/{{victims_participant}}/remove", UNKNOWN_CONFERENCE),
            Attempt(f"remove: participant with {what}", "POST",
                    f"/conferences/{{conference}}/participants/{escaped(odd_id)}/remove", UNKNOWN_PARTICIPANT),
        )
    ]  # fmt: skip
    limits = ["0", "-1", "101", "1e2", "9" * 400, "٣", "", "1,2"]
    tokens = ["x", "%00", quote("ü"), "W10", "A" * 9000]
    return [
        *odd,
        *(
            Attempt(f"list: limit {limit[:9]!r}", "GET", f"/conferences?limit={quote(limit)}", INVALID)
            for limit in limits
        ),
        *(Attempt(f"list: token {token[:9]!r}", "GET", f"/conferences?nextToken={token}", INVALID) for token in tokens),
        Attempt("a path that there is not", "GET", "/accounts/{victims_account}", (404, "unknown-route")),
        Attempt(
            "a method that there is not", "DELETE", "/conferences/{victims_conference}", (405, "method-not-allowed")
        ),
        # An escaped slash is a slash to API Gateway, before any route is looked for.
        Attempt("one: a slash", "GET", f"/conferences/{escaped('../{victims_conference}')}", (404, "unknown-route")),
        Attempt("remove: a slash", "POST", f"/conferences/{{conference}}/participants/{escaped('x/../y')}/remove",
                (404, "unknown-route")),
        Attempt("the stage in the path", "GET", "/$default/conferences", (404, "unknown-route")),
    ]  # fmt: skip


def escaped(odd_id: str) -> str:
    """For one segment of a path. The names of what the scene fills in stay."""
    return quote(odd_id, safe="{}")


def _foreign_pages() -> list[Attempt]:
    origins = ["https://evil.example", "null", "*", "http://localhost:1", "https://localhost:3000"]
    return [
        Attempt(f"{route}: from {origin}", method, path, ORIGIN, [("Origin", origin)])
        for route, method, path in ROUTES
        for origin in origins
    ]


def _at_the_webhook() -> list[Attempt]:
    secret = "{verification_token}"
    refused = (401, None)

    def post(what: str, *headers: tuple[str, str], answered: tuple[int, str | None] = refused) -> Attempt:
        return Attempt(f"webhook: {what}", "POST", "/webhook", answered, list(headers), token=False, body=b"{join}")

    return [
        post("no secret"),
        post("a wrong secret", ("Verification-Token", "wrong")),
        post("an empty secret", ("Verification-Token", "")),
        post("a secret of 9,000 letters", ("Verification-Token", "x" * 9000)),
        post("the secret twice", ("Verification-Token", secret), ("Verification-Token", secret)),
        post("a wrong secret, then the right one", ("Verification-Token", "x"), ("Verification-Token", secret)),
        post("the right secret, then a wrong one", ("Verification-Token", secret), ("Verification-Token", "x")),
        post("the secret and a letter", ("Verification-Token", secret + "x")),
        post("the secret as a bearer token", ("Authorization", f"Bearer {secret}")),
        post("the secret in a cookie", ("Cookie", f"Verification-Token={secret}")),
        post("a notification with a handshake's header", ("Validation-Token", "7d4f9c2e-0000-4000-8000-000000000000")),
        post("a wrong secret beside the right one in the handshake's header",
             ("Verification-Token", "wrong"), ("Validation-Token", secret)),
        post("an access token of a user", ("Authorization", "Bearer {token}")),
        Attempt("webhook: the secret in the query", "POST", f"/webhook?Verification-Token={secret}", refused,
                token=False, body=b"{join}"),
        Attempt("webhook: the secret under PUT", "PUT", "/webhook", (405, "method-not-allowed"),
                [("Verification-Token", secret)], token=False, body=b"{join}"),
        Attempt("webhook: 300,000 bytes from anybody", "POST", "/webhook", refused, token=False, body=b"x" * 300_000),
        Attempt("webhook: a handshake whose echo would not fit", "POST", "/webhook", refused,
                [("Validation-Token", "x" * 257)], token=False),
    ]  # fmt: skip


def filled_in(value: Any, scene: dict[str, str]) -> Any:
    """`value` with the scene's own ids and secrets."""
    if isinstance(value, bytes):
        return scene["join"].encode() if value == b"{join}" else value
    for name, text in scene.items():
        value = value.replace(f"{{{name}}}", text)
    return value
