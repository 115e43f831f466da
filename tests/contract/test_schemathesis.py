"""Schemathesis against the mock: every boundary and random request, and every reply, fit the contract."""

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from gptimage2_video_mock import MockServer

pytestmark = pytest.mark.slow

SPEC = Path(__file__).resolve().parents[2] / "openapi.yaml"
KEY = {"Authorization": "Bearer test-key"}
# What each operation can answer here; where one of these was not seen, nothing was checked of it.
ANSWERS = {"POST": {200, 400, 401}, "GET": {401, 404}}
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_path(SPEC).get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_the_mock_keeps_the_contract_and_every_documented_answer_was_seen(operation):
    """In one test, so that nobody who runs tests side by side can part what was sent from what was seen."""

    # Derandomized, so that a failure is everybody's; beyond about 60 examples the time grows faster than the findings.
    @settings(max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(GenerationMode.POSITIVE) | operation.as_strategy(GenerationMode.NEGATIVE))
    def check(case):
        case.call_and_validate(base_url=mock.url, headers=KEY)

    with MockServer({"test-key": 10**12}) as mock:
        check()
        seen = {record.status for record in mock.requests}
    assert set() == ANSWERS[operation.method.upper()] - seen
