"""The page for readers that says what docs/asyncapi.yaml says."""

from typing import Any

from local.interface.markdown import described, examples, link, page, table, words
from local.interface.schemas import name_of

_INTRODUCTION = """\
Every message of the WebSocket. [The WebSocket](websocket.md) is the guide to it; [asyncapi.yaml](asyncapi.yaml) says
the same to programs (AsyncAPI 3.0), [messages.d.ts](../client/messages.d.ts) to TypeScript."""


def reference_websocket(document: dict[str, Any]) -> str:
    """The page. `document`: AsyncAPI."""
    operations, components = document["operations"], document["components"]
    messages, schemas = components["messages"], components["schemas"]
    received = {name: operation for name, operation in operations.items() if operation["action"] == "receive"}
    told = [name for name in messages if name not in received]
    parts = [name for name in schemas if name not in {name_of(message["payload"]) for message in messages.values()}]
    said = [("A client says", received), ("Rollcall says", told), ("Parts of these", parts)]
    return page(
        [
            "# WebSocket reference",
            _INTRODUCTION,
            document["info"]["description"],
            "## Messages",
            "\n".join(f"- {who}: {', '.join(map(link, names))}" for who, names in said),
            *_opening(document),
            "## What a client says",
            *[part for name in received for part in _message(document, name)],
            "## What Rollcall says",
            *[part for name in told for part in _message(document, name)],
            "## Parts of messages",
            *[part for name in parts for part in [f"### {name}", *described(schemas[name])]],
        ]
    )


def _opening(document: dict[str, Any]) -> list[str]:
    (server,) = document["servers"].values()
    (channel,) = document["channels"].values()
    query = channel["bindings"]["ws"]["query"]["properties"]
    address = f"{server['protocol']}://{server['host']}{channel['address']}"
    rows = [(f"`{name}`", parameter["description"]) for name, parameter in query.items()]
    rows += [(f"`{{{name}}}`", parameter["description"]) for name, parameter in channel["parameters"].items()]
    return [
        "## Opening",
        f"```\n{address}?{'&'.join(f'{name}=…' for name in query)}\n```",
        server["description"],
        table(["In the address", "Meaning"], rows),
        channel["description"],
    ]


def _message(document: dict[str, Any], name: str) -> list[str]:
    message = document["components"]["messages"][name]
    reply = document["operations"].get(name, {}).get("reply", {"messages": []})
    answers = [link(name_of(answer)) for answer in reply["messages"]]
    named = [(example.get("summary", example["name"]), example["payload"]) for example in message["examples"]]
    return [
        f"### {name}",
        *described(document["components"]["schemas"][name_of(message["payload"])]),
        f"The answer is {words(answers, 'or')}." if answers else "",
        *examples(named),
    ]
