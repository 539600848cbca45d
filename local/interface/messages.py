"""The WebSocket's messages: their schemas, summaries and examples."""

from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from local.interface.fields import meaning
from local.interface.reasons import BYES, ERRORS, RETRIES
from local.interface.schemas import Schema, one_of, ref, sent, taken, without_null
from local.interface.websocket_examples import ABOUT, CLIENT, SERVER
from rollcall.core.messages import Bye, ClientMessage, Error, Pong, RosterMessage, Subscribed, Unsubscribed
from rollcall.core.roster import Change


class Message(NamedTuple):
    """A message. `schema`: the name of its schema; `answers`: the messages one of which answers it."""

    schema: str
    answers: tuple[str, ...] = ()


TAKEN = {
    "subscribe": Message("Subscribe", ("subscribed", "error")),
    "unsubscribe": Message("Unsubscribe", ("unsubscribed", "error")),
    "ping": Message("Ping", ("pong", "error")),
}
"""What clients say, by action."""

TOLD = {
    "subscribed": Message("Subscribed"),
    "unsubscribed": Message("Unsubscribed"),
    "pong": Message("Pong"),
    "roster": Message("RosterMessage"),
    "error": Message("ErrorMessage"),
    "bye": Message("Bye"),
}
"""What Rollcall says, by type."""

_MEANT = {
    "subscribe": "Watch a conference, or with `scope` all that the user hosts.",
    "unsubscribe": "Watch no more what was subscribed to in the same way.",
    "ping": "Keep the connection, and see that it lives. API Gateway ends one that is silent for ten minutes.",
}
_CHANGE = "Change"


def schemas() -> dict[str, Schema]:
    """All schemas, by name."""
    return _client_schemas() | _server_schemas()


def messages() -> dict[str, Any]:
    """All messages as AsyncAPI describes them, by name."""
    examples, described = CLIENT | SERVER, schemas()
    return {
        name: {
            "name": name,
            "summary": described[message.schema]["description"],
            "payload": ref(message.schema),
            "examples": [_example(example, payload) for example, payload in examples[name].items()],
        }
        | ({"correlationId": {"$ref": "#/components/correlationIds/requestId"}} if _has_request_id(name) else {})
        for name, message in (TAKEN | TOLD).items()
    }


def _example(name: str, payload: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    return {"name": name} | ({"summary": ABOUT[name]} if name in ABOUT else {}) | {"payload": payload}


def _has_request_id(name: str) -> bool:
    return name not in ("roster", "bye")


def _client_schemas() -> dict[str, Schema]:
    """One for each action, made of the one type that decodes them all."""
    fields = taken([ClientMessage])[ClientMessage.__name__]["properties"]
    # Null is taken for a field that is missing. Nobody needs to know.
    fields = {name: without_null(field) for name, field in fields.items()}
    target = {name: fields[name] for name in ("conferenceId", "scope")}
    either = [{"required": [name]} for name in target]
    return {
        TAKEN[action].schema: {
            "title": TAKEN[action].schema,
            "description": _MEANT[action],
            "type": "object",
            "properties": {"action": {"const": action}}
            | ({} if action == "ping" else target)
            | {"requestId": fields["requestId"]},
            "required": ["action"],
        }
        | ({} if action == "ping" else {"oneOf": either})
        for action in TAKEN
    }


def _server_schemas() -> dict[str, Schema]:
    changes = get_args(Change)
    found = sent([RosterMessage, *changes, Subscribed, Unsubscribed, Pong, Error, Bye])
    found["ErrorMessage"] = found.pop(Error.__name__) | {"title": "ErrorMessage"}
    found["RosterMessage"]["properties"]["changes"]["items"] = ref(_CHANGE)
    found["ErrorMessage"]["properties"]["code"] = _annotated("Error", "code", ERRORS)
    found["Bye"]["properties"]["reason"] = _annotated("Bye", "reason", BYES)
    found["Bye"]["properties"]["retry"] = _annotated("Bye", "retry", RETRIES)
    change = {
        "title": _CHANGE,
        "description": "What happened to a roster.",
        "oneOf": [ref(change.__name__) for change in changes],
    }
    return {_CHANGE: change} | found


def _annotated(type_name: str, field: str, meanings: Mapping[Any, str]) -> Schema:
    return {"description": meaning(type_name, field)} | one_of(meanings)
