"""Accounts, tasks and credits, without HTTP."""

import re
from threading import Thread

import pytest

from gptimage2_video_mock.api.spec import spec
from gptimage2_video_mock.service.accounts import InsufficientCredits, LedgerEntry
from gptimage2_video_mock.service.clock import Clock
from gptimage2_video_mock.service.prices import PriceList
from gptimage2_video_mock.service.service import Service
from gptimage2_video_mock.service.tasks import Outcome, TaskStatus
from support.mock_client import TEXT

FAILS = Outcome(error_code="EMPTY_RESULT", error_message="Nothing came.", refund_delay=6.0)


TABLE = spec()["x-model-table"]


@pytest.fixture
def clock():
    return Clock(0.0)


@pytest.fixture
def service(clock):
    return Service({"rich": 100, "poor": 3}, PriceList(TABLE), clock, task_seconds=60.0)


class TestCredits:
    def test_acceptance_debits_and_completion_keeps_it(self, service, clock):
        account = service.account("rich")
        task = service.submit(account, TEXT)
        assert (account.balance, task.credits) == (95, 5)
        assert account.ledger == [LedgerEntry("debit", 5, task.id, clock.now())]
        assert task.status(clock.now()) is TaskStatus.PENDING
        assert task.status(clock.advance(59.9)) is TaskStatus.PENDING
        assert task.status(clock.advance(0.2)) is TaskStatus.COMPLETED
        assert service.account("rich").balance == 95

    def test_a_failed_task_is_refunded_in_full_when_the_refund_is_due_and_once(self, service, clock):
        account = service.account("rich")
        task = service.submit(account, TEXT, outcome=FAILS)
        now = clock.advance(60)
        assert task.status(now) is TaskStatus.FAILED
        assert (task.refunded(now), service.account("rich").balance) == (False, 95)
        now = clock.advance(6)
        assert (task.refunded(now), service.account("rich").balance) == (True, 100)
        clock.advance(600)
        assert service.account("rich").balance == 100
        assert [entry.kind for entry in account.ledger] == ["debit", "refund"]
        assert account.ledger[1].at == task.refunded_at

    def test_refunds_come_in_the_order_in_which_they_are_due(self, service, clock):
        account = service.account("rich")
        late = service.submit(account, TEXT, outcome=FAILS)
        early = service.submit(account, TEXT, outcome=Outcome(error_code="STORAGE_ERROR"))
        clock.advance(62)
        assert service.account("rich").ledger[-1].task_id == early.id
        clock.advance(62)
        assert service.account("rich").ledger[-1].task_id == late.id

    def test_too_few_credits_charge_nothing_and_say_what_is_needed(self, service):
        account = service.account("poor")
        with pytest.raises(InsufficientCredits) as caught:
            service.submit(account, TEXT)
        assert (caught.value.required, account.balance, account.ledger) == (5, 3, [])

    def test_the_last_credit_can_be_spent(self, service):
        account = service.account("rich")
        for _ in range(20):
            service.submit(account, TEXT)
        assert account.balance == 0

    def test_a_refund_that_is_due_can_be_spent_at_once(self, service, clock):
        account = service.account("rich")
        for _ in range(20):
            service.submit(account, TEXT, outcome=FAILS)
        clock.advance(66)
        service.submit(account, TEXT)
        assert account.balance == 95

    def test_an_unknown_key_has_no_account_and_an_unknown_id_no_task(self, service):
        assert service.account("stranger") is None
        assert service.task("tsk_unknown") is None

    def test_task_ids_look_like_the_documentations_and_never_repeat(self, service):
        account = service.account("rich")
        ids = [service.submit(account, TEXT).id for _ in range(20)]
        assert all(re.fullmatch(r"tsk_0[0-9A-HJKMNP-TV-Z]{25}", task_id) for task_id in ids)
        assert len(set(ids)) == 20

    def test_task_ids_carry_their_time_as_a_ulid_does(self, service, clock):
        task = service.submit(service.account("rich"), TEXT)
        digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        milliseconds = sum(digits.index(digit) * 32**place for place, digit in enumerate(reversed(task.id[4:14])))
        assert milliseconds == int(clock.now() * 1000)

    def test_a_reset_forgets_tasks_and_restores_balances(self, service, clock):
        task = service.submit(service.account("rich"), TEXT, outcome=FAILS)
        service.reset()
        clock.advance(100)
        assert service.task(task.id) is None
        assert (service.account("rich").balance, service.account("rich").ledger) == (100, [])

    def test_credits_are_conserved_under_threads(self, clock):
        service = Service({"rich": 1000}, PriceList(TABLE), clock, task_seconds=0.0)
        account = service.account("rich")

        def submit_many():
            for _ in range(50):
                service.submit(account, TEXT, outcome=FAILS)
                service.account("rich")

        threads = [Thread(target=submit_many) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert account.balance == 0
        clock.advance(6)
        assert service.account("rich").balance == 1000

    def test_a_negative_duration_of_tasks_is_refused(self, clock):
        with pytest.raises(ValueError, match="0 seconds or more"):
            Service({}, PriceList(TABLE), clock, task_seconds=-1.0)
