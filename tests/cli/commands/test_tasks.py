"""`tasks`: every submission in the journal, and what they cost."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gptimage2_video import Journal, Task, TaskStatus
from gptimage2_video.journal import SubmissionRecord, SubmissionState
from support.commandline import CommandLine
from support.scripted import reply

VEO = ("generate", "A cup", "--model", "veo3_fast")
SERVICE, MOCK = "https://example.com", "http://127.0.0.1:9"


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """Without a key: to list takes none."""
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch)


@pytest.fixture
def add():
    """Records a submission as a client would, and its outcome."""
    journal = Journal()

    def write(name, state, task=None, *, base_url=SERVICE, quote=9, reason="", target=None, prompt="A cup"):
        request = {"prompt": prompt, "model": "veo3_fast", "inputMode": "text_to_video"}
        sent = SubmissionRecord(SubmissionState.SENDING, base_url, name, request, quote, target)
        journal.write(sent)
        if state in (SubmissionState.COMPLETED, SubmissionState.FAILED):
            journal.write(
                sent.with_state(SubmissionState.PENDING, task=Task(task.id, TaskStatus.PENDING, credits_used=9))
            )
            journal.write(SubmissionRecord(state, base_url, task=task))
        elif state != SubmissionState.SENDING:
            journal.write(sent.with_state(state, task=task, reason=reason))

    yield write
    journal.close()


@pytest.fixture
def one_of_each(add):
    add("e1", SubmissionState.COMPLETED, Task("tsk_1", TaskStatus.COMPLETED, path=Path("/videos/1.mp4")))
    add("e2", SubmissionState.FAILED, Task("tsk_2", TaskStatus.FAILED, refunded=True, error_code="EMPTY_RESULT"))
    add("e3", SubmissionState.FAILED, Task("tsk_3", TaskStatus.FAILED, refunded=False))
    add("e4", SubmissionState.REFUSED, reason="the API refused the request (403)")
    add("e5", SubmissionState.UNCERTAIN, reason="the connection broke")
    add("e6", SubmissionState.SENDING, quote=None)
    add("e7", SubmissionState.PENDING, Task("tsk_7", TaskStatus.PENDING, credits_used=9), target=Path("/videos/7.mp4"))
    add(
        "e8",
        SubmissionState.COMPLETED,
        Task("tsk_8", TaskStatus.COMPLETED),
        target=Path("/videos/8.mp4"),
        base_url=MOCK,
    )


def names(outcome):
    return [task["submission_id"] for task in outcome.object["tasks"]]


class TestText:
    def test_a_line_for_each_oldest_first_and_a_total_for_each_service(self, cli, one_of_each):
        outcome = cli("tasks")
        lines = [line.split("  ") for line in outcome.out.splitlines()]
        cup = ["veo3_fast", '"A cup"']
        assert (0, f"journal: {os.environ['GPTIMAGE2_JOURNAL']}\n") == (outcome.code, outcome.err)
        assert [
            ["completed", "9 credits", "tsk_1", *cup, "/videos/1.mp4"],
            ["failed, refunded (EMPTY_RESULT)", "9 credits", "tsk_2", *cup],
            ["failed, not refunded yet", "9 credits", "tsk_3", *cup],
            ["refused (the API refused the request (403))", "about 9 credits", "no task", *cup],
            ["uncertain (the connection broke)", "about 9 credits", "no task", *cup],
            ["sending", "price unknown", "no task", *cup],
            ["pending", "9 credits", "tsk_7", *cup, "/videos/7.mp4"],
            ["completed, not saved", "9 credits", "tsk_8", *cup, "/videos/8.mp4"],
        ] == [line[1:] for line in lines[:8]]
        warning = "; 2 uncertain, of about 9 credits: look in the dashboard"
        assert [
            f"{SERVICE}: 7 submissions, 36 credits spent, 9 refunded{warning}",
            f"{MOCK}: 1 submission, 9 credits spent, 0 refunded",
        ] == ["  ".join(line) for line in lines[8:]]

    def test_a_failure_whose_refund_is_unknown(self, cli, add):
        add("e1", SubmissionState.FAILED, Task("tsk_1", TaskStatus.FAILED))
        assert "  failed  9 credits  tsk_1  " in cli("tasks").out

    @pytest.mark.parametrize("words", [(), ("--pending",), ("--uncertain", "--last", "3")])
    def test_an_empty_journal(self, cli, words):
        assert (0, "no tasks\n") == cli("tasks", *words)[:2]

    @pytest.mark.parametrize(("length", "shown"), [(40, "x" * 40), (41, "x" * 39 + "…")])
    def test_a_long_prompt_is_cut(self, cli, add, length, shown):
        add("e1", SubmissionState.SENDING, prompt="x" * length)
        assert f'"{shown}"' in cli("tasks").out

    def test_nothing_controls_the_terminal_or_forges_a_line(self, cli, add):
        add("e1", SubmissionState.UNCERTAIN, prompt="A\x1b[2Jcup\nand\rmore", reason="of\x07 the\nservice")
        line, total = cli("tasks").out.splitlines()
        assert '"A\ufffd[2Jcup and\ufffdmore"' in line
        assert "uncertain (of\ufffd the service)" in line
        assert total.startswith(SERVICE)

    def test_a_file_name_that_is_no_text_is_shown_all_the_same(self, cli, add):
        add("e1", SubmissionState.SENDING, target=Path(os.fsdecode(b"/videos/\xff.mp4")))
        assert cli("tasks").out.splitlines()[0].endswith("/videos/\ufffd.mp4")
        assert 0 == cli("tasks", "--json").code


class TestSelection:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ((), ["e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8"]),
            (("--pending",), ["e3", "e7", "e8"]),
            (("--uncertain",), ["e5", "e6"]),
            (("--pending", "--uncertain"), ["e3", "e5", "e6", "e7", "e8"]),
            (("--last", "2"), ["e7", "e8"]),
            (("--last", "100"), ["e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8"]),
            (("--pending", "--last", "1"), ["e8"]),
        ],
    )
    def test_the_selected_ones(self, cli, one_of_each, words, expected):
        assert expected == names(cli("tasks", "--json", *words))

    def test_the_totals_are_of_the_selected_ones(self, cli, one_of_each):
        totals = cli("tasks", "--json", "--uncertain").object["totals"]
        assert {SERVICE: {"spent": 0, "refunded": 0, "uncertain": 9}} == totals

    @pytest.mark.parametrize("number", ["0", "-1", "many"])
    def test_an_invalid_number(self, cli, number):
        assert 2 == cli("tasks", "--last", number).code


class TestJson:
    def test_every_key_and_null_for_what_is_unknown(self, cli, one_of_each):
        outcome = cli("tasks", "--json")
        result = outcome.object
        assert os.environ["GPTIMAGE2_JOURNAL"] == result["journal"]
        first, sending = result["tasks"][0], result["tasks"][5]
        assert {
            "submission_id": "e1",
            "state": "completed",
            "base_url": SERVICE,
            "request": {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"},
            "quote": 9,
            "target": None,
            "task_id": "tsk_1",
            "credits_used": 9,
            "refunded": None,
            "reason": "",
            "path": "/videos/1.mp4",
            "group": "",
            "uncertain": False,
            "unfinished": False,
        } == {name: value for name, value in first.items() if not name.endswith("_at")}
        assert first["sent_at"].endswith("+00:00")
        assert (None, None, True) == (sending["quote"], sending["task_id"], sending["uncertain"])
        assert {"spent": 36, "refunded": 9, "uncertain": 9} == result["totals"][SERVICE]

    def test_an_empty_journal(self, cli):
        assert {"journal": os.environ["GPTIMAGE2_JOURNAL"], "tasks": [], "totals": {}} == cli("tasks", "--json").object


class TestUnusable:
    def test_a_journal_that_is_off_is_reported(self, cli, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")
        outcome = cli("tasks")
        assert (2, "") == (outcome.code, outcome.out)
        assert "Error: GPTIMAGE2_JOURNAL is off: no submissions are recorded" == outcome.err.splitlines()[-1]

    @pytest.mark.parametrize("words", [("tasks",), ("resume",)])
    def test_a_journal_that_cannot_be_read_ends_with_2(self, cli, monkeypatch, tmp_path, words):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", str(tmp_path))
        outcome = cli.against(SERVICE)(*words, "--json")
        assert (2, "JournalFailed", str(tmp_path)) == (
            outcome.code,
            outcome.object["error"]["type"],
            outcome.object["error"]["path"],
        )
        assert f"error: the journal {tmp_path} cannot be used: " in outcome.err


class TestRecorded:
    """The command line keeps a journal unless it is told not to."""

    def test_what_is_submitted_is_listed(self, cli, server):
        task_id = cli.against(server.url)(*VEO, "--no-wait").out.strip()
        (task,) = cli("tasks", "--json").object["tasks"]
        assert (task_id, "pending", server.url) == (task["task_id"], task["state"], task["base_url"])

    def test_an_interrupted_submission_is_uncertain_and_a_refused_one_is_not(self, cli, server):
        assert 5 == cli.against(server.scenario_url("lost-reply"))(*VEO).code
        assert 3 == cli.against(server.scenario_url("submit-403"))(*VEO).code
        assert ["uncertain", "refused"] == [task["state"] for task in cli("tasks", "--json").object["tasks"]]

    def test_nothing_is_written_where_it_is_off(self, cli, server, monkeypatch, tmp_path):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")
        assert 0 == cli.against(server.url)(*VEO, "--no-wait").code
        assert [] == list(tmp_path.iterdir())

    def test_a_dry_run_is_no_submission(self, cli):
        assert 0 == cli(*VEO, "--dry-run").code
        assert "no tasks\n" == cli("tasks").out

    def test_without_a_journal_that_works_nothing_is_sent(self, cli, server, monkeypatch, tmp_path):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", str(tmp_path))
        outcome = cli.against(server.url)(*VEO)
        assert (2, "", []) == (outcome.code, outcome.out, server.requests)
        assert outcome.err.startswith(f"error: the journal {tmp_path} cannot be used: ")
        assert outcome.err.endswith("; fix that, or name another file for it\n")

    def test_a_journal_that_fails_later_is_a_warning_and_costs_no_video(self, cli, scripted):
        class Spoiling(list):
            def append(self, seen):
                super().append(seen)
                if len(self) == 1:
                    with closing(sqlite3.connect(os.environ["GPTIMAGE2_JOURNAL"])) as database:
                        database.execute("DROP TABLE submissions")

        scripted.seen = Spoiling()
        scripted.replies = [
            reply(200, {"taskId": "tsk_1", "creditsUsed": 9}),
            reply(200, {"status": 1, "videoUrl": f"{scripted.url}/v.mp4"}),
            reply(200, b"video" * 100, Content_Type="video/mp4"),
        ]
        outcome = cli.against(scripted.url)(*VEO, "-o", "cup.mp4")
        assert (0, "cup.mp4\n") == outcome[:2]
        warnings = [line for line in outcome.err.splitlines() if line.startswith("warning: ")]
        warning = f"warning: the journal {os.environ['GPTIMAGE2_JOURNAL']} cannot be used: no such table: submissions"
        assert [f"{warning}; fix that, or name another file for it"] * 3 == warnings
        assert b"video" * 100 == Path("cup.mp4").read_bytes()
