"""Conditional and partial replies, as RFC 9110 says."""

import pytest

from gptimage2_video_mock.api.ranges import Selection, select

ETAG, DATE = '"abc"', "Wed, 22 Apr 2026 09:01:00 GMT"


PART = Selection(206, 0, 10, "bytes 0-9/100")


WHOLE = Selection(200, 0, 100, None)


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
