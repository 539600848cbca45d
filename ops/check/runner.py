"""Running checks side by side, so that one which fails or hangs keeps no other from its answer."""

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from ops import text
from ops.check.finding import Check, Finding, NotRun

SECONDS = 45.0
"""For all checks together. Each call within a check has a shorter timeout of its own."""

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"})


def run(
    checks: Mapping[str, Check], seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
) -> list[Finding]:
    """Run all checks at once. Returns their findings in the order of the checks, at least one for each."""
    results: queue.Queue[tuple[str, Sequence[Finding]]] = queue.Queue()

    def work(code: str, check: Check) -> None:
        results.put((code, findings_of(code, check)))

    for code, check in checks.items():
        # Daemons, so that one that hangs does not keep the command from ending.
        threading.Thread(target=work, args=(code, check), name=f"check {code}", daemon=True).start()
    found, deadline = dict[str, Sequence[Finding]](), clock() + seconds
    while len(found) < len(checks):
        try:
            code, findings = results.get(timeout=max(deadline - clock(), 0.0))
        except queue.Empty:
            break
        found[code] = findings
    late = f"it was not done after {seconds:.0f} s"
    return [finding for code in checks for finding in found.get(code, [Finding(code, "not-run", late)])]


def findings_of(code: str, check: Check) -> Sequence[Finding]:
    """What a check says. A check that raises did not run; the message says why."""
    try:
        return list(check())
    except NotRun as reason:
        return [Finding(code, "not-run", text.one_line(reason))]
    except ClientError as refused:
        return [Finding(code, "not-run", _told(refused))]
    except BotoCoreError as failed:
        return [Finding(code, "not-run", text.one_line(failed))]
    except Exception as fault:  # noqa: BLE001  # a fault of one check must not hide what the others found
        return [Finding(code, "not-run", f"the check itself failed: {type(fault).__name__}: {text.one_line(fault)}")]


def _told(refused: ClientError) -> str:
    """AWS's refusal in one line. A missing permission is named by its operation."""
    if refused.response["Error"]["Code"] in _DENIED:
        return f"you may not call {refused.operation_name}: {text.one_line(refused.response['Error']['Message'])}"
    return text.one_line(refused)
