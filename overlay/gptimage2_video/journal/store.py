"""The journal: every submission on disk before it is sent, and what became of it. The key is never in it."""

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self
from weakref import WeakSet

from platformdirs import user_state_path

from gptimage2_video.errors import JournalFailed
from gptimage2_video.polling.estimate import KEPT, SimilarTasks
from gptimage2_video.task import TaskStatus
from gptimage2_video.transport.threads import in_thread

from .record import Submission, SubmissionRecord, SubmissionState, Totals
from .sqlite import open_file

_MAX_INTEGER: Final = 2**63 - 1

_SENDING: Final = """
INSERT INTO submissions (entry, state, sent_at, changed_at, base_url, request, quote, target, origin)
VALUES (:entry, :state, :now, :now, :base_url, :request, :quote, :target, :origin)
ON CONFLICT (entry) DO UPDATE SET state = :state, changed_at = :now, reason = ''
"""
_ANSWERED: Final = """
UPDATE submissions SET state = :state, changed_at = :now, task_id = :task_id, credits_used = :credits_used,
    reason = :reason WHERE entry = :entry
"""
# A poll brings no news most of the time: then nothing is written. When the end was seen stays, whatever comes after it.
_ENDED: Final = """
UPDATE submissions SET state = :state, reason = :reason, path = coalesce(:path, path),
    changed_at = CASE WHEN state IS :state THEN changed_at ELSE :now END,
    credits_used = coalesce(:credits_used, credits_used), refunded = coalesce(:refunded, refunded)
WHERE base_url = :base_url AND task_id = :task_id AND (state IS NOT :state OR path IS NOT coalesce(:path, path)
    OR refunded IS NOT coalesce(:refunded, refunded))
"""
# Of one group at one base URL, the submission itself left out; each parameter that is null filters nothing.
_SELECT: Final = """
SELECT * FROM submissions WHERE base_url = coalesce(:base_url, base_url) AND origin = coalesce(:origin, origin)
    AND entry IS NOT :entry ORDER BY number
"""
# Among the last ones only, as a journal may be long; a clock that was set back gives no duration.
_DURATIONS: Final = """
SELECT (julianday(changed_at) - julianday(sent_at)) * 86400 FROM (
    SELECT * FROM submissions WHERE base_url = :base_url AND state = 'completed' ORDER BY number DESC LIMIT 1000
) WHERE json_extract(request, '$.model') IS :model AND json_extract(request, '$.duration') IS :duration
    AND json_extract(request, '$.resolution') IS :resolution AND changed_at > sent_at LIMIT :kept
"""


class Journal:
    """A recorder that keeps its records in a SQLite file, readable by its owner alone. Threads and processes share it.

    Each record is a transaction of its own, synced to the disk before the call returns. The file is made where it is
    missing; default: GPTIMAGE2_JOURNAL of the environment, else `gptimage2-video/journal.db` in the user's state
    directory. Every method raises JournalFailed where it cannot be read or written.
    """

    _connection: sqlite3.Connection | None = None

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        setting = os.environ.get("GPTIMAGE2_JOURNAL")
        chosen = path or (None if setting == "off" else setting)  # off is for the command line
        file = Path(chosen) if chosen else user_state_path("gptimage2-video", appauthor=False) / "journal.db"
        self.path = file.absolute()  # a change of folder must not lead to another file

    def __repr__(self) -> str:
        return f"Journal({str(self.path)!r})"

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self.path,)  # another process opens the file for itself

    def write(self, record: SubmissionRecord) -> None:
        """Write a record down, durably."""
        sending = record.state == SubmissionState.SENDING
        statement = _ENDED if record.submission_id is None else _SENDING if sending else _ANSWERED
        with self._open() as connection:
            connection.execute(statement, _params(record))

    def write_if(self, record: SubmissionRecord, approve: Callable[[Totals], object]) -> None:
        """Write down that a submission is about to be sent, in one transaction with the approval of its cost.

        `approve` gets what all others of the record's group and base URL have cost, whoever submitted them. What it
        raises keeps the record from being written.
        """
        params = _params(record)
        with self._open() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            approve(Totals.of(map(_submission, connection.execute(_SELECT, params))))
            connection.execute(_SENDING, params)

    async def write_async(self, record: SubmissionRecord) -> None:
        """As `write`, in a thread. A cancellation waits until it is done, asyncio's own ones excepted."""
        await in_thread(self.write, record)

    def durations(self, similar: SimilarTasks) -> list[float]:
        """Seconds from submission until completion was seen, of the last similar tasks; oldest first."""
        with self._open() as connection:
            rows = connection.execute(_DURATIONS, {**similar._asdict(), "kept": KEPT}).fetchall()
        return [duration for (duration,) in reversed(rows)]

    def submissions(self, *, base_url: str | None = None, group: str | None = None) -> Iterator[Submission]:
        """Every submission, oldest first; of one base URL, or of one group, where these are given."""
        with self._open() as connection:
            rows = connection.execute(_SELECT, {"base_url": base_url, "origin": group, "entry": None})
            return iter([_submission(row) for row in rows])

    def check_writable(self) -> None:
        """Return if a record could be written now. Raises JournalFailed where none could."""
        with self._open() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, as soon as no thread is at it; it opens itself again when needed."""
        with _LOCK:
            self._disconnect()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    __del__ = _disconnect

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        try:
            with _LOCK:
                if self._connection is None:
                    self._connection = open_file(self.path)
                    _OPENED.add(self)
                yield self._connection
        except (sqlite3.Error, OSError, ValueError) as error:  # ValueError: what is in it makes no sense
            raise JournalFailed(str(error), path=str(self.path)) from None


# Held by the thread that is at a file. No connection goes through a fork: SQLite would take the parent's locks for the
# child's, and lose records.
_LOCK: Final = threading.Lock()
_OPENED: Final[WeakSet[Journal]] = WeakSet()


def _before_fork() -> None:
    _LOCK.acquire()
    for journal in _OPENED:
        journal._disconnect()  # noqa: SLF001  (a journal of this module)  # pyright: ignore[reportPrivateUsage]


# Windows has no fork; `dict` takes any keywords.
_register: Final[Callable[..., object]] = getattr(os, "register_at_fork", dict)
_register(before=_before_fork, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


def _params(record: SubmissionRecord) -> dict[str, Any]:
    task = record.task
    failure = task.failure_reason if task and task.status == TaskStatus.FAILED else ""
    return {
        "entry": record.submission_id,
        "state": record.state,
        "now": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "base_url": record.base_url,
        "request": json.dumps(record.request),
        "quote": record.quote,
        "target": _encode_path(record.target),
        "task_id": task and storable_text(task.id),
        "credits_used": task and _storable_number(task.credits_used),
        "refunded": task and task.refunded,
        "reason": storable_text(record.reason or failure),
        "path": _encode_path(task.path if task else None),
        "origin": record.group,
    }


def _encode_path(path: Path | None) -> bytes | None:
    return None if path is None else os.fsencode(path.absolute())


# JSON can bring halves of characters and numbers that a database cannot keep: the task id must not be lost for that.
def storable_text(text: str) -> str:
    """The text, with a question mark for each lone surrogate."""
    return text.encode("utf-8", "replace").decode()


def _storable_number(number: int | None) -> int | None:
    return number if number is not None and abs(number) <= _MAX_INTEGER else None


def _submission(row: sqlite3.Row) -> Submission:
    refunded = row["refunded"]
    return Submission(
        id=row["entry"],
        state=SubmissionState(row["state"]),
        sent_at=datetime.fromisoformat(row["sent_at"]),
        changed_at=datetime.fromisoformat(row["changed_at"]),
        base_url=row["base_url"],
        request=json.loads(row["request"]),
        quote=row["quote"],
        target=_decode_path(row["target"]),
        task_id=row["task_id"],
        credits_used=row["credits_used"],
        refunded=None if refunded is None else bool(refunded),
        reason=row["reason"],
        path=_decode_path(row["path"]),
        group=row["origin"],
    )


def _decode_path(raw: bytes | None) -> Path | None:
    return None if raw is None else Path(os.fsdecode(raw))
