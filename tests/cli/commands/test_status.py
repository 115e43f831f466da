"""`status`: a task as it stands, in one line or as JSON."""

import pytest

from support.commandline import CommandLine
from support.scripted import reply


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against(server.url)


@pytest.fixture
def task_id(cli):
    return cli("generate", "A cup", "--model", "veo3_fast", "--no-wait").out.strip()


class TestStatus:
    def test_a_pending_task(self, cli, task_id):
        outcome = cli("status", task_id)
        assert (0, f"{task_id} PENDING\n", "") == outcome

    def test_a_completed_task(self, cli, server, task_id):
        server.clock.advance(60)
        assert f"{task_id} COMPLETED {server.cdn_url}/videos/{task_id}.mp4\n" == cli("status", task_id).out

    def test_a_failed_task_could_be_read_and_so_ends_with_0(self, cli, server):
        cli.against(server.scenario_url("failed"))
        task_id = cli("generate", "A cup", "--model", "veo3_fast", "--no-wait").out.strip()
        server.clock.advance(60)
        outcome = cli("status", task_id)
        assert 0 == outcome.code
        assert outcome.out.startswith(f"{task_id} FAILED; EMPTY_RESULT: ")
        assert outcome.out.endswith("; refunded\n")

    def test_a_failed_task_with_a_late_refund(self, cli, server):
        cli.against(server.scenario_url("failed-late-refund"))
        task_id = cli("generate", "A cup", "--model", "veo3_fast", "--no-wait").out.strip()
        server.clock.advance(60)
        assert cli("status", task_id).out.endswith("; not refunded yet\n")

    def test_json_has_every_key_and_null_for_what_is_unknown(self, cli, task_id):
        task = cli("status", task_id, "--json").object
        assert (task_id, 0, "PENDING", None, None) == (
            task["id"],
            task["status"],
            task["status_name"],
            task["video_url"],
            task["error_code"],
        )

    def test_a_status_that_is_another_word_is_its_name(self, cli, scripted):
        scripted.replies = [reply(200, {"status": "queued"})]
        task = cli.against(scripted.url)("status", "tsk_1", "--json").object
        assert (-1, "QUEUED") == (task["status"], task["status_name"])

    def test_an_unknown_number_has_no_name(self, cli, scripted):
        scripted.replies = [reply(200, {"status": 7})]
        cli.against(scripted.url)
        task = cli("status", "tsk_1", "--json").object
        assert (7, None) == (task["status"], task["status_name"])
        assert "tsk_1 UNKNOWN_7\n" == cli("status", "tsk_1").out

    def test_an_unavailable_service_ends_with_4_and_names_the_task(self, cli, scripted):
        scripted.replies = [reply(503, "<html>")]
        outcome = cli.against(scripted.url)("status", "tsk_1")
        assert (4, True) == (outcome.code, "tsk_1" in outcome.err)

    @pytest.mark.parametrize("task_id", ["../../mock/account", "a b", "tsk?x=1", "é", "-1"])
    def test_an_odd_task_id_reaches_no_other_path(self, cli, server, task_id):
        assert 3 == cli("status", "--", task_id).code
        assert {"/api/ai/tasks"} == {request.path.rpartition("/")[0] for request in server.requests}
