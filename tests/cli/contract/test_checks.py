"""The table of assumptions, against the spec."""

import pytest

from gptimage2_video_cli.contract.assumptions import ASSUMPTIONS
from gptimage2_video_cli.contract.free_probes import PROBES
from gptimage2_video_cli.contract.schemas import spec


@pytest.mark.parametrize("assumption", ASSUMPTIONS.values(), ids=ASSUMPTIONS)
def test_each_has_a_place_in_the_spec(assumption):
    assert spec().resolve(assumption.pointer)


def test_each_that_can_be_a_finding_has_an_edit():
    without_edit = {it.id for it in ASSUMPTIONS.values() if it.severity and not it.edit}
    never_refuted = {probe.assumption for probe in PROBES if probe.is_wrong}
    assert never_refuted | {"spelling-reference", "spelling-quickstart"} == without_edit


def test_the_prices_are_those_of_the_table():
    table = spec().resolve("#/x-model-table/models")[1]
    rows = sum(len(model["credits"]["rows"]) for model in table)
    prices = [it for it in ASSUMPTIONS.values() if it.id.startswith("price/")]
    assert rows == len(prices)
    for price in prices:
        rows = spec().resolve(price.pointer)[1]["rows"]
        assert [row for row in rows if f"cost {row['credits']} credits" in price.statement]
