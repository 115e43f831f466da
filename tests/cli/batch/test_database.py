"""The database of a batch: which errors are retried, and what is said of them."""

import sqlite3

import pytest
from sqlalchemy import exc

from gptimage2_video_cli.batch.database import OutageNotice, driver_message, open_sqlite, with_retries


class Failing:
    """Work that fails so many times."""

    def __init__(self, error, times=3):
        self.error, self.left = error, times

    def __call__(self):
        if self.left:
            self.left -= 1
            raise self.error
        return "done"


class Driver(Exception):
    """An error as psycopg raises it."""

    def __init__(self, text, state=None):
        super().__init__(text)
        self.sqlstate = state


def lost(kind=exc.OperationalError, text="server closed the connection", state=None):
    return kind("SELECT %(password)s", {"password": "hush-hush"}, Driver(text, state))


def test_sqlite_tells_the_time_in_parts_of_a_second_however_old_it_is(tmp_path):
    """DBOS needs it on Python 3.12 and newer, and SQLite has it since 3.42."""
    engine = open_sqlite(tmp_path)
    with engine.connect() as connection:
        now = connection.exec_driver_sql("SELECT unixepoch('subsec')").scalar()
    engine.dispose()
    assert isinstance(now, float)


class TestWithRetries:
    def retried(self, work, delays):
        return with_retries(work, sleep=delays.append, notice=OutageNotice())

    @pytest.mark.parametrize(
        "error",
        [
            lost(),
            lost(exc.InterfaceError, "connection already closed"),
            lost(exc.DBAPIError, "terminating connection", "57P01"),
            lost(exc.DBAPIError, "deadlock detected", "40P01"),
            lost(exc.DBAPIError, "broken", "08006"),
            exc.OperationalError("", {}, sqlite3.OperationalError("database is locked")),
        ],
    )
    def test_retries_while_the_database_is_unavailable_and_says_so_once(self, capsys, error):
        delays = []
        assert "done" == self.retried(Failing(error, 8), delays)
        assert [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0] == delays
        logged = capsys.readouterr().err
        assert (1, True, False) == (logged.count("\n"), "retrying until it is back" in logged, "hush" in logged)

    @pytest.mark.parametrize(
        "error",
        [
            exc.OperationalError("", {}, sqlite3.OperationalError("database or disk is full")),
            exc.DatabaseError("", {}, sqlite3.DatabaseError("file is not a database")),
            lost(exc.IntegrityError, "duplicate key", "23505"),
            lost(exc.ProgrammingError, "no such table", "42P01"),
            ZeroDivisionError("bug"),
        ],
    )
    def test_raises_a_permanent_error(self, capsys, error):
        delays = []
        with pytest.raises(type(error)):
            self.retried(Failing(error), delays)
        assert ([], "") == (delays, capsys.readouterr().err)


class TestDriverMessage:
    def test_is_the_driver_s_first_line_without_statement_or_password(self):
        assert "no route" == driver_message(lost(text="no route\n\tto host\n"))

    def test_is_the_type_where_the_driver_is_silent(self):
        assert "Driver" == driver_message(lost(text=""))

    def test_of_an_error_without_a_driver_is_its_own(self):
        assert "QueuePool limit reached" == driver_message(exc.TimeoutError("QueuePool limit reached"))
