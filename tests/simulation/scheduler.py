"""What happens next: a queue of things to do, each at its time, and greenlets that wait in it.

One thread. Whoever sleeps lets others run, so that handlers interleave at every call that takes time, and only there.
The order follows from the times alone; things at the same time happen in the order in which they were planned.
"""

import heapq
from collections.abc import Callable
from itertools import count

from greenlet import getcurrent, greenlet

from tests.simulation.clock import Clock

Do = Callable[[], None]


class Scheduler:
    """The queue. `clock.now` moves forward only here."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.steps = 0
        self._queue: list[tuple[float, int, Do | greenlet]] = []
        self._numbers = count()
        self._hub: greenlet | None = None
        self._until = 0.0

    def after(self, seconds: float, do: Do) -> None:
        """Do something later that itself takes no time."""
        heapq.heappush(self._queue, (self.clock.now + seconds, next(self._numbers), do))

    def spawn(self, do: Do, *, after: float = 0.0) -> None:
        """Begin something later that takes time: it may sleep."""
        heapq.heappush(self._queue, (self.clock.now + after, next(self._numbers), greenlet(do)))

    def sleep(self, seconds: float) -> None:
        """Let time pass for the greenlet that asks, and others run meanwhile."""
        when = self.clock.now + max(seconds, 0.0)
        if (self._queue and self._queue[0][0] <= when) or when > self._until:
            assert self._hub is not None, "nobody runs this world"
            heapq.heappush(self._queue, (when, next(self._numbers), getcurrent()))
            self._hub.switch()
        else:
            self.clock.now = when  # nobody else has anything to do until then

    def run(self, seconds: float = float("inf")) -> None:
        """Run until nothing is left to do, or for so long."""
        self._hub = getcurrent()
        self._until = self.clock.now + seconds
        queue = self._queue
        while queue and queue[0][0] <= self._until:
            when, _, do = heapq.heappop(queue)
            self.clock.now = max(when, self.clock.now)
            self.steps += 1
            if isinstance(do, greenlet):
                do.parent = self._hub
                do.switch()
            else:
                do()
        if self._until != float("inf"):
            self.clock.now = self._until
        self._hub = None

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do."""
        return not self._queue
