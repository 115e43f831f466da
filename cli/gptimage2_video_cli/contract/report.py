"""How a run is told: one object, and from it a summary for people, Markdown, and JUnit for CI.

Lives here: wording and files. Not here: what was learnt (`book`). Every text has been scrubbed before it comes here.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from .assumptions import FACTS, KNOWN, RANKS
from .findings import Book, Finding, PaidRequest

Report = dict[str, Any]
_HEADINGS: Final = {
    "charged": "Credits",
    "violation": "Differs from the spec",
    "notice": "Worth knowing; the spec allows it",
}


def facts_of(book: Book, base_url: str, max_credits: int, *, interrupted: bool) -> Report:
    """The run as one object. Facts that are only inferred come first."""
    facts = sorted(FACTS.values(), key=lambda fact: KNOWN.index(fact.known))
    return {
        "base_url": base_url,
        "max_credits": max_credits,
        "interrupted": interrupted,
        "abort_reason": book.stopped,
        "findings": [_finding_json(found) for rank in RANKS for found in book.findings if found.rank == rank],
        "assumptions": [
            {
                "outcome": book.observations[fact.id].outcome,
                "id": fact.id,
                "known": fact.known,
                "statement": fact.sentence,
                "how": fact.how,
                "pointer": fact.pointer,
                "observations": book.observations[fact.id].details,
            }
            for fact in facts
        ],
        "submissions": [_submission_json(entry) for entry in book.entries],
        "totals": book.sums(),
    }


def _finding_json(found: Finding) -> dict[str, Any]:
    return {
        "severity": found.rank,
        "title": found.title,
        "pointer": found.pointer,
        "edit": found.edit,
        "evidence": found.seen,
        "times": found.times,
    }


def _submission_json(entry: PaidRequest) -> dict[str, Any]:
    return {
        "description": entry.what,
        "quote": entry.quote,
        "state": entry.state,
        "charged": entry.charged,
        "task_id": entry.task_id,
        "status": entry.status,
        "refunded": entry.refunded,
    }


def fails(report: Report) -> bool:
    """Whether anything was found that a server held to the spec must not do."""
    return any(found["severity"] != "notice" for found in report["findings"])


def summary(report: Report) -> str:
    """For people: findings, facts, sums."""
    return "\n".join(_lines(report))


def markdown(report: Report) -> str:
    """The summary and every piece of evidence."""
    lines = [f"# {report['base_url']} against openapi.yaml", ""]
    for found in report["findings"]:
        lines += [f"## {_HEADINGS[found['severity']]}: {found['title']}", ""]
        lines += [f"The spec: `{found['pointer']}`. Seen {found['times']} times, first as:", ""]
        seen = json.dumps(found["evidence"], indent=2, ensure_ascii=False)
        lines += [*_fenced(seen), "Suggested edit:", "", *_fenced(found["edit"])]
    lines += ["## Facts", "", "| outcome | known | fact | seen |", "|---|---|---|---|"]
    for fact in report["assumptions"]:
        cells = (fact["outcome"], fact["known"], fact["statement"], "; ".join(fact["observations"]))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |")
    return "\n".join([*lines, "", "## Sums", "", *_fenced("\n".join(_money(report))), ""])


def junit(report: Report) -> bytes:
    """One case for each fact that was looked for, and one for each finding that fails the run."""
    failures = [found for found in report["findings"] if found["severity"] != "notice"]
    count = len(report["assumptions"]) + len(failures)
    suite = Element("testsuite", name="contract", tests=str(count), failures=str(len(failures)))
    for found in failures:
        case = SubElement(suite, "testcase", classname=f"contract.{found['severity']}", name=found["title"])
        failure = SubElement(case, "failure", message=found["title"])
        failure.text = f"{found['pointer']}\n{found['edit']}\n{json.dumps(found['evidence'], indent=2)}"
    for fact in report["assumptions"]:
        case = SubElement(suite, "testcase", classname=f"contract.assumptions.{fact['known']}", name=fact["statement"])
        if fact["outcome"] == "not observed":
            SubElement(case, "skipped", message=fact["outcome"])
        else:
            SubElement(case, "system-out").text = "; ".join((fact["outcome"], *fact["observations"]))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suite, encoding="unicode")}\n'.encode()


def try_folder(folder: Path) -> None:
    """Make the folder where it is missing, and write to it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def write(report: Report, folder: Path) -> None:
    """All files of the report, each whole or not at all. Raises OSError."""
    _replace(folder / "report.json", json.dumps(report, indent=2).encode() + b"\n")
    _replace(folder / "report.md", markdown(report).encode())
    _replace(folder / "junit.xml", junit(report))


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)  # a report is for all to read; temporary files are not
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _lines(report: Report) -> Iterator[str]:
    for rank in RANKS:
        found = [finding for finding in report["findings"] if finding["severity"] == rank]
        if found:
            yield f"{_HEADINGS[rank]}:"
        for finding in found:
            yield from _finding(finding)
    if not fails(report):
        yield "nothing differs from the spec"
    yield "facts:"
    for fact in report["assumptions"]:
        if fact["outcome"] != "not observed":
            yield f"  {fact['outcome']:<9}  {fact['known']:<8}  {fact['statement']}"
    unseen = sum(fact["outcome"] == "not observed" for fact in report["assumptions"])
    yield f"  {unseen} of {len(report['assumptions'])} were not observed"
    yield from _money(report)


def _finding(finding: dict[str, Any]) -> Iterator[str]:
    seen = finding["evidence"]
    answer = f"{seen['status']}: {seen['response_body']}" if seen["status"] else f"no answer ({seen['failure']})"
    yield f"  {finding['title']}"
    yield f"    spec: {finding['pointer']}"
    yield f"    seen: {seen['method']} {seen['path']} {seen['request_body']}"
    yield f"          {answer}" + (f" ({finding['times']} times)" if finding["times"] > 1 else "")
    edit = finding["edit"].replace("\n", "\n          ")
    yield f"    edit: {edit}"


def _money(report: Report) -> Iterator[str]:
    totals, limit = report["totals"], report["max_credits"]
    if report["interrupted"] or report["abort_reason"]:
        yield f"stopped: {report['abort_reason'] or 'interrupted'}"
    for entry in report["submissions"]:
        if entry["state"] != "refused":
            told = "unknown" if entry["charged"] is None else entry["charged"]
            ended = "" if entry["status"] is None else f", status {entry['status']}"
            task = f"{entry['task_id'] or 'no task id'}, {entry['description']}"
            yield f"  {entry['state']}: {task}, charged {told}{ended}"
    untold, unpriced = totals["charge_unknown_submissions"], totals["price_unknown_submissions"]
    more = f" and {untold} submissions that did not tell" if untold else ""
    unknown = f", and {unpriced} submissions of unknown price" if unpriced else ""
    yield (
        f"credits: quoted {totals['quoted']}, charged {totals['charged']}{more}, refunded {totals['refunded']}, "
        f"uncertain {totals['uncertain']} ({totals['uncertain_submissions']} submissions); "
        f"at worst {totals['worst_case_cost']} of {limit}{unknown}"
    )


def _fenced(text: str) -> list[str]:
    return ["````", text, "````", ""]
