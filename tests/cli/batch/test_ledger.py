"""The books of a batch: what only a transaction can show, such as a commit whose answer was lost, or many threads."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from gptimage2_video import BudgetExceeded, SubmissionRecord, SubmissionState, Task, TaskStatus
from gptimage2_video_cli.batch import database as store
from gptimage2_video_cli.batch.database import in_folder, patiently, words
from gptimage2_video_cli.batch.ledger import AlreadySent, Ledger
from gptimage2_video_cli.batch.manifest import Line
from gptimage2_video_cli.batch.plan import apply, fits_now, hand_over, is_due
from gptimage2_video_cli.batch.schema import batches

URL = "https://api.example.com"


@pytest.fixture
def books(tmp_path):
    """A batch with these prices, its lines called 0, 1, 2 …; nobody knows a price of None."""
    made = []

    def make(*prices, limit=None):
        ledger = Ledger(in_folder(tmp_path), "batch")
        made.append(ledger)
        ledger.prepare()
        ledger.transact(lambda c: c.execute(sa.insert(batches).values(name="batch", base_url=URL)))
        lines = [
            Line(str(number), number + 1, {"prompt": "A cup"}, price, f"{number}.mp4")
            for number, price in enumerate(prices)
        ]
        apply(ledger, lines, limit, resubmit_uncertain=False)
        return ledger

    yield make
    for ledger in made:
        ledger.engine.dispose()


def committed(ledger):
    return ledger.batch().committed


def task(status=TaskStatus.PENDING, **facts):
    return Task("tsk_1", status, **facts)


def record(state, entry="e1", **facts):
    return SubmissionRecord(state, URL, entry, **facts)


class TestWhatAServiceSays:
    def test_never_keeps_a_line_from_being_written_down(self, books):
        ledger = books(5)
        ledger.claim("0", "e1")
        odd = Task("tsk_\ud800\0", TaskStatus.PENDING, credits_used=2**70, error_message="\ud83d\0")
        ledger.note("0", record(SubmissionState.PENDING, task=odd))
        row = ledger.row("0")
        assert ("pending", "tsk_??", None, 5) == (row.state, row.task_id, row.credits_used, committed(ledger))
        ledger.note("0", record(SubmissionState.FAILED, task=odd))
        assert ("failed", "??") == (ledger.row("0").state, ledger.row("0").reason)


class TestClaim:
    def test_takes_the_line_and_its_price(self, books):
        ledger = books(5)
        ledger.claim("0", "e1")
        assert ("sending", "e1", 5) == (ledger.row("0").state, ledger.row("0").entry, committed(ledger))

    def test_a_taken_line_is_nobody_else_s(self, books):
        ledger = books(5)
        ledger.claim("0", "e1")
        with pytest.raises(AlreadySent, match="submitted already; nothing was sent"):
            ledger.claim("0", "e2")
        assert ("e1", 5) == (ledger.row("0").entry, committed(ledger))

    def test_a_claim_whose_commit_came_through_unheard_may_be_made_again(self, books):
        ledger = books(5)
        ledger.claim("0", "e1")
        ledger.claim("0", "e1")
        assert ("sending", 5) == (ledger.row("0").state, committed(ledger))

    @pytest.mark.parametrize("state", [SubmissionState.UNCERTAIN, SubmissionState.PENDING])
    def test_what_may_be_charged_is_never_claimed_again(self, books, state):
        ledger = books(5)
        ledger.claim("0", "e1")
        ledger.note("0", record(state, task=task()))
        with pytest.raises(AlreadySent):
            ledger.claim("0", "e1")

    def test_what_was_refused_gives_its_price_back_once_and_may_be_claimed_again(self, books):
        ledger = books(5)
        ledger.claim("0", "e1")
        for _ in range(2):
            ledger.note("0", record(SubmissionState.REFUSED, reason="no"))
        assert ("refused", "no", 0) == (ledger.row("0").state, ledger.row("0").reason, committed(ledger))
        ledger.claim("0", "e2")
        ledger.note("0", record(SubmissionState.REFUSED, "e1"))
        assert ("sending", 5) == (ledger.row("0").state, committed(ledger)), "a late refusal is of another submission"

    def test_threads_that_race_for_one_line_send_it_once(self, books):
        ledger = books(5)
        assert 1 == sum(at_once(20, lambda number: claimed(ledger, "0", f"e{number}")))


class TestBudget:
    def test_a_price_that_does_not_fit_leaves_the_line_unfunded(self, books):
        ledger = books(5, 5, limit=9)
        ledger.claim("0", "e1")
        with pytest.raises(BudgetExceeded, match="costs about 5 credits and 4 are left"):
            ledger.claim("1", "e2")
        assert ("unfunded", 5) == (ledger.row("1").state, committed(ledger))

    def test_threads_that_race_never_go_over_it(self, books):
        ledger = books(*[5] * 40, limit=52)
        assert 10 == sum(at_once(40, lambda number: claimed(ledger, str(number), f"e{number}")))
        assert (50, 30) == (committed(ledger), sum(row.state == "unfunded" for row in ledger.rows()))

    def test_an_unknown_price_needs_something_to_be_left(self, books):
        ledger = books(5, None, limit=5)
        ledger.claim("0", "e1")
        assert not claimed(ledger, "1", "e2")
        assert [False, True, True] == [fits_now(ledger.row("1"), left) for left in (0, 1, None)]

    def test_the_receipt_s_price_takes_the_place_of_the_quote(self, books):
        ledger = books(5, None, limit=100)
        for key, entry in (("0", "e1"), ("1", "e2")):
            ledger.claim(key, entry)
            for _ in range(2):
                ledger.note(key, record(SubmissionState.PENDING, entry, task=task(credits_used=7)))
        assert 14 == committed(ledger)

    def test_a_refund_is_counted_once(self, books):
        ledger = books(5, limit=5)
        ledger.claim("0", "e1")
        ledger.note("0", record(SubmissionState.PENDING, task=task(credits_used=5)))
        failed = task(TaskStatus.FAILED, refunded=False, error_code="EMPTY")
        ledger.note("0", record(SubmissionState.FAILED, None, task=failed))
        assert (5, False) == (committed(ledger), ledger.row("0").refunded)
        back = task(TaskStatus.FAILED, refunded=True, credits_used=5)
        for _ in range(3):
            ledger.note("0", record(SubmissionState.FAILED, None, task=back))
        ledger.note("0", record(SubmissionState.FAILED, None, task=task(TaskStatus.FAILED)))
        assert (0, True, "failed") == (committed(ledger), ledger.row("0").refunded, ledger.row("0").state)

    def test_a_refund_of_a_task_without_a_price_is_that_of_the_quote(self, books):
        ledger = books(5)
        ledger.claim("0", "e1")
        ledger.note("0", record(SubmissionState.PENDING, task=task()))
        ledger.note("0", record(SubmissionState.FAILED, None, task=task(TaskStatus.FAILED, refunded=True)))
        assert 0 == committed(ledger)

    def test_news_of_another_task_is_not_this_line_s(self, books):
        ledger = books(5)
        ledger.claim("0", "e1")
        ledger.note("0", record(SubmissionState.PENDING, task=task()))
        ledger.note("0", record(SubmissionState.FAILED, None, task=Task("tsk_2", TaskStatus.FAILED, refunded=True)))
        assert ("pending", 5) == (ledger.row("0").state, committed(ledger))


class TestCutOff:
    def test_what_was_on_its_way_is_uncertain_and_nothing_else(self, books):
        ledger = books(5, 5, 5)
        ledger.claim("0", "e1")
        ledger.claim("1", "e2")
        ledger.note("1", record(SubmissionState.PENDING, "e2", task=task()))
        ledger.cut_off()
        assert ["uncertain", "pending", "planned"] == [row.state for row in ledger.rows()]
        assert 10 == committed(ledger), "it may have been charged"

    def test_one_line_s_leaves_the_others(self, books):
        ledger = books(5, 5)
        ledger.claim("0", "e1")
        ledger.claim("1", "e2")
        ledger.cut_off("1")
        assert ["sending", "uncertain"] == [row.state for row in ledger.rows()]

    def test_a_receipt_that_comes_late_still_counts(self, books):
        ledger = books(5)
        ledger.claim("0", "e1")
        ledger.cut_off()
        ledger.note("0", record(SubmissionState.PENDING, task=task(credits_used=6)))
        row = ledger.row("0")
        assert ("pending", "tsk_1", "", 6) == (row.state, row.task_id, row.reason, committed(ledger))

    def test_a_refusal_that_comes_late_does_not(self, books):
        ledger = books(5)
        ledger.claim("0", "e1")
        ledger.cut_off()
        ledger.note("0", record(SubmissionState.REFUSED))
        assert ("uncertain", 5) == (ledger.row("0").state, committed(ledger))


class TestHandOver:
    def test_each_line_is_handed_over_once_until_it_rests(self, books):
        ledger, handed = books(5, 5), []

        def enqueue(_connection, key, attempt):
            handed.append((key, attempt))

        assert [2, 0] == [hand_over(ledger, enqueue, is_due) for _ in range(2)]
        (key, attempt), _ = handed
        ledger.rest(key, attempt - 1, 0, None)
        assert ledger.row(key).running, "an attempt of old says nothing"
        ledger.rest(key, attempt, 4, "no connection")
        row = ledger.row(key)
        assert (False, 4, "no connection") == (row.running, row.code, row.reason)
        hand_over(ledger, enqueue, is_due)
        assert (key, attempt + 1) == handed[-1]

    def test_a_line_that_could_not_be_queued_is_not_marked(self, books):
        ledger = books(5)

        def enqueue(*_):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            hand_over(ledger, enqueue, is_due)
        assert not ledger.row("0").running

    def test_a_line_that_left_has_no_row(self, books):
        ledger = books(5)
        apply(ledger, [], None, resubmit_uncertain=False)
        assert ledger.row("0") is None


class Away:
    """Work that fails so many times."""

    def __init__(self, problem, times=3):
        self.problem, self.left = problem, times

    def __call__(self):
        if self.left:
            self.left -= 1
            raise self.problem
        return "done"


class Driver(Exception):
    """An error as psycopg raises it."""

    def __init__(self, text, state=None):
        super().__init__(text)
        self.sqlstate = state


def lost(kind=exc.OperationalError, text="server closed the connection", state=None):
    return kind("SELECT %(password)s", {"password": "hush-hush"}, Driver(text, state))


class TestPatiently:
    @pytest.fixture(autouse=True)
    def pauses(self, monkeypatch):
        pauses = []
        monkeypatch.setattr(time, "sleep", pauses.append)
        monkeypatch.setattr(store, "_told", [float("-inf")])
        return pauses

    @pytest.mark.parametrize(
        "problem",
        [
            lost(),
            lost(exc.InterfaceError, "connection already closed"),
            lost(exc.DBAPIError, "terminating connection", "57P01"),
            lost(exc.DBAPIError, "deadlock detected", "40P01"),
            lost(exc.DBAPIError, "broken", "08006"),
            exc.OperationalError("", {}, sqlite3.OperationalError("database is locked")),
        ],
    )
    def test_tries_again_where_the_database_is_only_away_and_says_so_once(self, pauses, capsys, problem):
        assert "done" == patiently(Away(problem, 8))
        assert [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0] == pauses
        told = capsys.readouterr().err
        assert (1, True, False) == (told.count("\n"), "trying again until it is back" in told, "hush" in told)

    @pytest.mark.parametrize(
        "problem",
        [
            exc.OperationalError("", {}, sqlite3.OperationalError("database or disk is full")),
            exc.DatabaseError("", {}, sqlite3.DatabaseError("file is not a database")),
            lost(exc.IntegrityError, "duplicate key", "23505"),
            lost(exc.ProgrammingError, "no such table", "42P01"),
            ZeroDivisionError("burst"),
        ],
    )
    def test_raises_what_would_only_come_again(self, pauses, capsys, problem):
        with pytest.raises(type(problem)):
            patiently(Away(problem))
        assert ([], "") == (pauses, capsys.readouterr().err)


class TestWords:
    def test_are_the_driver_s_first_line_without_statement_or_password(self):
        assert "no route" == words(lost(text="no route\n\tto host\n"))

    def test_are_the_kind_where_the_driver_is_silent(self):
        assert "Driver" == words(lost(text=""))

    def test_of_an_error_without_a_driver_are_its_own(self):
        assert "QueuePool limit reached" == words(exc.TimeoutError("QueuePool limit reached"))


def claimed(ledger, key, entry):
    try:
        ledger.claim(key, entry)
    except (AlreadySent, BudgetExceeded):
        return False
    return True


def at_once(count, work):
    """What so many threads get that begin together."""
    start = threading.Barrier(count)

    def begin(number):
        start.wait()
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(begin, range(count)))
