"""The fields of a request follow from the schemas of openapi.yaml; one that nothing could check is refused."""

import shutil
import sys
from inspect import signature
from pathlib import Path

import pytest
from tools.generate import render_fields
from tools.generate_typescript import refuse_python_patterns
from tools.generate_typescript import render_fields as render_typescript
from tools.model_rows import InvalidSpecError, load_yaml
from tools.request_fields import TAKEN, RequestField, read_fields

from gptimage2_video import FIELDS, VideoClient
from gptimage2_video_cli.commands.generate import generate
from gptimage2_video_cli.commands.quote import quote
from gptimage2_video_cli.mcp_server.video_tools import available_tools

SPEC = """components:
  schemas:
    GenerateVideoRequest:
      oneOf:
        - $ref: '#/components/schemas/TextRequest'
        - $ref: '#/components/schemas/ImageRequest'
    TextRequest:
      allOf:
        - $ref: '#/components/schemas/VideoRequest'
        - required: [inputMode]
          properties:
            inputMode: {type: string, const: text, description: The mode.}
    ImageRequest:
      allOf:
        - $ref: '#/components/schemas/VideoRequest'
        - required: [inputMode, picture]
          properties:
            inputMode: {type: string, const: image, description: The mode.}
            picture: {type: string, description: Where it is.}
    VideoRequest:
      required: [prompt]
      properties:
        picture: {type: string, description: Where it is.}
        prompt: {type: string, minLength: 1, description: What the video shows.}
        x-new: SCHEMA
    Level:
      type: integer
      minimum: 0
      description: How much.
"""
ONE_TYPE = "must have one type of string, integer, number, boolean, array, beside null"
LINE = 1 + SPEC[: SPEC.index("x-new")].count("\n")


def fields(schema, spec=SPEC):
    return {field.name: field for field in read_fields(load_yaml(spec.replace("SCHEMA", schema)))}


def field(**facts):
    return RequestField(name="x-new", keyword="x_new", **facts)


def test_those_that_each_request_needs_are_first():
    found = fields("{type: boolean, description: Is it.}")
    assert ["prompt", "inputMode", "picture", "x-new"] == list(found)
    assert [True, True, False, False] == [each.required for each in found.values()]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{type: integer, description: How\n  many.}", field(type="integer", description="How many.")),
        (
            "{type: [number, 'null'], minimum: 0, maximum: 1.5, description: A share.}",
            field(type="number", nullable=True, minimum=0, maximum=1.5, description="A share."),
        ),
        (
            "{type: [string, 'null'], enum: [a, b, null], description: A letter.}",
            field(type="string", nullable=True, enum=("a", "b"), description="A letter."),
        ),
        (
            "{type: string, pattern: '^a', examples: [ab, ac], description: A word.}",
            field(type="string", pattern="^a", example="ab", description="A word."),
        ),
        ("{type: array, items: {type: string}, description: Words.}", field(type="array", description="Words.")),
        ("{$ref: '#/components/schemas/Level'}", field(type="integer", minimum=0, description="How much.")),
        (
            "{$ref: '#/components/schemas/Level', description: Better.}",
            field(type="integer", minimum=0, description="Better."),
        ),
    ],
)
def test_a_field_is_what_its_schema_says(schema, expected):
    assert expected == fields(schema)["x-new"]


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ("{type: object, description: A.}", ONE_TYPE),
        ("{type: [string, integer], description: A.}", ONE_TYPE),
        ("{description: A.}", ONE_TYPE),
        ("{type: array, items: {type: integer}, description: A.}", "may hold plain strings alone"),
        ("{type: array, description: A.}", "may hold plain strings alone"),
        (
            "{type: integer, multipleOf: 2}",
            "has multipleOf; known for integer are description, enum, examples, maximum, minimum",
        ),
        ("{type: boolean, minimum: 1, description: A.}", "has minimum; known for boolean are description, examples"),
        ("{type: integer}", "has no description, which people read as help"),
        (
            "{type: string, pattern: '[', description: A.}",
            "has a pattern that Python cannot read: unterminated character set at position 0",
        ),
    ],
)  # fmt: skip
def test_a_shape_that_nothing_could_check_is_refused_with_its_line(schema, sentence):
    with pytest.raises(InvalidSpecError) as caught:
        fields(schema)
    assert f"line {LINE}: the field x-new of a request {sentence}" == str(caught.value)


def test_a_field_of_one_mode_alone_is_refused():
    spec = SPEC.replace("        picture: {type: string, description: Where it is.}\n        prompt", "        prompt")
    with pytest.raises(InvalidSpecError, match="the field picture of a request belongs to one mode alone"):
        fields("{type: boolean, description: Is it.}", spec)


@pytest.mark.parametrize(("name", "keyword"), [("timeout", "timeout"), ("saveTo", "save_to"), ("file", "file")])
def test_a_field_may_not_have_the_name_of_something_else(name, keyword):
    with pytest.raises(InvalidSpecError) as caught:
        fields("{type: boolean, description: Is it.}", SPEC.replace("x-new", name))
    sentence = f"would be the keyword {keyword}, which means something else here"
    assert f"line {LINE}: the field {name} of a request {sentence}" == str(caught.value)


def test_each_keyword_and_option_that_is_no_field_is_taken():
    calls = [
        parameter for name in ("generate", "submit") for parameter in signature(getattr(VideoClient, name)).parameters
    ]
    options = [option.name for command in (generate, quote) for option in command.params]
    tool = available_tools(can_download=True)["generate"].tool.input_schema["properties"]
    named = {*calls, *options, *tool} - {"self", "options", *FIELDS, *(field.keyword for field in FIELDS.values())}
    assert set() == named - TAKEN


def test_the_keywords_have_the_types_of_their_values():
    schema = "{type: string, enum: [a, b], description: A letter.}"
    source = render_fields(list(fields(schema).values()))
    assert "    x_new: Literal['a', 'b'] | None\n" in source
    assert "        x_new: A letter.\n" in source


@pytest.mark.parametrize(
    ("schema", "option"),
    [
        ("{type: integer, minimum: 0, description: How many.}", '/** How many. */\n  "x-new"?: number | undefined;'),
        ("{type: number, description: How much.}", '/** How much. */\n  "x-new"?: number | undefined;'),
        ("{type: [boolean, 'null'], description: Is it.}", '/** Is it. */\n  "x-new"?: boolean | null | undefined;'),
        ("{type: string, enum: [a, b], description: A b.}", '/** A b. */\n  "x-new"?: "a" | "b" | undefined;'),
        (
            "{type: array, items: {type: string}, description: Of a/*/b.}",
            '/** Of a/*\\/b. */\n  "x-new"?: readonly string[] | undefined;',
        ),
    ],
)
def test_the_options_of_typescript_have_the_types_of_their_values(schema, option):
    source = render_typescript(list(fields(schema).values()))
    assert f"  {option}\n}}\n" in source


def test_the_rows_of_typescript_say_what_differs_from_the_defaults():
    source = render_typescript([field(type="integer", minimum=0, description="How many.")])
    row = '{"name": "x-new", "type": "integer", "description": "How many.", "minimum": 0}'
    assert f'  "x-new": {row},\n' in source


def test_an_option_that_each_request_needs_may_not_be_left_out():
    source = render_typescript([field(type="integer", required=True, description="How many.")])
    assert '  "x-new": number;\n' in source


def test_a_pattern_that_only_python_reads_is_refused(monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    if not shutil.which("node"):
        pytest.skip("Node is not installed")
    refuse_python_patterns([field(type="string", pattern="^[a-z]+$", description="A word.")])
    with pytest.raises(SystemExit) as caught:
        refuse_python_patterns([field(type="string", pattern="(?P<a>b)", description="A word.")])
    sentence = "openapi.yaml: the field x-new has a pattern that JavaScript cannot read: (?P<a>b)"
    assert sentence == caught.value.code
