"""What a function imports is what its cold start costs."""

import json
import os
import subprocess
import sys

import pytest

from tests.support.aws_tables import ROOT

FUNCTIONS = sorted(path.name for path in (ROOT / "functions").iterdir())
COSTLY = {"botocore.session", "boto3", "requests", "asyncio", "pydantic", "aws_xray_sdk"}
WITHOUT_AWS = {"console", "unrouted"}
NEEDED = {
    "authorizer": {"requests"},
    "connections": {"asyncio"},
    "reconcile": {"requests"},
    "remove": {"requests"},
    "subscription": {"requests"},
    "roster": {"asyncio"},
}
ENVIRONMENT = {
    "ALLOWED_ORIGINS": "https://phone.example",
    "CONNECTION_TABLE": "c",
    "CONSOLE_CLIENT_ID": "i",
    "EVENT_FILTERS": "f",
    "RINGCENTRAL_SECRET_ARN": "r",
    "SERVICE_TOKEN_SECRET_ARN": "s",
    "STACK_NAME": "rollcall",
    "WEBHOOK_URL": "https://a.execute-api.us-east-1.amazonaws.com/webhook",
    "DEFERRED_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/d",
    "PARTY_TABLE": "p",
    "QUARANTINE_BUCKET": "q",
    "RECORDING_BUCKET": "r",
    "REMOVE_POLICY": "account",
    "RINGCENTRAL_SERVER": "https://platform.ringcentral.com",
    "SIMULATED": "false",
    "VERIFICATION_SECRET_ARN": "v",
    "WATCH_POLICY": "account",
    "WEBSOCKET_ENDPOINT": "https://w.execute-api.us-east-1.amazonaws.com/dev",
    "WEBSOCKET_ORIGIN": "wss://w.execute-api.us-east-1.amazonaws.com",
    "WEBSOCKET_URL": "wss://w.execute-api.us-east-1.amazonaws.com/dev",
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_nothing_costly_that_it_does_not_need(function: str) -> None:
    code = "import app, json, sys; print(json.dumps(list(sys.modules)))"
    path = os.pathsep.join([str(ROOT / "functions" / function), str(ROOT / "layers/rollcall")])
    environment = dict(os.environ) | ENVIRONMENT | {"PYTHONPATH": path}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    aws = set() if function in WITHOUT_AWS else {"botocore.session"}
    assert COSTLY & set(json.loads(ran.stdout)) == NEEDED.get(function, set()) | aws
