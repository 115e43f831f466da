"""The spec's schema, the overlay and the mock agree on every request, and quotes are what is charged.

The vectors hold in all three as well; that is tested where the vectors are.
"""

import math

import jsonschema_rs
import pytest

import agreement
from agreement import AGREEMENT, DIFFERENCES, verdicts
from gptimage2_video import Quote, Violation
from target import CHEAP

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", AGREEMENT)
def test_the_tellings_agree(name, target):
    AGREEMENT[name](target)


@pytest.mark.parametrize("value", [math.nan, math.inf, "\ud800", ["\udfff"], {"\ud800": 1}])
def test_what_has_no_json_form_is_refused_by_the_overlay_and_by_the_mock(value, target):
    """The one known difference, wherever it stands: the schema has no say."""
    applies, expected, _reason = DIFFERENCES["not_json"]
    request = {**CHEAP, "extra": value}
    assert applies(request)
    assert expected == verdicts(target, request)


@pytest.mark.parametrize(
    ("telling", "wrong", "check"),
    [
        ("check", lambda _: (), "every_single_change_gets_the_same_verdict"),
        ("check", lambda _: (Violation("no", "", "no"),), "what_is_valid_by_the_table_is_accepted_by_all"),
        ("SCHEMA", jsonschema_rs.Draft202012Validator({}), "schema_overlay_and_server_give_the_same_verdict"),
        ("quote", lambda _: Quote(None, "nobody knows"), "every_listed_price_is_quoted_and_charged"),
        ("quote", lambda _: Quote(1, "a guess"), "a_quote_is_what_is_charged"),
    ],
)
def test_a_telling_that_is_wrong_is_found(telling, wrong, check, target, monkeypatch):
    """Of the overlay and the schema; broken servers are the self-test's."""
    monkeypatch.setattr(agreement, telling, wrong)
    with pytest.raises(AssertionError):
        AGREEMENT[check](target)
