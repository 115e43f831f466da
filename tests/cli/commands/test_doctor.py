"""`doctor`: one line for each check; the exit code says whether one found an error; no secret is shown."""

import importlib.metadata
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from gptimage2_video import Journal, __version__
from support.certificates import write_authority
from support.commandline import CommandLine
from support.scripted import reply

KEY = "a-real-key"


@pytest.fixture
def doctor(capsys, monkeypatch, tmp_path, server):
    monkeypatch.chdir(tmp_path)
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    command = CommandLine(capsys, monkeypatch).against(server.url)
    return lambda *words: command("doctor", *words)


def findings(outcome, name):
    """The state and message of each finding of this name."""
    return [(one["state"], one["message"]) for one in outcome.object["findings"] if one["name"] == name]


def test_without_errors_it_prints_ok_for_each_check_and_exits_with_0(doctor, server):
    outcome = doctor()
    lines = dict(line.split(maxsplit=2)[1:] for line in outcome.out.splitlines())
    assert (0, "", {"ok"}) == (outcome.code, outcome.err, {line.split()[0] for line in outcome.out.splitlines()})
    assert lines["version"].startswith(f"gptimage2-video {__version__}, Python 3.")
    assert "GPTIMAGE2_API_KEY is set" == lines["key"]
    assert f"{server.url} responds and accepts the key" == lines["service"]
    assert "in sync with the service, within 60 s" == lines["clock"]
    assert lines["journal"].endswith(".db, 0 submissions")
    assert {"installed"} == {message for name, message in lines.items() if name.startswith("[")}


def test_it_submits_nothing(doctor, server):
    doctor()
    assert ["GET"] == [seen.method for seen in server.requests]


class TestKey:
    def test_without_one_the_service_is_still_tested(self, doctor, monkeypatch, server):
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        outcome = doctor("--json")
        assert 1 == outcome.code
        assert ["error"] == [state for state, _ in findings(outcome, "key")]
        assert [("ok", f"{server.url} responds")] == findings(outcome, "service")

    def test_an_invalid_one_is_reported_without_being_shown(self, doctor, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", f"{KEY}\n{KEY}")
        outcome = doctor("--json")
        assert (1, "error", False) == (outcome.code, findings(outcome, "key")[0][0], KEY in outcome.out)

    def test_one_that_the_service_rejects(self, doctor, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", KEY)
        outcome = doctor("--json")
        assert (1, True) == (outcome.code, findings(outcome, "service")[0][1].endswith("responds, but rejects the key"))
        assert KEY not in outcome.out

    def test_it_is_not_shown_by_verbose_either(self, doctor, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", KEY)
        outcome = doctor("-v")
        assert (True, False) == ("GET" in outcome.err, KEY in outcome.out + outcome.err)


class TestService:
    def test_an_invalid_base_url(self, doctor):
        outcome = doctor("--base-url", "nonsense", "--json")
        assert (1, "error") == (outcome.code, findings(outcome, "service")[0][0])

    def test_connection_refused(self, doctor):
        outcome = doctor("--base-url", "http://127.0.0.1:9", "--json")
        assert (1, "error") == (outcome.code, findings(outcome, "service")[0][0])
        assert [] == findings(outcome, "clock")

    def test_a_server_error(self, doctor, scripted):
        scripted.replies = [reply(500, {"error": "no"})]
        assert "error" == findings(doctor("--base-url", scripted.url, "--json"), "service")[0][0]

    def test_one_that_returns_a_task_that_does_not_exist(self, doctor, scripted):
        scripted.replies = [reply(200, {"status": 0})]
        outcome = doctor("--base-url", scripted.url, "--json")
        assert (0, "note") == (outcome.code, findings(outcome, "service")[0][0])

    @pytest.mark.parametrize(("skew", "direction"), [(-3600, "behind"), (3600, "ahead of")])
    def test_clock_skew(self, doctor, scripted, skew, direction):
        date = format_datetime(datetime.now(UTC) - timedelta(seconds=skew), usegmt=True)
        scripted.replies = [reply(404, {"error": "Task not found"}, Date=date)]
        ((state, message),) = findings(doctor("--base-url", scripted.url, "--json"), "clock")
        assert ("note", True) == (
            state,
            abs(int(message.split()[0]) - 3600) <= 5 and f" {direction} the service" in message,
        )

    @pytest.mark.parametrize("date", ["soon", "Wed, 25 Nov 2026 08:00:00 -0000"])
    def test_an_invalid_date_is_ignored(self, doctor, scripted, date):
        scripted.replies = [reply(404, {"error": "Task not found"}, Date=date)]
        assert [] == findings(doctor("--base-url", scripted.url, "--json"), "clock")


class TestNetwork:
    """Which way a request takes, for the API and for videos, and which variable says so; no password shows."""

    def test_by_default(self, doctor):
        outcome = doctor("--json")
        assert [("ok", "API: none; videos: none")] == findings(outcome, "proxy")
        assert [("ok", "those of the package certifi")] == findings(outcome, "certificates")

    def test_a_proxy(self, doctor, monkeypatch):
        monkeypatch.setenv("https_proxy", "http://me:hush-hush@127.0.0.1:9")
        outcome = doctor("--base-url", "https://api.example", "--json")
        shown = "http://127.0.0.1:9 (https_proxy)"
        assert [("note", f"API: {shown}; videos: {shown}")] == findings(outcome, "proxy")
        assert "cannot connect to the proxy 127.0.0.1:9" in findings(outcome, "service")[0][1]
        assert (1, False) == (outcome.code, "hush-hush" in outcome.out + outcome.err)

    def test_a_proxy_with_exceptions(self, doctor, monkeypatch, server):
        monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
        monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
        videos = "http://proxy.example:3128 (ALL_PROXY), unless NO_PROXY has their host"
        assert [("note", f"API: none; videos: {videos}")] == findings(doctor("--json"), "proxy")

    def test_certificates(self, doctor, monkeypatch, tmp_path):
        path = write_authority(tmp_path / "authority.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        assert [("note", f"{path} (SSL_CERT_FILE)")] == findings(doctor("--json"), "certificates")

    @pytest.mark.parametrize(
        ("variable", "value"),
        [("HTTPS_PROXY", "htp://me:hush-hush@x"), ("SSL_CERT_FILE", "/no/such.pem"), ("NO_PROXY", "10.0.0.0/99")],
    )
    def test_what_cannot_work_is_an_error_and_no_crash(self, doctor, monkeypatch, server, variable, value):
        monkeypatch.setenv(variable, value)
        outcome = doctor("--json")
        ((state, message),) = findings(outcome, "network")
        assert (1, "error", True, "ok") == (outcome.code, state, variable in message, findings(outcome, "key")[0][0])
        assert ([], False) == (server.requests, "hush-hush" in outcome.out + outcome.err)


class TestJournal:
    def test_off(self, doctor, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")
        outcome = doctor("--json")
        assert (0, ["note"]) == (outcome.code, [state for state, _ in findings(outcome, "journal")])

    def test_one_that_cannot_be_read(self, doctor, monkeypatch):
        Path("broken.db").write_bytes(b"this is no database" * 100)
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "broken.db")
        outcome = doctor("--json")
        assert (1, ["error"]) == (outcome.code, [state for state, _ in findings(outcome, "journal")])

    def test_uncertain_submissions_are_a_note(self, doctor, clients, server):
        client = clients(journal=Journal(), base_url=server.scenario_url("lost-reply"))
        with pytest.raises(Exception, match="may have been"):
            client.submit("A cup", model="veo3_fast")
        assert ["ok", "note"] == [state for state, _ in findings(doctor("--json"), "journal")]


def test_a_missing_extra_is_named_with_the_command_that_installs_it(doctor, monkeypatch):
    version = importlib.metadata.version

    def without_dbos(name):
        if name == "dbos":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", without_dbos)
    outcome = doctor("--json")
    assert 0 == outcome.code
    assert [("note", "not installed: dbos; run pip install 'gptimage2-video[batch]'")] == findings(outcome, "[batch]")
