"""The code of a Lambda function that lends its role: it sends requests as it is told, signed with the role's keys.

Uploaded as it stands, so it imports nothing of the project.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

AT_ONCE = 8
ENOUGH = 600


def handler(event: dict[str, Any], _context: object) -> list[tuple[int, str]]:
    """The status and the beginning of the answer to each of `event["requests"]`, sent to `event["endpoint"]`."""
    session = URLLib3Session(timeout=20, max_pool_connections=AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda told: _answer(session, event["endpoint"], told), event["requests"]))


def _answer(session: URLLib3Session, endpoint: str, told: dict[str, Any]) -> tuple[int, str]:
    request = AWSRequest(told["method"], endpoint + told["path"], headers=told["headers"], data=told["body"].encode())
    env = os.environ
    own = Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"])
    signer = S3SigV4Auth if told["service"] == "s3" else SigV4Auth
    signer(own, told["service"], env["AWS_REGION"]).add_auth(request)
    answer = session.send(request.prepare())
    return answer.status_code, answer.text[:ENOUGH]
