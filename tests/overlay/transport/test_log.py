"""The log `gptimage2_video`: a line for each request, at level DEBUG, without the key and what opens a video."""

import logging
import re

import pytest

from gptimage2_video import ConnectionFailed, SubmissionUncertain
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
KEY = "a-real-key"


@pytest.fixture
def lines(caplog, scripted):
    caplog.set_level(logging.DEBUG, "gptimage2_video")

    def said():
        return [
            re.sub(r"\d+\.\d\d s", "T", line.replace(scripted.url, "URL"))
            for name, _, line in caplog.record_tuples
            if name == "gptimage2_video"
        ]

    return said


def test_a_line_has_method_url_status_and_duration(scripted_clients, scripted, lines, tmp_path):
    video = f"{scripted.url}/v.mp4?signature=opens-it"
    scripted.replies = [
        reply(200, {"taskId": "tsk_1", "status": 0}),
        reply(503),
        reply(200, {"status": 1, "videoUrl": video}),
        reply(200, b"video", Content_Type="video/mp4"),
    ]
    scripted_clients(KEY).generate(VEO, save_to=tmp_path / "cup.mp4")
    assert [
        "POST URL/api/ai/video/generate: 200 after T",
        "GET URL/api/ai/tasks/tsk_1: 503 after T",
        "GET URL/api/ai/tasks/tsk_1: 200 after T",
        "GET URL/v.mp4: 200 after T",
    ] == lines()
    assert "opens-it" not in "".join(lines())


def test_the_same_is_there_as_fields(scripted_clients, scripted, caplog, tmp_path):
    """Their names are stable, for programs that keep their log as JSON."""
    caplog.set_level(logging.DEBUG, "gptimage2_video")
    video = f"{scripted.url}/v.mp4?signature=opens-it"
    scripted.replies = [
        reply(200, {"taskId": "tsk_1", "status": 0}),
        b"",
        reply(200, {"status": 1, "videoUrl": video}, length=900),
        reply(200, {"status": 1, "videoUrl": video}),
        reply(200, b"video", Content_Type="video/mp4"),
    ]
    client = scripted_clients(KEY)
    client.generate({**VEO, "prompt": "a-secret-plan"}, save_to=tmp_path / "cup.mp4")
    with pytest.raises(ConnectionFailed):
        scripted_clients(KEY, base_url="http://127.0.0.1:9/prefix").get("tsk_2")
    records = [record for record in caplog.records if record.name == "gptimage2_video"]
    names = ("event", "method", "path", "status", "task_id")
    assert [
        ("request.completed", "POST", "/api/ai/video/generate", 200, None),
        ("request.failed", "GET", "/api/ai/tasks/tsk_1", None, "tsk_1"),
        ("request.incomplete", "GET", "/api/ai/tasks/tsk_1", 200, "tsk_1"),
        ("request.completed", "GET", "/api/ai/tasks/tsk_1", 200, "tsk_1"),
        ("request.completed", "GET", "/v.mp4", 200, "tsk_1"),
        *[("request.not_sent", "GET", "/prefix/api/ai/tasks/tsk_2", None, "tsk_2")] * 4,
    ] == [tuple(getattr(record, name) for name in names) for record in records]
    assert [True] * len(records) == [record.duration >= 0 for record in records]
    assert [False, True, True, False, False, True] == [bool(record.reason) for record in records[:6]]
    everything = repr([vars(record) for record in records])
    assert [False] * 3 == [secret in everything for secret in (KEY, "a-secret-plan", "opens-it")]


def test_no_response_is_logged_with_its_reason(scripted_clients, scripted, lines):
    scripted.replies = [b""]
    with pytest.raises(SubmissionUncertain):
        scripted_clients(KEY).submit(VEO)
    (line,) = lines()
    assert re.fullmatch(r"POST URL/api/ai/video/generate: no response after T \(.+\)", line)


def test_an_incomplete_response_is_logged_with_its_status(scripted_clients, scripted, lines):
    scripted.replies = [reply(200, {"status": 0}, length=900), reply(200, {"status": 0})]
    scripted_clients(KEY).get("tsk_1")
    assert re.fullmatch(r"GET URL/api/ai/tasks/tsk_1: 200, incomplete after T \(.+\)", lines()[0])


def test_a_request_that_was_not_sent_is_logged_as_such(scripted_clients, scripted, lines):
    with pytest.raises(ConnectionFailed):
        scripted_clients(KEY, base_url="http://127.0.0.1:9").get("tsk_1")
    assert [True] * 4 == [": not sent after " in line for line in lines()]


def test_the_key_is_in_no_line_even_where_the_service_echoes_it(scripted_clients, scripted, lines):
    scripted.replies = [reply(401, {"error": f"bad key {KEY}"}, X_Key=KEY)]
    with pytest.raises(Exception, match="key"):
        scripted_clients(KEY).get("tsk_1")
    assert KEY not in "".join(lines())


def test_at_any_other_level_nothing_is_said(scripted_clients, scripted, lines, caplog):
    caplog.set_level(logging.INFO, "gptimage2_video")
    scripted.replies = [reply(200, {"status": 0})]
    scripted_clients(KEY).get("tsk_1")
    assert [] == lines()
