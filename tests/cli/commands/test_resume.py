"""`resume`: wait for every unfinished task at once, and download the videos."""

import os
import re
import signal
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from gptimage2_video import Journal, Task, TaskStatus, VideoClient
from gptimage2_video.journal import SubmissionRecord, SubmissionState
from gptimage2_video_mock import MockServer
from support.clients import ClientUnderTest
from support.commandline import CommandLine, files, spawn
from support.scripted import reply

pytestmark = pytest.mark.slow

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
VIDEO = bytes(range(256)) * 40


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """Two folders below the one that is searched, so that a file name with `../` would be found."""
    folder = tmp_path / "videos" / "new"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def cli(server, capsys, monkeypatch, folder):
    return CommandLine(capsys, monkeypatch).against(server.url)


@pytest.fixture
def submit(clients, server):
    """Submits as a program would that was interrupted before it saved."""

    def run(target=None, scenario=None):
        journal = Journal()
        url = server.scenario_url(scenario) if scenario else server.url
        task = clients(base_url=url).submit(VEO)
        sent = SubmissionRecord(SubmissionState.SENDING, url, task.id, VEO, 9, Path(target) if target else None)
        journal.write(sent)
        journal.write(sent.with_state(SubmissionState.PENDING, task=task))
        journal.close()
        return task.id

    return run


@pytest.fixture
def clients(server):
    with ExitStack() as stack:
        yield ClientUnderTest("sync", server.url, stack)


def record_pending(url, task_id, submission_id="e1", target=None, group=""):
    """Record a task that was submitted to no server."""
    with closing(Journal()) as journal:
        sent = SubmissionRecord(SubmissionState.SENDING, url, submission_id, VEO, 9, target, group=group)
        journal.write(sent)
        journal.write(sent.with_state(SubmissionState.PENDING, task=Task(task_id, TaskStatus.PENDING, credits_used=9)))


def states():
    with closing(Journal()) as journal:
        return [str(submission.state) for submission in journal.submissions()]


def is_video(path):
    return Path(path).read_bytes()[4:8] == b"ftyp"


class TestSaved:
    def test_to_the_target_of_each(self, cli, submit, folder):
        Path("other").mkdir()
        for target in ("cup.mp4", "other/cup.mp4"):
            submit(target)
        outcome = cli("resume")
        assert (0, f"{folder}/cup.mp4\n{folder}/other/cup.mp4\n2 saved\n") == outcome[:2]
        assert "pending tasks: 2\n" in outcome.err
        assert all(map(is_video, ("cup.mp4", "other/cup.mp4")))
        assert (0, "nothing is pending\n", "") == cli("resume")

    def test_under_the_task_id_where_there_is_no_target(self, cli, submit):
        task_id = submit()
        assert (0, f"{task_id}.mp4\n1 saved\n") == cli("resume")[:2]
        assert [f"{task_id}.mp4"] == files()

    def test_a_task_submitted_with_no_wait_is_downloaded(self, cli):
        task_id = cli("generate", "A cup", "--model", "veo3_fast", "--no-wait").out.strip()
        cli("resume")
        assert is_video(f"{task_id}.mp4")

    def test_all_in_one_folder_that_is_made(self, cli, submit):
        submit("cup.mp4")
        task_id = submit()
        assert (0, f"videos/cup.mp4\nvideos/{task_id}.mp4\n2 saved\n") == cli("resume", "--out", "videos")[:2]
        assert ["videos"] == files()

    def test_a_completed_video_that_was_never_saved(self, cli, server, submit, clients):
        task_id = submit("cup.mp4")
        server.clock.advance(60)
        with closing(Journal()) as journal:
            clients(journal=journal).get(task_id)
        assert (["completed"], 0) == (states(), cli("resume").code)
        assert is_video("cup.mp4")

    def test_all_are_waited_for_at_once(self, cli, submit, clock):
        for number in range(60):
            submit(f"{number}.mp4")
        before = clock.seconds
        assert 0 == cli("resume").code
        assert 60 == len(files())
        assert clock.seconds - before < 60 * 60

    def test_the_journal_has_the_path(self, cli, submit, folder):
        submit("cup.mp4")
        cli("resume")
        (task,) = cli("tasks", "--json").object["tasks"]
        assert ("completed", f"{folder}/cup.mp4") == (task["state"], task["path"])


class TestNothingIsReplaced:
    def test_beside_a_file_that_is_there(self, cli, submit):
        Path("cup.mp4").write_text("mine")
        task_id = submit("cup.mp4")
        assert 0 == cli("resume").code
        assert ["cup-" + task_id + ".mp4", "cup.mp4"] == files()
        assert ("mine", True) == (Path("cup.mp4").read_text(), is_video(f"cup-{task_id}.mp4"))

    @pytest.mark.skipif(os.name == "nt", reason="links are another matter there")
    def test_beside_a_link_that_leads_nowhere(self, cli, submit):
        Path("cup.mp4").symlink_to("/nowhere/at/all.mp4")
        task_id = submit("cup.mp4")
        assert 0 == cli("resume").code
        assert is_video(f"cup-{task_id}.mp4")

    def test_two_with_one_target_are_saved_beside_each_other(self, cli, submit):
        submit("cup.mp4")
        second = submit("cup.mp4")
        assert 0 == cli("resume").code
        assert sorted(["cup.mp4", f"cup-{second}.mp4"]) == files()

    def test_two_of_one_name_in_one_folder_are_saved_beside_each_other(self, cli, submit):
        submit("a/cup.mp4")
        second = submit("b/cup.mp4")
        assert 0 == cli("resume", "--out", ".").code
        assert sorted(["cup.mp4", f"cup-{second}.mp4"]) == files()

    @pytest.mark.parametrize("task_id", ["../../x", "/x", "..", "a/b", "a\\b", "tsk 1", "é"])
    def test_a_hostile_task_id_does_not_leave_the_folder(self, cli, scripted, folder, task_id):
        scripted.replies = [
            reply(200, {"status": 1, "videoUrl": f"{scripted.url}/v.mp4"}),
            reply(200, VIDEO, Content_Type="video/mp4"),
        ]
        record_pending(scripted.url, task_id)
        assert 0 == cli.against(scripted.url)("resume").code
        (name,) = files()
        assert re.fullmatch(r"[\w-]+\.mp4", name)
        assert [folder / name] == [path for path in folder.parents[1].rglob("*") if path.is_file()]


class TestFailures:
    def test_a_failed_task_ends_with_1_and_costs_the_others_nothing(self, cli, server, submit):
        cli.against(server.scenario_url("failed"))
        task_id = submit("cup.mp4", scenario="failed")
        outcome = cli("resume")
        assert (1, "0 saved, 1 not saved\n", []) == (outcome.code, outcome.out, files())
        assert f"error: task {task_id} failed (EMPTY_RESULT" in outcome.err
        assert (0, "nothing is pending\n", "") == cli("resume")

    def test_a_timeout_ends_with_124_and_may_be_tried_again(self, cli, submit):
        task_id = submit("cup.mp4")
        outcome = cli("resume", "--timeout", "10")
        assert (124, "0 saved, 1 not saved\n", []) == (outcome.code, outcome.out, files())
        assert f"error: task {task_id} is still pending after " in outcome.err
        assert 0 == cli("resume").code

    def test_the_highest_code_is_that_of_all(self, cli, scripted, server):
        scripted.replies = [reply(404)]
        record_pending(scripted.url, "tsk_1", target=Path("cup.mp4"))
        record_pending(scripted.url, "tsk_2", "e2", target=Path("no/such/folder/cup.mp4"))
        assert 3 == cli.against(scripted.url)("resume").code

    def test_a_missing_folder_costs_the_others_nothing(self, cli, submit):
        submit("gone/cup.mp4")
        submit("cup.mp4")
        outcome = cli("resume")
        assert (2, ["cup.mp4"]) == (outcome.code, files())
        assert "gone/cup.mp4: No such file or directory" in outcome.err
        assert 0 == cli("resume", "--out", "videos").code

    def test_a_download_that_fails_ends_with_6(self, cli, server, submit):
        cli.against(server.scenario_url("download-reset-always"))
        submit("cup.mp4", scenario="download-reset-always")
        assert (6, []) == (cli("resume").code, files())

    def test_without_a_key_nothing_is_sent(self, cli, submit, monkeypatch):
        submit("cup.mp4")
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        outcome = cli("resume")
        assert (2, "", []) == (outcome.code, outcome.out, files())
        assert outcome.err.startswith("error: there is no API key; set GPTIMAGE2_API_KEY")

    def test_a_journal_that_is_off_is_reported(self, cli, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")
        outcome = cli("resume")
        assert (2, "") == (outcome.code, outcome.out)
        assert "Error: GPTIMAGE2_JOURNAL is off: no submissions are recorded" == outcome.err.splitlines()[-1]

    def test_a_folder_that_cannot_be_made_ends_with_2(self, cli, submit, server):
        submit("cup.mp4")
        Path("notes").write_text("mine")
        before = len(server.requests)
        assert (2, before) == (cli("resume", "--out", "notes/videos").code, len(server.requests))


class TestLeftAlone:
    def test_tasks_of_another_service_are_counted_and_its_base_url_named(self, cli, server, submit):
        submit("cup.mp4")
        for number in (1, 2):
            record_pending("https://example.com", f"tsk_{number}", f"e{number}")
        outcome = cli("resume")
        assert 0 == outcome.code
        assert "2 more at https://example.com: use --base-url https://example.com\n" in outcome.err
        assert {"/api/ai/tasks", "/api/ai/video"} >= {
            seen.path.rpartition("/")[0] for seen in server.requests if seen.side == "api"
        }

    def test_tasks_of_a_group_are_left_to_it(self, cli, server):
        for number in (1, 2):
            record_pending(server.url, f"tsk_{number}", f"e{number}", group="the batch films.csv")
        note = "the batch films.csv: run it again to continue\n"
        assert (0, "nothing is pending\n", note) == cli("resume")
        assert ([], ["pending", "pending"]) == (server.requests, states())

    def test_a_submission_without_a_task_is_nothing_to_wait_for(self, cli, server):
        with closing(Journal()) as journal:
            journal.write(SubmissionRecord(SubmissionState.SENDING, server.url, "e1", VEO, 9))
        assert (0, "nothing is pending\n", "") == cli("resume")
        assert ["sending"] == states()

    def test_an_empty_journal(self, cli):
        assert (0, "nothing is pending\n", "") == cli("resume")


class TestJson:
    def test_a_task_for_each_saved_or_not(self, cli, scripted):
        scripted.replies = [reply(200, {"status": 2, "errorCode": "EMPTY_RESULT", "creditsRefunded": True})]
        record_pending(scripted.url, "tsk_1", target=Path("cup.mp4"))
        outcome = cli.against(scripted.url)("resume", "--json")
        (task,) = outcome.object["tasks"]
        assert (1, "tsk_1", "TaskFailed", True) == (
            outcome.code,
            task["id"],
            task["error"]["type"],
            task["error"]["refunded"],
        )

    def test_the_path_of_what_is_saved(self, cli, submit, folder):
        task_id = submit("cup.mp4")
        (task,) = cli("resume", "--json").object["tasks"]
        assert (task_id, 1, f"{folder}/cup.mp4") == (task["id"], task["status"], task["path"])

    def test_nothing_is_pending(self, cli):
        assert {"tasks": []} == cli("resume", "--json").object


class TestInterrupted:
    @pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_it_ends_with_130_leaves_no_half_file_and_a_second_one_finishes(self, capsys, monkeypatch, folder, number):
        with MockServer() as server:
            with closing(Journal()) as journal, VideoClient("test-key", base_url=server.url, journal=journal) as client:
                client.submit(VEO)
            with spawn("resume", "--poll-interval", "0.01", url=server.url) as process:
                assert "pending tasks: 1\n" == process.stderr.readline()
                process.send_signal(number)
                message = process.stderr.read()
                assert 130 == process.wait()
            assert message.startswith("error: interrupted; ")
            assert ([], ["pending"]) == (files(), states())
            server.clock.advance(60)
            cli = CommandLine(capsys, monkeypatch).against(server.url)
            assert 0 == cli("resume").code
            assert (1, ["debit"]) == (len(files()), [entry.kind for entry in server.ledger("test-key")])

    def test_it_says_that_all_of_it_is_still_pending(self, cli, submit, monkeypatch):
        async def interrupt(*_):
            signal.raise_signal(signal.SIGINT)

        submit("cup.mp4")
        monkeypatch.setattr("gptimage2_video.transport.clock.async_sleep", interrupt)
        outcome = cli("resume")
        assert (130, "", []) == (outcome.code, outcome.out, files())
        assert "error: interrupted; unsaved tasks are still pending: run this again\n" in outcome.err
