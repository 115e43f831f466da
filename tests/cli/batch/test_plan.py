"""Lines that are put into the work queue, in one transaction with the ledger."""

import pytest

from gptimage2_video_cli.batch.plan import apply, enqueue_lines, needs_attempt


class TestEnqueueLines:
    def test_each_line_is_enqueued_once_until_its_attempt_ends(self, make_ledger):
        ledger, enqueued = make_ledger(5, 5), []

        def enqueue(_connection, key, attempt):
            enqueued.append((key, attempt))

        assert [2, 0] == [enqueue_lines(ledger, enqueue, needs_attempt) for _ in range(2)]
        (key, attempt), _ = enqueued
        ledger.finish_attempt(key, attempt - 1, 0, None)
        assert ledger.row(key).running, "an earlier attempt changes nothing"
        ledger.finish_attempt(key, attempt, 4, "no connection")
        row = ledger.row(key)
        assert (False, 4, "no connection") == (row.running, row.exit_code, row.reason)
        enqueue_lines(ledger, enqueue, needs_attempt)
        assert (key, attempt + 1) == enqueued[-1]

    def test_a_line_that_could_not_be_queued_is_not_marked(self, make_ledger):
        ledger = make_ledger(5)

        def enqueue(*_):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            enqueue_lines(ledger, enqueue, needs_attempt)
        assert not ledger.row("0").running

    def test_a_line_that_left_has_no_row(self, make_ledger):
        ledger = make_ledger(5)
        apply(ledger, [], None, resubmit_uncertain=False)
        assert ledger.row("0") is None
