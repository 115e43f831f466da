"""A field that the form knows by its schema alone has a control, violations beneath it, and a place in the snippets."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

OWN = [
    {"name": "x-level", "type": "integer", "description": "How much of it.", "minimum": 1, "maximum": 10},
    {"name": "xName", "type": "string", "description": "Its `name`.", "example": "Ada", "pattern": "^[A-Z][a-z]+$"},
    {"name": "x-style", "type": "string", "description": "Its style.", "enum": ["plain", "warm"], "nullable": True},
    {"name": "x-count", "type": "integer", "description": "How many.", "enum": [1, 2, 4]},
    {"name": "x-weight", "type": "number", "description": "Its weight."},
    {"name": "x-loop", "type": "boolean", "description": "Whether it is repeated."},
    {"name": "x-tags", "type": "array", "description": "Words for it."},
]
KEYWORDS = {"x-level": "x_level", "xName": "x_name", "x-style": "x_style", "x-count": "x_count", "x-weight": "x_weight"}
VALUES = {
    "x-level": 3,
    "xName": "Ada",
    "x-style": "warm",
    "x-count": 4,
    "x-weight": -0.5,
    "x-loop": False,
    "x-tags": ["a b", "-c"],
}


@pytest.fixture
def own(open_page, server):
    """The page, as it is where the spec has these fields beside its own."""
    static = "client/generated"
    get = open_page(server).page.evaluate(
        f"""async () => [
            (await import("/playground/{static}/request-fields.js")).FIELDS,
            (await import("/playground/{static}/keywords.js")).KEYWORDS,
        ]"""
    )
    fields = get[0] | {field["name"]: field for field in OWN}
    keywords = {field["name"]: field["name"].replace("-", "_") for field in OWN} | KEYWORDS | get[1]
    modules = {
        f"{static}/request-fields.js": f"export const FIELDS = {json.dumps(fields)};",
        f"{static}/keywords.js": f"export const KEYWORDS = {json.dumps(keywords)};",
    }
    return open_page(server, modules)


def control(own, name):
    return own.page.locator(f'[data-field="{name}"]').locator("input, select, textarea")


def fill(own):
    for name in ("x-level", "xName", "x-weight"):
        control(own, name).fill(str(VALUES[name]))
    control(own, "x-style").select_option("warm")
    control(own, "x-count").select_option("4")
    control(own, "x-loop").select_option("false")
    control(own, "x-tags").fill("a b\n\n -c ")


def extras(own):
    return {name: value for name, value in own.body.items() if name in VALUES}


def test_a_field_has_a_control_by_its_type_named_and_explained_by_the_spec(own):
    labels = [own.page.locator(f'[data-field="{field["name"]}"] label').inner_text() for field in OWN]
    assert [
        "X level How much of it.",
        "X name Its name.",
        "X style Its style.",
        "X count How many.",
        "X weight Its weight.",
        "X loop Whether it is repeated.",
        "X tags Words for it. One a line.",
    ] == labels
    number = control(own, "x-level")
    assert ["number", "1", "10", "1"] == [number.get_attribute(name) for name in ("type", "min", "max", "step")]
    assert "Ada" == control(own, "xName").get_attribute("placeholder")
    options = {
        name: control(own, name).locator("option").all_inner_texts() for name in ("x-style", "x-count", "x-loop")
    }
    assert {
        "x-style": ["left out", "plain", "warm", "null"],
        "x-count": ["left out", "1", "2", "4"],
        "x-loop": ["left out", "true", "false"],
    } == options


def test_its_value_is_in_the_body_and_nothing_is_where_it_is_left_out(own):
    assert {} == extras(own)
    fill(own)
    assert VALUES == extras(own)
    assert "Price unknown" == own.price
    control(own, "x-style").select_option("null")
    assert None is own.body["x-style"]
    for name in ("x-level", "xName", "x-weight", "x-tags"):
        control(own, name).fill(" " if name in ("xName", "x-tags") else "")
    for name in ("x-style", "x-count", "x-loop"):
        control(own, name).select_option("left out")
    assert {} == extras(own)
    assert "13 credits" == own.price


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("x-level", "11", "x-level must be at most 10, not 11."),
        ("x-level", "1.5", "x-level must be a whole number, not 1.5."),
        ("x-level", "9007199254740993", 'x-level must be a whole number, not "9007199254740993".'),
        ("xName", "ada", 'xName must match ^[A-Z][a-z]+$, not "ada".'),
    ],
)
def test_a_violation_stands_beneath_its_field_and_nothing_is_sent(own, name, typed, sentence):
    control(own, name).fill(typed)
    expect(own.page.locator(f'[id="violations-{name}"]')).to_have_text(f"Not valid: {sentence}")
    expect(control(own, name)).to_have_attribute("aria-invalid", "true")
    own.submit()
    own.wait_for_error("InvalidRequest")
    assert [] == own.server.requests


def test_what_is_no_number_is_a_violation_and_not_left_out(own):
    control(own, "x-weight").press_sequentially("1e")
    expect(own.page.locator('[id="violations-x-weight"]')).to_contain_text("must be a number")


def test_the_snippets_name_it_by_its_option_keyword_and_name(own):
    fill(own)
    code = {}
    for language in ("curl", "cli", "python", "typescript"):
        own.pick("language", language)
        code[language] = own.page.locator("#snippet").inner_text()
    for name, value in VALUES.items():
        assert json.dumps(name) in code["curl"]
        assert (
            f"{json.dumps(name) if '-' in name else name}: {json.dumps(value, separators=(',', ':'))},"
            in code["typescript"]
        )
    for line in (
        "--x-level 3",
        "--x-name Ada",
        "--x-style warm",
        "--x-weight -0.5",
        "--no-x-loop",
        "--x-tags 'a b'",
        "--x-tags -c",
    ):
        assert f"  {line} \\\n" in code["cli"]
    for line in ("x_level=3", 'x_name="Ada"', "x_weight=-0.5", "x_loop=False", 'x_tags=["a b", "-c"]'):
        assert f"        {line},\n" in code["python"]


def test_what_the_command_line_cannot_say_is_left_to_curl(own):
    request = {"prompt": "A cup", "model": "veo3", "inputMode": "text_to_video"}
    for value in ({"x-style": None}, {"x-tags": []}, {"x-level": "3"}):
        own.edit_body(request | value)
        own.pick("language", "cli")
        assert "Send it with curl." in own.page.locator("#snippet").inner_text()
    own.edit_body(request | {"x-style": None})
    own.pick("language", "python")
    assert '"x-style": None}' in own.page.locator("#snippet").inner_text()
