"""Every check of an installation that is deployed."""

from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from ops.check import (
    account,
    alarms,
    clock,
    doors,
    failures,
    protection,
    ringcentral,
    runner,
    subscription,
    webhook,
    wiring,
)
from ops.check.access import Access
from ops.check.finding import Check, Finding, error, ok, warning
from ops.check.installation import Installation
from ops.check.once import Once
from ops.errors import StackMissing
from ops.ringcentral import API
from ops.stack import Stack

STACK = "stack"
OUTPUTS = ("ApiUrl", "WebhookUrl", "WebSocketUrl", "VerificationSecretArn", "QuarantineBucketName")
"""What the commands and the web phones look up. The console is not in every installation."""

_ENDED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")


def check(stack: Stack, *, token: str | None = None, now: clock.Clock = clock.utc_now) -> list[Finding]:
    """Check the installation. `token`: a RingCentral user's access token; `now`: this machine's clock."""
    aws_url = stack.sts.meta.endpoint_url
    described = runner.findings_of(STACK, lambda: _stack(stack))
    try:
        installation = Installation(stack, stack.describe())
    except (StackMissing, ClientError, BotoCoreError):
        # Most often somebody is in another account or region than they think.
        only: dict[str, Check] = {
            account.CREDENTIALS: lambda: account.credentials(stack),
            clock.CLOCK: lambda: clock.clock({"AWS": aws_url}, now),
        }
        return [*described, *runner.run(only)]
    access = Access(installation, token)
    try:
        return [*described, *runner.run(_checks(installation, access, aws_url, now))]
    finally:
        access.close()


def _checks(installation: Installation, access: Access, aws_url: str, now: clock.Clock) -> dict[str, Check]:
    ringcentral_url = installation.parameters.get("RingCentralServer", "").rstrip("/") + API
    times = {"AWS": aws_url, "RingCentral": ringcentral_url}
    found = Once(lambda: alarms.described(installation))
    return {
        webhook.HANDSHAKE: lambda: webhook.handshake(installation),
        webhook.TOKEN: lambda: webhook.token(installation),
        doors.HTTP_API: lambda: doors.http_api(installation),
        doors.WEBSOCKET: lambda: doors.websocket(installation, access),
        ringcentral.LOGIN: lambda: ringcentral.login(access),
        ringcentral.PERMISSIONS: lambda: ringcentral.permissions(installation, access),
        subscription.SUBSCRIPTION: lambda: subscription.subscription(installation, access),
        wiring.FUNCTIONS: lambda: wiring.functions(installation),
        wiring.EVENT_SOURCES: lambda: wiring.event_sources(installation),
        wiring.SCHEDULES: lambda: wiring.schedules(installation),
        alarms.ALARMS: lambda: alarms.alarms(installation, found()),
        alarms.SUBSCRIBERS: lambda: alarms.subscribers(installation, found()),
        failures.FAILURES: lambda: failures.failures(installation),
        failures.QUARANTINE: lambda: failures.quarantine(installation),
        clock.CLOCK: lambda: clock.clock(times, now),
        protection.PROTECTION: lambda: protection.protection(installation),
    }


def _stack(stack: Stack) -> Sequence[Finding]:
    try:
        described = stack.describe()
    except StackMissing as missing:
        return [error("stack-missing", str(missing).capitalize())]
    status, outputs = described["StackStatus"], {output.get("OutputKey") for output in described.get("Outputs", [])}
    if lacking := [key for key in OUTPUTS if key not in outputs]:
        return [error("outputs-missing", f"The stack lacks the outputs {', '.join(lacking)}")]
    if status.endswith("_IN_PROGRESS"):
        return [warning("stack-unfinished", f"The stack is {status}; check again when it is done")]
    if status not in _ENDED:
        return [error("stack-failed", f"The stack is {status}: {described.get('StackStatusReason', 'no reason')}")]
    return [ok(STACK, f"{status}, with all outputs")]
