"""Control calls: what people and their phones do."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulator import errors
from local.simulator.control_bodies import HangUp, HostLeave, Mute, NewCall, bad_input, read_control
from local.simulator.control_endpoint import control_endpoint, known_user
from local.simulator.gateway import json_response
from local.simulator.sessions import PartyEvent
from local.simulator.simulator import Simulator
from local.simulator.telephony import Remote
from local.simulator.views import call_body

_CALL = "/simulator/calls/{session_id}"
_CONFERENCE = "/simulator/conferences/{session_id}"


async def place_call(simulator: Simulator, request: Request) -> Response:
    """An answered direct call between a user and somebody else."""
    body = read_control(await request.body(), NewCall)
    agent = known_user(simulator, body.account_id, body.extension_id)
    if body.remote.extension_id == agent.extension_id:
        raise bad_input("remote.extensionId is the agent's own")
    remote = Remote(body.remote.name, body.remote.phone_number, body.remote.extension_id)
    call = simulator.telephony.place_call(agent, body.direction, remote)
    simulator.publish(call.events)
    return json_response({"telephonySessionId": call.telephony_session_id, "partyId": call.party_id}, 201)


async def list_calls(simulator: Simulator, request: Request) -> Response:
    """A user's live direct calls, oldest first, with the conference that each is in."""
    query = request.query_params
    user = known_user(simulator, query.get("accountId", ""), query.get("extensionId", ""))
    return json_response([call_body(call) for call in simulator.telephony.live_calls(user)])


async def hang_up(simulator: Simulator, request: Request) -> Response:
    """One side of a direct call hangs up."""
    body = read_control(await request.body(), HangUp)
    return _published(simulator, simulator.telephony.hang_up(request.path_params["session_id"], body.side))


async def mute(simulator: Simulator, request: Request) -> Response:
    """The agent of a direct call, or the host of a conference, is muted or can be heard again."""
    body = read_control(await request.body(), Mute)
    events = simulator.telephony.mute(request.path_params["session_id"], muted=body.muted)
    return _published(simulator, events)


async def host_join(simulator: Simulator, request: Request) -> Response:
    """The host's phone joins the conference."""
    conference = simulator.conferences.find(request.path_params["session_id"])
    host = simulator.users.find(conference.owner)
    if host is None:
        raise errors.not_found("extensionId")
    return _published(simulator, simulator.conferences.host_join(conference, host))


async def host_leave(simulator: Simulator, request: Request) -> Response:
    """The host's phone leaves the conference."""
    body = read_control(await request.body(), HostLeave)
    conference = simulator.conferences.find(request.path_params["session_id"])
    events = simulator.conferences.host_leave(conference, keep_conference_alive=body.keep_conference_alive)
    return _published(simulator, events)


def _published(simulator: Simulator, events: list[PartyEvent]) -> Response:
    simulator.publish(events)
    return json_response({"events": len(events)})


ROUTES = [
    Route("/simulator/calls", control_endpoint(place_call), methods=["POST"]),
    Route("/simulator/calls", control_endpoint(list_calls), methods=["GET"]),
    Route(f"{_CALL}/hangup", control_endpoint(hang_up), methods=["POST"]),
    Route(f"{_CALL}/mute", control_endpoint(mute), methods=["POST"]),
    Route(f"{_CONFERENCE}/host-join", control_endpoint(host_join), methods=["POST"]),
    Route(f"{_CONFERENCE}/host-leave", control_endpoint(host_leave), methods=["POST"]),
]
