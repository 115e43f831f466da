"""A field that the spec gains is checked by its schema: type, enum, minimum, maximum and pattern, null where it may."""

import pytest

from gptimage2_video import FIELDS, Field, Violation
from gptimage2_video.fields import checks_of, field_errors

LEVEL = Field("x-level", "x_level", "integer", "How much of it.", minimum=1, maximum=10)
NAME = Field("x-name", "x_name", "string", "Its name.", example="Ada", pattern="^[A-Z][a-z]+$", nullable=True)
STYLE = Field("x-style", "x_style", "string", "Its style.", enum=("plain", "warm"))
COUNT = Field("x-count", "x_count", "integer", "How many.", enum=(1, 2, 4))
WEIGHT = Field("x-weight", "x_weight", "number", "Its weight.", required=True)
LOOP = Field("x-loop", "x_loop", "boolean", "Whether it is repeated.")
TAGS = Field("x-tags", "x_tags", "array", "Words for it.")
FIELDS_OF_ALL_TYPES = checks_of([LEVEL, NAME, STYLE, COUNT, WEIGHT, LOOP, TAGS])


@pytest.mark.parametrize(
    "values",
    [
        {"x-level": 1},
        {"x-level": 10.0},
        {"x-name": "Ada"},
        {"x-name": None},
        {"x-style": "warm"},
        {"x-count": 4},
        {"x-weight": 0.5},
        {"x-weight": 2},
        {"x-loop": False},
        {"x-tags": []},
        {"x-tags": ("a", "b")},
    ],
)
def test_a_value_that_the_schema_allows_is_fine(values):
    assert [] == field_errors({"x-weight": 1, **values}, FIELDS_OF_ALL_TYPES)


@pytest.mark.parametrize(
    ("name", "value", "code", "message"),
    [
        ("x-level", "3", "type", "x-level must be a whole number, not '3'"),
        ("x-level", True, "type", "x-level must be a whole number, not True"),
        ("x-level", None, "type", "x-level must be a whole number, not None"),
        ("x-level", 0, "minimum", "x-level must be at least 1, not 0"),
        ("x-level", 11, "maximum", "x-level must be at most 10, not 11"),
        ("x-name", 5, "type", "x-name must be text such as 'Ada', not 5"),
        ("x-name", "ada", "pattern", "x-name must match ^[A-Z][a-z]+$, not 'ada'"),
        ("x-name", "Ada\n", "pattern", "x-name must match ^[A-Z][a-z]+$, not 'Ada\\n'"),
        ("x-style", "cold", "enum", "x-style must be plain or warm, not 'cold'"),
        ("x-count", 3, "enum", "x-count must be 1, 2 or 4, not 3"),
        ("x-weight", "1", "type", "x-weight must be a number, not '1'"),
        ("x-weight", False, "type", "x-weight must be a number, not False"),
        ("x-loop", "yes", "type", "x-loop must be true or false, not 'yes'"),
        ("x-loop", 1, "type", "x-loop must be true or false, not 1"),
        ("x-tags", "a", "type", "x-tags must be a list of text, not 'a'"),
        ("x-tags", ["a", 1], "type", "x-tags must be a list of text, not ['a', 1]"),
    ],
)
def test_another_value_is_an_error_that_names_the_keyword_of_the_schema(name, value, code, message):
    errors = field_errors({"x-weight": 1, name: value}, FIELDS_OF_ALL_TYPES)
    assert [Violation(code, name, message)] == errors


def test_a_field_that_each_request_needs_is_missed_with_what_it_is_for():
    expected = [Violation("required", "x-weight", "x-weight is missing: Its weight")]
    assert expected == field_errors({}, FIELDS_OF_ALL_TYPES)


def test_each_field_of_the_spec_says_what_it_is_for():
    assert [] == [name for name, field in FIELDS.items() if (name, True) != (field.name, bool(field.description))]
