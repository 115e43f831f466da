"""The vectors over real sockets: what the clients make of replies, and what the mock makes of requests."""

import json
import math

import httpx
import pytest

import gptimage2_video
from gptimage2_video import SubmissionUncertain, VideoClientError
from gptimage2_video_mock import MockServer
from support.paths import VECTORS

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
FACTS = {
    "message": "message",
    "required": "required",
    "retryAfter": "retry_after",
    "fieldErrors": "field_errors",
    "formErrors": "form_errors",
}
TASK = {
    "taskId": "id",
    "status": "status",
    "type": "type",
    "model": "model",
    "prompt": "prompt",
    "videoUrl": "video_url",
    "creditsUsed": "credits_used",
    "refunded": "refunded",
    "errorCode": "error_code",
    "errorMessage": "error_message",
    "createdAt": "created_at",
}


def each(kind):
    cases = json.loads((VECTORS / f"{kind}.json").read_text("utf-8"))["cases"]
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases])


def as_json(value):
    """Tuples are lists in JSON, and words that are not there are null."""
    return json.loads(json.dumps(value)) or None


def raw(status, headers, body):
    content = body.encode()
    head = {**headers, "Content-Length": str(len(content)), "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"HTTP/1.1 {status} Vector\r\n{lines}\r\n".encode() + content


@each("errors")
def test_a_reply_becomes_the_error_that_the_vector_names(scripted_clients, scripted, case):
    """By class and by facts: callers branch on both."""
    given, expected = case["given"], dict(case["expected"])
    scripted.replies = [raw(given["status"], given.get("headers", {}), given["body"])]
    client = scripted_clients()
    with pytest.raises(VideoClientError) as caught:
        client.submit(VEO) if given["operation"] == "generateVideo" else client.get("tsk_1")
    error = caught.value
    assert getattr(gptimage2_video, expected.pop("error")) is type(error)
    source = error.cause if isinstance(error, SubmissionUncertain) else error
    assert expected.pop("status", source.status) == source.status
    actual = {name: as_json(getattr(source, FACTS[name])) for name in expected}
    assert {name: value or None for name, value in expected.items()} == actual


@each("snapshots")
def test_a_snapshot_becomes_the_task_that_the_vector_names(scripted_clients, scripted, case):
    """In either spelling, and whatever else is in it."""
    body = json.dumps(case["given"]["body"])
    scripted.replies = [raw(200, {"Content-Type": "application/json"}, body)]
    expected = case["expected"]["task"]
    task = scripted_clients().get(expected["taskId"] or "tsk_unnamed")
    actual = {name: getattr(task, attribute) for name, attribute in TASK.items()}
    assert {**expected, "taskId": expected["taskId"] or "tsk_unnamed"} == actual


@pytest.fixture(scope="module")
def rich_mock():
    with MockServer({"test-key": 10**9}) as server, httpx.Client(base_url=server.url) as http:
        http.headers["Authorization"] = "Bearer test-key"
        yield server, http


@each("rules")
def test_the_mock_accepts_what_the_vector_accepts(rich_mock, case):
    """It enforces the spec's schema, not the overlay's rules, and charges nothing for a refusal."""
    server, http = rich_mock
    before = server.balance("test-key")
    answer = http.post("/api/ai/video/generate", json=case["given"]["request"])
    assert (200 if case["expected"]["accepted"] else 400) == answer.status_code
    assert case["expected"]["accepted"] == (server.balance("test-key") < before)


@each("prices")
def test_the_mock_charges_what_the_vector_quotes(rich_mock, case):
    """Where the price is known; where it is not, the mock has one of its own."""
    _, http = rich_mock
    quoted = case["expected"]["credits"]
    answer = http.post("/api/ai/video/generate", json=case["given"]["request"])
    charged = answer.json().get("creditsUsed", math.nan)
    assert quoted is None or quoted == charged
