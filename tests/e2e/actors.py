"""Who takes part in an end-to-end test: an agent with a web phone, the WebSocket, and whoever can look into the AWS."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from local.stack.stack import Stack

SECONDS = 15.0
API = "/restapi/v1.0/account/~/telephony"

Leg = tuple[str, str]
Message = dict[str, Any]


def eventually(look: Callable[[], Any], what: str) -> Any:
    """What `look` gives as soon as that is true; fails after a while."""
    deadline = time.monotonic() + SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
    return found


def settled(look: Callable[[], int]) -> int:
    """A figure that has stopped changing."""
    before = -1
    while (now := look()) != before:
        before = now
        time.sleep(0.7)
    return now


class Socket:
    """An open WebSocket. Whatever was received is kept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.received: list[Message] = []

    def say(self, **message: object) -> None:
        self.say_text(json.dumps(message))

    def say_text(self, frame: str) -> None:
        self._connection.send(frame)

    def next(self, is_it: Callable[[Message], bool] = lambda _message: True, within: float = SECONDS) -> Message:
        """The next message that is it. Raises `TimeoutError`."""
        deadline = time.monotonic() + within
        while True:
            message: Message = json.loads(self._connection.recv(max(deadline - time.monotonic(), 0.001)))
            self.received.append(message)
            if is_it(message):
                return message

    def subscribe(self, conference_id: str) -> Message:
        """Watch a conference. Returns the newest roster so far: a push may come before the answers and be newer."""
        already = len(self.received)
        self.say(action="subscribe", conferenceId=conference_id)
        self.next(lambda message: message["type"] == "subscribed")
        self.next(lambda message: message["type"] == "roster" and message["conferenceId"] == conference_id)
        rosters = [message for message in self.received[already:] if message.get("conferenceId") == conference_id]
        return max((roster for roster in rosters if "version" in roster), key=lambda roster: roster["version"])

    def roster_of(self, *names: str) -> Message:
        """The first roster from now on that shows exactly these people."""
        return self.next(lambda message: message["type"] == "roster" and people(message) == sorted(names))

    def versions(self) -> list[int]:
        return [message["version"] for message in self.received if message["type"] == "roster"]


def people(roster: Message) -> list[str]:
    """Names, or numbers where there are none: a host who was found by asking has no name in RingCentral's answer."""
    return sorted(person["name"] or person["phoneNumber"] for person in roster["participants"])


class Agent:
    """A user with a web phone: at RingCentral, at the telephone, and at Rollcall."""

    def __init__(self, stack: Stack, account_id: str, extension_id: str) -> None:
        self.account_id, self.extension_id = account_id, extension_id
        self.name = f"Agent {extension_id[-3:]}"
        self.number = f"+1205555{int(extension_id) % 100 + 100:04d}"
        self._stack = stack
        self._http = httpx.Client(timeout=SECONDS, trust_env=False)
        user = self._control(
            "users",
            accountId=account_id,
            extensionId=extension_id,
            name=self.name,
            phoneNumber=self.number,
        )
        self.access_token: str = user["accessToken"]
        self.auth = {"Authorization": f"Bearer {self.access_token}"}

    def close(self) -> None:
        self._http.close()

    @staticmethod
    def set_faults(stack: Stack, **faults: object) -> None:
        """What goes wrong from now on; nothing, without arguments."""
        httpx.put(f"{stack.ringcentral_url}/simulator/faults", json=faults, trust_env=False).raise_for_status()

    # ---- at RingCentral and at the telephone

    def _control(self, path: str, **body: object) -> dict[str, Any]:
        answer = self._http.post(f"{self._stack.ringcentral_url}/simulator/{path}", json=body).raise_for_status()
        content: dict[str, Any] = answer.json() if answer.content else {}
        return content

    def ringcentral(self, method: str, path: str, **body: object) -> Any:
        url = f"{self._stack.ringcentral_url}{API}{path}"
        answer = self._http.request(method, url, json=body or None, headers=self.auth).raise_for_status()
        return answer.json() if answer.content else None

    def open_conference(self) -> str:
        """A conference with this agent in it."""
        conference_id: str = self.ringcentral("POST", "/conference")["session"]["id"]
        self._control(f"conferences/{conference_id}/host-join")
        return conference_id

    def call(self, name: str, direction: str = "Outbound", number: str = "+12055550177") -> Leg:
        remote = {"name": name, "phoneNumber": number}
        placed = self._control(
            "calls", accountId=self.account_id, extensionId=self.extension_id, direction=direction, remote=remote
        )
        return placed["telephonySessionId"], placed["partyId"]

    def bring_in(self, conference_id: str, leg: Leg) -> str:
        """Returns the person's party id in the conference."""
        path = f"/sessions/{conference_id}/parties/bring-in"
        party_id: str = self.ringcentral("POST", path, sessionId=leg[0], partyId=leg[1])["id"]
        return party_id

    def bring_in_somebody(self, conference_id: str, name: str) -> tuple[Leg, str]:
        leg = self.call(name)
        return leg, self.bring_in(conference_id, leg)

    def hang_up(self, leg: Leg, side: str = "remote") -> None:
        self._control(f"calls/{leg[0]}/hangup", side=side)

    def leave_conference(self, conference_id: str, **how: object) -> None:
        self._control(f"conferences/{conference_id}/host-leave", **how)

    def requests_at_ringcentral(self) -> list[dict[str, Any]]:
        """This user's own requests there."""
        served = self._http.get(f"{self._stack.ringcentral_url}/simulator/requests").json()
        return [
            request
            for request in served
            if (request["accountId"], request["extensionId"]) == (self.account_id, self.extension_id)
        ]

    # ---- at Rollcall

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._http.get(self._stack.api_url + path, headers=self.auth | headers)

    def post(self, path: str, **headers: str) -> httpx.Response:
        return self._http.post(self._stack.api_url + path, headers=self.auth | headers)

    def remove(self, conference_id: str, participant_id: str) -> httpx.Response:
        return self.post(f"/conferences/{conference_id}/participants/{participant_id}/remove")

    def ticket(self, **headers: str) -> str:
        answer = self.post("/tickets", **headers)
        assert answer.status_code == 201, answer.text
        ticket: str = answer.json()["ticket"]
        return ticket

    @contextmanager
    def socket(self, ticket: str | None = None, **headers: str) -> Iterator[Socket]:
        url = f"{self._stack.web_socket_url}?ticket={ticket or self.ticket()}"
        with connect(url, open_timeout=SECONDS, close_timeout=2, proxy=None, additional_headers=headers) as connection:
            yield Socket(connection)

    def connections(self, aws: "Aws") -> list[str]:
        """The ids of this user's connections that Rollcall knows."""
        of_user = f"ACCOUNT#{self.account_id}#EXTENSION#{self.extension_id}#CONNECTIONS"
        items = aws.items("ConnectionTableName")
        return [item["connectionId"]["S"] for item in items if item["pk"]["S"] == of_user]


class Aws:
    """A look into the AWS, as its administrator."""

    def __init__(self, stack: Stack) -> None:
        def client(service: Any) -> Any:
            return stack.session.client(service, endpoint_url=stack.aws_endpoint_url)

        self._stack = stack
        self.dynamodb, self.s3, self.logs = client("dynamodb"), client("s3"), client("logs")
        self.functions, self.secrets, self.sqs = client("lambda"), client("secretsmanager"), client("sqs")
        (described,) = client("cloudformation").describe_stacks(StackName=stack.stack_name)["Stacks"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}

    def items(self, output: str) -> list[dict[str, Any]]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.outputs[output])
        return [item for page in pages for item in page["Items"]]

    def quarantined(self) -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self.outputs["QuarantineBucketName"])
        return [item["Key"].split("/")[1] for item in listed.get("Contents", [])]

    def expire(self, output: str, key: dict[str, Any]) -> None:
        """Let an item's time be over."""
        self.dynamodb.update_item(
            TableName=self.outputs[output],
            Key=key,
            UpdateExpression="SET expiresAt = :past",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":past": {"N": str(int(time.time()) - 1)}},
        )

    def _conference_key(self, account_id: str, conference_id: str) -> dict[str, Any]:
        return {"pk": {"S": f"ACCOUNT#{account_id}"}, "sk": {"S": f"CONFERENCE#{conference_id}"}}

    def due_at(self, account_id: str, conference_id: str) -> int:
        """When a conference is to be verified, epoch seconds."""
        key = self._conference_key(account_id, conference_id)
        item = self.dynamodb.get_item(TableName=self.outputs["PartyTableName"], Key=key, ConsistentRead=True)["Item"]
        return int(item["dueAt"]["N"])

    def make_due(self, account_id: str, conference_id: str) -> None:
        """As if the time had come to verify a conference for which a time is set, or will be in a moment."""

        def made() -> bool:
            with suppress(self.dynamodb.exceptions.ConditionalCheckFailedException):
                self.dynamodb.update_item(
                    TableName=self.outputs["PartyTableName"],
                    Key=self._conference_key(account_id, conference_id),
                    UpdateExpression="SET dueAt = :now",
                    ConditionExpression="attribute_exists(dueAt)",
                    ExpressionAttributeValues={":now": {"N": str(int(time.time()) - 1)}},
                )
                return True
            return False

        eventually(made, "a time is set")

    def postpone_all(self) -> None:
        """As if no conference were to be verified for a day."""
        for item in self.items("PartyTableName"):
            if "dueAt" in item:
                self.dynamodb.update_item(
                    TableName=self.outputs["PartyTableName"],
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression="SET dueAt = :tomorrow",
                    ExpressionAttributeValues={":tomorrow": {"N": str(int(time.time()) + 86400)}},
                )

    def backdate_records(self, account_id: str, conference_id: str) -> None:
        """As if everything that is known of the legs of a conference had been told an hour ago."""
        an_hour_ago = datetime.fromtimestamp(time.time() - 3600, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        for item in self.items("PartyTableName"):
            if item["pk"]["S"].startswith("SESSION#") and item.get("conferenceId", {}).get("S") == conference_id:
                self.dynamodb.update_item(
                    TableName=self.outputs["PartyTableName"],
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression="SET eventTime = :time",
                    ExpressionAttributeValues={":time": {"S": an_hour_ago}},
                )

    def watch_for_nobody(self, like_pk: str, connection_id: str) -> None:
        """A watch of a connection that does not exist, beside those that are filed under the same key."""
        item = {"pk": like_pk, "sk": f"CONNECTION#{connection_id}", "connectionId": connection_id}
        values = {name: {"S": value} for name, value in item.items()} | {"expiresAt": {"N": str(int(time.time()) + 60)}}
        self.dynamodb.put_item(TableName=self.outputs["ConnectionTableName"], Item=values)

    def run(self, function: str) -> None:
        """Run a function as its schedule would."""
        self.functions.invoke(FunctionName=f"{self._stack.stack_name}-{function}", Payload=b"{}")

    @contextmanager
    def changed_environment(self, function: str, **variables: str) -> Iterator[None]:
        """Within it, a function has further variables in its environment."""
        name = f"{self._stack.stack_name}-{function}"
        before = self.functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        self._set_environment(name, before | variables)
        try:
            yield
        finally:
            self._set_environment(name, before)

    def _set_environment(self, name: str, variables: dict[str, str]) -> None:
        self.functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        self.functions.get_waiter("function_updated_v2").wait(FunctionName=name)

    def waiting(self, logical_id: str) -> int:
        """How many messages one of the stack's queues holds, those that are being worked on too."""
        (url,) = [url for url in self.sqs.list_queues()["QueueUrls"] if f"-{logical_id}-" in url]
        counts = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])

    def secret(self, logical_id: str) -> str:
        """The ARN of one of the stack's secrets."""
        (arn,) = [found["ARN"] for found in self.secrets.list_secrets()["SecretList"] if logical_id in found["Name"]]
        return str(arn)

    def verification_token(self) -> str:
        """The one in force: a rotation may have changed it since the stack was started."""
        text = self.secrets.get_secret_value(SecretId=self.secret("VerificationSecret"))["SecretString"]
        token: str = json.loads(text)["current"]
        return token

    def forget_rosters(self, account_id: str) -> None:
        """As if an account, or with "" all of them, had never had a conference."""
        self._forget(f"ACCOUNT#{account_id}", "PartyTableName")

    def forget_penalties(self) -> None:
        """Let everybody out of the penalty box."""
        self._forget("PENALTY#")

    def forget_budgets(self) -> None:
        """As if another minute had begun."""
        self._forget("BUDGET#")

    def _forget(self, prefix: str, output: str = "ConnectionTableName") -> None:
        for item in self.items(output):
            if item["pk"]["S"].startswith(prefix):
                key = {"pk": item["pk"], "sk": item["sk"]}
                self.dynamodb.delete_item(TableName=self.outputs[output], Key=key)

    def log_of(self, function: str, since: float = 0.0) -> str:
        """Everything that a function has logged since then, epoch seconds.

        The local AWS answers with 10,000 events at most and no token to go on with; so each question begins where the
        last answer ended.
        """
        group, start = f"/rollcall/{self._stack.stack_name}/{function}", int(since * 1000)
        found: dict[tuple[int, str, str], None] = {}
        while True:
            events = self.logs.filter_log_events(logGroupName=group, startTime=start)["events"]
            known = len(found)
            found |= {(event["timestamp"], event["logStreamName"], event["message"]): None for event in events}
            if len(found) == known:
                return "\n".join(message for _, _, message in found)
            start = events[-1]["timestamp"]

    def runs_of(self, function: str) -> int:
        """How often a function was run, by its log."""
        return sum(line.startswith("START ") for line in self.log_of(function).splitlines())


class Hook:
    """Posts to the webhook as RingCentral would, or as somebody else would."""

    def __init__(self, stack: Stack) -> None:
        self._url = stack.webhook_url
        self._token = Aws(stack).verification_token()

    def post(self, body: bytes, *, token: str | None = "", **headers: str) -> httpx.Response:
        """With the right token by default; None: with none."""
        headers = {"Content-Type": "application/json; charset=UTF-8"} | headers
        if token is not None:
            headers["Verification-Token"] = token or self._token
        return httpx.post(self._url, content=body, headers=headers, timeout=SECONDS, trust_env=False)
