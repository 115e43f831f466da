"""The videos of the mock: format, encoding, cache."""

import io
import threading

import av
import pytest

import gptimage2_video_mock.service.videos as videos_module
from gptimage2_video_mock.service.videos import Format, VideoCache, encode, video_format


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
