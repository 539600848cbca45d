"""A conference of four events, in every order, through the whole stack."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

from local.stack.stack import Stack
from tests.e2e.actors import Agent, Hook
from tests.e2e.waiting import eventually
from tests.support.events import as_body, host_notification, in_conference, notification, status


def _events(conference: str, number: int) -> list[dict[str, Any]]:
    """The host comes, two people are brought in, one of them leaves. Calls are numbered so that no two share a leg."""
    anna, bert = 1000 + 2 * number, 1001 + 2 * number
    person = {"to": {"phoneNumber": "+12055550111", "name": "Anna"}}
    other = {"to": {"phoneNumber": "+12055550112", "name": "Bert"}}
    return [
        host_notification(2, "Answered", conference=conference, second=1),
        notification(9, in_conference("p-2", conference), call=anna, second=2, party=person),
        notification(9, in_conference("p-3", conference), call=bert, second=3, party=other),
        notification(11, status("Disconnected"), call=anna, second=4, party=person),
    ]


def _shown(agent: Agent, conference: str) -> Any:
    """The roster without what tells one conference from another, or one way there from another: its version, and the
    time of its newest change, which is no change at all where somebody's leaving was told before their coming.
    """
    answer = agent.get(f"/conferences/{conference}")
    if answer.status_code != 200:
        return None
    roster = answer.json()
    people = [
        {key: person[key] for key in ("role", "name", "phoneNumber", "direction", "muted", "joinedAt")}
        for person in roster["participants"]
    ]
    return roster["state"], people


def test_all_orders_of_four_events_end_the_same(stack: Stack, agent: Agent) -> None:
    hook, orders = Hook(stack), list(permutations(range(4)))
    conferences = [f"s-order{''.join(map(str, order))}z18deb4fcc72z1845360000" for order in orders]

    def post_all(number: int) -> None:
        events = _events(conferences[number], number)
        for event in orders[number]:
            assert hook.post(as_body(events[event])).status_code == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(post_all, range(len(orders))))

    def all_alike() -> bool:
        shown = {json.dumps(_shown(agent, conference)) for conference in conferences}
        return len(shown) == 1 and "Bert" in str(shown)

    eventually(all_alike, "all rosters are the same")
    state, people = _shown(agent, conferences[0])
    assert (state, [person["name"] for person in people]) == ("active", ["Agent Able", "Bert"])
    assert len(orders) == 24
