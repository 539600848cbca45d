"""What runs the functions, and whether they can run: their state, their sources of events, their schedules."""

from collections.abc import Iterator

from ops.check.finding import Finding, error, ok
from ops.check.installation import Installation

FUNCTIONS, EVENT_SOURCES, SCHEDULES = "functions", "event-sources", "schedules"

_SETTLED = frozenset({"Active", "Inactive"})
"""A function that was idle for weeks is inactive until it is next invoked (Lambda developer guide, Function states)."""


def functions(installation: Installation) -> Iterator[Finding]:
    """Whether each function may be run, and was updated completely."""
    client, found = installation.stack.functions, installation.of_type("AWS::Lambda::Function")
    wrong = list[Finding]()
    for function in found:
        name = function.physical_id
        state = client.get_function_configuration(FunctionName=name)
        if state.get("State", "Active") not in _SETTLED or state.get("LastUpdateStatus", "Successful") == "Failed":
            reason = state.get("StateReason") or state.get("LastUpdateStatusReason") or "no reason"
            wrong.append(error("function-broken", f"{name} is {state.get('State')}: {reason}"))
        if client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions") == 0:
            wrong.append(error("function-throttled", f"{name} may not run at all: its reserved concurrency is 0"))
    yield from wrong or [ok(FUNCTIONS, f"{len(found)} functions may run")]


def event_sources(installation: Installation) -> Iterator[Finding]:
    """Whether the deferred queue and the party table's stream are read."""
    found, wrong = installation.of_type("AWS::Lambda::EventSourceMapping"), list[Finding]()
    for mapping in found:
        state = installation.stack.functions.get_event_source_mapping(UUID=mapping.physical_id)
        result = state.get("LastProcessingResult", "")
        if state.get("State") not in ("Enabled", "Enabling", "Updating"):
            wrong.append(error("event-source-disabled", f"{mapping.logical_id} is {state.get('State')}"))
        elif result.startswith("PROBLEM"):
            wrong.append(error("event-source-failing", f"{mapping.logical_id} reads, but: {result}"))
    yield from wrong or [ok(EVENT_SOURCES, f"{len(found)} event source mappings are enabled")]


def schedules(installation: Installation) -> Iterator[Finding]:
    """Whether the rules that run functions are enabled."""
    found = installation.of_type("AWS::Events::Rule")
    off = [
        rule.logical_id
        for rule in found
        if installation.stack.events.describe_rule(Name=rule.physical_id).get("State") == "DISABLED"
    ]
    if off:
        yield error("rule-disabled", f"Disabled rules run nothing: {', '.join(off)}")
    else:
        yield ok(SCHEDULES, f"{len(found)} rules are enabled")
