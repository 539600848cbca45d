"""The endpoints of extensions and of call control. Their paths, groups and statuses are RingCentral's."""

from starlette.responses import Response
from starlette.routing import Route

from local.simulator import errors
from local.simulator.api_bodies import BringIn, DeleteParty, read_body
from local.simulator.gateway import ApiCall, api_endpoint, json_response
from local.simulator.rate_limits import Group
from local.simulator.views import API, extension_body, party_body, session_body

_ACCOUNT = f"{API}/account/{{account_id}}"
_SESSION = f"{_ACCOUNT}/telephony/sessions/{{session_id}}"
_PARTY = f"{_SESSION}/parties/{{party_id}}"


async def read_extension(call: ApiCall) -> Response:
    """The caller's own extension."""
    if call.path["extension_id"] not in {"~", call.user.extension_id}:
        raise errors.not_found("extensionId")
    return json_response(extension_body(call.user, call.base_url))


async def create_conference(call: ApiCall) -> Response:
    """A new conference, wrapped in `session` (recorded answer)."""
    session = call.simulator.call_control.create_conference(call.user)
    return json_response({"session": session_body(session)}, 201)


async def read_session(call: ApiCall) -> Response:
    """A session, not wrapped (recorded answer), as it was a moment ago if answers are to lag behind the events."""
    session = call.simulator.call_control.read_session(call.user, call.path["session_id"])
    return json_response(session_body(session, call.simulator.clock() - call.simulator.faults.rest_lag))


async def delete_session(call: ApiCall) -> Response:
    """End a session."""
    call.simulator.publish(call.simulator.call_control.delete_session(call.user, call.path["session_id"]))
    return Response(status_code=204)


async def bring_in(call: ApiCall) -> Response:
    """Bring a direct call into a conference."""
    body = read_body(call.body, BringIn)
    control = call.simulator.call_control
    party, events = control.bring_in(call.user, call.path["session_id"], body.call_id(), body.party_id)
    call.simulator.publish(events)
    return json_response(party_body(party), 201)


async def read_party(call: ApiCall) -> Response:
    """One party of a session."""
    party = call.simulator.call_control.read_party(call.user, call.path["session_id"], call.path["party_id"])
    return json_response(party_body(party))


async def delete_party(call: ApiCall) -> Response:
    """End one leg."""
    body = read_body(call.body, DeleteParty)
    events = call.simulator.call_control.delete_party(
        call.user,
        call.path["session_id"],
        call.path["party_id"],
        keep_conference_alive=body.keep_conference_alive,
    )
    call.simulator.publish(events)
    return Response(status_code=204)


ROUTES = [
    Route(f"{_ACCOUNT}/extension/{{extension_id}}", api_endpoint(Group.LIGHT, read_extension), methods=["GET"]),
    Route(f"{_ACCOUNT}/telephony/conference", api_endpoint(Group.HEAVY, create_conference), methods=["POST"]),
    Route(_SESSION, api_endpoint(Group.LIGHT, read_session), methods=["GET"]),
    Route(_SESSION, api_endpoint(Group.LIGHT, delete_session), methods=["DELETE"]),
    Route(f"{_SESSION}/parties/bring-in", api_endpoint(Group.LIGHT, bring_in), methods=["POST"]),
    Route(_PARTY, api_endpoint(Group.LIGHT, read_party), methods=["GET"]),
    Route(_PARTY, api_endpoint(Group.LIGHT, delete_party), methods=["DELETE"]),
]
