"""Every check of what a deployment needs, before there is a stack."""

from ops.check import account, clock, runner, tools
from ops.check.finding import Check, Finding
from ops.check.report import is_ok
from ops.check.template import chosen, read_template
from ops.stack import Stack


def check(stack: Stack, *, now: clock.Clock = clock.utc_now) -> list[Finding]:
    """Check what `sam build` and `sam deploy` are going to need for this stack. `now`: this machine's clock."""
    template = read_template()
    parameters = dict(template.defaults) | chosen(stack.name)
    runtime, architecture = parameters["Runtime"], parameters["Architecture"]
    production = parameters.get("Production") == "true"
    here: dict[str, Check] = {
        tools.SAM: tools.sam_cli,
        tools.PYTHON: lambda: tools.build_python(runtime),
        account.NAME: lambda: account.name_length(stack.name, template),
    }
    known = runner.findings_of(account.CREDENTIALS, lambda: account.credentials(stack))
    if not is_ok(known):
        return [*known, *runner.run(here)]  # there is no use in asking AWS anything else
    there: dict[str, Check] = {
        clock.CLOCK: lambda: clock.clock({"AWS": stack.sts.meta.endpoint_url}, now),
        account.REGION: lambda: account.region(stack, template),
        account.RUNTIME: lambda: account.runtime(stack, runtime, architecture),
        account.CONCURRENCY: lambda: account.concurrency(stack, template, production=production),
        account.STACK: lambda: account.stack_state(stack),
        account.LOG_GROUPS: lambda: account.left_log_groups(stack),
    }
    return [*known, *runner.run(here | there)]
