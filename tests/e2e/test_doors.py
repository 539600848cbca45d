"""The doors: who gets in, what bad input gets, and that nothing gets from one account into another."""

import socket as sockets
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from websockets.exceptions import InvalidStatus

from local.stack.stack import Stack
from tests.e2e.actors import Agent, Hook, people
from tests.e2e.aws import Aws
from tests.e2e.waiting import eventually
from tests.support.events import as_body, in_conference, notification, status

JOIN = as_body(notification(9, in_conference("p-conf-2")))


@pytest.mark.parametrize("token", [None, "wrong", "x" * 5000])
def test_who_shows_no_secret_gets_an_empty_401_and_nothing_is_written(
    stack: Stack, aws: Aws, token: str | None
) -> None:
    before = len(aws.items("PartyTableName"))
    answer = Hook(stack).post(JOIN, token=token)
    assert (answer.status_code, answer.content) == (401, b"")
    assert len(aws.items("PartyTableName")) == before


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"hello", "not-json"),
        (JOIN.replace(b'"parties": [', b'"parties": 2'), "not-json"),
        (as_body(notification(9, status("Setup"), party={"id": None})), "malformed"),
        (as_body(notification("nine", status("Setup"))), "malformed"),
        (JOIN + b" " * 300_000, "too-large"),
    ],
)
def test_what_is_authentic_but_not_decodable_is_kept_with_its_reason(
    stack: Stack, aws: Aws, body: bytes, reason: str
) -> None:
    before, written = aws.quarantined(), len(aws.items("PartyTableName"))
    answer = Hook(stack).post(body)
    assert (answer.status_code, answer.content) == (200, b"")
    assert sorted(aws.quarantined()) == sorted([*before, reason])
    assert len(aws.items("PartyTableName")) == written


def test_invalid_utf8_is_kept_too(stack: Stack, aws: Aws) -> None:
    before = aws.quarantined()
    answer = Hook(stack).post(JOIN.replace(b"Person", b"Pers\xf6n"), **{"Content-Type": "application/octet-stream"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert sorted(aws.quarantined()) == sorted([*before, "not-utf8"])


@pytest.mark.parametrize("body", [b"", b'{"event": "/restapi/v1.0/subscription/~?threshold=60"}'])
def test_other_kinds_get_an_empty_200(stack: Stack, aws: Aws, body: bytes) -> None:
    before = aws.quarantined()
    answer = Hook(stack).post(body)
    assert (answer.status_code, answer.content, aws.quarantined()) == (200, b"", before)


@pytest.mark.parametrize("headers", ["Validation-Token: 6a2b7c4e", "Verification-Token: {token}", "X-Nothing: 1"])
def test_every_answer_of_the_webhook_is_shorter_than_ringcentral_allows(stack: Stack, headers: str) -> None:
    url = urlsplit(stack.webhook_url)
    lines = [f"POST {url.path} HTTP/1.1", f"Host: {url.netloc}", headers.format(token=Aws(stack).verification_token())]
    head = "\r\n".join([*lines, "Content-Length: 0", "Connection: close", "", ""])
    answer = b""
    with sockets.create_connection((url.hostname or "", url.port or 80), timeout=10) as connection:
        connection.sendall(head.encode())
        while chunk := connection.recv(4096):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 ")
    assert len(answer) < 1024


def test_a_ticket_opens_one_connection(agent: Agent) -> None:
    ticket = agent.ticket()
    with agent.socket(ticket) as socket:
        socket.say(action="ping", requestId="a")
        assert socket.next() == {"type": "pong", "requestId": "a"}
    for used in (ticket, "nonsense", f"{agent.account_id}.{'x' * 43}"):
        with pytest.raises(InvalidStatus), agent.socket(used):
            pass


@pytest.mark.parametrize(
    ("frame", "code", "request_id"),
    [
        ("hello", "invalid-json", None),
        ('{"action": "dance", "requestId": "b"}', "unknown-action", "b"),
        ('{"action": "subscribe", "requestId": 3}', "invalid-message", 3),
    ],
)
def test_a_frame_that_means_nothing_is_answered_and_the_connection_stays(
    agent: Agent, frame: str, code: str, request_id: str | int | None
) -> None:
    with agent.socket() as socket:
        socket.say_text(frame)
        answer = socket.next()
        assert (answer["type"], answer["code"], answer["requestId"]) == ("error", code, request_id)
        socket.say(action="ping")
        assert socket.next() == {"type": "pong"}


def test_without_a_good_access_token_there_is_a_401(agent: Agent) -> None:
    for header in ("Bearer unknown", "Basic abc", ""):
        for answer in (agent.get("/conferences", Authorization=header), agent.post("/tickets", Authorization=header)):
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
            assert answer.headers["content-type"] == "application/problem+json"


def test_without_ringcentrals_word_there_is_a_503(stack: Stack, agent: Agent) -> None:
    Agent.set_faults(stack, api=[{"method": "GET", "pathPattern": "/extension/", "status": 503, "times": 1}])
    answer = agent.get("/conferences")
    assert (answer.status_code, answer.json()["code"]) == (503, "ringcentral-unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_two_accounts_can_not_see_each_other(agent: Agent, stranger: Agent) -> None:
    conference = agent.open_conference()
    _, anna = agent.bring_in_somebody(conference, "Anna")
    with agent.socket() as ours, stranger.socket() as theirs:
        if people(ours.subscribe(conference)) != sorted([agent.name, "Anna"]):
            ours.roster_of(agent.name, "Anna")
        seen = theirs.subscribe(conference)
        assert (seen["version"], seen["participants"]) == (0, [])
        assert stranger.get(f"/conferences/{conference}").status_code == 404
        assert conference not in stranger.get("/conferences").text
        assert stranger.remove(conference, anna).status_code == 404
        agent.bring_in_somebody(conference, "Bert")
        ours.roster_of(agent.name, "Anna", "Bert")
        theirs.say(action="ping")
        assert theirs.next() == {"type": "pong"}  # and nothing before it
    assert [request["path"] for request in stranger.requests_at_ringcentral() if request["method"] == "DELETE"] == []


def test_a_connection_that_is_gone_is_forgotten_and_costs_the_others_nothing(agent: Agent, aws: Aws) -> None:
    conference = agent.open_conference()

    def watching() -> list[str]:
        items = (item for item in aws.items("ConnectionTableName") if item["pk"]["S"].endswith(conference))
        return [item["connectionId"]["S"] for item in items]

    with agent.socket() as socket:
        socket.subscribe(conference)
        (staying,) = watching()
        aws.watch_for_nobody(f"ACCOUNT#{agent.account_id}#CONFERENCE#{conference}", "gone")
        agent.bring_in_somebody(conference, "Anna")
        socket.roster_of(agent.name, "Anna")
        eventually(lambda: watching() == [staying], "the connection that is gone is forgotten")
    eventually(lambda: watching() == [], "the connection that was closed is forgotten")


def test_iam_is_enforced_here(stack: Stack) -> None:
    stranger = boto3.Session("AKIAUNKNOWN", "secret", region_name=stack.region)
    with pytest.raises(ClientError):
        stranger.client("dynamodb", endpoint_url=stack.aws_endpoint_url).scan(TableName=stack.party_table)
