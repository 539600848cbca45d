"""The background task that sends the reminders of subscriptions which are about to expire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from local.simulator import choices
from local.simulator.simulator import Simulator


@asynccontextmanager
async def running(simulator: Simulator) -> AsyncIterator[None]:
    """Look again and again whether reminders have become due by the simulator's clock. The sender has to run."""
    task = asyncio.create_task(_keep_looking(simulator))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _keep_looking(simulator: Simulator) -> None:
    while True:
        simulator.remind()
        await asyncio.sleep(choices.REMINDER_LOOK_SECONDS)
