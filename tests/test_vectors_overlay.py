"""The overlay gives the verdicts and prices of the vectors, exactly: no problem more, none less, no number invented."""

import json
from typing import Any

import pytest

from gptimage2_video import check, quote
from support.paths import VECTORS


def each(kind: str) -> pytest.MarkDecorator:
    cases: list[dict[str, Any]] = json.loads((VECTORS / f"{kind}.json").read_text("utf-8"))["cases"]
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases])


@each("rules")
def test_check_reports_the_problems(case):
    """An error keeps a request from being sent and a warning does not: field, code and severity are the contract."""
    expected = [(p["field"], p["code"], p["severity"]) for p in case["expected"]["problems"]]
    reported = check(case["given"]["request"])
    assert expected == sorted({(v.field, v.code, v.severity) for v in reported})
    assert len(expected) == len(reported), "a problem is reported once, however many items have it"


@each("prices")
def test_quote_tells_the_price(case):
    """An unknown price is None and never a number: a budget relies on it."""
    assert case["expected"]["credits"] == quote(case["given"]["request"]).credits
