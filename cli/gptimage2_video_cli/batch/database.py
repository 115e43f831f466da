"""Where a batch keeps its books: a SQLite file in the folder of its videos, or a PostgreSQL database that many share.

Lives here: the ledger's way to the database, the lock that keeps two processes out of one folder, and patience
with a database that is away. Not here: what is kept (`ledger`).
"""

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

from gptimage2_video_cli.console.output import say

T = TypeVar("T")

STATE_FOLDER: Final = ".batch"
FAILED: Final = "the books of the batch cannot be kept"
_LOCK: Final = "lock.db"
_BUSY_SECONDS: Final = 30
_POOL: Final = 10  # connections to PostgreSQL for each process, DBOS's own included
# Pauses before a database that is away is asked again, in seconds.
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0
# So long nothing more is said of it, in seconds.
_QUIET_SECONDS: Final = 60.0
_telling: Final = threading.Lock()
_told: Final = [-math.inf]


def in_folder(folder: Path) -> sa.Engine:
    """The engine of the SQLite file in the folder, which its owner alone can read. Raises click.ClickException."""
    path = folder / STATE_FOLDER / "batch.db"
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        for file in (path, path.with_name(_LOCK)):
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as problem:
        raise click.ClickException(f"{FAILED}: {problem.strerror}: {problem.filename}") from None
    # One connection: threads wait for it in turn, where connections would wait for each other in ever longer pauses.
    url = sa.URL.create("sqlite", database=str(path.absolute()))
    engine = sa.create_engine(url, pool_size=1, max_overflow=0, pool_timeout=3600)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # else sqlite3 reads outside of the transaction that it writes in
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # writers queue instead of failing halfway

    return engine


def at(url: str) -> sa.Engine:
    """The engine of a PostgreSQL database. Raises click.UsageError, whose sentence never shows the password."""
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
    except exc.SQLAlchemyError as problem:
        engine.dispose()
        raise click.ClickException(f"the database cannot be reached: {words(problem)}") from None
    return engine


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """No other process works in this folder meanwhile. A process that dies in any way gives the lock back.

    Raises:
        click.ClickException: Another one does.
    """
    with closing(sqlite3.connect(folder / STATE_FOLDER / _LOCK, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as problem:
            taken = "locked" in str(problem)
            why = f"another process works on the batch in {folder}" if taken else f"{FAILED}: {problem}"
            raise click.ClickException(why) from None
        yield


def patiently(work: Callable[[], T]) -> T:
    """Do something with the database, again and again as long as it is away."""
    pause = _FIRST_PAUSE
    while True:
        try:
            return work()
        except exc.DBAPIError as problem:
            if not _away(problem):
                raise
            _tell_once(problem)
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _tell_once(problem: exc.DBAPIError) -> None:
    """Say that the database is away, for all threads that notice together."""
    with _telling:
        if time.monotonic() - _told[-1] > _QUIET_SECONDS:
            _told[-1] = time.monotonic()
            say(f"the database is away ({words(problem)}); trying again until it is back")


def words(problem: exc.SQLAlchemyError) -> str:
    """What a driver says, in one line and without SQL or parameters."""
    origin = problem.orig if isinstance(problem, exc.DBAPIError) else problem
    lines = str(origin).strip().splitlines()
    return lines[0] if lines else type(origin).__name__


def _away(problem: exc.DBAPIError) -> bool:
    """Whether the same may go through later: a lost connection, a restart, or a writer that takes its time."""
    locked = isinstance(problem.orig, sqlite3.OperationalError) and "locked" in str(problem.orig)
    state: Any = getattr(problem.orig, "sqlstate", None)
    lost = isinstance(problem, exc.OperationalError | exc.InterfaceError) and not isinstance(
        problem.orig, sqlite3.Error
    )
    return locked or lost or problem.connection_invalidated or str(state).startswith(("08", "57P", "40"))
