"""Schemathesis against the mock: every example, boundary and random request, and every reply, fit the contract."""

from pathlib import Path

import hypothesis
import pytest
import schemathesis

from gptimage2_video_mock import MockServer

SPEC = Path(__file__).resolve().parents[2] / "openapi.yaml"
KEY = {"Authorization": "Bearer test-key"}
schema = schemathesis.openapi.from_path(SPEC)


@pytest.fixture(scope="module")
def mock():
    with MockServer({"test-key": 10**12}) as server:
        yield server


# Derandomized, so that a failure is everybody's; beyond about 60 examples the time grows faster than the findings.
@schema.parametrize()
@hypothesis.settings(max_examples=60, derandomize=True, deadline=None, database=None)
def test_the_mock_keeps_the_contract(case, mock):
    case.call_and_validate(base_url=mock.url, headers=KEY)


def test_the_run_above_reached_every_documented_answer_that_it_could(mock):
    """Else it would have checked nothing: accepted and refused requests, unknown tasks and wrong keys are all in it."""
    seen = {(record.method, record.status) for record in mock.requests}
    assert set() == {("POST", 200), ("POST", 400), ("POST", 401), ("GET", 401), ("GET", 404)} - seen
