"""The overlay gives the verdicts and prices of the vectors, exactly: no problem more, none less, no number invented."""

import json
from pathlib import Path
from typing import Any

import pytest
from gptimage2_video import check, quote

VECTORS = Path(__file__).resolve().parent.parent / "vectors"

# Where the overlay is known to differ. Strict: once it agrees, the mark has to go.
SILENCED = "an item that is not a string silences check's other rules about images; the vectors want every problem told"
DIFFERS = {"bad-images-of-two-kinds-are-two-problems": SILENCED, "an-ignored-image-must-be-a-string-too": SILENCED}


def each(kind: str) -> pytest.MarkDecorator:
    cases: list[dict[str, Any]] = json.loads((VECTORS / f"{kind}.json").read_text("utf-8"))["cases"]
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["id"], marks=known(case)) for case in cases])


def known(case: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=DIFFERS[case["id"]], strict=True)] if case["id"] in DIFFERS else []


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
