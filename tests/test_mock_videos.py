"""The mock's videos: that they are what was asked for, cached, and served as a CDN serves a file."""

import io
import threading

import av
import httpx
import pytest

import gptimage2_video_mock.service.videos as videos_module
from gptimage2_video_mock import MockServer
from gptimage2_video_mock.api.ranges import Selection, select
from gptimage2_video_mock.service.images import SIDE, cup_png
from gptimage2_video_mock.service.videos import Format, VideoCache, encode, video_format

KEY = {"Authorization": "Bearer test-key"}
ETAG, DATE = '"abc"', "Wed, 22 Apr 2026 09:01:00 GMT"
PART = Selection(206, 0, 10, "bytes 0-9/100")
WHOLE = Selection(200, 0, 100, None)


class TestFormat:
    @pytest.mark.parametrize(
        ("request_", "expected"),
        [
            ({}, (1280, 720)),
            ({"aspectRatio": "16:9", "resolution": "1080p"}, (1920, 1080)),
            ({"aspectRatio": "9:16"}, (720, 1280)),
            ({"aspectRatio": "1:1", "resolution": "1080p"}, (1080, 1080)),
            ({"aspectRatio": "4:3"}, (960, 720)),
            ({"aspectRatio": "21:9"}, (1680, 720)),
            ({"aspectRatio": "1:4"}, (720, 2880)),
            ({"resolution": "8k"}, (1280, 720)),
        ],
    )
    def test_the_size_follows_aspect_ratio_and_resolution(self, request_, expected):
        assert video_format(5, request_) == (5, *expected)

    @pytest.mark.parametrize("ratio", ["", "wide", "16/9", "0:1", "1:0", "100:1", "16:9:1", "99999:99999", "\u0661:1"])
    def test_an_aspect_ratio_that_is_none_is_sixteen_to_nine(self, ratio):
        assert video_format(5, {"aspectRatio": ratio}) == (5, 1280, 720)


class TestEncoding:
    @pytest.mark.parametrize("form", [Format(5, 1280, 720), Format(8, 720, 1280), Format(1, 1080, 1080)])
    def test_a_video_is_h264_of_exactly_the_length_and_size_and_it_moves(self, form):
        with av.open(io.BytesIO(encode(form))) as container:
            stream = container.streams.video[0]
            frames = [bytes(frame.planes[0]) for frame in container.decode(stream)]
            assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
            assert (stream.width, stream.height) == (form.width, form.height)
            assert container.duration == form.duration * 1_000_000
            assert len(frames) == form.duration * 4
            assert frames[0] != frames[-1]

    def test_the_index_comes_first_so_that_players_can_begin_early(self):
        content = encode(Format(1, 320, 180))
        assert 0 < content.index(b"moov") < content.index(b"mdat")

    def test_it_is_the_same_whenever_it_is_encoded_so_that_a_download_can_be_resumed(self):
        form = Format(1, 320, 180)
        assert VideoCache().get(form).etag == VideoCache().get(form).etag


class TestCache:
    @pytest.fixture
    def encoded(self, monkeypatch):
        calls = []
        monkeypatch.setattr(videos_module, "encode", lambda form: calls.append(form) or bytes(form))
        return calls

    def test_each_format_is_encoded_once(self, encoded):
        cache, form = VideoCache(), Format(5, 16, 9)
        assert cache.peek(form) is None
        assert cache.get(form) is cache.get(form)
        assert cache.peek(form) is cache.get(form)
        assert encoded == [form]

    def test_threads_that_want_the_same_encode_it_once(self, encoded):
        cache, form = VideoCache(), Format(5, 16, 9)
        threads = [threading.Thread(target=cache.get, args=(form,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert encoded == [form]

    def test_it_is_bounded_and_forgets_what_was_not_wanted_for_longest(self, encoded):
        cache = VideoCache(size=2)
        first, second, third = (Format(number, 16, 9) for number in (1, 2, 3))
        for form in (first, second, first, third):
            cache.get(form)
        assert [cache.peek(form) is not None for form in (first, second, third)] == [True, False, True]
        assert encoded == [first, second, third]


class TestRanges:
    @pytest.mark.parametrize(
        ("headers", "expected"),
        [
            ({}, WHOLE),
            ({"Range": "bytes=0-9"}, PART),
            ({"Range": "bytes=90-"}, Selection(206, 90, 100, "bytes 90-99/100")),
            ({"Range": "bytes=-10"}, Selection(206, 90, 100, "bytes 90-99/100")),
            ({"Range": "bytes=-1000"}, Selection(206, 0, 100, "bytes 0-99/100")),
            ({"Range": "bytes=95-1000"}, Selection(206, 95, 100, "bytes 95-99/100")),
            ({"Range": "bytes=100-"}, Selection(416, 0, 0, "bytes */100")),
            ({"Range": "bytes=-0"}, Selection(416, 0, 0, "bytes */100")),
            ({"Range": "bytes=9-0"}, WHOLE),
            ({"Range": "bytes=-"}, WHOLE),
            ({"Range": "bytes=0-1,5-6"}, WHOLE),
            ({"Range": "items=0-9"}, WHOLE),
            ({"Range": "bytes=0-9", "If-Range": ETAG}, PART),
            ({"Range": "bytes=0-9", "If-Range": DATE}, PART),
            ({"Range": "bytes=0-9", "If-Range": '"other"'}, WHOLE),
            ({"Range": "bytes=0-9", "If-Range": f"W/{ETAG}"}, WHOLE),
            ({"If-None-Match": f'"x", W/{ETAG}'}, Selection(304, 0, 0, None)),
            ({"If-None-Match": "*"}, Selection(304, 0, 0, None)),
            ({"If-None-Match": '"x"'}, WHOLE),
        ],
    )
    def test_what_is_sent_is_what_rfc_9110_says(self, headers, expected):
        assert select(headers, 100, ETAG, DATE) == expected


class TestDownload:
    @pytest.fixture
    def server(self):
        with MockServer() as server:
            yield server

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
        found = [record.headers.get("Authorization") for record in server.requests if record.side == "cdn"]
        assert found == [None, "Bearer test-key"]

    def test_the_sample_image_is_a_real_png_on_both_hosts(self, server):
        for base in (server.url, server.cdn_url):
            response = httpx.get(f"{base}/assets/cup.png")
            assert (response.headers["Content-Type"], response.content) == ("image/png", cup_png())
        with av.open(io.BytesIO(cup_png())) as container:
            frame = next(container.decode(video=0))
            assert (frame.width, frame.height, frame.format.name) == (SIDE, SIDE, "rgb24")
