"""`make run`: the whole stack, a conference on it, and its roster live, until Ctrl-C."""

import time

from rich.console import Console

from local.stack.errors import StackError
from local.stack.phone import Phone
from local.stack.play import AGENT, play
from local.stack.screen import Screen
from local.stack.stack import Stack
from local.stack.watcher import Watcher

_LOOK_UP_SECONDS = 1.0
_SUBSCRIBED_WITHIN = 30.0
_PAUSE = 1.2


def show_conference(stack: Stack, console: Console) -> None:
    """Play a conference and draw its roster, and go on drawing until interrupted.

    Raises a `StackError` if the play gets stuck, or if the stack ends meanwhile.
    """
    screen = Screen(console)
    phone = Phone(stack, AGENT)

    def ticket() -> str:
        phone.log_in()
        return phone.ticket()

    with screen.shown(), Watcher(stack.web_socket_url, ticket, screen.show) as watcher:
        watcher.wait_until_subscribed(_SUBSCRIBED_WITHIN)
        conference_id = play(phone, watcher, screen.say, _PAUSE)
        screen.say("The play is over. Whatever happens now is drawn too, until Ctrl-C ends everything. For instance:")
        screen.say(f"curl -X POST {stack.ringcentral_url}/simulator/conferences/{conference_id}/host-leave")
        while stack.processes.running("emulator") and stack.processes.running("simulator"):
            time.sleep(_LOOK_UP_SECONDS)
    raise StackError("the stack has ended", stack.places.log("emulator"))
