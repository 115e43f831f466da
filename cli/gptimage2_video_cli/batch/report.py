"""The report of a batch: for people, for programs, and as a file beside the videos."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gptimage2_video.journal import SubmissionState
from gptimage2_video_cli.console.files import replace_file
from gptimage2_video_cli.console.output import strip_control

from .ledger import Ledger
from .plan import is_uncertain
from .schema import OVER_BUDGET, PLANNED, LineRow, spent

REPORT: Final = "report.json"
# The exit code of a line that has not ended, as after an interruption; in the order in which people read the states.
_EXIT_CODES: Final = {
    "saved": 0,
    SubmissionState.COMPLETED: 6,
    SubmissionState.FAILED: 1,
    SubmissionState.PENDING: 124,
    SubmissionState.REFUSED: 4,
    SubmissionState.UNCERTAIN: 5,
    OVER_BUDGET: 2,
    PLANNED: 2,
    SubmissionState.SENDING: 5,
}


def report_json(ledger: Ledger, rows: Sequence[LineRow]) -> dict[str, Any]:
    """The whole report."""
    batch = ledger.batch()
    debited, refunded = spent(rows)
    return {
        "batch": ledger.name,
        "base_url": batch.base_url,
        "max_credits": batch.max_credits,
        "credits_committed": batch.committed,
        "credits_spent": debited,
        "credits_refunded": refunded,
        "counts": dict(Counter(_state(row) for row in rows)),
        "lines": [_line_json(row) for row in rows],
    }


def _line_json(row: LineRow) -> dict[str, Any]:
    return {
        "line": row.number,
        "id": row.key,
        "state": _state(row),
        "running": row.running,
        "task_id": row.task_id,
        "quote": row.quote,
        "credits_used": row.credits_used,
        "refunded": row.refunded,
        "file": row.file if row.saved else None,
        "exit_code": row.exit_code,
        "reason": row.reason,
        "request": row.request,
    }


def _state(row: LineRow) -> str:
    return "saved" if row.state == SubmissionState.COMPLETED and row.saved else row.state


def exit_code(rows: Sequence[LineRow]) -> int:
    """The highest of what the lines would have exited with by themselves."""
    return max(map(_exit_code, rows), default=0)


def _exit_code(row: LineRow) -> int:
    if row.exit_code is None or is_uncertain(row):
        return _EXIT_CODES[_state(row)]
    return row.exit_code


def states(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Each state that a line is in, and how many are."""
    return [(state, str(report["counts"][state])) for state in _EXIT_CODES if report["counts"].get(state)]


def summary(report: dict[str, Any]) -> str:
    """The sums, for people: of lines, and of credits."""
    sums = ", ".join(f"{count} {state}" for state, count in states(report))
    uncertain = report["credits_committed"] - report["credits_spent"] + report["credits_refunded"]
    limit = "" if report["max_credits"] is None else f" of at most {report['max_credits']}"
    return (
        f"{len(report['lines'])} lines: {sums or 'none'}\n"
        f"{report['credits_spent']} credits spent{limit}, {report['credits_refunded']} refunded"
        + (f"; {uncertain} more may have been charged" if uncertain > 0 else "")
    )


def unsaved(report: dict[str, Any]) -> list[str]:
    """A line for each line of the manifest that has no video, for people."""
    return [_line_text(line) for line in report["lines"] if line["state"] != "saved"]


def _line_text(line: dict[str, Any]) -> str:
    reason = line["reason"] and f"({line['reason']})"
    parts = (f"line {line['line']}:", line["id"], line["state"], line["task_id"], reason)
    return strip_control(" ".join(str(part) for part in parts if part))


def write(folder: Path, report: dict[str, Any], *, manifest: Path) -> Path:
    """Write the report beside the videos, all of it or nothing. Raises OSError."""
    path = folder / REPORT
    content = {"manifest": str(manifest), "written_at": datetime.now(UTC).isoformat(timespec="seconds"), **report}
    replace_file(path, (json.dumps(content, indent=1) + "\n").encode())
    return path
