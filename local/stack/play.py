"""The conference that `make run` plays, as an agent with a web phone would have it."""

import time
from collections.abc import Callable

from local.stack.messages import Roster
from local.stack.phone import Caller, Phone
from local.stack.watcher import Watcher

AGENT = {
    "accountId": "700100001",
    "extensionId": "700200001",
    "name": "Alice Agent",
    "phoneNumber": "+12055550101",
}
BOB = Caller("Bob Bailey", "+12055550102")
CARLA = Caller("Carla Customer", "+12055550103")
DAN = Caller("Dan Dealer", "+12055550104")
_GUESTS = (("Outbound", BOB), ("Outbound", CARLA), ("Inbound", DAN))
_SECONDS = 20.0


def play(phone: Phone, watcher: Watcher, say: Callable[[str], None], pause: float) -> str:
    """Play it, waiting after each step until the roster tells of it. Returns the conference's id.

    Raises a `StackError` if something is refused, or if the roster does not follow.
    """
    say(f"{AGENT['name']} opens a conference")
    conference_id = phone.open_conference()
    watcher.wait_for(conference_id, "the host is in", lambda roster: len(roster.participants) == 1, _SECONDS)
    calls = {}
    for number, (direction, guest) in enumerate(_GUESTS, start=2):
        time.sleep(pause)
        say(f"{AGENT['name']} talks with {guest.name} and brings the call into the conference")
        calls[guest] = phone.talk(direction, guest)
        phone.bring_in(conference_id, calls[guest])
        _wait_for_number(watcher, conference_id, number)

    time.sleep(pause)
    say(f"{BOB.name} hangs up")
    phone.other_hangs_up(calls[BOB])
    roster = _wait_for_number(watcher, conference_id, len(_GUESTS))

    time.sleep(pause)
    [carla] = [person for person in roster.participants if person.phone_number == CARLA.phone_number]
    say(f"{AGENT['name']} has Rollcall remove {CARLA.name}")
    phone.remove(conference_id, carla.id)
    _wait_for_number(watcher, conference_id, len(_GUESTS) - 1)
    return conference_id


def _wait_for_number(watcher: Watcher, conference_id: str, number: int) -> Roster:
    what = f"{number} are in"
    return watcher.wait_for(conference_id, what, lambda roster: len(roster.participants) == number, _SECONDS)
