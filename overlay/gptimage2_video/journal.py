"""The journal: every submission on disk before it is sent, and what became of it.

Lives here: what is written and read of submissions, and of what they taught of the pace of tasks. Not here: the file
itself (`journal_file`), and when something is written (`flow`, `lookup`, `download`). The key is never in it. Threads
and processes may share one file: each record is a transaction of its own, synced to the disk before the call returns.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
from platformdirs import user_state_path

from .entries import Submission, Totals
from .journal_file import JournalFile, transaction
from .pace import DurationEstimate, Estimate, Lesson, read_estimate
from .record import SubmissionRecord, SubmissionState
from .task import Task

_LARGEST: Final = 2**63 - 1

_SENDING: Final = """
INSERT INTO submissions (entry, state, sent_at, changed_at, base_url, request, quote, target, origin)
VALUES (:entry, :state, :now, :now, :base_url, :request, :quote, :target, :origin)
ON CONFLICT (entry) DO UPDATE SET state = :state, changed_at = :now, reason = ''
"""
_ANSWERED: Final = """
UPDATE submissions SET state = :state, changed_at = :now, task_id = :task_id, credits_used = :credits_used,
    reason = :reason WHERE entry = :entry
"""
# A look tells nothing new most of the time: then nothing is written.
_OUTCOME: Final = """
UPDATE submissions SET state = :state, changed_at = :now, reason = :reason, path = coalesce(:path, path),
    credits_used = coalesce(:credits_used, credits_used), refunded = coalesce(:refunded, refunded)
WHERE base_url = :base_url AND task_id = :task_id AND (state IS NOT :state OR path IS NOT coalesce(:path, path)
    OR refunded IS NOT coalesce(:refunded, refunded))
"""
# Of one origin at one address, the submission itself left out; each part that is null asks for nothing.
_ENTRIES: Final = """
SELECT * FROM submissions WHERE base_url = coalesce(:base_url, base_url) AND origin = coalesce(:origin, origin)
    AND entry IS NOT :entry ORDER BY number
"""
_PACE: Final = "SELECT estimate FROM paces WHERE kind = ?"
_LEARNED: Final = """
INSERT INTO paces (kind, estimate) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET estimate = excluded.estimate
"""


class Journal:
    """A recorder that keeps its records in a SQLite file, readable by its owner alone. Threads and processes share it.

    Args:
        path: The file, made where it is missing; default: GPTIMAGE2_JOURNAL of the environment, else
            `gptimage2-video/journal.db` in the user's state directory.

    Every method raises JournalFailed where the file cannot be read or written.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        named = os.environ.get("GPTIMAGE2_JOURNAL")
        given = path or (None if named == "off" else named)  # off is for the command line
        found = Path(given) if given else user_state_path("gptimage2-video", appauthor=False) / "journal.db"
        self.path = found.absolute()  # a change of folder must not lead to another file
        self._file = JournalFile(self.path)
        self._paces: dict[str, DurationEstimate] = {}

    def __repr__(self) -> str:
        return f"Journal({str(self.path)!r})"

    def write(self, record: SubmissionRecord) -> None:
        """Write a record down, durably, and in one transaction with it what it teaches."""
        statement = (
            _OUTCOME
            if record.submission_id is None
            else _SENDING
            if record.state == SubmissionState.SENDING
            else _ANSWERED
        )

        def work(connection: sqlite3.Connection) -> None:
            if record.lesson is None:
                connection.execute(statement, _row(record))
                return
            with transaction(connection):
                connection.execute(statement, _row(record))
                _learn(connection, record.lesson)

        self._file.use(work)

    def write_agreed(self, record: SubmissionRecord, agree: Callable[[Totals], object]) -> None:
        """Write down that a submission is about to be sent, if that is agreed to, and in one transaction with it.

        Args:
            record: At SENDING.
            agree: Is given what all others of the record's group and base URL have cost, whoever submitted them.
                What it raises keeps the record from being written.
        """

        def work(connection: sqlite3.Connection) -> None:
            row = _row(record)
            with transaction(connection):
                agree(Totals.of(map(_entry, connection.execute(_ENTRIES, row))))
                connection.execute(_SENDING, row)

        self._file.use(work)

    async def write_async(self, record: SubmissionRecord) -> None:
        """As `write`, beside the event loop. A cancellation waits until it is done, asyncio's own ones excepted."""
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.write, record)

    def recall(self, key: str) -> DurationEstimate:
        """The pace of tasks of one kind; read once, and the same for all who share this journal."""
        if key not in self._paces:
            estimate = self._file.use(lambda connection: _estimate(connection, key))
            # When it was written says nothing on the clock that goes on from here.
            self._paces.setdefault(key, DurationEstimate(key, replace(estimate, at=None)))
        return self._paces[key]

    async def recall_async(self, key: str) -> DurationEstimate:
        """As `recall`, beside the event loop."""
        if key in self._paces:
            return self._paces[key]
        return await anyio.to_thread.run_sync(self.recall, key)

    def submissions(self, *, base_url: str | None = None, group: str | None = None) -> Iterator[Submission]:
        """Every submission, oldest first; of one address, or of one group, where these are given."""
        which = {"base_url": base_url, "origin": group, "entry": None}
        return iter(self._file.use(lambda connection: [_entry(row) for row in connection.execute(_ENTRIES, which)]))

    def try_write(self) -> None:
        """Nothing, where a record could be written now. Raises JournalFailed where none could."""

        def work(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                pass

        self._file.use(work)

    def close(self) -> None:
        """Close the file; it opens itself again when needed."""
        self._file.close()


def _row(record: SubmissionRecord) -> dict[str, Any]:
    task = record.task
    return {
        "entry": record.submission_id,
        "state": record.state,
        "now": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "base_url": record.base_url,
        "request": json.dumps(record.request),
        "quote": record.quote,
        "target": _file(record.target),
        "task_id": task and _text(task.id),
        "credits_used": task and _number(task.credits_used),
        "refunded": task and task.refunded,
        "reason": _text(record.reason or _why(task)),
        "path": _file(task.path if task else None),
        "origin": record.group,
    }


def _estimate(connection: sqlite3.Connection, key: str) -> Estimate:
    """What is known of tasks of one kind: nothing, where what is written makes no sense. No record is lost for that."""
    row = connection.execute(_PACE, (key,)).fetchone()
    try:
        return read_estimate(json.loads(row[0])) if row else Estimate()
    except (ValueError, TypeError, KeyError):
        return Estimate()


def _learn(connection: sqlite3.Connection, lesson: Lesson) -> None:
    learned = _estimate(connection, lesson.key).after(lesson.took, datetime.now(UTC).timestamp())
    connection.execute(_LEARNED, (lesson.key, json.dumps(learned.as_json())))


def _file(path: Path | None) -> bytes | None:
    return None if path is None else os.fsencode(path.absolute())


def _text(text: str) -> str:
    """The text without halves of characters, which JSON can bring and SQLite cannot keep."""
    return text.encode("utf-8", "replace").decode()


def _number(number: int | None) -> int | None:
    """The number, unless it is one that SQLite cannot keep: the task id beside it must not be lost for that."""
    return number if number is not None and abs(number) <= _LARGEST else None


def _why(task: Task | None) -> str:
    return ": ".join(part for part in (task.error_code, task.error_message) if part) if task else ""


def _entry(row: sqlite3.Row) -> Submission:
    facts = dict(row)
    del facts["number"]
    facts["id"], facts["group"] = facts.pop("entry"), facts.pop("origin")
    for name, read in _READ.items():
        facts[name] = None if facts[name] is None else read(facts[name])
    return Submission(**facts)


def _path(raw: bytes) -> Path:
    return Path(os.fsdecode(raw))


_READ: Final[dict[str, Callable[[Any], Any]]] = {
    "state": SubmissionState,
    "sent_at": datetime.fromisoformat,
    "changed_at": datetime.fromisoformat,
    "request": json.loads,
    "target": _path,
    "refunded": bool,
    "path": _path,
}
