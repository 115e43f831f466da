"""The SQLite file of a journal: its table, how it is opened, and how it waits for other processes."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Final

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


def open_file(path: Path) -> sqlite3.Connection:
    """Open the file for all threads; it is made, with its folder, where it is missing."""
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
