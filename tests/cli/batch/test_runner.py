"""`batch run`: what becomes of the lines of a manifest, which of them are sent, and what is said of it."""

import os
import re
import sqlite3
import stat
from contextlib import closing
from importlib import util
from pathlib import Path

import pytest
from dbos import DBOS

from gptimage2_video import Journal
from gptimage2_video_cli.batch import attempt
from support.batches import Folder, refuses
from support.commandline import files

pytestmark = pytest.mark.slow

UNKNOWN = {"id": "unknown", "prompt": "A fox", "model": "wan/2-6-text-to-video"}


def is_unsent(service):
    return [] == service.posts


class TestDone:
    def test_every_video_is_saved_and_the_sums_are_printed(self, run, batch, service):
        batch.write("cup", "boat")
        outcome = run()
        assert (0, "2 lines: 2 saved\n10 credits spent, 0 refunded\n") == (outcome.code, outcome.out)
        assert ["2 to submit", "cost: about 10 credits for 2 lines", "report: videos/report.json"] == (
            outcome.err.splitlines()
        )
        assert (["boat.mp4", "cup.mp4"], {"cup", "boat"}) == (batch.videos, set(service.posts))
        assert all(b"ftyp" == Path("videos", name).read_bytes()[4:8] for name in batch.videos)

    def test_polls_go_by_the_durations_that_the_journal_has(self, run, batch, monkeypatch):
        read = []
        monkeypatch.setattr(Journal, "durations", lambda _, similar: read.append(similar.model) or [])
        batch.write("cup", "boat")
        run()
        assert {"veo3_lite"} == set(read)

    def test_run_again_it_sends_nothing(self, run, batch, service):
        batch.write("cup")
        run()
        seen = len(service.server.requests)
        outcome = run()
        assert (0, "1 done\nreport: videos/report.json\n", seen) == (
            outcome.code,
            outcome.err,
            len(service.server.requests),
        )

    def test_json_is_the_report_as_one_object(self, run, batch):
        batch.write("cup")
        result = run("--json").object
        assert result == {name: fact for name, fact in batch.report.items() if name not in ("manifest", "written_at")}

    def test_the_report_has_every_value_of_every_line(self, run, batch, service):
        batch.write("cup", {**UNKNOWN, "file": "fox.mp4"})
        run()
        found = batch.report
        cup, fox = found.pop("lines")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", found.pop("written_at"))
        assert {
            "manifest": "shots.jsonl",
            "batch": "batch",
            "base_url": service.url,
            "max_credits": None,
            "credits_committed": 5 + fox["credits_used"],
            "credits_spent": 5 + fox["credits_used"],
            "credits_refunded": 0,
            "counts": {"saved": 2},
        } == found
        assert {
            "line": 1,
            "id": "cup",
            "state": "saved",
            "running": False,
            "task_id": service.accepted["cup"][0],
            "quote": 5,
            "credits_used": 5,
            "refunded": False,
            "file": "cup.mp4",
            "exit_code": 0,
            "reason": "",
            "request": {"prompt": "cup", "model": "veo3_lite", "inputMode": "text_to_video"},
        } == cup
        assert (2, "fox.mp4", None) == (fox["line"], fox["file"], fox["quote"])

    def test_a_report_that_cannot_be_written_costs_no_video(self, run, batch):
        batch.write("cup")
        Path("videos/report.json").mkdir(parents=True)
        outcome = run()
        assert (0, ["cup.mp4"]) == (outcome.code, batch.videos)
        assert "warning: cannot write the report: Is a directory\n" in outcome.err
        assert [".batch", "cup.mp4", "report.json"] == sorted(path.name for path in Path("videos").iterdir())

    def test_the_journal_has_every_submission_and_resume_leaves_them_to_the_batch(self, cli, run, batch, service):
        service.instructions["boat"] = "poll-500-always"
        batch.write("cup", "boat")
        run("--timeout", "4")
        groups = {entry.task_id: (entry.group, entry.state) for entry in Journal().submissions()}
        group = f"the batch in {Path('videos').absolute()}"
        assert {
            service.accepted["cup"][0]: (group, "completed"),
            service.accepted["boat"][0]: (group, "pending"),
        } == groups
        assert "cup.mp4" == next(entry.path.name for entry in Journal().submissions() if entry.path)
        polls = len(service.server.requests)
        resumed = cli("resume", "--base-url", service.url)
        assert (0, polls) == (resumed.code, len(service.server.requests))

    def test_without_a_journal_it_works_as_well(self, run, batch, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")
        batch.write("cup")
        assert 0 == run().code

    @pytest.mark.skipif(os.name == "nt", reason="modes are another matter there")
    def test_only_its_owner_can_read_the_database(self, run, batch):
        batch.write("cup")
        run()
        assert 0o700 == stat.S_IMODE(batch.state.stat().st_mode)
        assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in batch.state.iterdir()}

    def test_the_key_is_nowhere(self, cli, batch, service):
        service.instructions = {"cup": "failed", "boat": "lost-reply", "fox": refuses(400)}
        batch.write("cup", "boat", "fox")
        outcome = cli(*batch.arguments("--json"))
        written = [path.read_bytes() for path in (*batch.state.iterdir(), Path("videos/report.json"), Journal().path)]
        assert [] == [text for text in (*written, outcome.out.encode(), outcome.err.encode()) if b"test-key" in text]


class TestManifest:
    def test_one_invalid_line_keeps_all_from_being_sent_and_every_invalid_one_is_named(self, run, batch, service):
        batch.write("cup", {"prompt": "A cup"}, "boat", {"prompt": "", "model": "veo3"})
        outcome = run()
        assert (2, "", True, ["shots.jsonl"]) == (outcome.code, outcome.out, is_unsent(service), files())
        first, second, last = outcome.err.splitlines()
        assert (True, True) == (
            first.startswith("error: line 2: model is"),
            second.startswith("error: line 4: the pro"),
        )
        assert "error: 2 of 4 lines are invalid; nothing was sent; fix them, or use --skip-invalid" == last

    def test_the_same_as_json(self, run, batch):
        batch.write({"prompt": "A cup"})
        assert "1 of 1 lines are invalid" in run("--json").object["error"]["message"]

    def test_very_many_mistakes_are_counted(self, run, batch):
        batch.write(*[{"prompt": "A cup"}] * 130)
        assert ["… and 30 more"] == run().err.splitlines()[100:101]

    def test_skip_invalid_sends_the_valid_ones_and_ends_with_2(self, run, batch, service):
        batch.write("cup", {"prompt": "A cup"})
        assert (2, ["cup"], {"cup": "saved"}) == (run("--skip-invalid").code, service.posts, batch.states)

    def test_without_a_valid_line_there_is_nothing_to_do(self, run, batch):
        batch.write({"prompt": "A cup"})
        assert "error: shots.jsonl has no valid line; nothing was sent\n" in run("--skip-invalid").err

    @pytest.mark.parametrize(
        ("content", "why"),
        [(b"\xff\xfe", "shots.jsonl cannot be read: 'utf-8' codec"), (None, "'shots.jsonl' does not exist")],
    )
    def test_a_file_that_cannot_be_read_is_an_error(self, run, service, content, why):
        if content:
            Path("shots.jsonl").write_bytes(content)
        outcome = run()
        assert (2, True, True) == (outcome.code, why in outcome.err, is_unsent(service))

    def test_csv_works_as_well(self, cli, batch):
        Path("shots.csv").write_text("prompt,model,id\nA cup,veo3_lite,cup\n")
        assert 0 == cli("batch", "run", "shots.csv", "--out", "videos", *batch.arguments()[5:]).code
        assert ["cup.mp4"] == batch.videos

    def test_added_lines_are_sent_and_removed_ones_that_were_not_accepted_are_forgotten(self, run, batch, service):
        service.instructions["boat"] = refuses(400)
        batch.write("cup", "boat")
        assert 3 == run().code
        batch.write("fox", "cup")
        assert 0 == run().code
        assert (["boat", "cup", "fox"], {"fox": "saved", "cup": "saved"}) == (sorted(service.posts), batch.states)

    def test_a_line_that_left_and_is_back_is_sent(self, run, batch, service):
        """The work queue has made an attempt of the same name already."""
        service.instructions["boat"] = refuses(400)
        for rows in (("cup", "boat"), ("cup",), ("cup", "boat")):
            batch.write(*rows)
            outcome = run()
            service.instructions = {}
        assert (0, {"cup": "saved", "boat": "saved"}) == (outcome.code, batch.states)

    def test_a_removed_line_that_was_accepted_is_kept(self, run, batch):
        batch.write("cup", "boat")
        run()
        batch.write("boat")
        assert (0, {"cup": "saved", "boat": "saved"}) == (run().code, batch.states)

    def test_an_edited_line_that_was_accepted_is_refused(self, run, batch, service):
        batch.write("cup")
        run()
        batch.write({"id": "cup", "prompt": "A blue cup", "model": "veo3_lite"}, "boat")
        outcome = run()
        assert (2, ["cup"]) == (outcome.code, service.posts)
        assert "error: line 1: cup was submitted already with another request; give it another id\n" in outcome.err

    def test_an_edited_line_that_was_refused_is_sent_as_it_is_now(self, run, batch, service):
        service.instructions["cup"] = refuses(400)
        batch.write("cup")
        run()
        batch.write({"id": "cup", "prompt": "A blue cup", "model": "veo3_lite", "file": "blue.mp4"})
        assert (0, ["cup", "A blue cup"], ["blue.mp4"]) == (run().code, service.posts, batch.videos)


class TestBeforeSubmitting:
    @pytest.fixture(autouse=True)
    def _manifest(self, batch):
        batch.write("cup", "boat")

    def test_a_dry_run_needs_no_key_and_leaves_nothing(self, run, service, monkeypatch):
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        outcome = run("--dry-run")
        assert (0, "2 valid lines, 0 invalid\n") == (outcome.code, outcome.out)
        assert ("cost: about 10 credits for 2 lines\n", True, ["shots.jsonl"]) == (
            outcome.err,
            [] == service.server.requests,
            files(),
        )

    def test_a_dry_run_as_json(self, run):
        expected = {
            "valid_lines": 2,
            "invalid_lines": 0,
            "quote": 10,
            "by_model": [{"model": "veo3_lite", "lines": 2, "credits": 10, "unpriced_lines": 0}],
            "dearest": [{"line": 1, "credits": 5}, {"line": 2, "credits": 5}],
            "affordable_lines": None,
        }
        assert expected == run("--dry-run", "--json").object
        assert 1 == run("--dry-run", "--json", "--max-credits", "9").object["affordable_lines"]

    def test_a_dry_run_tells_the_cost_by_model_the_dearest_lines_and_what_the_budget_buys(self, run, batch):
        batch.write(*({"prompt": "A cup", "model": model} for model in ("veo3_lite", "veo3", "veo3_fast")))
        told = run("--dry-run", "--max-credits", "20").err.splitlines()
        assert [
            "  veo3_lite  about 5 credits for 1 lines",
            "  veo3       about 63 credits for 1 lines",
            "  veo3_fast  about 9 credits for 1 lines",
            "dearest: line 2 (63 credits), line 3 (9 credits), line 1 (5 credits)",
            "20 credits buy 2 of 3 lines",
        ] == told[-5:]

    def test_a_dry_run_ends_as_the_run_would_at_once(self, run, batch):
        batch.write("cup", {"prompt": "A cup"}, UNKNOWN)
        assert [2, 2, 2] == [run("--dry-run", *more).code for more in ((), ("--skip-invalid",), ("--max-credits", "9"))]
        outcome = run("--dry-run", "--skip-invalid", "--max-credits", "9")
        assert "error: line 3: a budget is set and the price of this line is unknown\n" in outcome.err
        outcome = run("--dry-run", "--skip-invalid", "--max-credits", "4", "--allow-unknown-price")
        assert "warning: the budget does not cover all lines; those over budget are not sent\n" in outcome.err
        assert "cost: about 5 credits for 1 lines, and 1 of unknown price\n" in outcome.err

    def test_a_dry_run_names_a_hundred_lines_without_a_price_and_counts_the_others(self, run, batch):
        batch.write(*({**UNKNOWN, "id": f"fox-{number}"} for number in range(130)))
        outcome = run("--dry-run", "--max-credits", "9")
        result = [line for line in outcome.err.splitlines() if "price of this line is unknown" in line]
        assert (2, 100, True) == (outcome.code, len(result), "error: line 100: " in result[-1])
        assert ["… and 30 more", "error: 130 lines cannot be sent; nothing was sent"] == outcome.err.splitlines()[-2:]

    @pytest.mark.parametrize("key", [None, "", "two words"])
    def test_without_a_key_nothing_is_made(self, run, monkeypatch, key):
        monkeypatch.delenv("GPTIMAGE2_API_KEY") if key is None else monkeypatch.setenv("GPTIMAGE2_API_KEY", key)
        outcome = run()
        assert (2, True, ["shots.jsonl"]) == (outcome.code, "API key" in outcome.err, files())

    def test_a_file_that_exists_is_not_overwritten(self, run, service):
        Path("videos").mkdir()
        Path("videos/boat.mp4").write_text("mine")
        outcome = run()
        assert (2, True, "mine") == (outcome.code, is_unsent(service), Path("videos/boat.mp4").read_text())
        assert "error: line 2: videos/boat.mp4 exists already; nothing is overwritten\n" in outcome.err
        assert "error: 1 lines cannot be sent; nothing was sent\n" in outcome.err

    def test_a_batch_belongs_to_one_service(self, run, service, cli):
        run()
        outcome = cli.against(service.server.url)(*Folder().arguments())
        assert (2, 2) == (outcome.code, len(service.posts))
        assert f"this batch was begun at {service.url}, and this is {service.server.url}" in outcome.err

    @pytest.mark.parametrize(
        ("arguments", "why"),
        [
            (("--name", "shots"), "--name requires --database"),
            (("--rate", "0"), "0 is not a number above 0"),
            (("--rate", "nan"), "nan is not a number above 0"),
            (("--concurrency", "0"), "0 is not in the range"),
            (("--max-credits", "-1"), "-1 is not in the range"),
            (("--timeout", "0"), "0 is not a number above 0"),
            (("--out", "shots.jsonl"), "'shots.jsonl' is a file"),
            (("--out", "shots.jsonl/videos"), "shots.jsonl/videos cannot be made"),
            (("--database", "mysql://me@db/videos"), "--database takes a postgresql:// URL"),
            (("--database", "no url"), "--database is not a URL"),
        ],
    )
    def test_what_cannot_work_is_refused_and_nothing_sent(self, run, service, arguments, why):
        outcome = run(*arguments)
        assert (2, True, True) == (outcome.code, why in outcome.err.replace("\n", " "), is_unsent(service)), outcome.err

    @pytest.mark.parametrize(("spoiled", "why"), [("videos/.batch", "File exists"), ("videos/.batch/lock.db", "")])
    def test_a_folder_without_a_usable_database_is_an_error_in_one_sentence(self, run, service, spoiled, why):
        Path(spoiled).parent.mkdir(parents=True)
        Path(spoiled).write_text("this is neither a folder nor a database" * 100)
        outcome = run()
        assert (2, 1, True) == (outcome.code, len(outcome.err.splitlines()), is_unsent(service))
        assert f"error: cannot write the batch database: {why}" in outcome.err

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
    def test_a_folder_that_is_not_writable_is_an_error(self, run):
        Path("videos").mkdir(mode=0o500)
        assert "error: cannot write the batch database: Permission denied" in run().err

    def test_a_file_that_is_no_database_is_an_error_and_left_as_it_is(self, run, batch, service):
        batch.state.mkdir(parents=True)
        Path(batch.state, "batch.db").write_text("this is no database\n" * 100)
        outcome = run()
        assert (2, True) == (outcome.code, is_unsent(service))
        assert "error: cannot write the batch database: file is not a database\n" == outcome.err
        assert "this " == Path(batch.state, "batch.db").read_text()[:5]

    def test_without_the_extra_there_is_one_clear_sentence(self, cli, batch, monkeypatch):
        find = util.find_spec
        monkeypatch.setattr(
            "gptimage2_video_cli.commands.batch.find_spec", lambda name: None if name == "dbos" else find(name)
        )
        for arguments in (batch.arguments(), ("batch", "status", ".")):
            outcome = cli(*arguments)
            assert (2, "error: batches need more packages: pip install 'gptimage2-video[batch]'\n") == (
                outcome.code,
                outcome.err,
            )


class TestUnexpected:
    def test_an_error_of_the_program_ends_the_run_at_once_and_the_next_one_goes_on(
        self, run, batch, service, monkeypatch
    ):
        """At once: DBOS would wait ten seconds for the attempts that it has begun."""
        waited, destroy = [], DBOS.destroy

        def fail(*_):
            raise ZeroDivisionError("bug")

        batch.write(*(f"cup-{number}" for number in range(40)))
        with monkeypatch.context() as broken:
            broken.setattr(attempt.LineRecorder, "write", fail)
            broken.setattr(DBOS, "destroy", lambda **options: (waited.append(options), destroy(**options)))
            outcome = run()
        assert (70, True) == (outcome.code, is_unsent(service))
        assert [{"workflow_completion_timeout_sec": 0}] == waited
        assert "error: unexpected ZeroDivisionError: bug; please report" == outcome.err.splitlines()[-1]
        assert 4 == len(outcome.err.splitlines()), "nothing of DBOS's own"
        assert (0, 40) == (run("--concurrency", "40").code, len(service.posts))

    def test_a_database_that_fails_meanwhile_ends_the_run_and_the_next_one_goes_on(self, run, batch, service):
        batch.write("cup", "boat")
        run("--max-credits", "0")
        full = "BEFORE UPDATE OF saved ON gptimage2_lines WHEN new.saved"
        with closing(sqlite3.connect(batch.state / "batch.db")) as database:
            database.execute(f"CREATE TRIGGER full {full} BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
        outcome = run("--max-credits", "10")
        assert (6, 2, 1) == (outcome.code, len(service.posts), outcome.err.count("error:"))
        result = "error: cannot write the batch database: database or disk is full; run it again to continue\n"
        assert result in outcome.err
        with closing(sqlite3.connect(batch.state / "batch.db")) as database:
            database.execute("DROP TRIGGER full")
        assert (0, 2, {"saved": 2}) == (run().code, len(service.posts), batch.report["counts"])
