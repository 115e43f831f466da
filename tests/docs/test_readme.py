"""README is true: its Python runs, its commands run, its numbers hold."""

import json
import re
import shlex
from pathlib import Path

import pytest

from gptimage2_video_cli.main import main
from support.paths import ROOT

README = (ROOT / "README.md").read_text("utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
LINES = [line[2:] for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
MANIFEST = re.findall(r"```jsonl\n(.*?)```", README, re.DOTALL)[0]
COMMANDS = [line for line in LINES if line.startswith("gptimage2-video ")]


@pytest.fixture(autouse=True)
def _a_key_for_the_mock(server, clock, monkeypatch, tmp_path):
    monkeypatch.setenv("GPTIMAGE2_BASE_URL", server.url)
    monkeypatch.setenv("GPTIMAGE2_API_KEY", "test-key")
    monkeypatch.chdir(tmp_path)
    Path("shots.jsonl").write_text(MANIFEST)


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_the_python_runs(code):
    """As it stands, on a clock that does not wait."""
    exec(code, {})  # noqa: S102  README is ours


@pytest.mark.slow
def test_the_commands_run():
    """One after the other, as a reader would."""
    assert [(line, 0) for line in COMMANDS] == [(line, main(shlex.split(line, comments=True)[1:])) for line in COMMANDS]


def test_every_other_line_is_a_make_target_that_ci_runs_or_a_setting():
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    others = [line.split("#")[0].strip() for line in LINES if line not in COMMANDS]
    targets = {target for line in others if line.startswith("make ") for target in line.split()[1:]}
    assert ["export GPTIMAGE2_API_KEY=test-key"] == [line for line in others if not line.startswith("make ")]
    run = {target for line in ci.splitlines() if line.startswith("make ") for target in line.split()[1:]}
    run |= {"test"} if "coverage" in run else set()  # which runs all that `make test` does
    assert {"spec-change"} == targets - run, "`make spec-changes` tries it on many edits"


def test_the_comments_of_the_rules_example_are_what_it_prints(capsys):
    code = next(code for code in PYTHON if "check(request)" in code)
    exec(code, {})  # noqa: S102  README is ours
    assert re.findall(r"print\(.*?\)\s+# (.*)", code) == capsys.readouterr().out.splitlines()


def test_there_are_as_many_vectors_as_it_tells():
    cases = sum(
        len(json.loads((ROOT / "vectors" / f"{kind}.json").read_text("utf-8"))["cases"])
        for kind in ("rules", "prices", "errors", "snapshots", "scenarios")
    )
    assert cases >= int(re.search(r"over (\d+) language-neutral", README)[1])
