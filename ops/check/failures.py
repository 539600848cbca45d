"""What was given up or set aside, and waits for somebody to look at it."""

from collections.abc import Iterator

from ops import text
from ops.check.finding import Finding, NotRun, error, ok, warning
from ops.check.installation import Installation
from ops.stack import Resource

FAILURES, QUARANTINE = "failures", "quarantine"

_WORKING = "DeferredQueue"
"""The one queue whose messages are on their way, and not given up."""

CODES = {
    "DeferredDeadLetters": "deferred-dead-letters",
    "ReconcileFailures": "reconcile-failures",
    "StreamFailures": "stream-failures",
    "SubscriptionFailures": "subscription-failures",
}
"""The finding's code by the queue's name in the template."""

OTHER = "failures-waiting"


def failures(installation: Installation) -> Iterator[Finding]:
    """Whether the queues in which failures end are empty, and nothing stays deferred."""
    found, wrong = installation.of_type("AWS::SQS::Queue"), list[Finding]()
    for queue in found:
        count = _messages(installation, queue)
        if count and queue.logical_id == _WORKING:
            wrong.append(
                warning("deferred-waiting", f"{text.counted(count, 'notification')} deferred, and not yet taken")
            )
        elif count:
            code = CODES.get(queue.logical_id, OTHER)
            wrong.append(error(code, f"{text.counted(count, 'message')} in {queue.logical_id}"))
    yield from wrong or [ok(FAILURES, f"{len(found)} queues are empty")]


def quarantine(installation: Installation) -> Iterator[Finding]:
    """Whether a notification could not be decoded lately."""
    bucket = installation.output("QuarantineBucketName")
    listed = installation.stack.s3.list_objects_v2(Bucket=bucket)
    count = listed.get("KeyCount", 0)
    if count:
        least = "at least " if listed.get("IsTruncated") else ""
        found = f"{least}{text.counted(count, 'notification')} of the last 14 days could not be decoded"
        yield warning("quarantine-entries", found[0].upper() + found[1:])
    else:
        yield ok(QUARANTINE, "no notification is in quarantine")


def _messages(installation: Installation, queue: Resource) -> int:
    attributes = installation.stack.sqs.get_queue_attributes(
        QueueUrl=queue.physical_id,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    ).get("Attributes", {})
    if "ApproximateNumberOfMessages" not in attributes:
        raise NotRun(f"SQS does not say how many messages {queue.logical_id} holds")
    return int(attributes["ApproximateNumberOfMessages"]) + int(
        attributes.get("ApproximateNumberOfMessagesNotVisible", "0")
    )
