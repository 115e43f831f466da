"""`wait`: resuming what another command submitted."""

from pathlib import Path

import pytest

from support.commandline import CommandLine, files


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against(server.url)


@pytest.fixture
def task_id(cli):
    return cli("generate", "A cup", "--model", "veo3_fast", "--no-wait").out.strip()


class TestWait:
    def test_waits_and_saves(self, cli, task_id):
        outcome = cli("wait", task_id, "-o", "cup.mp4")
        assert (0, "cup.mp4\n") == (outcome.code, outcome.out)
        assert f"completed: {task_id}\nsaved: cup.mp4\n" == outcome.err
        assert b"ftyp" == Path("cup.mp4").read_bytes()[4:8]

    def test_a_completed_task_is_saved_at_once(self, cli, server, clock, task_id):
        server.clock.advance(60)
        assert 0 == cli("wait", task_id, "-o", "cup.mp4").code
        assert {0.0} >= set(clock.sleeps)

    def test_without_a_file_the_url_is_printed(self, cli, server, task_id):
        assert f"{server.cdn_url}/videos/{task_id}.mp4\n" == cli("wait", task_id).out

    def test_json_has_the_path(self, cli, task_id):
        task = cli("wait", task_id, "-o", "cup.mp4", "--json").object
        assert (task_id, 1, "cup.mp4") == (task["id"], task["status"], task["path"])

    def test_a_timeout_prints_the_resume_command(self, cli, task_id):
        outcome = cli("wait", task_id, "--timeout", "10", "-o", "cup.mp4")
        assert (124, "") == (outcome.code, outcome.out)
        assert f"to resume: gptimage2-video wait {task_id} -o cup.mp4" == outcome.err.splitlines()[-1]

    def test_a_failed_task_ends_with_1(self, cli, server):
        cli.against(server.scenario_url("failed"))
        task_id = cli("generate", "A cup", "--model", "veo3_fast", "--no-wait").out.strip()
        outcome = cli("wait", task_id, "-o", "cup.mp4")
        assert (1, [], False) == (outcome.code, files(), "to resume" in outcome.err)

    def test_an_existing_file_is_not_replaced(self, cli, task_id):
        Path("cup.mp4").write_text("mine")
        outcome = cli("wait", task_id, "-o", "cup.mp4")
        assert (2, "mine") == (outcome.code, Path("cup.mp4").read_text())

    def test_an_existing_file_is_replaced_when_forced(self, cli, task_id):
        Path("cup.mp4").write_text("mine")
        assert 0 == cli("wait", task_id, "-o", "cup.mp4", "--force").code

    def test_an_unknown_task_ends_with_3(self, cli):
        outcome = cli("wait", "tsk_nobody", "--json")
        assert (3, "TaskNotFound", "tsk_nobody") == (
            outcome.code,
            outcome.object["error"]["type"],
            outcome.object["error"]["task_id"],
        )
        assert "to resume" not in outcome.err

    def test_the_task_of_another_key_ends_with_3(self, cli, server, task_id):
        assert 3 == cli.against(server.url, "test-key-2")("wait", task_id).code

    def test_an_empty_id_ends_with_2(self, cli, server):
        outcome = cli("wait", "")
        assert (2, [], True) == (outcome.code, server.requests, "no task id" in outcome.err)
