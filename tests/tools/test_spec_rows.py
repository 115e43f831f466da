"""A row of the model table is the only hand-written place of a model; the rest of openapi.yaml follows from it."""

import json
import re
import subprocess
import sys

import pytest
import yaml
from tools.generate import fill_spec, render_model
from tools.generate_typescript import render_model as typescript_model
from tools.generate_typescript import render_table as typescript_table
from tools.model_rows import InvalidSpecError
from tools.spec_rows import fill

from support.paths import ROOT

MARK = "# generated from x-model-table"
EMPTY = f"""# A comment of the spec.
paths:
  /videos:
    post:
      requestBody:
        content:
          application/json:
            examples:
              {MARK} (request examples): begin
              {MARK} (request examples): end
components:
  schemas:
    GenerateVideoRequest:
      oneOf: [{{$ref: '#/components/schemas/OneRequest'}}]
    OneRequest:
      allOf: [{{$ref: '#/components/schemas/VideoRequest'}}, {{required: [], properties: {{}}}}]
    VideoRequest:
      required: [prompt]
      properties: {{prompt: {{type: string, description: What the video shows.}}}}
    Request:
      type: object  # and another
      {MARK} (durations by model): begin
      {MARK} (durations by model): end
    Duration:
      {MARK} (all durations): begin
      {MARK} (all durations): end
    TextModel:
      {MARK} (models of text_to_video): begin
      {MARK} (models of text_to_video): end
    ImageModel:
      {MARK} (models of image_to_video): begin
      {MARK} (models of image_to_video): end
x-model-table:
  commonDurations: {{values: [5, 20], known: page}}
  pricedFields: [prompt, model, inputMode, duration]
  models:
    - id: x/one
      family: X 1.0
      label: X One
      modes: {{values: [text_to_video, image_to_video], known: page}}
      durations: {{values: [8], known: page}}
      resolutions: {{values: [720p], known: docs}}
      credits: {{known: docs, rows: [{{resolution: 720p, duration: 8, credits: 3}}]}}
    - id: y-two-text-to-video
      family: Y
      label: Y Two, text to video
      modes: {{values: [text_to_video], known: page}}
      durations: {{values: [], known: unknown}}
      resolutions: {{values: [], known: unknown}}
      credits: {{known: unknown, rows: []}}
"""
ONE, TWO = (
    EMPTY[EMPTY.index("    - id: x/one") : EMPTY.index("    - id: y-two")],
    EMPTY[EMPTY.index("    - id: y-two") :],
)
SPEC = fill(EMPTY)


def edited(*changes, spec=SPEC):
    for old, new in changes:
        assert spec.count(old) == 1, old
        spec = spec.replace(old, new)
    return spec


def row(model, *changes):
    """Another row like the second one."""
    return edited(("y-two-text-to-video", model), *changes, spec=TWO)


def read(spec):
    return yaml.safe_load(fill(spec))


def examples(spec):
    return read(spec)["paths"]["/videos"]["post"]["requestBody"]["content"]["application/json"]["examples"]


def schemas(spec):
    return read(spec)["components"]["schemas"]


def test_the_spec_is_what_its_rows_give():
    spec = (ROOT / "openapi.yaml").read_text("utf-8")
    assert spec == fill(spec)


def test_the_other_places_of_a_model_follow_from_its_row():
    expected = {
        "Request": {
            "type": "object",
            "if": {
                "type": "object",
                "description": "X clips are always 8 seconds long.",
                "properties": {"model": {"enum": ["x/one"]}},
                "required": ["model"],
            },
            "then": {"type": "object", "properties": {"duration": {"enum": [8]}}},
            "else": {
                "if": {
                    "type": "object",
                    "description": "The durations of these models are inferred or unknown, so the documentation's "
                    "common values are accepted.",
                    "properties": {"model": {"enum": ["y-two-text-to-video"]}},
                    "required": ["model"],
                },
                "then": {"type": "object", "properties": {"duration": {"enum": [5, 20]}}},
            },
        },
        "Duration": {"enum": [5, 8, 20]},
        "TextModel": {"enum": ["x/one", "y-two-text-to-video"]},
        "ImageModel": {"enum": ["x/one"]},
    }
    assert expected == {name: each for name, each in schemas(EMPTY).items() if name in expected}


def test_each_model_and_mode_gets_an_example():
    prompt = "The sea at dawn"
    image = {"inputMode": "image_to_video", "inputImageUrls": ["https://example.com/image.jpg"]}
    text = {"inputMode": "text_to_video"}
    two = "y-two-text-to-video"
    expected = {
        "xOneTextToVideo": {
            "summary": "X One, text to video",
            "value": {"prompt": prompt, "model": "x/one", **text},
        },
        "xOneImageToVideo": {
            "summary": "X One, image to video",
            "value": {"prompt": prompt, "model": "x/one", **image},
        },
        "yTwoTextToVideo": {"summary": "Y Two, text to video", "value": {"prompt": prompt, "model": two, **text}},
    }
    assert expected == examples(EMPTY)


def test_nothing_changes_the_second_time():
    assert fill(SPEC) == SPEC


def test_text_outside_the_marks_stays_as_it_is():
    def outside(text):
        kept, inside = [], False
        for line in text.splitlines():
            inside = inside or line.endswith("): begin")
            kept += [] if inside else [line]
            inside = inside and not line.endswith("): end")
        return kept

    assert outside(EMPTY) == outside(SPEC)


def test_documented_durations_come_first_and_equal_ones_in_one_condition():
    unknown = "{values: [], known: unknown}"
    changes = [("durations: " + unknown, "durations: {values: [5, 10], known: docs}"), ("family: Y", "family: Z 2")]
    spec = SPEC + row("z-a", *changes) + row("z-b", *changes)
    chain = schemas(spec)["Request"]["else"]
    assert ["z-a", "z-b"] == chain["if"]["properties"]["model"]["enum"]
    assert "The price table of the documentation labels the durations of Z." == chain["if"]["description"]
    assert ["y-two-text-to-video"] == chain["else"]["if"]["properties"]["model"]["enum"]


RANGE = "{min: 3, max: 15, known: docs}"
RANGED = EMPTY + row("z", ("durations: {values: [], known: unknown}", f"durations: {RANGE}"))


def test_a_range_is_a_minimum_and_a_maximum():
    chain = schemas(RANGED)["Request"]["else"]
    assert ["z"] == chain["if"]["properties"]["model"]["enum"]
    assert {"duration": {"minimum": 3, "maximum": 15}} == chain["then"]["properties"]


def test_beside_a_range_all_durations_are_what_covers_every_model():
    """An enum would refuse seconds of the range; which model takes which is told by the conditions."""
    assert {"minimum": 3, "maximum": 20} == schemas(RANGED)["Duration"]


def test_a_range_of_the_endpoints_own_page_is_told_as_one():
    spec = RANGED.replace(RANGE, RANGE.replace("docs", "page"))
    reasons = [schemas(spec)["Request"]["if"]["description"], schemas(spec)["Request"]["else"]["if"]["description"]]
    assert ["X clips are always 8 seconds long.", "Y clips are 3 to 15 seconds long."] == reasons


def test_a_range_that_is_only_inferred_gives_the_common_durations():
    spec = RANGED.replace(RANGE, RANGE.replace("docs", "inferred"))
    chain = schemas(spec)["Request"]["else"]
    assert ["y-two-text-to-video", "z"] == chain["if"]["properties"]["model"]["enum"]
    assert {"duration": {"enum": [5, 20]}} == chain["then"]["properties"]


def test_the_generated_tables_hold_a_range_as_one():
    table = yaml.safe_load(RANGED)["x-model-table"]["models"]
    assert ["(8,)", "()", "range(3, 16)"] == [
        re.search(r"durations=(.*?), durations_known", render_model(row))[1] for row in table
    ]
    rows = [json.loads(re.sub(r"range\((\d+), (\d+)\)", r'"\1 to \2"', typescript_model(row))) for row in table]
    assert [[8], [], "3 to 15"] == [row["durations"] for row in rows]


@pytest.mark.parametrize(("durations", "is_defined"), [("{values: [3], known: docs}", False), (RANGE, True)])
def test_typescript_defines_what_makes_a_range_only_where_there_is_one(durations, is_defined):
    """The compiler refuses what nobody uses."""
    spec = yaml.safe_load(RANGED.replace(RANGE, durations))
    spec["components"]["schemas"] |= {"VideoRequest": {"properties": {}}, "ImageUrl": {"pattern": "x"}}
    assert is_defined == ("const range =" in typescript_table(spec))


def test_a_family_is_named_with_its_version_where_another_has_its_name():
    spec = SPEC + row("x-two", ("family: Y", "family: X 2"))
    assert "X 1.0 clips are always 8 seconds long." == schemas(spec)["Request"]["if"]["description"]


def test_models_that_do_not_fit_into_one_line_have_a_line_each():
    ids = [f"x-{number:020}" for number in range(6)]
    spec = SPEC + "".join(map(row, ids))
    assert ["x/one", "y-two-text-to-video", *ids] == schemas(spec)["TextModel"]["enum"]
    assert f"        - {ids[-1]}\n" in fill(spec)


@pytest.mark.parametrize("word", ["on", "8", "1_0", "a:b", "2026-01-01", "null", "0x1", "a,b", "a#b"])
def test_an_id_stays_text(word):
    """Readers of YAML 1.1 and 1.2 take different words for something else."""
    spec = SPEC + row(f"'{word}'")
    assert word == schemas(spec)["TextModel"]["enum"][-1]
    assert word == list(examples(spec).values())[-1]["value"]["model"]


def test_an_example_keeps_its_words():
    first = "prompt: The sea at dawn\n                  model: x/one\n                  inputMode: text_to_video"
    spec = edited((first, "# Why this one.\n                  " + first.replace("The sea at dawn", "'A cup'")))
    assert spec == fill(spec)


def test_an_example_of_a_model_or_mode_that_is_gone_goes_with_its_comment():
    comment = "              # About the image.\n              xOneImageToVideo:"
    spec = edited(("              xOneImageToVideo:", comment))
    assert ["xOneTextToVideo", "yTwoTextToVideo"] == list(
        examples(edited(("[text_to_video, image_to_video]", "[text_to_video]"), spec=spec + other_image_model()))
    )[:2]
    assert "About the image" not in fill(edited((ONE, ""), spec=spec + other_image_model()))


def other_image_model():
    """Each mode needs a model."""
    return row("w", ("[text_to_video]", "[image_to_video]"), ("Two, text to video", "W"))


def test_two_examples_never_have_one_name():
    spec = SPEC + row("x.one") + row("x-one")
    assert ["xOneTextToVideo2", "xOneTextToVideo22"] == list(examples(spec))[-2:]


def test_a_renamed_model_is_renamed_everywhere():
    spec = fill(edited(("- id: x/one", "- id: x/new")))
    assert "x/one" not in spec
    assert ["yTwoTextToVideo", "xNewTextToVideo", "xNewImageToVideo"] == list(examples(spec))


LINE = len(SPEC[: SPEC.index("    - id: x/one")].splitlines())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("label: X One", "labels: X One"), (3, "unknown key 'labels'; known are id, family, label, note")),
        (("      family: Y\n", ""), (8, "'family' is a required property")),
        (("rows: []", "rows: [], row: []"), (14, "unknown key 'row'; known are rows, known")),
        (("{values: [8], known: page}", "{values: [8]}"), (5, "'known' is a required property")),
        (("- id: y-two-text-to-video", "- id: x/one"), (8, "a second row has the id 'x/one'")),
        (("- id: x/one", "- id: 8"), (1, "8 is not of type 'string'")),
        (("- id: x/one", "- id: "), (1, "None is not of type 'string'")),
        (("duration: 8, credits", "duration: 5, credits"), (7, "x/one has a price for the duration 5, but not that")),
        (("{resolution: 720p", "{resolution: 4k"), (7, "x/one has a price for the resolution 4k, but not that")),
        (("credits: 3}", "credits: 3}, {resolution: 720p, duration: 8, credits: 4}"), (7, "x/one has a second price")),
        (("credits: 3", "credits: 3.0"), (7, "3.0 is not of type 'integer'")),
        (("credits: 3", "credits: -1"), (7, "-1 is less than the minimum of 0")),
        (
            ("[text_to_video]", "[text_to_movie]"),
            (11, "there is no mode 'text_to_movie'; the modes are text_to_video,"),
        ),
        (("[text_to_video, image_to_video]", "[text_to_video]"), (0, "no model has the mode 'image_to_video'")),
        (("[8], known: page", "[8, 8], known: page"), (5, "[8, 8] has non-unique elements")),
        (("[8], known: page", "[8], known: rumour"), (5, "'rumour' is not one of ['page', 'docs', 'inferred', ")),
        (("[8], known: page", "[8], known: unknown"), (5, "durations are `unknown` where there are none")),
        (("{values: [8],", "{min: 15, max: 3,"), (5, "the durations of x/one are a range upside down: its min 15 is")),
        (
            ("{values: [8],", "{min: 8, max: 8,"),
            (5, "the durations of x/one are a range upside down: its min 8 is"),
        ),
        (
            ("{values: [8],", "{values: [8], min: 3, max: 15,"),
            (5, "the durations of x/one are either `values` or a"),
        ),
        (
            ("{values: [8],", "{min: 3,"),
            (5, "the durations of x/one are either `values` or a range of `min` and"),
        ),
        (("{values: [8], known: page}", "{known: page}"), (5, "the durations of x/one are either `values` or a")),
        (("{values: [8],", "{min: 0, max: 15,"), (5, "0 is less than the minimum of 1")),
        (("{values: [8],", "{min: 3, max: 15.5,"), (5, "15.5 is not of type 'integer'")),
        (("{values: [8],", "{min: 9, max: 15,"), (7, "x/one has a price for the duration 8, but not that duration")),
        (
            ("[8], known: page", "[8], min: 3, known: page"),
            (5, "the durations of x/one are either `values` or a"),
        ),
        (("{values: [8], known: page", "{min: 3, max: 15, known: unknown"), (5, "durations are `unknown` where there")),
        (("label: X One", "label: X: One"), (3, "mapping values are not allowed here")),
        (("label: X One", "label: X\n      label: One"), (4, 'found duplicate key "label" with value "One"')),
        (("label: X One", "label: [X"), (4, "expected ',' or ']'")),
        (("label: X One", "label: *x"), (3, "found undefined alias 'x'")),
    ],
)
def test_a_wrong_row_is_refused_in_a_sentence_with_its_line(change, error):
    line, words = error
    with pytest.raises(InvalidSpecError) as refusal:
        fill(edited(change))
    message = str(refusal.value)
    assert f"line {LINE + line}: {words}" == message[: len(f"line {LINE + line}: {words}")]
    assert "\n" not in message


@pytest.mark.parametrize("text", ["", "[]", "x-model-table: []", "x: \x00"])
def test_another_document_is_refused(text):
    with pytest.raises(InvalidSpecError):
        fill(text)


@pytest.mark.parametrize("side", ["begin", "end"])
@pytest.mark.parametrize("place", ["request examples", "all durations", "models of text_to_video"])
def test_a_lost_mark_is_refused(place, side):
    """Rows would be written nowhere, or over what follows."""
    with pytest.raises(InvalidSpecError, match="needs `# generated from x-model-table"):
        fill(edited((f"{MARK} ({place}): {side}\n", "# lost\n")))


def test_a_stale_spec_is_written_on_demand_alone(tmp_path):
    spec = tmp_path / "openapi.yaml"
    spec.write_text(EMPTY, "utf-8")
    assert fill_spec(spec, write=False)
    assert spec.read_text("utf-8") == EMPTY
    assert fill_spec(spec, write=True)
    assert spec.read_text("utf-8") == SPEC
    assert not fill_spec(spec, write=True)


def test_nothing_is_written_for_a_wrong_row(tmp_path):
    spec = tmp_path / "openapi.yaml"
    spec.write_text(wrong := edited(("label: X One", "labels: X One"), spec=EMPTY), "utf-8")
    with pytest.raises(InvalidSpecError):
        fill_spec(spec, write=True)
    assert spec.read_text("utf-8") == wrong


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (EMPTY, "openapi.yaml is not what its model table gives: run `make generate`\n"),
        ("a: [", "openapi.yaml, line 1: expected the node content, but found '<stream end>'\n"),
    ],
)
def test_the_command_fails_with_a_sentence(tmp_path, text, error):
    (tmp_path / "openapi.yaml").write_text(text, "utf-8")
    program = (
        "import sys, pathlib; from tools import generate; generate.SPEC = pathlib.Path(sys.argv.pop());"
        "sys.exit(generate.write_or_check(None, generate.generate, generate.PACKAGE, 'make generate'))"
    )
    command = [sys.executable, "-c", program, "--check", str(tmp_path / "openapi.yaml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (1, "", error) == (done.returncode, done.stdout, done.stderr)
