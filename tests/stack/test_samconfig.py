"""samconfig.toml: what SAM itself reads from it for a build and for the deployment of what was built."""

from pathlib import Path

import pytest
from samcli.cli.types import CfnParameterOverridesType
from samcli.lib.config.samconfig import SamConfig

from tests.support.template import TEMPLATE, read_template

ENVIRONMENTS = ["default", "prod"]
BUILT_FOR = ["Runtime", "Architecture"]


def chosen_for(command: str, environment: str, folder: Path = TEMPLATE.parent) -> dict[str, str]:
    """The template's parameters that a command gets from the file, unless its command line names others."""
    options = SamConfig(folder).get_all([command], "parameters", environment)
    parsed = CfnParameterOverridesType().convert([options.get("parameter_overrides", "")], None, None)
    return {str(name): str(value) for name, value in parsed.items()}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_build_and_deployment_use_the_same_runtime_and_architecture(environment: str) -> None:
    built, deployed = chosen_for("build", environment), chosen_for("deploy", environment)
    assert [built[name] for name in BUILT_FOR] == [deployed[name] for name in BUILT_FOR]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_template_accepts_every_value(environment: str) -> None:
    parameters = read_template()["Parameters"]
    chosen = chosen_for("deploy", environment)
    assert chosen["Stage"]
    for name, value in chosen.items():
        assert value in parameters[name].get("AllowedValues", [value]), name


def test_only_the_prod_environment_is_a_production_one() -> None:
    assert "Production" not in chosen_for("deploy", "default")
    assert chosen_for("deploy", "prod")["Production"] == "true"


def test_a_line_of_one_command_would_replace_the_shared_one(tmp_path: Path) -> None:
    """So there is none: `sam deploy` would fall back to the template's defaults for what it does not name."""
    (tmp_path / "samconfig.toml").write_text(
        "version = 0.1\n"
        '[default.global.parameters]\nparameter_overrides = "Stage=dev Runtime=python3.12"\n'
        '[default.deploy.parameters]\nparameter_overrides = "Stage=dev"\n'
    )
    assert chosen_for("build", "default", tmp_path) == {"Stage": "dev", "Runtime": "python3.12"}
    assert chosen_for("deploy", "default", tmp_path) == {"Stage": "dev"}
