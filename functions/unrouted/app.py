"""Every request that no route takes: a problem document instead of API Gateway's own words."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.core.errors import MethodNotAllowed
from rollcall.entry.http_api import Answer, problem_answer
from rollcall.entry.routes import why_unrouted
from rollcall.telemetry import instrumented


@instrumented
def handler(event: dict[str, Any], _context: LambdaContext) -> Answer:
    """404 for a path that there is not, 405 for another method than the path takes, 204 for OPTIONS on such a path."""
    method = event["requestContext"]["http"]["method"]
    reason = why_unrouted(method, event["rawPath"])
    answer = problem_answer(reason)
    if method == "OPTIONS" and isinstance(reason, MethodNotAllowed):
        # A preflight that API Gateway leaves to this route must succeed. CORS headers it adds to the answer itself.
        return {"statusCode": 204, "headers": {"allow": answer["headers"]["allow"]}}
    return answer
