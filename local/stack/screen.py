"""Where `make run` draws: on a terminal a picture that changes, elsewhere plain lines."""

import threading
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.live import Live
from rich.text import Text

from local.stack.board import Arrival, Board, line, news, picture


class Screen:
    """Takes what is said and what has arrived, from any thread."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._drawing = threading.Lock()
        self._live = Live(picture(Board()), console=console, auto_refresh=False) if console.is_terminal else None

    def shown(self) -> AbstractContextManager[object]:
        """Within it, the picture is on the terminal."""
        return self._live or nullcontext()

    def say(self, text: str) -> None:
        """Say what happens on the phones."""
        with self._drawing:
            self._console.print(Text(f"> {text}", style="bold"), soft_wrap=True)

    def show(self, arrival: Arrival, board: Board) -> None:
        """Show what has arrived."""
        with self._drawing:
            for text in news(arrival):
                self._console.print(text)
            if self._live:
                self._live.update(picture(board), refresh=True)
            else:
                self._console.print(Text(f"  {line(arrival.roster)}"), soft_wrap=True)
