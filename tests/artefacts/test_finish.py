"""What a build has when it is finished: bytecode that Python uses unasked, and a template for one target alone."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from local.artefacts.finish import compile_sources, pin_target
from local.artefacts.target import Target
from local.stack.errors import StackError
from local.stack.places import TEMPLATE


@pytest.fixture
def build(tmp_path: Path) -> Path:
    for path, source in {
        "RollcallLayer/python/rollcall/thing.py": "def fail():\n    raise ValueError\n",
        "IngestFunction/app.py": "from rollcall.thing import fail\n",
    }.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    return tmp_path


def test_every_source_of_functions_and_layer_has_bytecode(build: Path) -> None:
    compile_sources(build, sys.executable)
    made = {str(path.relative_to(build).parent.parent) for path in build.rglob("*.pyc")}
    assert made == {"IngestFunction", "RollcallLayer/python/rollcall"}


def test_python_uses_the_bytecode_whatever_the_sources_time_is(build: Path) -> None:
    compile_sources(build, sys.executable)
    source = build / "RollcallLayer/python/rollcall/thing.py"
    source.write_text("changed = True\n")
    os.utime(source, (0, 0))
    code = "import json, rollcall.thing as t; print(json.dumps(hasattr(t, 'fail')))"
    ran = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(source.parents[1])!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) is True


def test_old_bytecode_is_replaced(build: Path) -> None:
    compile_sources(build, sys.executable)
    source = build / "IngestFunction/app.py"
    source.write_text("value = 2\n")
    compile_sources(build, sys.executable)
    namespace: dict[str, Any] = {}
    bytecode = Path(importlib.util.cache_from_source(str(source))).read_bytes()
    import marshal  # noqa: PLC0415

    exec(marshal.loads(bytecode[16:]), namespace)
    assert namespace["value"] == 2


def test_a_source_that_can_not_be_compiled_stops_the_build(build: Path) -> None:
    (build / "IngestFunction/app.py").write_text("def\n")
    with pytest.raises(StackError, match="IngestFunction"):
        compile_sources(build, sys.executable)


def test_the_built_template_takes_its_own_target_alone(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE.read_text())
    before = yaml_parse(template.read_text())
    pin_target(template, Target("python3.12", "x86_64"))
    after = yaml_parse(template.read_text())
    assert after["Parameters"]["Runtime"]["AllowedValues"] == ["python3.12"]
    assert after["Parameters"]["Architecture"]["AllowedValues"] == ["x86_64"]
    for content in (before, after):
        content["Parameters"] = {name: it for name, it in content["Parameters"].items() if name not in _TARGET}
    assert after == before


_TARGET = ("Runtime", "Architecture")
