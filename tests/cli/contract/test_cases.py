"""The cases that schemathesis generates."""

from pathlib import Path

import pytest

from gptimage2_video_cli.contract.cases import generate
from gptimage2_video_cli.contract.guard import has_empty_prompt
from gptimage2_video_cli.contract.schemas import spec

pytestmark = pytest.mark.slow


def test_a_seed_gives_the_same_cases_and_both_operations_and_kinds():
    cases = generate(1, 5)
    again = generate.__wrapped__(1, 5)
    assert [(it.method, it.path, it.content) for it in cases] == [(it.method, it.path, it.content) for it in again]
    kinds = {(it.method, spec().is_valid_request(it.value)) for it in cases}
    assert {("POST", True), ("POST", False), ("GET", False)} == kinds
    assert len(cases) > 100


def test_an_emptied_prompt_is_free_of_charge_whatever_else_is_wrong():
    emptied = [it.with_empty_prompt() for it in generate(1, 5) if it.method == "POST"]
    assert all(it is None or has_empty_prompt(it.content) for it in emptied)
    assert sum(it is not None for it in emptied) > 100


def test_nothing_is_left_in_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    generate.__wrapped__(2, 1)
    assert [] == list(Path.cwd().iterdir())
