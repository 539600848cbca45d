""".local/stack.json."""

import json
from pathlib import Path

import pytest

from local.stack import stack_file
from local.stack.stack_file import StackInfo

INFO = StackInfo(
    webhook_url="http://127.0.0.1:4566/webhook",
    api_url="http://127.0.0.1:4566/api",
    web_socket_url="ws://127.0.0.1:4566/ws",
    console_url="http://127.0.0.1:4566/_aws/execute-api/api/$default/console/index.html",
    ringcentral_url="http://127.0.0.1:8030",
    aws_endpoint_url="http://127.0.0.1:4566",
    region="us-east-1",
    stack_name="rollcall-local",
    verification_token="token",
    party_table="table",
)


def test_its_fields_are_those_that_others_rely_on(tmp_path: Path) -> None:
    stack_file.write(tmp_path / "stack.json", INFO)
    assert json.loads((tmp_path / "stack.json").read_text()) == {
        "webhookUrl": "http://127.0.0.1:4566/webhook",
        "apiUrl": "http://127.0.0.1:4566/api",
        "webSocketUrl": "ws://127.0.0.1:4566/ws",
        "consoleUrl": "http://127.0.0.1:4566/_aws/execute-api/api/$default/console/index.html",
        "ringcentralUrl": "http://127.0.0.1:8030",
        "awsEndpointUrl": "http://127.0.0.1:4566",
        "region": "us-east-1",
        "stackName": "rollcall-local",
        "verificationToken": "token",
        "partyTable": "table",
    }


def test_it_is_read_as_it_was_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    stack_file.write(tmp_path / "stack.json", INFO)
    assert stack_file.read(tmp_path / "stack.json") == INFO
    assert [path.name for path in tmp_path.iterdir()] == ["stack.json"]


@pytest.mark.parametrize("content", ["", "{", "{}", '{"webhookUrl": 1}'])
def test_a_file_that_tells_nothing_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "stack.json").write_text(content)
    assert stack_file.read(tmp_path / "stack.json") is None
    assert stack_file.read(tmp_path / "none.json") is None
