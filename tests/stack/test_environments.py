"""What the programs of the stack find in their environments."""

from pathlib import Path

from local.stack import environments
from local.stack.places import AWS_TOOLS, TOOLS, Places

PLACES = Places(Path("/state"))
USER = {
    "PATH": "/usr/bin",
    "HOME": "/home/somebody",
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "production",
    "SAM_CLI_POLL_DELAY": "9",
    "ROLLCALL_STACK": "another",
    "PYTHONPATH": "/elsewhere",
    "HTTPS_PROXY": "http://proxy.invalid",
}


def test_tools_see_the_users_environment_without_the_users_aws() -> None:
    found = environments.of_tools(USER)
    assert found["PATH"] == f"{TOOLS}:/usr/bin"
    assert found["HTTPS_PROXY"] == "http://proxy.invalid"
    assert "127.0.0.1" in found["NO_PROXY"]
    assert not [name for name in found if name.startswith(("AWS_", "SAM_", "ROLLCALL_", "PYTHON"))]


def test_sam_sees_the_aws_on_this_machine_and_no_other() -> None:
    found = environments.of_sam(USER, PLACES, "http://127.0.0.1:4566")
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert (found["AWS_ACCESS_KEY_ID"], found["AWS_CONFIG_FILE"]) == ("test", "/dev/null")
    assert "AWS_PROFILE" not in found
    assert "AWS_ENDPOINT_URL" not in environments.of_sam(USER, PLACES, "")


def test_the_emulator_enforces_permissions_and_writes_below_the_state_folder_only() -> None:
    found = environments.of_emulator(USER, PLACES, 4566)
    assert (found["AUTH"], found["BIND_HOST"], found["GATEWAY_PORT"]) == ("true", "127.0.0.1", "4566")
    assert (found["TMPDIR"], found["S3_DATA_DIR"]) == ("/state/tmp", "/state/tmp/s3")
    assert found["PATH"] == f"{AWS_TOOLS}:/usr/bin"
    assert "HTTPS_PROXY" not in found
    assert "AWS_SESSION_TOKEN" not in found
