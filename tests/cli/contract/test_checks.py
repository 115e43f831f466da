"""The table of checks, against the spec."""

import pytest

from gptimage2_video_cli.contract.checks import CHECKS, SEVERITIES, SOURCES
from gptimage2_video_cli.contract.schemas import spec


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_each_has_a_place_in_the_spec_and_words_for_people(check):
    assert spec().resolve(check.pointer)
    assert (True, True) == (check.known in SOURCES, check.severity in (*SEVERITIES, "none"))
    assert (".", True) == (check.statement[-1], bool(check.edit))


def test_the_prices_are_those_of_the_table():
    table = spec().resolve("#/x-model-table/models")[1]
    rows = sum(len(model["credits"]["rows"]) for model in table)
    prices = [it for it in CHECKS.values() if it.id.startswith("price/")]
    assert rows == len(prices)
    for price in prices:
        rows = spec().resolve(price.pointer)[1]["rows"]
        assert [row for row in rows if f"cost {row['credits']} credits" in price.statement]
