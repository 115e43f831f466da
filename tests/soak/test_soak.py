"""Killed at random moments, a batch pays for no line twice and loses no task: the trials of `soak`, cut short."""

import os

import pytest

from soak.soak import Soak, Trial
from support.postgres import programs

needs_postgres = pytest.mark.skipif(
    programs() is None and os.environ.get("CI") != "true", reason="PostgreSQL is not installed"
)


@pytest.mark.long
@pytest.mark.parametrize(
    "trial",
    [
        pytest.param(Trial(lines=20, kills=4, seed=11, alive=(0.8, 2.0)), id="killed"),
        pytest.param(Trial(lines=20, kills=2, seed=12, faults=0.1, stalling=False), id="with-faults"),
        pytest.param(
            Trial(lines=20, kills=2, seed=13, workers=2, away=1.0, alive=(0.8, 2.0)),
            id="two-workers-and-the-database-away",
            marks=needs_postgres,
        ),
    ],
)
def test_no_kill_costs_a_credit_or_loses_a_task(trial, tmp_path):
    found = Soak(trial, tmp_path).run()
    assert [] == found.problems
    assert (0, 0) == (found.doubles, found.lost)
    assert found.kills > 0
