"""The vectors over real sockets: what the clients make of replies, and what the mock makes of requests."""

import json

import httpx
import pytest

from gptimage2_video import SubmissionUncertain, VideoClient, VideoClientError
from gptimage2_video_mock import MockServer
from support.vectors import CASES, MODES, TABLE, request

VIDEO = request(next(name for name, row in TABLE.items() if MODES[0] in row["modes"]["values"]), MODES[0])
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


def as_json(value):
    """Tuples are lists in JSON, and words that are not there are null."""
    return json.loads(json.dumps(value)) or None


def raw(status, headers, body):
    content = body.encode()
    head = {**headers, "Content-Length": str(len(content)), "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"HTTP/1.1 {status} Vector\r\n{lines}\r\n".encode() + content


def test_replies_become_the_errors_that_the_vectors_name(scripted_clients, scripted):
    """By class and by facts: callers branch on both."""
    client, expected, actual = scripted_clients(), {}, {}
    for case in CASES["errors"]:
        given, facts = case["given"], case["expected"]
        scripted.replies = [raw(given["status"], given.get("headers", {}), given["body"])]
        with pytest.raises(VideoClientError) as caught:
            client.submit(VIDEO) if given["operation"] == "generateVideo" else client.get("tsk_1")
        error = caught.value
        source = error.cause if isinstance(error, SubmissionUncertain) else error
        expected[case["id"]] = {name: value or None for name, value in facts.items()}
        actual[case["id"]] = {name: as_json(getattr(source, FACTS.get(name, name), None)) for name in facts}
        actual[case["id"]]["error"] = type(error).__name__
    assert expected == actual


def test_snapshots_become_the_tasks_that_the_vectors_name(scripted_clients, scripted):
    """In either spelling, and whatever else is in them."""
    client, expected, actual = scripted_clients(), {}, {}
    for case in CASES["snapshots"]:
        given, task = case["given"], case["expected"]["task"]
        scripted.replies = [raw(200, {"Content-Type": "application/json"}, json.dumps(given["body"]))]
        expected[case["id"]] = {**task, "taskId": task["taskId"] or "tsk_unnamed"}
        reader = client_of(given["baseUrl"], given["body"]) if "baseUrl" in given else client
        read = reader.get(task["taskId"] or "tsk_unnamed")
        actual[case["id"]] = {name: getattr(read, attribute) for name, attribute in TASK.items()}
    assert expected == actual


def client_of(base_url, body):
    """A client of a service elsewhere; nothing leaves this machine."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    return VideoClient("test-key", base_url=base_url, http_client=httpx.Client(transport=transport))


@pytest.fixture(scope="module")
def rich_mock():
    with MockServer({"test-key": 10**9}) as server, httpx.Client(base_url=server.url) as http:
        http.headers["Authorization"] = "Bearer test-key"
        yield server, http


def test_the_mock_accepts_what_the_vectors_accept(rich_mock):
    """It enforces the spec's schema, not the overlay's rules, and charges nothing for a refusal."""
    server, http = rich_mock
    expected, actual = {}, {}
    for case in CASES["rules"]:
        before, accepted = server.balance("test-key"), case["expected"]["accepted"]
        answer = http.post("/api/ai/video/generate", json=case["given"]["request"])
        expected[case["id"]] = (200 if accepted else 400, accepted)
        actual[case["id"]] = (answer.status_code, server.balance("test-key") < before)
    assert expected == actual


def test_the_mock_charges_what_the_vectors_quote(rich_mock):
    """Where the price is known; where it is not, the mock has one of its own."""
    _, http = rich_mock
    quoted = {case["id"]: case for case in CASES["prices"] if case["expected"]["credits"] is not None}
    answers = {
        name: http.post("/api/ai/video/generate", json=case["given"]["request"]) for name, case in quoted.items()
    }
    expected = {name: case["expected"]["credits"] for name, case in quoted.items()}
    assert expected == {name: answer.json().get("creditsUsed") for name, answer in answers.items()}
