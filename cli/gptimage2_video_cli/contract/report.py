"""The report of a run: one object, and from it a summary for people, Markdown, and JUnit for CI."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from gptimage2_video_cli.console.files import replace_file

from .assumptions import ASSUMPTIONS, SEVERITIES, SOURCES
from .findings import Finding, PaidRequest, RunResult

Data = dict[str, Any]
_HEADINGS: Final = {
    "charged": "Credits",
    "violation": "Violations of the spec",
    "notice": "Notices; the spec allows these",
}


def report_data(result: RunResult, base_url: str, max_credits: int, *, interrupted: bool) -> Data:
    """The run as one object. Assumptions that are only inferred come first."""
    assumptions = sorted(ASSUMPTIONS.values(), key=lambda assumption: SOURCES.index(assumption.known))
    return {
        "base_url": base_url,
        "max_credits": max_credits,
        "interrupted": interrupted,
        "abort_reason": result.abort_reason,
        "findings": [_finding_json(it) for severity in SEVERITIES for it in result.findings if it.severity == severity],
        "assumptions": [
            {
                "outcome": result.observations[assumption.id].outcome,
                "id": assumption.id,
                "known": assumption.known,
                "statement": assumption.statement,
                "how": assumption.how,
                "pointer": assumption.pointer,
                "observations": result.observations[assumption.id].details,
            }
            for assumption in assumptions
        ],
        "submissions": [_submission_json(submission) for submission in result.submissions],
        "totals": result.totals(),
    }


def _finding_json(finding: Finding) -> Data:
    return {
        "severity": finding.severity,
        "title": finding.title,
        "pointer": finding.pointer,
        "edit": finding.edit,
        "evidence": finding.evidence,
        "times": finding.times,
    }


def _submission_json(submission: PaidRequest) -> Data:
    return {
        "description": submission.description,
        "quote": submission.quote,
        "state": submission.state,
        "charged": submission.charged,
        "task_id": submission.task_id,
        "status": submission.status,
        "refunded": submission.refunded,
    }


def has_failures(report: Data) -> bool:
    """Whether there is a finding that is more than a notice."""
    return any(finding["severity"] != "notice" for finding in report["findings"])


def summary(report: Data) -> str:
    """For people: findings, assumptions, totals."""
    return "\n".join(_lines(report))


def markdown(report: Data) -> str:
    """The summary and every piece of evidence."""
    lines = [f"# {report['base_url']} against openapi.yaml", ""]
    for finding in report["findings"]:
        lines += [f"## {_HEADINGS[finding['severity']]}: {finding['title']}", ""]
        lines += [f"The spec: `{finding['pointer']}`. Observed {finding['times']} times, first:", ""]
        evidence = json.dumps(finding["evidence"], indent=2, ensure_ascii=False)
        lines += [*_fenced(evidence), "Suggested edit:", "", *_fenced(finding["edit"])]
    lines += ["## Assumptions", "", "| outcome | known | assumption | observations |", "|---|---|---|---|"]
    for assumption in report["assumptions"]:
        observations = "; ".join(assumption["observations"])
        cells = (assumption["outcome"], assumption["known"], assumption["statement"], observations)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |")
    return "\n".join([*lines, "", "## Totals", "", *_fenced("\n".join(_totals_lines(report))), ""])


def junit(report: Data) -> bytes:
    """One case for each assumption, and one for each finding that fails the run."""
    failures = [finding for finding in report["findings"] if finding["severity"] != "notice"]
    count = len(report["assumptions"]) + len(failures)
    suite = Element("testsuite", name="contract", tests=str(count), failures=str(len(failures)))
    for finding in failures:
        case = SubElement(suite, "testcase", classname=f"contract.{finding['severity']}", name=finding["title"])
        failure = SubElement(case, "failure", message=finding["title"])
        failure.text = f"{finding['pointer']}\n{finding['edit']}\n{json.dumps(finding['evidence'], indent=2)}"
    for assumption in report["assumptions"]:
        classname = f"contract.assumptions.{assumption['known']}"
        case = SubElement(suite, "testcase", classname=classname, name=assumption["statement"])
        if assumption["outcome"] == "not observed":
            SubElement(case, "skipped", message=assumption["outcome"])
        else:
            SubElement(case, "system-out").text = "; ".join((assumption["outcome"], *assumption["observations"]))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suite, encoding="unicode")}\n'.encode()


def check_writable(folder: Path) -> None:
    """Create the folder where it is missing, and write to it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def write_report(report: Data, folder: Path) -> None:
    """Write the files of the report, each atomically. Raises OSError."""
    replace_file(folder / "report.json", json.dumps(report, indent=2).encode() + b"\n")
    replace_file(folder / "report.md", markdown(report).encode())
    replace_file(folder / "junit.xml", junit(report))


def _lines(report: Data) -> Iterator[str]:
    for severity in SEVERITIES:
        findings = [finding for finding in report["findings"] if finding["severity"] == severity]
        if findings:
            yield f"{_HEADINGS[severity]}:"
        for finding in findings:
            yield from _finding_lines(finding)
    if not has_failures(report):
        yield "no violations of the spec"
    yield "assumptions:"
    for assumption in report["assumptions"]:
        if assumption["outcome"] != "not observed":
            yield f"  {assumption['outcome']:<9}  {assumption['known']:<8}  {assumption['statement']}"
    not_observed = sum(assumption["outcome"] == "not observed" for assumption in report["assumptions"])
    yield f"  {not_observed} of {len(report['assumptions'])} were not observed"
    yield from _totals_lines(report)


def _finding_lines(finding: Data) -> Iterator[str]:
    evidence = finding["evidence"]
    status, failure = evidence["status"], evidence["failure"]
    response = f"{status}: {evidence['response_body']}" if status else f"no response ({failure})"
    yield f"  {finding['title']}"
    yield f"    spec: {finding['pointer']}"
    yield f"    sent: {evidence['method']} {evidence['path']} {evidence['request_body']}"
    yield f"    got:  {response}" + (f" ({finding['times']} times)" if finding["times"] > 1 else "")
    edit = finding["edit"].replace("\n", "\n          ")
    yield f"    edit: {edit}"


def _totals_lines(report: Data) -> Iterator[str]:
    totals, limit = report["totals"], report["max_credits"]
    if report["interrupted"] or report["abort_reason"]:
        yield f"aborted: {report['abort_reason'] or 'interrupted'}"
    for submission in report["submissions"]:
        if submission["state"] != "refused":
            charged = "unknown" if submission["charged"] is None else submission["charged"]
            status = "" if submission["status"] is None else f", status {submission['status']}"
            task = f"{submission['task_id'] or 'no task id'}, {submission['description']}"
            yield f"  {submission['state']}: {task}, charged {charged}{status}"
    uncharged, unpriced = totals["charge_unknown_submissions"], totals["price_unknown_submissions"]
    more = f" and an unknown charge for {uncharged} submissions" if uncharged else ""
    unknown = f", and {unpriced} submissions of unknown price" if unpriced else ""
    yield (
        f"credits: quoted {totals['quoted']}, charged {totals['charged']}{more}, refunded {totals['refunded']}, "
        f"uncertain {totals['uncertain']} ({totals['uncertain_submissions']} submissions); "
        f"worst case {totals['worst_case_cost']} of {limit}{unknown}"
    )


def _fenced(text: str) -> list[str]:
    return ["````", text, "````", ""]
