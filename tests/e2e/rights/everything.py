"""Everything that makes a function use one of its rights, once: what goes well, and every trouble that has a path."""

from collections.abc import Callable, Mapping

from local.stack.stack import Stack
from ops.recording import Recording
from ops.verification_secret import VerificationSecret
from tests.e2e.actors import Agent, Hook, people
from tests.e2e.aws import Aws
from tests.e2e.rights.own_calls import OwnCalls, fault
from tests.e2e.rights.recorder import Recorded
from tests.e2e.waiting import eventually, settled
from tests.support.events import as_body, in_conference, notification

REMINDER = b'{"event": "/restapi/v1.0/subscription/~?threshold=60"}'
FRAMES = 70
"""More than a connection may send at once."""


class Everything:
    """What people, RingCentral and AWS do; `recorded` so that DynamoDB can fail for one function alone."""

    def __init__(self, stack: Stack, aws: Aws, agent: Agent, recorded: Mapping[str, Recorded]) -> None:
        self._stack, self._aws, self._agent, self._recorded = stack, aws, agent, recorded
        self._hook = Hook(stack)
        (self._queue,) = [url for url in aws.sqs.list_queues()["QueueUrls"] if "-DeferredQueue-" in url]

    def happens(self) -> None:
        """All of it, in an order in which each part finds what it needs."""
        recording = Recording(VerificationSecret(self._aws.secrets, self._aws.secret("VerificationSecret")))
        recording.start(1)
        self.a_conference()
        recording.stop()
        self.a_late_event_of_somebody_who_is_in("direct", self._hook_takes)
        self.trouble_with_dynamodb()
        self.what_can_not_be_decoded_and_what_is_passed_on()
        self.ringcentral_takes_no_more()
        own_calls = OwnCalls(self._stack, self._aws, self._agent, self._recorded)
        own_calls.rosters_are_verified()
        own_calls.the_subscription_is_looked_after()
        eventually(lambda: self._aws.waiting("DeferredQueue") == 0, "nothing is deferred any more")
        settled(lambda: sum(len(one.dynamodb.passed) + len(one.others.passed) for one in self._recorded.values()))

    def a_conference(self) -> None:
        """Watched in both ways by one that stays and one that is gone, listed, and somebody removed."""
        agent = self._agent
        conference = agent.open_conference()
        with agent.socket() as socket:
            socket.subscribe(conference)
            socket.say(action="subscribe", scope="extension")
            socket.next(lambda message: message["type"] == "subscribed")
            self._aws.watch_for_nobody(f"ACCOUNT#{agent.account_id}#CONFERENCE#{conference}", "gone")
            _, anna = agent.bring_in_somebody(conference, "Anna")
            eventually(lambda: people(agent.get(f"/conferences/{conference}").json()) == [agent.name, "Anna"], "in")
            assert agent.get("/conferences").status_code == 200
            socket.say(action="unsubscribe", conferenceId=conference)
            socket.next(lambda message: message["type"] == "unsubscribed")
            self._fault("DELETE", "/parties/")
            assert agent.remove(conference, anna).status_code == 429
            for _ in range(FRAMES):
                socket.say(action="ping")
            socket.next(lambda message: message["type"] == "bye")

    def a_late_event_of_somebody_who_is_in(self, call: str, take: Callable[[bytes], None]) -> None:
        """They have been in since a moment before the one that is stored; `take` is for the late event."""
        conference, body = f"s-late-{call}", {"telephonySessionId": f"s-{call}-{self._agent.extension_id}"}
        newer, late = (
            as_body(notification(number, in_conference("p-2", conference), body=body, second=number))
            for number in (12, 9)
        )
        self._hook_takes(newer)
        take(late)

    def trouble_with_dynamodb(self) -> None:
        """An event is put off by the webhook, and again by the function behind the queue."""
        troubled = [self._recorded[function].dynamodb for function in ("ingest", "deferred")]

        def put_off(late: bytes) -> None:
            for recorder in troubled:
                recorder.faults, recorder.broken = ("fail",), True
            self._hook_takes(late)
            failed = troubled[1].served
            eventually(lambda: self._recorded["deferred"].others.passed and failed["fail"], "it was put off again")
            for recorder in troubled:
                recorder.broken = False

        self.a_late_event_of_somebody_who_is_in("troubled", put_off)

    def what_can_not_be_decoded_and_what_is_passed_on(self) -> None:
        """By the webhook, and by the function behind the queue."""
        for body in (b"hello", REMINDER):
            self._hook_takes(body)
            self._aws.sqs.send_message(QueueUrl=self._queue, MessageBody=body.decode())

    def ringcentral_takes_no_more(self) -> None:
        """It does not say whose a token is."""
        somebody = Agent(self._stack, self._agent.account_id, self._agent.extension_id)
        self._fault("GET", "/extension/~")
        assert somebody.get("/conferences").status_code == 429
        somebody.close()

    def _fault(self, method: str, path: str) -> None:
        Agent.set_faults(self._stack, api=[fault(method, path)])

    def _hook_takes(self, body: bytes) -> None:
        assert self._hook.post(body).status_code == 200
