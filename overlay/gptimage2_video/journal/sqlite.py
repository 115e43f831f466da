"""The SQLite file of a journal: open for all threads, shared with other processes, never carried through a fork."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar
from weakref import WeakSet

from gptimage2_video.errors import JournalFailed

T = TypeVar("T")

# So long a process waits for another one's transaction, in seconds. Each takes milliseconds.
_BUSY_TIMEOUT: Final = 30.0
_RETRY_DELAY: Final = 0.01

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
DROP TABLE IF EXISTS paces;
"""
# 2 had a table of estimates, `paces`, which 3 drops; submissions stayed as they were.
_VERSION: Final = 3


class JournalFile:
    """The open file, which threads share. No connection goes through a fork.

    SQLite would take the parent's locks for the child's, and lose records.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        _FILES.add(self)

    def use(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do the work with the connection, which is opened where it is not. Raises JournalFailed."""
        try:
            with self._lock:
                if self._connection is None:
                    self._connection = _open(self._path)
                return work(self._connection)
        except (sqlite3.Error, OSError, ValueError) as error:  # ValueError: what is in it makes no sense
            raise JournalFailed(str(error), path=str(self._path)) from None

    def close(self) -> None:
        """Close it, as soon as no thread is at it; the next use opens it again."""
        self.lock()
        self.unlock()

    def lock(self) -> None:
        """Close it, as soon as no thread is at it, and keep it from being opened."""
        self._lock.acquire()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def unlock(self) -> None:
        """Let it be opened again."""
        self._lock.release()

    __del__ = close


_FILES: Final[WeakSet[JournalFile]] = WeakSet()
_LOCKED: Final[list[JournalFile]] = []


def _before_fork() -> None:
    for file in list(_FILES):
        file.lock()
        _LOCKED.append(file)


def _after_fork() -> None:
    while _LOCKED:
        _LOCKED.pop().unlock()


# Windows has no fork; `dict` takes any keywords.
_register: Final[Callable[..., object]] = getattr(os, "register_at_fork", dict)
_register(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """All of what is done within, or nothing; nobody else writes meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Not by SQLite: the file must never have been readable by others. Its side files take after it.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        _enable_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _enable_wal(connection: sqlite3.Connection) -> None:
    """Let many read while one writes. SQLite does not wait for others here, who may be about to do the same."""
    deadline = time.monotonic() + _BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_DELAY)
        else:
            return


def _migrate(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise sqlite3.DatabaseError(f"it is of a newer version of this program ({version})")
    if version < _VERSION:
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT")
