"""Submission, poll and download over real sockets, as the documentation says them."""

import io
import json
import zlib
from urllib.parse import urlsplit

import av
import httpx
import pytest

from gptimage2_video_mock.api.spec import spec
from support.mock_client import GENERATE, TEXT, bearer

KEY = bearer("test-key")


class TestLifeCycle:
    def test_a_task_is_accepted_pends_completes_and_its_video_can_be_fetched(self, server, api):
        accepted = api.post(GENERATE, json=TEXT)
        task_id = accepted.json()["taskId"]
        assert (accepted.status_code, accepted.json()) == (200, {"taskId": task_id, "status": 0, "creditsUsed": 5})
        assert server.balance("test-key") == 995

        pending = api.get(f"/api/ai/tasks/{task_id}").json()
        assert (pending["status"], pending["videoUrl"], pending["updatedAt"]) == (0, None, pending["createdAt"])

        server.clock.advance(60)
        completed = api.get(f"/api/ai/tasks/{task_id}").json()
        assert completed == {
            "taskId": task_id,
            "type": "video",
            "status": 1,
            "model": "sora-2-text-to-video",
            "prompt": "A cup",
            "imageUrls": [],
            "videoUrl": f"{server.cdn_url}/videos/{task_id}.mp4",
            "errorCode": None,
            "errorMessage": None,
            "creditsUsed": 5,
            "creditsRefunded": False,
            "createdAt": pending["createdAt"],
            "updatedAt": completed["updatedAt"],
        }
        assert completed["updatedAt"] > completed["createdAt"]
        assert httpx.get(completed["videoUrl"]).headers["Content-Type"] == "video/mp4"

    def test_the_videos_are_on_another_host_than_the_api(self, server):
        assert urlsplit(server.cdn_url).netloc != urlsplit(server.url).netloc

    def test_snapshots_have_exactly_the_fields_of_the_specs_example(self, api):
        responses = spec()["paths"]["/api/ai/tasks/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
        task_id = api.post(GENERATE, json=TEXT).json()["taskId"]
        expected = list(responses["examples"]["completed"]["value"])
        assert list(api.get(f"/api/ai/tasks/{task_id}").json()) == expected

    @pytest.mark.parametrize("prompt", ["Ein Löffel", "日本\u2028", "🎬", "\x00", "a" * 100_000])
    def test_any_prompt_comes_back_as_it_was(self, api, prompt):
        task_id = api.post(GENERATE, json={**TEXT, "prompt": prompt}).json()["taskId"]
        assert api.get(f"/api/ai/tasks/{task_id}").json()["prompt"] == prompt


class TestRefusals:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            bearer("stranger"),
            {"Authorization": "Bearer"},
            {"Authorization": "Basic test-key"},
            {"Authorization": "test-key"},
        ],
    )
    @pytest.mark.parametrize("body", [b"{", json.dumps(TEXT).encode()])
    def test_no_known_key_is_401_whatever_the_body(self, server, headers, body):
        response = httpx.post(server.url + GENERATE, content=body, headers=headers)
        assert (response.status_code, response.json()) == (401, {"error": "Unauthorized"})
        response = httpx.get(f"{server.url}/api/ai/tasks/tsk_1", headers=headers)
        assert (response.status_code, response.json()) == (401, {"error": "Unauthorized"})

    def test_the_scheme_is_read_in_any_case(self, server):
        response = httpx.post(server.url + GENERATE, json=TEXT, headers={"Authorization": "bearer test-key"})
        assert response.status_code == 200

    def test_an_invalid_request_is_400_field_by_field_even_without_credits(self, server):
        body = {**TEXT, "prompt": "", "duration": 7}
        response = httpx.post(server.url + GENERATE, json=body, headers=bearer("test-key-poor"))
        details = response.json()["details"]
        assert (response.status_code, response.json()["error"]) == (400, "Invalid request")
        assert (details["formErrors"], list(details["fieldErrors"])) == ([], ["prompt", "duration"])
        assert details["fieldErrors"]["prompt"] == ["Prompt is required"]

    def test_too_few_credits_are_402_with_the_price_and_nothing_is_charged(self, server):
        response = httpx.post(server.url + GENERATE, json=TEXT, headers=bearer("test-key-poor"))
        assert (response.status_code, response.json()) == (402, {"error": "Insufficient credits", "required": 5})
        assert (server.balance("test-key-poor"), server.ledger("test-key-poor")) == (3, [])

    def test_another_accounts_task_is_404_like_none_at_all(self, server, api):
        task_id = api.post(GENERATE, json=TEXT).json()["taskId"]
        for key, path in (
            ("test-key-2", task_id),
            ("test-key", "tsk_unknown"),
            ("test-key", "%2e%2e"),
            ("test-key", "a%2Fb"),
        ):
            response = httpx.get(f"{server.url}/api/ai/tasks/{path}", headers=bearer(key))
            assert (response.status_code, response.json()) == (404, {"error": "Task not found"})

    @pytest.mark.parametrize(
        "body", [b"", b"\xff", b"[" * 200_000, b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"prompt": "\\udfff"}', b"null"]
    )
    def test_a_body_that_is_no_json_object_is_400_with_a_form_error(self, api, body):
        response = api.post(GENERATE, content=body)
        assert response.status_code == 400
        assert (len(response.json()["details"]["formErrors"]), response.json()["details"]["fieldErrors"]) == (1, {})

    @pytest.mark.parametrize("body", [b"nonsense", zlib.compress(b" " * 2**24)])
    def test_a_packed_body_is_not_unpacked_and_so_is_400(self, api, body):
        response = api.post(GENERATE, content=body, headers={"Content-Encoding": "deflate"})
        assert response.status_code == 400


class TestDownload:
    @pytest.fixture
    def url(self, server):
        body = {"prompt": "A cup", "model": "veo3_lite", "inputMode": "text_to_video", "aspectRatio": "9:16"}
        task_id = httpx.post(f"{server.url}/api/ai/video/generate", json=body, headers=KEY).json()["taskId"]
        server.clock.advance(60)
        return httpx.get(f"{server.url}/api/ai/tasks/{task_id}", headers=KEY).json()["videoUrl"]

    def test_the_video_is_as_the_request_asked_with_the_models_own_duration(self, url):
        response = httpx.get(url)
        assert (response.headers["Content-Type"], response.headers["Accept-Ranges"]) == ("video/mp4", "bytes")
        assert response.headers["Content-Length"] == str(len(response.content))
        with av.open(io.BytesIO(response.content)) as container:
            stream = container.streams.video[0]
            assert (stream.width, stream.height, container.duration) == (720, 1280, 8_000_000)

    def test_two_halves_make_the_whole(self, url):
        whole = httpx.get(url)
        half = len(whole.content) // 2
        tail = httpx.get(url, headers={"Range": f"bytes={half}-", "If-Range": whole.headers["ETag"]})
        size = len(whole.content)
        assert (tail.status_code, tail.headers["Content-Range"]) == (206, f"bytes {half}-{size - 1}/{size}")
        assert whole.content[:half] + tail.content == whole.content

    def test_a_range_beyond_the_end_is_416_and_tells_the_size(self, url):
        size = httpx.head(url).headers["Content-Length"]
        response = httpx.get(url, headers={"Range": f"bytes={size}-"})
        assert (response.status_code, response.headers["Content-Range"]) == (416, f"bytes */{size}")

    def test_head_tells_the_size_and_sends_nothing(self, url):
        response = httpx.head(url)
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["Content-Length"] == str(len(httpx.get(url).content))

    def test_what_is_known_already_is_304(self, url):
        etag = httpx.head(url).headers["ETag"]
        response = httpx.get(url, headers={"If-None-Match": etag})
        assert (response.status_code, response.content) == (304, b"")

    def test_there_is_no_video_of_a_pending_a_failed_or_an_unknown_task(self, server):
        body = {"prompt": "A cup", "model": "veo3_lite", "inputMode": "text_to_video"}
        pending = httpx.post(f"{server.url}/api/ai/video/generate", json=body, headers=KEY).json()["taskId"]
        assert httpx.get(f"{server.cdn_url}/videos/{pending}.mp4").status_code == 404
        failing = server.scenario_url("failed")
        failed = httpx.post(f"{failing}/api/ai/video/generate", json=body, headers=KEY).json()["taskId"]
        server.clock.advance(60)
        assert httpx.get(f"{server.cdn_url}/videos/{failed}.mp4").status_code == 404
        assert httpx.get(f"{server.cdn_url}/videos/unknown.mp4").status_code == 404

    def test_a_key_that_reaches_the_cdn_is_recorded_so_that_tests_can_catch_it(self, server, url):
        httpx.get(url)
        httpx.get(url, headers=KEY)
        keys = [record.headers.get("Authorization") for record in server.requests if record.side == "cdn"]
        assert keys == [None, "Bearer test-key"]
