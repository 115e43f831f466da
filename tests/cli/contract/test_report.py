"""The report of `contract`: three files and a summary."""

import json
import re
import signal
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

import gptimage2_video_cli.contract.report
from gptimage2_video_cli.contract.checks import CHECKS
from support.broken_servers import answering, changed, scenario, without
from support.commandline import files

SCHEMA = Path(gptimage2_video_cli.contract.report.__file__).with_name("report.schema.json")


class TestReport:
    def test_the_four_files(self, cli, server, monkeypatch):
        cli.against(scenario(monkeypatch, server, submit=changed(without("error"), 400)))
        outcome = cli("contract", "--report", "build/out", "--json")
        folder = Path("build/out")
        report = json.loads((folder / "report.json").read_text())
        assert outcome.object == report
        jsonschema_rs.validate(json.loads(SCHEMA.read_text()), report)
        suite = ET.fromstring((folder / "junit.xml").read_bytes())  # noqa: S314  our own
        failed = [finding for finding in report["findings"] if finding["severity"] != "notice"]
        passed = [check for check in report["checks"] if check["outcome"] != "failed"]
        assert (str(len(failed) + len(passed)), str(len(failed))) == (suite.get("tests"), suite.get("failures"))
        assert "Suggested edit:\n\n````\nTake the field out of `required`" in (folder / "report.md").read_text()
        sarif = json.loads((folder / "report.sarif").read_text())["runs"][0]
        assert [it["code"] for it in report["findings"]] == [it["ruleId"] for it in sarif["results"]]
        assert list(CHECKS) == sorted((rule["id"] for rule in sarif["tool"]["driver"]["rules"]), key=list(CHECKS).index)
        assert ["junit.xml", "report.json", "report.md", "report.sarif"] == sorted(it.name for it in folder.iterdir())

    def test_what_is_known_fails_no_run_and_keeps_its_reason(self, cli, server, monkeypatch):
        cli.against(scenario(monkeypatch, server, submit=changed(without("error"), 400)))
        Path("known.yaml").write_text("- {code: schema, reason: told them in March}\n")
        outcome = cli("contract", "--json", "--baseline", "known.yaml", "--report", "out")
        assert (0, "told them in March") == (outcome.code, outcome.object["findings"][0]["known"])
        assert "told them in March" in Path("out/report.sarif").read_text()
        Path("known.yaml").write_text("- {code: charset, reason: told them in March}\n")
        assert 1 == cli("contract", "--baseline", "known.yaml").code

    @pytest.mark.parametrize(
        "text",
        [
            "{",
            "code: schema",
            "- {code: schema}",
            "- {code: none, reason: x}",
            "- 5",
            "\xff",
            "- {code: [a], reason: x}",
            "- {code: json, reason: 5}",
        ],
    )
    def test_a_baseline_that_cannot_be_used_is_refused_before_anything_is_sent(self, cli, server, text):
        Path("known.yaml").write_bytes(text.encode("latin-1"))
        outcome = cli("contract", "--baseline", "known.yaml")
        assert (2, [], True) == (outcome.code, server.requests, "known.yaml: " in outcome.err)

    def test_a_baseline_that_is_not_there_is_refused(self, cli, server):
        outcome = cli("contract", "--baseline", "known.yaml")
        assert (2, []) == (outcome.code, server.requests)
        assert "cannot read known.yaml: No such file or directory" in outcome.err

    def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_sent(self, cli, server):
        Path("out").write_text("mine")
        for folder in ("out", "out/deeper"):
            assert (2, []) == (cli("contract", "--report", folder).code, server.requests)
        assert ["out"] == files()

    def test_a_report_that_cannot_be_written_at_the_end_leaves_no_partial_file(self, cli, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(gptimage2_video_cli.contract.report.Path, "replace", full)
        outcome = cli("contract", "--report", "out")
        message = "error: cannot write the report: No space left on device\n"
        assert (74, True, []) == (outcome.code, outcome.err.endswith(message), list(Path("out").iterdir()))
        assert "no violations" in outcome.out

    def test_a_response_cannot_control_a_terminal_break_the_xml_or_echo_the_key(self, cli, server, monkeypatch):
        echo = "\x1b[2J\x00]]>& test-key \ud800 | ````"
        cli.against(scenario(monkeypatch, server, poll=answering(404, {"error": 1, "echo": echo}, lambda s: s == 404)))
        outcome = cli("contract", "--report", "out")
        assert ET.fromstring(Path("out/junit.xml").read_bytes()) is not None  # noqa: S314  our own
        for text in (outcome.out, outcome.err, Path("out/report.md").read_text(), Path("out/report.json").read_text()):
            assert not re.search(r"\x1b|\x00|test-key", text)
        assert "<the key>" in outcome.out

    def test_a_fault_of_its_own_is_reported_and_what_was_paid_is_followed_to_its_end(self, cli, server, monkeypatch):
        def fail(*_):
            raise LookupError("a fault of our own")

        monkeypatch.setattr("gptimage2_video_cli.contract.runner.check_insufficient_credits", fail)
        outcome = cli("contract", "--report", "out", "--max-credits", "100")
        message = "aborted: unexpected LookupError: a fault of our own; please report"
        assert (70, True) == (outcome.code, message in outcome.out)
        report = json.loads(Path("out/report.json").read_text())
        assert message.endswith(report["abort_reason"])
        assert {"completed", "failed", "refused"} >= {it["state"] for it in report["submissions"]}, report[
            "submissions"
        ]

    def test_an_interruption_prints_the_totals_so_far(self, cli, monkeypatch):
        monkeypatch.setattr("gptimage2_video_cli.contract.clock.sleep", lambda _: signal.raise_signal(signal.SIGINT))
        outcome = cli("contract", "--report", "out")
        assert (130, True) == (outcome.code, "aborted: interrupted\ncredits: quoted 0" in outcome.out)
        assert json.loads(Path("out/report.json").read_text())["interrupted"]
