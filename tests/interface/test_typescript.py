"""client/messages.d.ts: the compiler takes every example for what it is, and nothing else."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.interface import examples
from local.interface.client_types import client_types
from local.interface.examples import value
from local.interface.messages import TAKEN, TOLD
from local.interface.problems import problems
from local.interface.websocket_examples import CLIENT, SERVER
from local.stack.places import ROOT

COMPILER = ROOT / "node_modules/.bin/tsc"

RIGHT: list[tuple[str, Any]] = [
    *((TAKEN[name].schema, frame) for name, named in CLIENT.items() for frame in named.values()),
    *((TOLD[name].schema, message) for name, named in SERVER.items() for message in named.values()),
    *(("ClientMessage", frame) for named in CLIENT.values() for frame in named.values()),
    *(("ServerMessage", message) for named in SERVER.values() for message in named.values()),
    *(("Change", change) for message in SERVER["roster"].values() for change in message["changes"]),
    *(("Problem", problem.example) for problem in problems()),
    ("RosterView", value(examples.ROSTER)),
    ("ConferencePage", value(examples.PAGE)),
    ("ConferencePage", {"conferences": []}),
    ("TicketIssued", value(examples.TICKET)),
    ("Removal", value(examples.REQUESTED)),
    ("Removal", value(examples.ALREADY_LEFT)),
    ("Participant", value(examples.CARLA)),
    ("Leg", value(examples.CARLA.leg)),
]

_ROSTER = SERVER["roster"]["joined"]
_ERROR = SERVER["error"]["invalid-json"]
WRONG: list[tuple[str, Any]] = [
    ("ClientMessage", {"action": "subscribe"}),
    ("ClientMessage", {"action": "subscribe", "conferenceId": "s-1", "scope": "extension"}),
    ("ClientMessage", {"action": "subscribe", "scope": "account"}),
    ("ClientMessage", {"action": "dance"}),
    ("ClientMessage", {"action": "ping", "conferenceId": "s-1"}),
    ("Ping", {"action": "ping", "requestId": None}),
    ("RosterMessage", _ROSTER | {"state": "over"}),
    ("RosterMessage", _ROSTER | {"version": "2"}),
    ("RosterMessage", {name: field for name, field in _ROSTER.items() if name != "eventTime"}),
    ("RosterView", _ROSTER),
    ("Change", {"type": "left", "participant": value(examples.CARLA)}),
    ("Change", {"type": "ended", "source": None}),
    ("Change", {"type": "joined", "participant": value(examples.CARLA), "source": "hearsay"}),
    ("Participant", value(examples.CARLA) | {"muted": None}),
    ("Participant", {name: field for name, field in value(examples.CARLA).items() if name != "name"}),
    ("Subscribed", {"type": "subscribed", "conferenceId": None}),
    ("ErrorMessage", {name: field for name, field in _ERROR.items() if name != "requestId"}),
    ("ErrorMessage", _ERROR | {"code": "bad"}),
    ("Bye", {"type": "bye", "reason": "tired", "retry": "now"}),
    ("Bye", {"type": "bye", "reason": "expired", "retry": "soon"}),
    ("Problem", problems()[0].example | {"code": "bad"}),
    ("Removal", {"status": "done"}),
]


def compiled(path: Path) -> str:
    """What the compiler finds wrong."""
    strict = ["--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--module", "nodenext"]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [str(COMPILER), *strict, "--types", "", "--allowImportingTsExtensions", path.name]
    return subprocess.run(command, env=environment, cwd=path.parent, capture_output=True, text=True, check=False).stdout


def constants(given: list[tuple[str, Any]]) -> list[str]:
    """A declaration of each value as of its type."""
    return [f"{{ const _: M.{name} = {json.dumps(content)}; }}" for name, content in given]


def test_every_example_is_of_its_type_and_what_is_wrong_is_not(tmp_path: Path) -> None:
    (tmp_path / "messages.d.ts").write_text(client_types())
    uses = tmp_path / "uses.ts"
    heading = 'import type * as M from "./messages.d.ts";'
    uses.write_text("\n".join([heading, *constants(RIGHT)]))
    assert compiled(uses) == ""
    uses.write_text("\n".join([heading, *constants(WRONG)]))
    found = {int(line) for line in re.findall(r"^uses.ts[(:](\d+)[,:].*error", compiled(uses), re.MULTILINE)}
    assert [case for line, case in enumerate(WRONG, start=2) if line not in found] == []
