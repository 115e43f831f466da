"""The hooks for a `schemathesis run` of one's own, which bring the guard along."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gptimage2_video_cli.contract.guard import has_empty_prompt
from gptimage2_video_mock import MockServer
from support.broken_servers import answering, scenario
from support.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.process]


def run(url, tmp_path, *, max_credits=0):
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "gptimage2_video_cli.contract.hooks"}
    environment |= {"GPTIMAGE2_MAX_CREDITS": str(max_credits)}
    program = [str(Path(sys.executable).with_name("schemathesis")), "run", str(ROOT / "openapi.yaml"), "--url", url]
    program += ["-H", "Authorization: Bearer test-key", "--max-examples", "3", "--workers", "4", "--seed", "1"]
    return subprocess.run(program, cwd=tmp_path, env=environment, capture_output=True, text=True)


def test_free_of_charge_every_prompt_is_empty(tmp_path):
    with MockServer() as server:
        done = run(server.url, tmp_path)
        sent = [it.body for it in server.requests if it.method not in ("GET", "HEAD", "OPTIONS")]
    assert (0, 1000) == (done.returncode, server.balance("test-key")), done.stdout
    assert [] == [body for body in sent if not has_empty_prompt(body)]
    assert len(sent) > 50


def test_with_credits_no_worker_passes_the_limit(tmp_path):
    with MockServer() as server:
        run(server.url, tmp_path, max_credits=60)
        assert 940 <= server.balance("test-key") < 1000


@pytest.mark.parametrize("limit", ["", "-5", "many", "\u0665"])
def test_a_limit_that_is_no_number_sends_nothing(tmp_path, limit):
    with MockServer() as server:
        done = run(server.url, tmp_path, max_credits=limit)
        assert [] == server.requests
    message = f"GPTIMAGE2_MAX_CREDITS must be a whole number of credits, 0 or more, not {limit!r}"
    assert (True, False) == (done.returncode != 0, "Traceback" in done.stderr + done.stdout)
    assert message in done.stderr


def test_our_check_finds_what_the_command_finds(tmp_path, monkeypatch):
    with MockServer() as server:
        hook = answering(404, '{"error": "x"} {}', lambda status: status == 404)
        done = run(scenario(monkeypatch, server, poll=hook), tmp_path)
    assert (1, True) == (done.returncode, "Every response is JSON, and nothing else." in done.stdout)
