"""Lambda: each function's real handler in containers of its own, with a time limit, cold starts and sudden ends.

A container serves one invocation at a time, as on Lambda; a process that ended takes its container with it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from types import CodeType
from typing import Any, NoReturn

from greenlet import getcurrent

from rollcall.core.errors import RollcallError
from tests.simulation import template
from tests.simulation.faults import Faults
from tests.simulation.gateway import VirtualLoop, WebSockets
from tests.simulation.scheduler import Scheduler

COLD_START_SECONDS = 0.5


class ProcessEnded(BaseException):
    """The process of an invocation is gone. Nothing in the product may catch it."""


class InvocationFailed(Exception):
    """The invocation gave no answer. Attribute: `reason`: "crashed", "timed out" or the error's name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Container:
    """A process: the module of its function, and the event loops that it made."""

    namespace: dict[str, Any]
    loops: list[VirtualLoop] = field(default_factory=list)

    def close(self) -> None:
        for loop in self.loops:
            loop.abandon()


@dataclass(slots=True)
class Invocation:
    """One invocation. `dead` from the moment when its process ended; `counts`: the metrics that it counted."""

    function: str
    container: Container
    deadline: float
    clock: Callable[[], float]
    number: int
    dead: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    function_name: str = "rollcall"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:rollcall"
    log_stream_name: str = "stream"

    @property
    def aws_request_id(self) -> str:
        return f"request-{self.number}"

    def get_remaining_time_in_millis(self) -> int:
        """As Lambda's context answers it."""
        return int((self.deadline - self.clock()) * 1000)


class Functions:
    """All functions."""

    def __init__(self, scheduler: Scheduler, faults: Faults, web_sockets: WebSockets) -> None:
        self.web_sockets = web_sockets
        self.unexpected: list[str] = []
        self.counts = Counter[str]()
        self._scheduler = scheduler
        self._faults = faults
        self._idle: dict[str, list[Container]] = defaultdict(list)
        self._current: dict[Any, Invocation] = {}
        self._all: list[Container] = []
        self._numbers = 0

    @property
    def current(self) -> Invocation | None:
        """The invocation that runs now, if one does."""
        return self._current.get(getcurrent())

    def invoke(self, function: str, event: dict[str, Any]) -> tuple[Any, Invocation]:
        """Run a handler with an event, here and now. Raises `InvocationFailed`."""
        idle = self._idle[function]
        if idle and not self._faults.happens("cold start", self._faults.rates.cold_start):
            container = idle.pop()
        else:
            self._scheduler.sleep(COLD_START_SECONDS * (0.5 + self._faults.chance.random()))
            container = self._start(function)
        clock = self._scheduler.clock
        deadline = clock.now + template.timeout(function)
        self._numbers += 1
        invocation = Invocation(function, container, deadline, lambda: clock.now, self._numbers)
        me = getcurrent()
        self._current[me] = invocation
        self.counts[f"invocation of {function}"] += 1
        try:
            answer = container.namespace["handler"](event, invocation)
        except ProcessEnded as end:
            container.close()
            self.counts[str(end)] += 1
            raise InvocationFailed(str(end)) from None
        except Exception as error:
            idle.append(container)
            name = type(error).__name__
            self.counts[f"{function} failed with {name}"] += 1
            if not isinstance(error, RollcallError) and name != "BatchFailed":
                self.unexpected.append(f"{function}: {error!r}")
            raise InvocationFailed(name) from error
        finally:
            del self._current[me]
        idle.append(container)
        return answer, invocation

    def pause(self, seconds: float) -> None:
        """Let time pass in an invocation; beyond its time limit its process ends."""
        invocation = self.current
        if invocation is None:
            self._scheduler.sleep(seconds)
            return
        if invocation.dead:
            raise ProcessEnded("crashed")
        left = invocation.deadline - self._scheduler.clock.now
        if seconds < left:
            self._scheduler.sleep(seconds)
            return
        self._scheduler.sleep(left)
        invocation.dead = True
        raise ProcessEnded("timed out")

    def _pause_while_posting(self, seconds: float) -> None:
        """Wait for answers to posts. The process may end meanwhile; what was posted is on its way all the same."""
        rates = self._faults.rates.call
        if self._faults.happens("crash while posting", rates.get("crash-before", 0.0) + rates.get("crash-after", 0.0)):
            self.pause(seconds * self._faults.chance.random())
            self.crash()
        self.pause(seconds)

    def crash(self) -> NoReturn:
        """End the process of the current invocation."""
        invocation = self.current
        assert invocation is not None
        invocation.dead = True
        raise ProcessEnded("crashed")

    def close(self) -> None:
        """End all processes."""
        for container in self._all:
            container.close()

    def new_event_loop(self) -> VirtualLoop:
        """What asyncio makes its loops with. A loop belongs to the container that asks."""
        invocation = self.current
        assert invocation is not None
        loop = VirtualLoop(self._scheduler, self._pause_while_posting, self.web_sockets)
        invocation.container.loops.append(loop)
        return loop

    def _start(self, function: str) -> Container:
        namespace: dict[str, Any] = {"__name__": f"functions.{function}.app"}
        exec(_code(function), namespace)  # the function's own module, anew for each process
        container = Container(namespace)
        self._all.append(container)
        self.counts["containers"] += 1
        return container


@cache
def _code(function: str) -> CodeType:
    path = template.ROOT / "functions" / function / "app.py"
    return compile(path.read_text(), str(path), "exec")
