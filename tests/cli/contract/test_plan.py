"""The requests that `contract --max-credits` can submit, and those that it chooses."""

import pytest

from gptimage2_video import MODELS, quote
from gptimage2_video_cli.contract.findings import INITIAL_CHARGE_RATIO
from gptimage2_video_cli.contract.plan import candidates, choose, fits_budget

IMAGE = "https://example.com/cup.jpg"


def test_each_is_priced_as_the_library_quotes_it():
    assert [quote(it.request.body).credits for it in candidates(IMAGE)] == [it.quote for it in candidates(IMAGE)]


def test_first_the_cheapest_of_each_model_and_mode_then_what_has_an_inferred_price():
    requests = candidates(IMAGE)
    pairs = [(model.id, mode) for model in MODELS.values() if model.prices for mode in model.modes]
    first, rest = requests[: len(pairs)], requests[len(pairs) :]
    assert sorted(pairs) == sorted((it.model, it.mode) for it in first)
    assert sorted(it.quote for it in first) == [it.quote for it in first]
    assert {"inferred"} == {MODELS[it.model].prices_known for it in rest}


@pytest.mark.parametrize("left", [0, 11, 12, 100, 10_000])
def test_no_choice_can_exceed_the_budget(left):
    for planned in choose(candidates(None), left, INITIAL_CHARGE_RATIO):
        assert fits_budget(planned, left, INITIAL_CHARGE_RATIO)
        left -= planned.quote
    assert left >= 0
