"""What a batch has come to: for people, for programs, and as a file beside the videos.

Lives here: the sums, the lines, the report. Not here: the books (`ledger`), and progress while it works (`progress`).
"""

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gptimage2_video import SubmissionState
from gptimage2_video_cli.console.output import printable

from .ledger import Ledger
from .plan import is_uncertain
from .schema import PLANNED, UNFUNDED, Row, spent

REPORT: Final = "report.json"
# What a line that is not at its end would exit with, as after an interruption.
_CODES: Final = {
    PLANNED: 2,
    UNFUNDED: 2,
    SubmissionState.REFUSED: 4,
    SubmissionState.SENDING: 5,
    SubmissionState.UNCERTAIN: 5,
    SubmissionState.PENDING: 124,
    SubmissionState.COMPLETED: 6,
    SubmissionState.FAILED: 1,
}
# In the order in which people want to read them.
_WORDS: Final = (
    "saved",
    "completed",
    SubmissionState.FAILED,
    SubmissionState.PENDING,
    SubmissionState.REFUSED,
    SubmissionState.UNCERTAIN,
    UNFUNDED,
    "planned",
)


def facts(ledger: Ledger, rows: Sequence[Row]) -> dict[str, Any]:
    """The whole report, as JSON shows it."""
    books = ledger.batch()
    debited, refunded = spent(rows)
    return {
        "batch": ledger.name,
        "base_url": books.base_url,
        "max_credits": books.max_credits,
        "credits_committed": books.committed,
        "credits_spent": debited,
        "credits_refunded": refunded,
        "counts": dict(Counter(standing(row) for row in rows)),
        "lines": [_line(row) for row in rows],
    }


def standing(row: Row) -> str:
    """How a line stands, in one word."""
    return "saved" if row.state == SubmissionState.COMPLETED and row.saved else row.state


def exit_code(rows: Sequence[Row]) -> int:
    """The highest of what the lines would have exited with by themselves."""
    return max(map(_code, rows), default=0)


def _code(row: Row) -> int:
    if row.code is not None and not is_uncertain(row):
        return row.code
    return 0 if row.saved else _CODES[row.state]


def summary(found: dict[str, Any]) -> str:
    """The sums, for people."""
    counts = found["counts"]
    words = [f"{counts[word]} {word}" for word in _WORDS if counts.get(word)]
    words += [f"{count} {word}" for word, count in counts.items() if word not in _WORDS]
    perhaps = found["credits_committed"] - found["credits_spent"] + found["credits_refunded"]
    limit = "" if found["max_credits"] is None else f" of at most {found['max_credits']}"
    return (
        f"{len(found['lines'])} lines: {', '.join(words) or 'none'}\n"
        f"{found['credits_spent']} credits spent{limit}, {found['credits_refunded']} refunded"
        + (f"; {perhaps} more may have been charged" if perhaps > 0 else "")
    )


def trouble(found: dict[str, Any]) -> list[str]:
    """A line for each line of the manifest that has no video, for people."""
    lines = [line for line in found["lines"] if line["state"] != "saved"]
    return [printable(" ".join(map(str, filter(None, _told(line))))) for line in lines]


def _told(line: dict[str, Any]) -> tuple[object, ...]:
    reason = line["reason"] and f"({line['reason']})"
    return f"line {line['line']}:", line["id"], line["state"], line["task_id"], reason


def write(folder: Path, found: dict[str, Any], *, manifest: Path) -> Path:
    """Put the report beside the videos, whole or not at all. Raises OSError."""
    path = folder / REPORT
    part = folder / f".{REPORT}.{secrets.token_hex(4)}"
    written = {"manifest": str(manifest), "written_at": datetime.now(UTC).isoformat(timespec="seconds"), **found}
    try:
        part.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _line(row: Row) -> dict[str, Any]:
    return {
        "line": row.number,
        "id": row.key,
        "state": standing(row),
        "running": row.running,
        "task_id": row.task_id,
        "quote": row.quote,
        "credits_used": row.credits_used,
        "refunded": row.refunded,
        "file": row.file if row.saved else None,
        "exit_code": row.code,
        "reason": row.reason,
        "request": row.request,
    }
