"""The own checks can fail: a few broken servers, the quickest to judge; `make contract-selftest` judges them all."""

import pytest

from broken import BROKEN
from checks import OWN
from gptimage2_video_mock import MockServer
from selftest import ROWS, failing
from target import ACCOUNTS, Target

pytestmark = pytest.mark.slow

QUICK = {name: check for name, check in OWN.items() if name != "credits_are_conserved"}
CAUGHT = {
    "key-prefix-accepted": "only_a_known_key_opens",
    "others-task-readable": "a_task_is_its_owners_alone",
    "402-without-required": "a_402_requires_the_price",
    "last-credit-refused": "the_last_credit_can_be_spent",
    "pending-again": "a_task_ends_once",
    "refunded-twice": "a_failure_is_refunded_once_and_in_full",
    "video-url-nowhere": "a_completed_task_has_a_video",
}


@pytest.mark.parametrize("name", CAUGHT)
def test_a_broken_server_fails_the_check_that_is_about_it(name, http):
    with ROWS[name].applied(), MockServer(ACCOUNTS) as server:
        assert CAUGHT[name] in failing(Target(http, server.url), QUICK)


def test_there_are_enough_broken_servers_and_no_two_of_one_name():
    assert len(ROWS) == len(BROKEN)
    assert len([row for row in BROKEN if not row.escapes]) >= 22
