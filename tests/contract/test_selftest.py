"""The checks can fail: a few broken servers, the quickest to judge; `make contract-selftest` judges them all."""

import httpx
import pytest

from broken import BROKEN
from gptimage2_video_mock import MockServer
from ledger_checks import LEDGER
from selftest import KEYS, ROWS, codes, codes_of_second_server, failing
from target import ACCOUNTS, Target

pytestmark = pytest.mark.slow

QUICK = {name: check for name, check in LEDGER.items() if name != "credits_are_conserved"}
BY_LEDGER = {
    "last-credit-refused": "the_last_credit_can_be_spent",
    "pending-again": "a_task_ends_once",
    "refunded-twice": "a_failure_is_refunded_once_and_in_full",
}
FREE = {"key-prefix-accepted": "part-of-key", "veo-at-5-seconds": "veo-8s", "allow-missing": "allow"}


@pytest.mark.parametrize("name", BY_LEDGER)
def test_a_broken_server_fails_the_check_that_is_about_it(name, http: httpx.Client):
    with ROWS[name].applied(), MockServer(ACCOUNTS) as server:
        assert BY_LEDGER[name] in failing(Target(http, server.url), QUICK)


@pytest.mark.parametrize("name", FREE)
def test_the_command_notices_free_of_charge(name):
    with ROWS[name].applied(), MockServer(KEYS) as server:
        assert FREE[name] in codes(server)[0]


def test_the_command_notices_nothing_in_the_two_right_servers():
    with MockServer(KEYS) as server:
        assert ((), ()) == codes(server)
    assert ((), ()) == codes_of_second_server(None)


def test_there_are_enough_broken_servers_and_no_two_of_one_name():
    assert len(ROWS) == len(BROKEN)
    assert len([row for row in BROKEN if not row.escapes]) >= 56
