"""`doctor`: what is set up, one line each; the exit code says whether something is in the way; no secret is shown."""

import importlib.metadata
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from gptimage2_video import Journal, __version__
from support.commandline import CommandLine
from support.scripted import reply

KEY = "a-real-key"


@pytest.fixture
def doctor(capsys, monkeypatch, tmp_path, server):
    monkeypatch.chdir(tmp_path)
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    command = CommandLine(capsys, monkeypatch).against(server.url)
    return lambda *words: command("doctor", *words)


def about(outcome, name):
    """The state and the words of each finding about something."""
    return [(found["state"], found["message"]) for found in outcome.object["findings"] if found["name"] == name]


def test_where_all_is_well_it_says_so_line_by_line_and_exits_with_0(doctor, server):
    outcome = doctor()
    lines = dict(line.split(maxsplit=2)[1:] for line in outcome.out.splitlines())
    assert (0, "", {"ok"}) == (outcome.code, outcome.err, {line.split()[0] for line in outcome.out.splitlines()})
    assert lines["version"].startswith(f"gptimage2-video {__version__}, Python 3.")
    assert "GPTIMAGE2_API_KEY is set" == lines["key"]
    assert f"{server.url} answers, and takes the key" == lines["service"]
    assert "as the service's, within a minute" == lines["clock"]
    assert lines["journal"].endswith(".db, 0 submissions")
    assert {"installed"} == {words for name, words in lines.items() if name.startswith("[")}


def test_it_submits_nothing(doctor, server):
    doctor()
    assert ["GET"] == [seen.method for seen in server.requests]


class TestKey:
    def test_without_one_the_service_is_still_tried(self, doctor, monkeypatch, server):
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        outcome = doctor("--json")
        assert 1 == outcome.code
        assert ["error"] == [state for state, _ in about(outcome, "key")]
        assert [("ok", f"{server.url} answers")] == about(outcome, "service")

    def test_an_unfit_one_is_told_without_being_shown(self, doctor, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", f"{KEY}\n")
        outcome = doctor("--json")
        assert (1, "error", False) == (outcome.code, about(outcome, "key")[0][0], KEY in outcome.out)

    def test_one_that_the_service_refuses(self, doctor, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", KEY)
        outcome = doctor("--json")
        assert (1, True) == (outcome.code, about(outcome, "service")[0][1].endswith("answers, and refuses the key"))
        assert KEY not in outcome.out

    def test_it_is_not_shown_by_verbose_either(self, doctor, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", KEY)
        outcome = doctor("-v")
        assert (True, False) == ("GET" in outcome.err, KEY in outcome.out + outcome.err)


class TestService:
    def test_an_address_that_is_none(self, doctor):
        outcome = doctor("--base-url", "nonsense", "--json")
        assert (1, "error") == (outcome.code, about(outcome, "service")[0][0])

    def test_nobody_there(self, doctor):
        outcome = doctor("--base-url", "http://127.0.0.1:9", "--json")
        assert (1, "error") == (outcome.code, about(outcome, "service")[0][0])
        assert [] == about(outcome, "clock")

    def test_one_that_is_ill(self, doctor, scripted):
        scripted.replies = [reply(500, {"error": "no"})]
        assert "error" == about(doctor("--base-url", scripted.url, "--json"), "service")[0][0]

    def test_one_that_knows_a_task_that_nobody_made(self, doctor, scripted):
        scripted.replies = [reply(200, {"status": 0})]
        outcome = doctor("--base-url", scripted.url, "--json")
        assert (0, "note") == (outcome.code, about(outcome, "service")[0][0])

    @pytest.mark.parametrize(("ahead", "words"), [(-3600, "3600 s behind"), (3600, "3600 s ahead of")])
    def test_clocks_that_differ(self, doctor, scripted, ahead, words):
        theirs = format_datetime(datetime.now(UTC) - timedelta(seconds=ahead), usegmt=True)
        scripted.replies = [reply(404, {"error": "Task not found"}, Date=theirs)]
        ((state, told),) = about(doctor("--base-url", scripted.url, "--json"), "clock")
        assert ("note", True) == (state, abs(int(told.split()[0]) - 3600) <= 5 and words.split(maxsplit=2)[2] in told)

    @pytest.mark.parametrize("date", ["soon", "Wed, 25 Nov 2026 08:00:00 -0000"])
    def test_a_date_that_is_none_says_nothing(self, doctor, scripted, date):
        scripted.replies = [reply(404, {"error": "Task not found"}, Date=date)]
        assert [] == about(doctor("--base-url", scripted.url, "--json"), "clock")

    def test_a_proxy_is_named_without_its_password(self, doctor, monkeypatch):
        monkeypatch.setenv("https_proxy", "http://me:hush-hush@proxy.example:3128")
        outcome = doctor("--json")
        assert (("note", True), False) == (
            (about(outcome, "proxy")[0][0], "HTTPS_PROXY" in about(outcome, "proxy")[0][1]),
            "hush-hush" in outcome.out,
        )


class TestJournal:
    def test_off(self, doctor, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")
        outcome = doctor("--json")
        assert (0, ["note"]) == (outcome.code, [state for state, _ in about(outcome, "journal")])

    def test_one_that_cannot_be_read(self, doctor, monkeypatch):
        Path("broken.db").write_bytes(b"this is no database" * 100)
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "broken.db")
        outcome = doctor("--json")
        assert (1, ["error"]) == (outcome.code, [state for state, _ in about(outcome, "journal")])

    def test_uncertain_submissions_are_pointed_to(self, doctor, clients, server):
        client = clients(journal=Journal(), base_url=server.scenario_url("lost-reply"))
        with pytest.raises(Exception, match="may have been"):
            client.submit("A cup", model="veo3_fast")
        assert ["ok", "note"] == [state for state, _ in about(doctor("--json"), "journal")]


def test_an_extra_that_is_missing_is_named_with_the_command_that_brings_it(doctor, monkeypatch):
    version = importlib.metadata.version

    def without_dbos(name):
        if name == "dbos":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", without_dbos)
    outcome = doctor("--json")
    assert 0 == outcome.code
    assert [("note", "lacks dbos: pip install 'gptimage2-video[batch]'")] == about(outcome, "[batch]")
