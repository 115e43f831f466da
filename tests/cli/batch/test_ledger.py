"""The ledger of a batch: what only a transaction can show, such as a commit whose reply was lost, or many threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gptimage2_video import BudgetExceeded, Task, TaskStatus
from gptimage2_video.journal import SubmissionRecord, SubmissionState
from gptimage2_video_cli.batch.ledger import AlreadySent
from gptimage2_video_cli.batch.plan import fits_budget

URL = "https://api.example.com"


def committed(ledger):
    return ledger.batch().committed


def task(status=TaskStatus.PENDING, **values):
    return Task("tsk_1", status, **values)


def outcome(state, submission_id="e1", **values):
    return SubmissionRecord(state, URL, submission_id, **values)


class TestTextOfTheService:
    def test_never_keeps_a_line_from_being_recorded(self, make_ledger):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        odd = Task("tsk_\ud800\0", TaskStatus.PENDING, credits_used=2**70, error_message="\ud83d\0")
        ledger.record("0", outcome(SubmissionState.PENDING, task=odd))
        row = ledger.row("0")
        assert ("pending", "tsk_??", None, 5) == (row.state, row.task_id, row.credits_used, committed(ledger))
        ledger.record("0", outcome(SubmissionState.FAILED, task=odd))
        assert ("failed", "??") == (ledger.row("0").state, ledger.row("0").reason)


class TestClaim:
    def test_claims_the_line_and_reserves_its_price(self, make_ledger):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        assert ("sending", "e1", 5) == (ledger.row("0").state, ledger.row("0").submission_id, committed(ledger))

    def test_a_claimed_line_cannot_be_claimed_by_another(self, make_ledger):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        with pytest.raises(AlreadySent, match="submitted already; nothing was sent"):
            ledger.claim("0", "e2")
        assert ("e1", 5) == (ledger.row("0").submission_id, committed(ledger))

    def test_a_claim_whose_commit_had_no_reply_is_idempotent(self, make_ledger):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        ledger.claim("0", "e1")
        assert ("sending", 5) == (ledger.row("0").state, committed(ledger))

    @pytest.mark.parametrize("state", [SubmissionState.UNCERTAIN, SubmissionState.PENDING])
    def test_what_may_be_charged_is_never_claimed_again(self, make_ledger, state):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        ledger.record("0", outcome(state, task=task()))
        with pytest.raises(AlreadySent):
            ledger.claim("0", "e1")

    def test_what_was_refused_gives_its_price_back_once_and_may_be_claimed_again(self, make_ledger):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        for _ in range(2):
            ledger.record("0", outcome(SubmissionState.REFUSED, reason="no"))
        assert ("refused", "no", 0) == (ledger.row("0").state, ledger.row("0").reason, committed(ledger))
        ledger.claim("0", "e2")
        ledger.record("0", outcome(SubmissionState.REFUSED, "e1"))
        assert ("sending", 5) == (ledger.row("0").state, committed(ledger)), "a late refusal is of another submission"

    def test_threads_that_race_for_one_line_send_it_once(self, make_ledger):
        ledger = make_ledger(5)
        assert 1 == sum(at_once(20, lambda number: claimed(ledger, "0", f"e{number}")))


class TestBudget:
    def test_a_price_that_does_not_fit_leaves_the_line_over_budget(self, make_ledger):
        ledger = make_ledger(5, 5, limit=9)
        ledger.claim("0", "e1")
        with pytest.raises(BudgetExceeded, match="costs about 5 credits and 4 are left"):
            ledger.claim("1", "e2")
        assert ("unfunded", 5) == (ledger.row("1").state, committed(ledger))

    def test_threads_that_race_never_go_over_it(self, make_ledger):
        ledger = make_ledger(*[5] * 40, limit=52)
        assert 10 == sum(at_once(40, lambda number: claimed(ledger, str(number), f"e{number}")))
        assert (50, 30) == (committed(ledger), sum(row.state == "unfunded" for row in ledger.rows()))

    def test_an_unknown_price_needs_something_to_be_left(self, make_ledger):
        ledger = make_ledger(5, None, limit=5)
        ledger.claim("0", "e1")
        assert not claimed(ledger, "1", "e2")
        assert [False, True, True] == [fits_budget(ledger.row("1"), left) for left in (0, 1, None)]

    def test_the_receipt_s_price_takes_the_place_of_the_quote(self, make_ledger):
        ledger = make_ledger(5, None, limit=100)
        for key, submission_id in (("0", "e1"), ("1", "e2")):
            ledger.claim(key, submission_id)
            for _ in range(2):
                ledger.record(key, outcome(SubmissionState.PENDING, submission_id, task=task(credits_used=7)))
        assert 14 == committed(ledger)

    def test_a_refund_is_counted_once(self, make_ledger):
        ledger = make_ledger(5, limit=5)
        ledger.claim("0", "e1")
        ledger.record("0", outcome(SubmissionState.PENDING, task=task(credits_used=5)))
        failed = task(TaskStatus.FAILED, refunded=False, error_code="EMPTY")
        ledger.record("0", outcome(SubmissionState.FAILED, None, task=failed))
        assert (5, False) == (committed(ledger), ledger.row("0").refunded)
        back = task(TaskStatus.FAILED, refunded=True, credits_used=5)
        for _ in range(3):
            ledger.record("0", outcome(SubmissionState.FAILED, None, task=back))
        ledger.record("0", outcome(SubmissionState.FAILED, None, task=task(TaskStatus.FAILED)))
        assert (0, True, "failed") == (committed(ledger), ledger.row("0").refunded, ledger.row("0").state)

    def test_a_refund_of_a_task_without_a_price_is_that_of_the_quote(self, make_ledger):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        ledger.record("0", outcome(SubmissionState.PENDING, task=task()))
        ledger.record("0", outcome(SubmissionState.FAILED, None, task=task(TaskStatus.FAILED, refunded=True)))
        assert 0 == committed(ledger)

    def test_the_outcome_of_another_task_is_not_this_line_s(self, make_ledger):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        ledger.record("0", outcome(SubmissionState.PENDING, task=task()))
        ledger.record("0", outcome(SubmissionState.FAILED, None, task=Task("tsk_2", TaskStatus.FAILED, refunded=True)))
        assert ("pending", 5) == (ledger.row("0").state, committed(ledger))


class TestMarkInterrupted:
    def test_what_was_in_flight_is_uncertain_and_nothing_else(self, make_ledger):
        ledger = make_ledger(5, 5, 5)
        ledger.claim("0", "e1")
        ledger.claim("1", "e2")
        ledger.record("1", outcome(SubmissionState.PENDING, "e2", task=task()))
        ledger.mark_interrupted()
        assert ["uncertain", "pending", "planned"] == [row.state for row in ledger.rows()]
        assert 10 == committed(ledger), "it may have been charged"

    def test_one_line_s_leaves_the_others(self, make_ledger):
        ledger = make_ledger(5, 5)
        ledger.claim("0", "e1")
        ledger.claim("1", "e2")
        ledger.mark_interrupted("1")
        assert ["sending", "uncertain"] == [row.state for row in ledger.rows()]

    def test_a_receipt_that_comes_late_still_counts(self, make_ledger):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        ledger.mark_interrupted()
        ledger.record("0", outcome(SubmissionState.PENDING, task=task(credits_used=6)))
        row = ledger.row("0")
        assert ("pending", "tsk_1", "", 6) == (row.state, row.task_id, row.reason, committed(ledger))

    def test_a_refusal_that_comes_late_does_not(self, make_ledger):
        ledger = make_ledger(5)
        ledger.claim("0", "e1")
        ledger.mark_interrupted()
        ledger.record("0", outcome(SubmissionState.REFUSED))
        assert ("uncertain", 5) == (ledger.row("0").state, committed(ledger))


def claimed(ledger, key, submission_id):
    try:
        ledger.claim(key, submission_id)
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
