"""The overlay gives the verdicts and prices of the vectors, exactly: no problem more, none less, no number invented."""

from gptimage2_video import check, quote
from support.vectors import CASES


def test_check_reports_the_problems():
    """An error keeps a request from being sent and a warning does not: field, code and severity are the contract.

    A problem is reported once, however many items have it.
    """
    expected, reported = {}, {}
    for case in CASES["rules"]:
        expected[case["id"]] = [(p["field"], p["code"], p["severity"]) for p in case["expected"]["problems"]]
        reported[case["id"]] = sorted((v.field, v.code, v.severity) for v in check(case["given"]["request"]))
    assert expected == reported


def test_quote_tells_the_price():
    """An unknown price is None and never a number: a budget relies on it."""
    expected = {case["id"]: case["expected"]["credits"] for case in CASES["prices"]}
    assert expected == {case["id"]: quote(case["given"]["request"]).credits for case in CASES["prices"]}
