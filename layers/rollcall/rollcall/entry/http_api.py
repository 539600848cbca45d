"""HTTP API events (payload format 2.0) to requests, and answers back."""

import base64
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec
from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.core.errors import InvalidRequest, RollcallError
from rollcall.core.identity import Identity, bearer_token
from rollcall.core.origin import check_origin
from rollcall.entry.authorization import identity_from
from rollcall.entry.problems import problem_for
from rollcall.telemetry import Handler, instrumented, logger

Answer = dict[str, Any]
"""What API Gateway takes: `statusCode`, `headers`, `body`."""

NO_STORE = {"cache-control": "no-store"}


class Request(msgspec.Struct, frozen=True):
    """A request of a caller whom the authorizer has identified. `origin`: the web page that sent it, if one did."""

    identity: Identity
    access_token: str
    origin: str | None
    path: Mapping[str, str]
    query: Mapping[str, str]

    def integer(self, name: str, *, default: int, least: int, most: int) -> int:
        """A whole number from the query string. Raises `InvalidRequest`."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most):
            raise InvalidRequest(f"{name} is a whole number from {least} to {most}.")
        return int(text)


def json_answer(status: int, body: bytes | msgspec.Struct | Mapping[str, Any]) -> Answer:
    """An answer in JSON, which no cache may keep."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    headers = {"content-type": "application/json"} | NO_STORE
    return {"statusCode": status, "headers": headers, "body": content.decode()}


def body_of(event: Mapping[str, Any]) -> bytes:
    """The request's body as bytes."""
    text = event.get("body") or ""
    return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode(errors="surrogatepass")


def for_caller(allowed_origins: Collection[str]) -> Callable[[Callable[[Request], Answer]], Handler]:
    """Makes the handler for a route behind the authorizer: the caller's request in, an answer or a problem out."""

    def handler_of(answer: Callable[[Request], Answer]) -> Handler:
        @instrumented
        def handler(event: dict[str, Any], _context: LambdaContext) -> Answer:
            try:
                check_origin(event["headers"].get("origin"), allowed_origins)
                return answer(_request(event))
            except RollcallError as error:
                return problem_answer(error)

        return handler

    return handler_of


def _request(event: Mapping[str, Any]) -> Request:
    return Request(
        identity=identity_from(event["requestContext"].get("authorizer", {}).get("lambda", {})),
        access_token=bearer_token(event["headers"].get("authorization")) or "",
        origin=event["headers"].get("origin"),
        path=event.get("pathParameters") or {},
        query=event.get("queryStringParameters") or {},
    )


def problem_answer(error: RollcallError) -> Answer:
    """An error as a problem document. Those that no client causes are logged."""
    problem, headers = problem_for(error)
    if problem.status >= 500:  # noqa: PLR2004  # where server errors begin
        logger.error("request failed", error=type(error).__name__, cause=str(error))
    content = json_answer(problem.status, problem)
    return content | {"headers": content["headers"] | {"content-type": "application/problem+json"} | headers}
