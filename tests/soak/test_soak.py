"""Killed at random moments, a batch pays for no line twice and loses no task: the trials of `soak`, cut short."""

import os

import pytest

from soak.soak import Soak, Trial
from support.postgres import programs

needs_postgres = pytest.mark.skipif(
    programs() is None and os.environ.get("CI") != "true", reason="PostgreSQL is not installed"
)


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize(
    "trial",
    [
        pytest.param(Trial(lines=20, kills=4, seed=11, lifetime=(0.8, 2.0)), id="killed"),
        pytest.param(Trial(lines=20, kills=2, seed=12, faults=0.1, stalling=False), id="with-faults"),
        pytest.param(
            Trial(lines=20, kills=2, seed=13, workers=2, outage=1.0, lifetime=(0.8, 2.0)),
            id="two-workers-and-a-database-outage",
            marks=[needs_postgres, pytest.mark.postgres],
        ),
    ],
)
def test_no_kill_costs_a_credit_or_loses_a_task(trial, tmp_path):
    result = Soak(trial, tmp_path).run()
    assert [] == result.problems
    assert (0, 0) == (result.doubles, result.lost)
    assert result.kills > 0
