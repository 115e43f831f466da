"""Three tellings, one truth: the spec's schema, the overlay's rules and a server's answers are of one mind.

Each function asks one property of a server: of every single change and listed price, or of as many random requests
as the Hypothesis profile in force says. Where the tellings differ on purpose, the difference is a row of DIFFERENCES
and nowhere else.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs
from hypothesis import given

from gptimage2_video import check, quote
from strategies import SPEC, anything, one_change, price_list, priced, valid
from target import Target

SCHEMA = jsonschema_rs.Draft202012Validator(
    {"$ref": "#/components/schemas/GenerateVideoRequest", "components": SPEC["components"]}, validate_formats=True
)


def has_no_json_form(request: Any) -> bool:
    """Whether there is no JSON text for a value: NaN, an infinity, half of a surrogate pair."""
    try:
        json.dumps(request, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        return True
    return False


# Name, when it applies, what each telling says then, and why. A telling that is not named is not asked.
DIFFERENCES: Mapping[str, tuple[Callable[[Any], bool], Mapping[str, bool], str]] = {
    "not_json": (
        has_no_json_form,
        {"overlay": False, "server": False},
        "A schema judges JSON values, and this is none; the overlay sees it in Python, the server gets other text.",
    ),
}


def verdicts(target: Target, request: Any) -> dict[str, bool]:
    """What each telling says of a request: whether it is accepted."""
    status = target.submit(request).status_code
    assert status in (200, 400), "whether a request is valid is told by 200 or 400"
    overlay = all(violation.severity != "error" for violation in check(request))
    return {"overlay": overlay, "server": status == 200}


def agree(target: Target, request: Any) -> None:
    """Whether all that are asked say the same of a request."""
    for applies, expected, reason in DIFFERENCES.values():
        if applies(request):
            assert expected == verdicts(target, request), reason
            return
    accepted = SCHEMA.is_valid(request)
    assert {"overlay": accepted, "server": accepted} == verdicts(target, request)


def schema_overlay_and_server_give_the_same_verdict(target: Target) -> None:
    """On every request, valid, nearly valid or wild."""
    given(anything())(lambda request: agree(target, request))()


def every_single_change_gets_the_same_verdict(target: Target) -> None:
    """Every pair, every duration of it, and every notable value of every field: chance would miss some."""
    for request in one_change():
        agree(target, request)


def what_is_valid_by_the_table_is_accepted_by_all(target: Target) -> None:
    """Else the three could agree on refusing everything."""

    @given(valid())
    def accept(request: dict[str, Any]) -> None:
        assert SCHEMA.is_valid(request)
        assert {"overlay": True, "server": True} == verdicts(target, request)

    accept()


def a_quote_is_what_is_charged(target: Target) -> None:
    """Wherever the quote is not None."""

    @given(valid() | priced())
    def charge(request: dict[str, Any]) -> None:
        price = quote(request).credits
        if price is not None:
            assert price == target.accepted(request)["creditsUsed"]

    charge()


def every_listed_price_is_quoted_and_charged(target: Target) -> None:
    """Row by row of the spec's table."""
    for request, price in price_list():
        assert price == quote(request).credits
        assert price == target.accepted(request)["creditsUsed"]


AGREEMENT: Mapping[str, Callable[[Target], None]] = {
    function.__name__: function
    for function in (
        schema_overlay_and_server_give_the_same_verdict,
        every_single_change_gets_the_same_verdict,
        what_is_valid_by_the_table_is_accepted_by_all,
        a_quote_is_what_is_charged,
        every_listed_price_is_quoted_and_charged,
    )
}
