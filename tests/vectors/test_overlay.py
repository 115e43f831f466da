"""The overlay gives the verdicts and prices of the vectors, exactly: no problem more, none less, no number invented."""

import json
from pathlib import Path

import jsonschema
import pytest

import gptimage2_video
from gptimage2_video import MODELS, InvalidRequest, check, load_models, quote
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


@pytest.fixture
def rows_of(tmp_path):
    """The rows of the text of a models file, as `load_models` reads them."""

    def read(text):
        path = tmp_path / "models.json"
        path.write_text(text, "utf-8")
        return load_models(path)

    return read


def test_a_models_file_is_read_or_its_mistake_told(rows_of, tmp_path):
    """A row of the user's own decides what is sent and what it costs, so a mistake in it must not be guessed around."""
    expected, actual = {}, {}
    for case in CASES["models"]:
        if "request" in case["given"]:
            continue
        expected[case["id"]] = case["expected"]
        try:
            rows = rows_of(case["given"]["file"])
        except InvalidRequest as error:
            told = error.violations[0].message.removeprefix(f"the models file {tmp_path / 'models.json'}")
            actual[case["id"]] = {"error": told}
        else:
            actual[case["id"]] = {"models": [_plain(name, row) for name, row in rows.items()]}
    assert expected == actual


def _plain(name, row):
    prices = [price._asdict() for price in row.prices]
    values = {key: list(getattr(row, key)) for key in ("modes", "durations", "resolutions")}
    assert (name, "user") == (row.id, row.prices_known)
    return {"id": name, **values, "prices": prices}


def test_rows_of_ones_own_join_the_table(rows_of):
    """And without a row an unknown model is sent only by whoever says so."""
    expected, actual = {}, {}
    for case in CASES["models"]:
        given = case["given"]
        if "request" not in given:
            continue
        expected[case["id"]] = case["expected"]
        options = {"models": MODELS | rows_of(given["file"]), "allow_unknown_model": "allowUnknownModel" in given}
        found = sorted(check(given["request"], **options), key=lambda it: (it.field, it.code))
        problems = [{"code": it.code, "field": it.field, "severity": it.severity} for it in found]
        actual[case["id"]] = {"problems": problems, "credits": quote(given["request"], **options).credits}
    assert expected == actual


def test_the_schema_of_a_models_file_says_the_same():
    """An editor that knows it marks what would be refused; what it cannot say, the vectors mark."""
    path = Path(gptimage2_video.__file__).with_name("models.schema.json")
    schema = jsonschema.Draft202012Validator(json.loads(path.read_text("utf-8")))
    refused = {case["id"] for case in CASES["models"] if "error" in case["expected"]}
    outside = {case["id"] for case in CASES["models"] if "outsideSchema" in case["given"]}
    files = {case["id"]: json.loads(case["given"]["file"].removeprefix("\ufeff")) for case in CASES["models"]}
    assert refused - outside == {name for name, file in files.items() if not schema.is_valid(file)}
