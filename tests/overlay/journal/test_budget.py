"""A budget that outlives its process: threads, processes and restarts that share a name never exceed it together."""

import asyncio
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from gptimage2_video import (
    AsyncVideoClient,
    BudgetExceeded,
    InvalidRequest,
    Journal,
    JournalFailed,
    RateLimited,
    SubmissionUncertain,
    Task,
    TaskFailed,
    TaskStatus,
)
from gptimage2_video.journal import JournalBudget, SubmissionRecord, SubmissionState, Totals
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}  # 9 credits
UNPRICED = {"prompt": "A cup", "model": "wan/2-6-text-to-video", "inputMode": "text_to_video"}
SERVICE = "https://example.com"
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}

# Tries to set 9 credits aside as soon as its stdin ends, and says whether it could.
RACER = """
import sys
from gptimage2_video import BudgetExceeded
from gptimage2_video.journal import Journal, JournalBudget, SubmissionRecord, SubmissionState
budget = JournalBudget(Journal(sys.argv[1]), "the race", 30)
request = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
print("ready", flush=True)
sys.stdin.read()
try:
    budget.write(SubmissionRecord(SubmissionState.SENDING, "https://example.com", sys.argv[2], request, 9))
except BudgetExceeded:
    print("refused")
else:
    print("granted")
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def allow(path):
    """Makes a budget as a process does that has just been started."""

    def make(limit, group="the agent", **settings):
        return JournalBudget(Journal(path), group, limit, **settings)

    return make


def committed(budget, base_url=SERVICE):
    return Totals.of(budget.submissions(base_url)).committed


def sending(entry, request=VEO, quote=9, base_url=SERVICE):
    return SubmissionRecord(SubmissionState.SENDING, base_url, entry, request, quote)


class TestJournalBudgetCounted:
    def test_what_was_submitted_before_a_restart(self, clients, allow):
        clients(journal=allow(20)).submit(VEO)
        clients(journal=allow(20)).submit(VEO)
        with pytest.raises(BudgetExceeded) as caught:
            clients(journal=allow(20)).submit(VEO)
        assert (9, 2) == (caught.value.needed, caught.value.left)

    def test_nothing_is_sent_where_it_does_not_fit(self, clients, allow, server):
        with pytest.raises(BudgetExceeded, match="9 credits and 8 are left of the budget; nothing was sent"):
            clients(journal=allow(8)).submit(VEO)
        assert ([], []) == (server.requests, allow(8).submissions(server.url))

    def test_more_may_be_spent_where_the_limit_is_raised_and_nothing_where_it_is_lowered(self, clients, allow):
        clients(journal=allow(9)).submit(VEO)
        with pytest.raises(BudgetExceeded) as caught:
            clients(journal=allow(3)).submit(VEO)
        assert 0 == caught.value.left
        assert clients(journal=allow(18)).submit(VEO).id

    def test_what_was_debited_instead_of_the_quote(self, scripted_clients, scripted, allow):
        scripted.replies = [reply(200, RECEIPT | {"creditsUsed": 12})]
        scripted_clients(journal=allow(20)).submit(VEO)
        assert 12 == committed(allow(20), scripted.url)

    def test_a_refund_comes_back(self, clients, allow, server):
        budget = allow(9)
        client = clients(base_url=server.scenario_url("failed"), journal=budget)
        with pytest.raises(TaskFailed):
            client.generate(VEO)
        assert 0 == committed(budget, server.scenario_url("failed"))
        assert client.submit(VEO).id

    def test_an_uncertain_submission_stays_counted(self, clients, allow, server):
        url = server.scenario_url("lost-reply")
        with pytest.raises(SubmissionUncertain):
            clients(base_url=url, journal=allow(10)).submit(VEO)
        with pytest.raises(BudgetExceeded) as caught:
            clients(base_url=url, journal=allow(10)).submit(VEO)
        assert 1 == caught.value.left

    def test_one_that_was_cut_off_by_a_crash_stays_counted(self, allow):
        allow(10).write(sending("e1"))
        assert 9 == committed(allow(10))

    def test_a_refused_one_costs_nothing(self, scripted_clients, scripted, allow):
        scripted.replies = [reply(429)]
        with pytest.raises(RateLimited):
            scripted_clients(journal=allow(9)).submit(VEO)
        assert 0 == committed(allow(9), scripted.url)

    def test_a_retry_of_one_submission_is_counted_once(self, allow):
        budget = allow(9)
        budget.write(sending("e1"))
        budget.write(sending("e1"))
        assert 9 == committed(budget)

    def test_neither_other_groups_nor_other_base_urls_nor_calls_by_themselves(self, allow, path):
        allow(9, "another agent").write(sending("e1"))
        allow(9).write(sending("e2", base_url="http://127.0.0.1:9"))
        with closing(Journal(path)) as journal:
            journal.write(sending("e3"))
        allow(9).write(sending("e4"))
        assert ["e4"] == [entry.id for entry in allow(9).submissions(SERVICE)]


class TestJournalBudgetUnknownPrice:
    def test_is_refused_as_it_may_not_fit(self, clients, allow, server):
        with pytest.raises(BudgetExceeded, match="no price of wan/2-6-text-to-video is published"):
            clients(journal=allow(100)).submit(UNPRICED)
        assert [] == server.requests

    def test_is_allowed_as_long_as_anything_is_left(self, allow):
        allow(9, allow_unknown_price=True).write(sending("e1", UNPRICED, None))
        allow(9).write(sending("e2"))
        with pytest.raises(BudgetExceeded):
            allow(9, allow_unknown_price=True).write(sending("e3", UNPRICED, None))


class TestJournalBudgetRace:
    def test_threads_do_not_exceed_it_together(self, allow):
        budgets = [allow(30) for _ in range(8)]
        barrier, granted = threading.Barrier(8), []

        def take(number):
            barrier.wait()
            try:
                budgets[number].write(sending(f"e{number}"))
            except BudgetExceeded:
                return
            granted.append(number)

        threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (3, 27) == (len(granted), committed(allow(30)))

    @pytest.mark.process
    def test_processes_do_not_exceed_it_together(self, allow, path):
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", RACER, path, f"e{number}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(5)
        ]
        for racer in racers:
            racer.stdout.readline()
        for racer in racers:
            racer.stdin.close()
        answers = []
        for racer in racers:
            with racer:
                answers.append(racer.stdout.read())
        assert ["granted\n"] * 3 + ["refused\n"] * 2 == sorted(answers)
        assert 27 == committed(allow(30, "the race"))


class TestJournalBudgetRecorder:
    def test_it_knows_the_durations_that_its_journal_knows(self, allow):
        budget = allow(9)
        assert budget.journal.durations == budget.durations

    def test_a_journal_that_cannot_be_written_keeps_the_request_from_being_sent(self, clients, server, tmp_path):
        with pytest.raises(JournalFailed):
            clients(journal=JournalBudget(Journal(tmp_path), "the agent", 9)).submit(VEO)
        assert [] == server.requests

    def test_a_cancellation_waits_until_it_is_written(self, allow):
        import anyio

        async def cancelled():
            with anyio.CancelScope() as scope:
                scope.cancel()
                await allow(9).write_async(sending("e1"))

        asyncio.run(cancelled())
        assert 9 == committed(allow(9))

    def test_an_outcome_that_another_process_saw_counts(self, allow, server):
        async def submitted():
            async with AsyncVideoClient("test-key", base_url=server.url, journal=allow(9)) as client:
                return await client.submit(VEO)

        task = asyncio.run(submitted())
        refunded = Task(task.id, TaskStatus.FAILED, refunded=True)
        allow(9).write(SubmissionRecord(SubmissionState.FAILED, server.url, task=refunded))
        assert 0 == committed(allow(9), server.url)

    @pytest.mark.parametrize(
        ("limit", "error"),
        [(-1, InvalidRequest), (1.5, TypeError), (True, TypeError), ("9", TypeError), (None, TypeError)],
    )
    def test_a_limit_that_cannot_be_meant(self, allow, limit, error):
        with pytest.raises(error, match="max_credits must be a whole number of credits"):
            allow(limit)
