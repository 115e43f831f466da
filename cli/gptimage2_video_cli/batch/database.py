"""The database of a batch: a SQLite file beside its videos, or a PostgreSQL database that many workers share."""

import math
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import sqlalchemy as sa
from sqlalchemy import event, exc

from gptimage2_video_cli.console.output import log_stderr

T = TypeVar("T")

STATE_FOLDER: Final = ".batch"
FAILED: Final = "cannot write the batch database"
_LOCK: Final = "lock.db"
_BUSY_SECONDS: Final = 30
_POOL: Final = 10  # connections to PostgreSQL per process, DBOS's own included
_INITIAL_DELAY: Final = 0.2  # seconds before the first retry
_MAX_DELAY: Final = 5.0
_NOTICE_INTERVAL: Final = 60.0  # seconds between two lines about an unavailable database


# DBOS on Python 3.12 or newer asks SQLite for `unixepoch('subsec')`. Before 3.42, as in Debian 12, that is NULL, and no
# batch could begin. On every Python, as a batch may be begun with one and continued with another.
if sqlite3.sqlite_version_info < (3, 42):

    @event.listens_for(sa.Engine, "connect")
    def _add_unixepoch(connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.create_function("unixepoch", 1, _now)


def _now(_modifier: str) -> float:
    """Seconds since 1970, to the millisecond."""
    return round(time.time(), 3)


def open_sqlite(folder: Path) -> sa.Engine:
    """The engine of the SQLite file in the folder, which only its owner can read. Raises click.ClickException."""
    path = folder / STATE_FOLDER / "batch.db"
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        for file in (path, path.with_name(_LOCK)):
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise click.ClickException(f"{FAILED}: {error.strerror}: {error.filename}") from None
    # One connection: threads wait for it in turn, where connections would wait for each other with growing delays.
    url = sa.URL.create("sqlite", database=str(path.absolute()))
    engine = sa.create_engine(url, pool_size=1, max_overflow=0, pool_timeout=3600)

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # else sqlite3 reads outside of the transaction that it writes in
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # writers queue instead of failing halfway

    return engine


def open_postgres(url: str) -> sa.Engine:
    """The engine of a PostgreSQL database. Raises click.UsageError, whose message never shows the password."""
    try:
        parsed = sa.make_url(url)
    except exc.ArgumentError:
        raise click.UsageError("--database is not a URL such as postgresql://user@host/name") from None
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise click.UsageError("--database takes a postgresql:// URL; without it a batch is kept in its folder")
    engine = sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=_POOL,
        max_overflow=_POOL,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10},
    )
    try:
        engine.connect().close()
    except exc.SQLAlchemyError as error:
        engine.dispose()
        raise click.ClickException(f"cannot connect to the database: {driver_message(error)}") from None
    return engine


@contextmanager
def exclusive_lock(folder: Path) -> Generator[None]:
    """No other process works in this folder meanwhile. A process that dies in any way releases the lock.

    Raises:
        click.ClickException: Another process holds it.
    """
    with closing(sqlite3.connect(folder / STATE_FOLDER / _LOCK, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            locked = "locked" in str(error)
            message = f"another process works on the batch in {folder}" if locked else f"{FAILED}: {error}"
            raise click.ClickException(message) from None
        yield


class OutageNotice:
    """Reports that the database is unavailable, once for all threads that notice together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reported_at = -math.inf

    def report(self, error: exc.DBAPIError) -> None:
        """Log it, unless that was done within the last minute."""
        with self._lock:
            if time.monotonic() - self._reported_at > _NOTICE_INTERVAL:
                self._reported_at = time.monotonic()
                log_stderr(f"database unavailable ({driver_message(error)}); retrying until it is back")


_NOTICE: Final = OutageNotice()


def with_retries(
    work: Callable[[], T], *, sleep: Callable[[float], object] = time.sleep, notice: OutageNotice = _NOTICE
) -> T:
    """Do work with the database, again and again while it is unavailable."""
    delay = _INITIAL_DELAY
    while True:
        try:
            return work()
        except exc.DBAPIError as error:
            if not _is_transient(error):
                raise
            notice.report(error)
        sleep(delay)
        delay = min(2 * delay, _MAX_DELAY)


def driver_message(error: exc.SQLAlchemyError) -> str:
    """The driver's message, in one line and without SQL or parameters."""
    origin = error.orig if isinstance(error, exc.DBAPIError) else error
    lines = str(origin).strip().splitlines()
    return lines[0] if lines else type(origin).__name__


def _is_transient(error: exc.DBAPIError) -> bool:
    """Whether the same may succeed later: a lost connection, a restart, or a slow writer."""
    locked = isinstance(error.orig, sqlite3.OperationalError) and "locked" in str(error.orig)
    state: Any = getattr(error.orig, "sqlstate", None)
    lost = isinstance(error, exc.OperationalError | exc.InterfaceError) and not isinstance(error.orig, sqlite3.Error)
    return locked or lost or error.connection_invalidated or str(state).startswith(("08", "57P", "40"))
