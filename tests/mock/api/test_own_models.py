"""A models file given to the mock: its rows are offered as they say, and a mistake in it is told at the start."""

import json
import re

import httpx
import pytest
from click.testing import CliRunner

from gptimage2_video_mock import MockServer
from gptimage2_video_mock.__main__ import main
from support.vectors import CASES

ROWS = [
    {
        "id": "pika/2-5",
        "modes": ["text_to_video"],
        "durations": {"min": 3, "max": 9},
        "resolutions": ["720p"],
        "prices": [{"duration": 4, "credits": 7}, {"duration": 9, "credits": 12}],
    },
    {"id": "pika/3", "modes": ["image_to_video"], "durations": [6]},
    {"id": "veo3", "modes": ["text_to_video"]},
]
IMAGE = {"inputMode": "image_to_video", "inputImageUrls": ["https://example.com/cup.jpg"]}


@pytest.fixture
def models(tmp_path):
    """Writes a models file."""

    def write(content):
        path = tmp_path / "models.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


@pytest.fixture
def submit(models):
    """Submits a request to a mock with these rows: the status, and the price or the messages by field."""
    with MockServer(models=models(ROWS)) as server:

        def run(**fields):
            body = {"prompt": "A cup", "inputMode": "text_to_video", **fields}
            headers = {"Authorization": "Bearer test-key"}
            response = httpx.post(f"{server.url}/api/ai/video/generate", json=body, headers=headers)
            told = response.json()
            return response.status_code, told.get("creditsUsed", told.get("details", {}).get("fieldErrors"))

        yield run


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"model": "pika/2-5", "duration": 4}, (200, 7)),
        ({"model": "pika/2-5", "duration": 9}, (200, 12)),
        ({"model": "pika/2-5"}, (200, 7)),
        ({"model": "pika/2-5", "duration": 5, "resolution": "720p"}, (200, 10)),
        ({"model": "pika/2-5", "duration": 10}, (400, {"duration": ["Must be at most 9"]})),
        ({"model": "pika/2-5", "duration": 2}, (400, {"duration": ["Must be at least 3"]})),
        ({"model": "pika/2-5", "resolution": "4k"}, (400, {"resolution": ["Must be one of 720p"]})),
        ({"model": "pika/3", **IMAGE}, (200, 12)),
        ({"model": "pika/3", "duration": 5, **IMAGE}, (400, {"duration": ["Must be one of 6"]})),
        ({"model": "veo3", "duration": 11, "resolution": "4k"}, (200, 22)),
        ({"model": "veo3_lite", "duration": 8}, (200, 5)),
        ({"model": "veo3_lite", "duration": 5}, (400, {"duration": ["Must be one of 8"]})),
    ],
)
def test_a_row_says_what_is_offered_and_what_it_costs(submit, fields, outcome):
    """A price that it leaves out is invented, as for the models of the spec; the others stay as they are."""
    assert outcome == submit(**fields)


@pytest.mark.parametrize("fields", [{"model": "pika/2-5", **IMAGE}, {"model": "pika/3"}, {"model": "veo3", **IMAGE}])
def test_a_mode_that_a_row_does_not_have_is_refused(submit, fields):
    status, told = submit(**fields)
    assert (400, ["model"]) == (status, [*told])


@pytest.mark.parametrize("case", [it for it in CASES["models"] if "error" in it["expected"]], ids=lambda it: it["id"])
def test_a_mistake_in_the_file_is_told_at_once(models, case):
    path = models(case["given"]["file"])
    with pytest.raises(ValueError, match=f"^the models file {re.escape(str(path))}"):
        MockServer(models=path)


@pytest.mark.parametrize(("content", "mistake"), [(None, " cannot be read: "), ("{", " is not JSON: "), ("{}", ": ")])
def test_the_command_says_it_in_one_sentence_and_does_not_listen(models, content, mistake):
    path = models(content or "")
    if content is None:
        path.unlink()
    result = CliRunner().invoke(main, ["--models", str(path)])
    assert (2, "") == (result.exit_code, result.stdout)
    assert f"Error: the models file {path}{mistake}" in result.stderr
