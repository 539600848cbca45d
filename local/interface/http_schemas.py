"""The schemas of the HTTP API's bodies."""

from typing import Any

import msgspec

from local.interface.fields import meaning
from local.interface.problems import problems
from local.interface.schemas import Schema, one_of, sent, taken
from rollcall.core.messages import RosterView
from rollcall.core.notification import Envelope, SessionBody
from rollcall.entry.bodies import ConferencePage, Removal, TicketIssued
from rollcall.entry.problems import ANSWERS, Problem

NOTIFICATION = "TelephonySessionNotification"
GATEWAY_MESSAGE = "GatewayMessage"


def schemas() -> dict[str, Schema]:
    """Every schema that the document refers to, by its name."""
    found = sent([RosterView, ConferencePage, TicketIssued, Removal, Problem])
    code = found["Problem"]["properties"]["code"]
    found["Problem"]["properties"]["code"] = {"description": code["description"]} | one_of(
        {problem.code: f"{problem.status}. {problem.example['detail']}" for problem in problems()}
        | {answer.code: f"{answer.status}. {answer.detail}" for answer in ANSWERS.values()}
    )
    message = {
        "title": GATEWAY_MESSAGE,
        "description": "What API Gateway says when it answers by itself.",
        "type": "object",
        "properties": {"message": {"description": meaning(GATEWAY_MESSAGE, "message"), "type": "string"}},
        "required": ["message"],
    }
    return found | {GATEWAY_MESSAGE: message} | taken([_notification()])


def _notification() -> type[msgspec.Struct]:
    """The envelope together with the body that it has when it tells of a telephony session.

    The code decodes the two one after the other, since only the envelope says what the body is.
    """
    fields: list[Any] = []
    for field in msgspec.structs.fields(Envelope):
        if field.name == "body":
            fields.append(("body", SessionBody))
        elif field.required:
            fields.append((field.name, field.type))
        else:
            fields.append((field.name, field.type, field.default))
    notification = msgspec.defstruct(NOTIFICATION, fields, rename="camel", kw_only=True)
    notification.__doc__ = "A leg of a telephony session changed. What stands here is what is read; there is more."
    return notification
