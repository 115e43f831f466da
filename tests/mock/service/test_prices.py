"""The prices of the mock."""

import pytest

from gptimage2_video_mock.api.spec import spec
from gptimage2_video_mock.service.prices import PriceList

TABLE = spec()["x-model-table"]


ROWS = [(model["id"], row) for model in TABLE["models"] for row in model["credits"]["rows"]]


class TestPrices:
    @pytest.mark.parametrize(("model", "row"), ROWS)
    def test_every_row_of_the_table_is_charged_as_it_stands(self, model, row):
        request_ = {"model": model, **{name: row[name] for name in ("duration", "resolution") if name in row}}
        assert PriceList(TABLE).price(request_) == (row["credits"], row["duration"])

    @pytest.mark.parametrize(
        ("request_", "expected"),
        [
            ({"model": "sora-2-text-to-video"}, (5, 5)),
            ({"model": "sora-2-text-to-video", "duration": 10}, (10, 10)),
            ({"model": "sora-2-text-to-video", "resolution": "1080p"}, (8, 5)),
            ({"model": "sora-2-text-to-video", "duration": 5.0}, (5, 5)),
            ({"model": "veo3"}, (63, 8)),
            ({"model": "kling/v2-1-pro", "duration": 10}, (42, 10)),
        ],
    )
    def test_what_is_left_out_is_that_of_the_first_row(self, request_, expected):
        assert PriceList(TABLE).price(request_) == expected

    @pytest.mark.parametrize(
        ("request_", "expected"),
        [
            ({"model": "wan/2-6-text-to-video"}, (10, 5)),
            ({"model": "bytedance/seedance-1.5-pro", "duration": 15}, (30, 15)),
            ({"model": "sora-2-text-to-video", "duration": 15}, (30, 15)),
            ({"model": "sora-2-text-to-video", "resolution": "4k"}, (10, 5)),
            ({"model": "veo3", "resolution": "1080p"}, (16, 8)),
        ],
    )
    def test_where_the_table_is_silent_two_credits_a_second_are_invented(self, request_, expected):
        assert PriceList(TABLE).price(request_) == expected
