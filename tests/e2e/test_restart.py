"""The functions' processes are killed again and again while many conferences go on, and all rosters end right."""

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from local.stack.stack import Stack
from tests.e2e.actors import Agent, people
from tests.e2e.aws import Aws

CONFERENCES = 200
ACCOUNT = "700100055"
SECONDS_BETWEEN = 5.0
MINUTES, A_MINUTE = 12, 6
"""How many rosters can be put right, at three questions each: one about the conference, one about each of its calls."""


class Conference:
    """One agent's conference, and who is in it in truth."""

    def __init__(self, stack: Stack, number: int) -> None:
        self.agent = Agent(stack, ACCOUNT, f"7003{number:05d}")
        self.id = ""
        self.inside: list[str] = []

    def goes_on(self) -> None:
        """The host opens it, two people are brought in, one of them may leave, and then the host may."""
        chance = random.Random(self.agent.extension_id)  # the same in each run
        agent = self.agent
        self.id = agent.open_conference()
        anna, _ = agent.bring_in_somebody(self.id, "Anna")
        agent.bring_in_somebody(self.id, "Bert")
        self.inside = sorted([agent.name, "Anna", "Bert"])
        if chance.random() < 0.6:
            agent.hang_up(anna)
            self.inside.remove("Anna")
        if chance.random() < 0.2:
            agent.leave_conference(self.id)
            self.inside = []

    def shown(self) -> list[str] | None:
        answer = self.agent.get(f"/conferences/{self.id}")
        if answer.status_code != 200:
            return None
        # A host who was found by asking has a number and no name: RingCentral's answer has none.
        named = {self.agent.number: self.agent.name}
        return sorted(named.get(who, who) for who in people(answer.json()))


def kill_all(stack: Stack) -> int:
    """Kill the processes in which functions run: whatever the local AWS has started. Returns how many there were."""
    running = stack.processes.running("emulator")
    pids, killed = {process.pid for process in running}, 0
    for process in running:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.ppid() in pids:
                process.kill()
                killed += 1
    return killed


@contextlib.contextmanager
def killing(stack: Stack) -> Iterator[list[int]]:
    """Within it, all the functions' processes are killed again and again. Gives how many were, each time."""
    killed, over = list[int](), threading.Event()

    def kill_again_and_again() -> None:
        while not over.wait(SECONDS_BETWEEN):
            killed.append(kill_all(stack))

    thread = threading.Thread(target=kill_again_and_again)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def until_quiet(aws: Aws, seconds: float) -> None:
    """Until nothing has been written for so long."""
    before, since = None, time.monotonic()
    while time.monotonic() - since < seconds:
        now = aws.items("PartyTableName")
        if now != before:
            before, since = now, time.monotonic()
        time.sleep(0.3)


def test_killed_in_the_middle_of_200_conferences_all_are_right_in_the_end(stack: Stack, aws: Aws) -> None:
    conferences = [Conference(stack, number) for number in range(CONFERENCES)]
    with killing(stack) as killed:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(Conference.goes_on, conferences))
        until_quiet(aws, 4.0)
    until_quiet(aws, 4.0)
    assert sum(killed) >= 10
    wrong = [conference for conference in conferences if conference.shown() != conference.inside]
    print(f"\n{killed} processes killed in each round, {len(wrong)} of {CONFERENCES} rosters wrong after it all")

    # What got no answer is lost, as RingCentral repeats nothing. Whoever looks has RingCentral asked, and it takes only
    # so many questions a minute.
    for minute in range(MINUTES):
        if not wrong:
            break
        time.sleep(61 if minute else 0)
        aws.postpone_all()
        aws.forget_budgets()
        for conference in wrong[:A_MINUTE]:
            with conference.agent.socket() as socket:
                socket.subscribe(conference.id)
                aws.backdate_records(ACCOUNT, conference.id)
                aws.make_due(ACCOUNT, conference.id)
        aws.run("reconcile")
        until_quiet(aws, 1.0)
        wrong = [conference for conference in wrong if conference.shown() != conference.inside]
    assert [(conference.id, conference.shown(), conference.inside) for conference in wrong] == []
    for conference in conferences:
        conference.agent.close()


@pytest.fixture(autouse=True)
def _nothing_left(stack: Stack, aws: Aws) -> Iterator[None]:
    """So that no later test finds 200 conferences waiting to be verified, or RingCentral tired of questions."""
    yield
    aws.forget_rosters(ACCOUNT)
    aws.forget_penalties()
    httpx.post(f"{stack.ringcentral_url}/simulator/reset", trust_env=False).raise_for_status()
