"""No log tells who was on a call, and none holds a key to anything."""

import json

import pytest
from websockets.exceptions import InvalidStatus

from local.stack.stack import Stack
from tests.e2e.actors import Agent, Hook
from tests.e2e.aws import Aws
from tests.support.aws_tables import ROOT
from tests.support.events import as_body, in_conference, notification, status

FUNCTIONS = sorted(path.name for path in (ROOT / "functions").iterdir())
NAME, NUMBER = "Penelope Private", "+12055550188"


def test_no_log_holds_a_name_a_number_a_token_or_a_ticket(stack: Stack, aws: Aws, agent: Agent) -> None:
    """A conference with everything that may go wrong in it, and then a look into every log."""
    hook, conference = Hook(stack), agent.open_conference()
    used, never_used = agent.ticket(), agent.ticket()
    with agent.socket(used) as socket:
        socket.subscribe(conference)
        penelope = agent.bring_in(conference, agent.call(NAME, "Inbound", NUMBER))
        socket.roster_of(agent.name, NAME)
        socket.say_text(json.dumps({"action": NAME, "phoneNumber": NUMBER, "token": agent.access_token}))
        socket.say_text(f"{NAME} {NUMBER} {used}")
        socket.say(action="subscribe", conferenceId=NAME)
        Agent.set_faults(stack, api=[{"method": "DELETE", "pathPattern": "/parties/", "status": 500, "times": 1}])
        assert agent.remove(conference, penelope).status_code == 502
        Agent.set_faults(stack)
        assert agent.remove(conference, penelope).status_code == 202
        socket.roster_of(agent.name)
    with pytest.raises(InvalidStatus), agent.socket(used):
        pass
    for path in (f"/conferences/{NAME}", f"/conferences/{NUMBER}", f"/conferences?limit={NUMBER}"):
        agent.get(path)
    agent.get("/conferences", Authorization=f"Bearer {agent.access_token}x")
    agent.get(f"/{NAME}")

    person = {"name": NAME, "phoneNumber": NUMBER}
    joined = in_conference("p-conf-2")
    for odd in (
        notification(9, joined, party={"direction": NUMBER, "to": person}),
        notification(9, joined, party={"to": NAME}),
        notification(9, joined, party={"accountId": NUMBER, "to": person}),
        notification(9, status(NUMBER), party={"id": NAME}),
        notification(NUMBER, joined, party={"to": person}),
    ):
        assert hook.post(as_body(odd)).status_code == 200
        assert hook.post(as_body(odd), token="wrong").status_code == 401
    assert hook.post(f'{{"{NAME}": {NUMBER}'.encode()).status_code == 200

    secrets = {
        NAME,
        NAME.split(maxsplit=1)[0],
        NUMBER,
        NUMBER[1:],
        agent.access_token,
        used,
        never_used,
        aws.verification_token(),
    }
    secrets |= {ticket.partition(".")[2] for ticket in (used, never_used)}
    lines = 0
    for function in [*FUNCTIONS, "http-access"]:
        log = aws.log_of(function)
        lines += len(log.splitlines())
        assert [secret for secret in secrets if secret in log] == [], function
    assert lines > 100
