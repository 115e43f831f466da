"""A model that takes any whole number of seconds in a range: schema, overlay and mock are of one mind on each."""

import json

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptimage2_video import check, quote
from gptimage2_video_mock import MockServer
from gptimage2_video_mock.api.validation import InvalidRequest, RequestValidator
from support.commandline import CommandLine
from support.own_models import SPEC

MODES = {row["id"]: row["modes"]["values"] for row in SPEC["x-model-table"]["models"]}
SCHEMA = jsonschema_rs.Draft202012Validator(
    {"$ref": "#/components/schemas/GenerateVideoRequest", "components": SPEC["components"]}
)
MOCK = RequestValidator(SPEC)


def request(model, duration):
    mode = MODES[model][0]
    images = {"inputImageUrls": ["https://example.com/cup.jpg"]} if mode == "image_to_video" else {}
    return {"prompt": "A cup", "model": model, "inputMode": mode, **images, "duration": duration}


def mock_accepts(body):
    try:
        MOCK.read(json.dumps(body).encode())
    except InvalidRequest:
        return False
    return True


@pytest.mark.parametrize(
    ("model", "accepted"),
    [
        ("x-range", [*range(3, 16)]),
        ("x-range-without-prices", [*range(6, 31)]),
        ("x-inferred-range", [5, 10, 15, 20]),
        ("kling/v2-1-pro", [5, 10]),
        ("veo3", [8]),
        ("wan/2-6-text-to-video", [5, 10, 15, 20]),
    ],
)
def test_all_accept_the_whole_seconds_of_a_range_and_no_others(model, accepted):
    requests = {duration: request(model, duration) for duration in range(-1, 40)}
    assert accepted == [n for n, body in requests.items() if SCHEMA.is_valid(body)]
    assert accepted == [n for n, body in requests.items() if mock_accepts(body)]
    assert accepted == [n for n, body in requests.items() if all(it.severity != "error" for it in check(body))]


NUMBERS = st.integers() | st.integers(0, 40) | st.integers(0, 40).map(float) | st.floats(0, 40)


@given(st.sampled_from([*MODES]), NUMBERS | st.sampled_from(["3", True, None, 1e300, 10**25]))
def test_all_are_of_one_mind_on_any_duration(model, duration):
    body = request(model, duration)
    accepted = SCHEMA.is_valid(body)
    assert accepted == mock_accepts(body)
    assert accepted == all(violation.severity != "error" for violation in check(body))


@pytest.mark.parametrize(
    ("model", "duration", "sentence"),
    [
        ("x-range", 2, "x-range clips are 3 to 15 seconds; choose one"),
        ("x-range", 5.5, "duration must be a whole number, not 5.5"),
        ("x-inferred-range", 7, "x-inferred-range clips are 5, 10, 15 or 20 seconds; choose one"),
        (
            "x-inferred-range",
            20,
            "the price table of x-inferred-range has no 20 s (5 to 12 are priced); the price is unknown",
        ),
    ],
)
def test_a_sentence_tells_the_range(model, duration, sentence):
    assert sentence == str(*check(request(model, duration)))


@pytest.mark.parametrize(
    ("model", "duration", "credits_"),
    [("x-range", 3, 6), ("x-range", 15.0, 30), ("x-range", None, None), ("x-range-without-prices", 7, None)],
)
def test_a_duration_of_a_range_has_its_own_price_or_none(model, duration, credits_):
    body = {name: value for name, value in request(model, duration).items() if value is not None}
    assert credits_ == quote(body).credits


def test_a_duration_of_a_range_becomes_a_video_at_its_price(clients, server, tmp_path):
    task = clients().generate("A cup", model="x-range", duration=7, save_to=tmp_path / "cup.mp4")
    assert (14, True) == (task.credits_used, (tmp_path / "cup.mp4").stat().st_size > 0)


@pytest.mark.parametrize(("duration", "message"), [(2, "Must be at least 3"), (16, "Must be at most 15")])
def test_the_mock_says_which_end_of_the_range_was_passed(duration, message):
    with pytest.raises(InvalidRequest) as refusal:
        MOCK.read(json.dumps(request("x-range", duration)).encode())
    assert message in refusal.value.field_errors["duration"]


class TestCommandLine:
    @pytest.fixture
    def cli(self, capsys, monkeypatch):
        return CommandLine(capsys, monkeypatch)

    def test_the_table_has_the_ends_of_a_range(self, cli):
        table, _, _notes = cli("models").out.partition("\n\n")
        rows = [" ".join(line.split()) for line in table.splitlines()]
        assert [
            "x-range both 3 to 15 6 to 30 docs",
            "x-range-without-prices text 6 to 30 unknown page",
            "x-inferred-range text 5 to 12 720p 5 inferred",
            "1080p 8 to 15",
        ] == rows[-4:]

    def test_json_has_each_of_its_seconds(self, cli):
        listed = {model["id"]: model["durations"] for model in cli("models", "--json").object}
        assert [[*range(3, 16)], [*range(6, 31)]] == [listed["x-range"], listed["x-range-without-prices"]]

    def test_a_duration_beyond_it_is_refused_before_anything_is_sent(self, cli):
        with MockServer() as server:
            outcome = cli.against(server.url)("generate", "A cup", "--model", "x-range", "--duration", "16")
            assert (2, []) == (outcome.code, list(server.requests))
        assert "x-range clips are 3 to 15 seconds; choose one" in outcome.err
