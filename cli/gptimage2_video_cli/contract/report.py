"""The report of a run: one object, and from it a summary for people, Markdown, JUnit and SARIF for CI."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from gptimage2_video_cli.console.files import replace_file

from .checks import CHECKS, SEVERITIES, SOURCES
from .findings import Finding, RunResult
from .guard import Guard, PaidRequest, as_list, as_object
from .recording_client import RecordingClient

Data = dict[str, Any]
_HEADINGS: Final = {
    "charged": "Credits",
    "violation": "Violations of the spec",
    "notice": "Notices; the spec allows these",
}
_LEVELS: Final = {"charged": "error", "violation": "error", "notice": "note"}
_SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def report_data(
    result: RunResult, guard: Guard, client: RecordingClient, known: Sequence[Mapping[str, Any]], *, interrupted: bool
) -> Data:
    """The run as one object, as `report.schema.json` describes it; `known` is as of `load_baseline`."""
    checks = sorted(CHECKS.values(), key=lambda check: SOURCES.index(check.known))
    return {
        "base_url": client.base_url,
        "max_credits": guard.max_credits,
        "interrupted": interrupted,
        "abort_reason": result.abort_reason,
        "requests": len(client.exchanges),
        "findings": [
            _finding_json(it, known) for severity in SEVERITIES for it in result.findings if it.severity == severity
        ],
        "checks": [
            {
                "outcome": (observation := result.observations[check.id]).outcome,
                "id": check.id,
                "known": check.known,
                "statement": check.statement,
                "pointer": check.pointer,
                "passed": observation.passed,
                "failed": observation.failed,
                "reason": "" if observation.passed or observation.failed else _reason(observation.reason, check.needs),
                "observations": observation.details,
            }
            for check in checks
        ],
        "not_reached": result.not_reached,
        "submissions": [_submission_json(it) for it in guard.submissions if it.state != "refused"],
        "totals": guard.totals(),
    }


def _reason(reason: str, needs: str) -> str:
    return reason or (f"needs {needs}" if needs else "no response showed it")


def _finding_json(finding: Finding, known: Sequence[Mapping[str, Any]]) -> Data:
    matching = [it for it in known if it["code"] == finding.code and it.get("title", finding.title) == finding.title]
    return {
        "severity": finding.severity,
        "code": finding.code,
        "title": finding.title,
        "pointer": finding.pointer,
        "edit": finding.edit,
        "evidence": finding.exchanges[-1].evidence(),
        "curl": [exchange.curl for exchange in finding.exchanges],
        "times": finding.times,
        "known": matching[0]["reason"] if matching else None,
    }


def _submission_json(submission: PaidRequest) -> Data:
    names = ("description", "quote", "state", "charged", "task_id", "status", "refunded")
    return {name: getattr(submission, name) for name in names}


def failures(report: Data) -> list[Data]:
    """The findings that fail the run: those that are more than a notice, and not known."""
    return [it for it in report["findings"] if it["severity"] != "notice" and it["known"] is None]


def summary(report: Data) -> str:
    """For people: findings, checks, totals."""
    return "\n".join(_lines(report))


def markdown(report: Data) -> str:
    """The summary and every piece of evidence."""
    lines = [f"# {report['base_url']} against openapi.yaml", ""]
    for finding in report["findings"]:
        lines += [f"## {_HEADINGS[finding['severity']]}: {finding['title']}", ""]
        lines += [f"`{finding['code']}`, the spec: `{finding['pointer']}`. {finding['times']} times, first:", ""]
        evidence = json.dumps(finding["evidence"], indent=2, ensure_ascii=False)
        lines += [*_fenced("\n".join(finding["curl"])), *_fenced(evidence)]
        lines += ["Suggested edit:", "", *_fenced(finding["edit"])]
        lines += [f"Known: {finding['known']}", ""] if finding["known"] is not None else []
    lines += ["## Checks", "", "| outcome | known | check | observations |", "|---|---|---|---|"]
    for check in report["checks"]:
        shown = "; ".join(check["observations"]) or check["reason"]
        cells = (check["outcome"], check["known"], check["statement"], shown)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |")
    return "\n".join([*lines, "", "## Totals", "", *_fenced("\n".join(_totals_lines(report))), ""])


def junit(report: Data) -> str:
    """One case for each check, and one for each finding that fails the run."""
    failed = failures(report)
    checks = [check for check in report["checks"] if check["outcome"] != "failed"]
    suite = Element("testsuite", name="contract", tests=str(len(checks) + len(failed)), failures=str(len(failed)))
    for finding in failed:
        case = SubElement(suite, "testcase", classname=f"contract.{finding['code']}", name=finding["title"])
        failure = SubElement(case, "failure", message=finding["title"])
        failure.text = f"{finding['pointer']}\n{finding['edit']}\n" + "\n".join(finding["curl"])
    for check in checks:
        case = SubElement(suite, "testcase", classname=f"contract.{check['id']}", name=check["statement"])
        if check["outcome"] == "not run":
            SubElement(case, "skipped", message=check["reason"])
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suite, encoding="unicode")}\n'


def sarif(report: Data) -> str:
    """SARIF 2.1.0, which code scanning reads: a result for each finding, at its place in the spec."""
    results = [
        {
            "ruleId": finding["code"],
            "level": _LEVELS[finding["severity"]],
            "message": {"text": f"{finding['title']}\n{finding['edit']}\n" + "\n".join(finding["curl"])},
            "locations": [
                {
                    "physicalLocation": {"artifactLocation": {"uri": "openapi.yaml"}},
                    "logicalLocations": [{"fullyQualifiedName": finding["pointer"]}],
                }
            ],
            **({"suppressions": [{"kind": "external", "justification": finding["known"]}]} if finding["known"] else {}),
        }
        for finding in report["findings"]
    ]
    rules = [{"id": check["id"], "shortDescription": {"text": check["statement"]}} for check in report["checks"]]
    runs = [{"tool": {"driver": {"name": "gptimage2-video contract", "rules": rules}}, "results": results}]
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": runs})


_FILES: Final[Mapping[str, Callable[[Data], str]]] = {
    "report.json": lambda report: json.dumps(report, indent=2) + "\n",
    "report.md": markdown,
    "junit.xml": junit,
    "report.sarif": sarif,
}


def check_writable(folder: Path) -> None:
    """Create the folder where it is missing, and write to it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def write_report(report: Data, folder: Path) -> None:
    """Write the files of the report, each atomically. Raises OSError."""
    for name, render in _FILES.items():
        replace_file(folder / name, render(report).encode())


def load_baseline(path: Path) -> list[Data]:
    """The known differences in a YAML file: objects with `code`, `reason`, and `title` where it is one of several.

    Raises OSError, and ValueError with a sentence.
    """
    import yaml

    try:
        entries: Any = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"it is no YAML: {error}") from None
    if not isinstance(entries, list):
        raise ValueError("it must be a list of objects with `code` and `reason`")  # noqa: TRY004  (as of bad YAML)
    for entry in as_list(entries):
        fields = as_object(entry)
        reason, code = fields.get("reason"), fields.get("code")
        if not (isinstance(reason, str) and reason.strip() and isinstance(code, str) and code in CHECKS):
            raise ValueError(f"an entry needs a `reason`, and the `code` of a check: {entry}")
    return as_list(entries)


def _lines(report: Data) -> Iterator[str]:
    for severity in SEVERITIES:
        findings = [finding for finding in report["findings"] if finding["severity"] == severity]
        if findings:
            yield f"{_HEADINGS[severity]}:"
        for finding in findings:
            yield from _finding_lines(finding)
    outcomes = [check["outcome"] for check in report["checks"]]
    tried = f"{report['requests']} requests, {len(outcomes) - outcomes.count('not run')} of {len(outcomes)} checks"
    if not failures(report):
        yield f"no violations of the spec: {tried}"
    yield "checks:"
    for check in report["checks"]:
        if check["outcome"] != "not run":
            yield f"  {check['outcome']:<7}  {check['known']:<8}  {check['statement']}"
    yield f"  {outcomes.count('not run')} of {len(outcomes)} were not run"
    if report["not_reached"]:
        yield f"not reached: {'; '.join(report['not_reached'])}"
    yield from _totals_lines(report)


def _finding_lines(finding: Data) -> Iterator[str]:
    evidence = finding["evidence"]
    status, failure = evidence["status"], evidence["failure"]
    response = f"{status}: {evidence['response_body']}" if status else f"no response ({failure})"
    yield f"  {finding['title']}" + (f" (known: {finding['known']})" if finding["known"] is not None else "")
    yield f"    code: {finding['code']}, spec: {finding['pointer']}"
    for command in finding["curl"]:
        yield f"    sent: {command}"
    yield f"    got:  {response}" + (f" ({finding['times']} times)" if finding["times"] > 1 else "")
    edit = finding["edit"].replace("\n", "\n          ")
    yield f"    edit: {edit}"


def _totals_lines(report: Data) -> Iterator[str]:
    totals, limit = report["totals"], report["max_credits"]
    if report["interrupted"] or report["abort_reason"]:
        yield f"aborted: {report['abort_reason'] or 'interrupted'}"
    for submission in report["submissions"]:
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
