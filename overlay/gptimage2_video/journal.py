"""The journal: every submission on disk before it is sent, and what became of it.

Lives here: a SQLite file, its writing and its reading. Not here: when something is written (`flow`, `lookup`,
`download`). The key is never in it. Any number of threads and processes may share one file: each record is a
transaction of its own, synced to the disk before the call returns.
"""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from weakref import WeakSet

import anyio
import anyio.to_thread
from platformdirs import user_state_path

from .entries import Entry
from .errors import JournalFailed
from .record import Record, State
from .task import Task

T = TypeVar("T")

# So long a process waits for another one's transaction, in seconds. Each takes milliseconds.
_PATIENCE: Final = 30.0
_AGAIN: Final = 0.01
_LARGEST: Final = 2**63 - 1

# Plain types: STRICT tables need SQLite 3.37, and systems with Python 3.11 have older ones.
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS submissions (
    number INTEGER PRIMARY KEY,
    entry TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    base_url TEXT NOT NULL,
    request TEXT NOT NULL,
    quote INTEGER,
    target BLOB,
    task_id TEXT,
    credits_used INTEGER,
    refunded INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    path BLOB,
    origin TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS submissions_task ON submissions (base_url, task_id);
"""
_VERSION: Final = 1

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


class Journal:
    """A recorder that keeps its records in a SQLite file, readable by its owner alone. Threads and processes share it.

    Args:
        path: The file, made where it is missing; default: GPTIMAGE2_JOURNAL of the environment, else
            `gptimage2-video/journal.db` in the user's state directory.

    Every method raises JournalFailed where the file cannot be read or written.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        given = path or os.environ.get("GPTIMAGE2_JOURNAL")
        found = Path(given) if given else user_state_path("gptimage2-video", appauthor=False) / "journal.db"
        self.path = found.absolute()  # a change of folder must not lead to another file
        self._file = _File(self.path)

    def __repr__(self) -> str:
        return f"Journal({str(self.path)!r})"

    def write(self, record: Record) -> None:
        """Write a record down, durably."""
        statement = _OUTCOME if record.entry is None else _SENDING if record.state == State.SENDING else _ANSWERED
        self._file.use(lambda connection: connection.execute(statement, _row(record)))

    async def write_async(self, record: Record) -> None:
        """As `write`, beside the event loop. A cancellation waits until it is done, asyncio's own ones excepted."""
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.write, record)

    def entries(self) -> Iterator[Entry]:
        """Every submission, oldest first."""
        every = "SELECT * FROM submissions ORDER BY number"
        return iter(self._file.use(lambda connection: [_entry(row) for row in connection.execute(every)]))

    def close(self) -> None:
        """Close the file; it opens itself again when needed."""
        self._file.close()


class _File:
    """The open file, which threads share. No connection goes through a fork.

    SQLite would take the parent's locks for the child's, and lose records.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        _FILES.add(self)

    def use(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with self._lock:
                if self._connection is None:
                    self._connection = _open(self._path)
                return work(self._connection)
        except (sqlite3.Error, OSError, ValueError) as problem:  # ValueError: what is in it makes no sense
            raise JournalFailed(str(problem), path=str(self._path)) from None

    def close(self) -> None:
        self.hold()
        self.release()

    def hold(self) -> None:
        """Close it, as soon as no thread is at it, and keep it from being opened."""
        self._lock.acquire()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def release(self) -> None:
        self._lock.release()

    __del__ = close


_FILES: Final[WeakSet[_File]] = WeakSet()
_HELD: Final[list[_File]] = []


def _before_fork() -> None:
    for file in list(_FILES):
        file.hold()
        _HELD.append(file)


def _after_fork() -> None:
    while _HELD:
        _HELD.pop().release()


def _without_forks(**_: Callable[[], None]) -> None:
    """What a system that has none is told."""


_register: Final[Callable[..., None]] = getattr(os, "register_at_fork", _without_forks)
_register(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Not by SQLite: the file must never have been readable by others. Its side files take after it.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        _share(connection)
        connection.execute("PRAGMA synchronous = FULL")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _share(connection: sqlite3.Connection) -> None:
    """Let many read while one writes. SQLite does not wait for others here, who may be about to do the same."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_AGAIN)
        else:
            return


def _migrate(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise sqlite3.DatabaseError(f"it is of a newer version of this program ({version})")
    if version < _VERSION:
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT")


def _row(record: Record) -> dict[str, Any]:
    task = record.task
    return {
        "entry": record.entry,
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
        "origin": record.origin,
    }


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


def _entry(row: sqlite3.Row) -> Entry:
    facts = dict(row)
    del facts["number"]
    for name, read in _READ.items():
        facts[name] = None if facts[name] is None else read(facts[name])
    return Entry(**facts)


def _path(raw: bytes) -> Path:
    return Path(os.fsdecode(raw))


_READ: Final[dict[str, Callable[[Any], Any]]] = {
    "state": State,
    "sent_at": datetime.fromisoformat,
    "changed_at": datetime.fromisoformat,
    "request": json.loads,
    "target": _path,
    "refunded": bool,
    "path": _path,
}
