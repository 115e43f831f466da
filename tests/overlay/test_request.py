"""`prepare`: built, checked and priced once; what is prepared is never doubted again."""

import pytest

from gptimage2_video import (
    ImageToVideoRequest,
    InvalidRequest,
    PreparedRequest,
    Quote,
    VideoRequestWarning,
    check,
    prepare,
    quote,
)

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
TWO_IMAGES = {
    "prompt": "A cup",
    "model": "veo3",
    "inputMode": "image_to_video",
    "inputImageUrls": ["https://example.com/a.jpg", "https://example.com/b.jpg"],
}


class TestPrepare:
    def test_keywords_are_built_into_a_body_in_wire_names(self):
        assert PreparedRequest(VEO, quote(VEO)) == prepare("A cup", model="veo3_fast")

    def test_a_mapping_is_the_body(self):
        assert PreparedRequest(VEO, Quote(9, quote(VEO).note), ()) == prepare(VEO)

    def test_a_generated_request_becomes_one(self):
        generated = ImageToVideoRequest("A cup", ["https://example.com/a.jpg"], "veo3", "image_to_video")
        assert {**TWO_IMAGES, "inputImageUrls": ["https://example.com/a.jpg"]} == prepare(generated).body

    def test_a_prepared_one_is_returned_as_it_is(self):
        prepared = prepare(VEO)
        assert prepared is prepare(prepared)

    def test_warnings_are_kept_and_not_issued(self):
        assert check(TWO_IMAGES) == prepare(TWO_IMAGES).warnings

    def test_a_price_that_is_unknown_is_none(self):
        assert prepare({**VEO, "x-seed": 1}).quote.credits is None

    def test_errors_are_raised_and_warnings_beside_them_are_not(self):
        with pytest.raises(InvalidRequest) as caught:
            prepare({**TWO_IMAGES, "prompt": ""})
        assert ["prompt_empty"] == [violation.code for violation in caught.value.violations]

    @pytest.mark.parametrize("build", [dict, prepare], ids=["a mapping", "a prepared one"])
    def test_a_whole_request_takes_no_keywords_beside_it(self, build):
        with pytest.raises(TypeError, match="takes no further keywords: duration"):
            prepare(build(VEO), duration=8)

    @pytest.mark.parametrize(
        ("keywords", "sentence"),
        [
            ({"modle": "veo3"}, "unknown keyword modle"),
            ({"model": "veo3", "extra": {"duration": 5}}, "extra names duration; use the keyword of that field"),
        ],
    )
    def test_a_keyword_that_makes_no_sense_is_refused(self, keywords, sentence):
        with pytest.raises(TypeError, match=sentence):
            prepare("A cup", **keywords)


class TestPreparedRequest:
    """It travels as a value: sent as it is, with the price that it has."""

    @pytest.mark.parametrize("call", ["submit", "generate"])
    def test_it_is_not_checked_priced_or_warned_about_again(self, clients, server, monkeypatch, call):
        def never(*_):
            raise AssertionError("it was prepared already")

        prepared = prepare(TWO_IMAGES)
        assert prepared.warnings, "and a warning fails a test"
        for name in ("build_request", "check", "quote_checked", "to_wire"):
            monkeypatch.setattr(f"gptimage2_video.request.{name}", never)
        task = getattr(clients(), call)(prepared)
        assert 1000 - server.balance("test-key") == task.credits_used

    def test_one_that_is_prepared_by_the_call_is_warned_about_once(self, clients, server):
        with pytest.warns(VideoRequestWarning) as caught:
            clients().generate(TWO_IMAGES)
        assert 1 == len(caught)

    def test_its_quote_is_what_the_budget_counts(self, scripted_clients, scripted):
        from support.scripted import reply

        scripted.replies = [reply(200, {"taskId": "tsk_1"})]
        client = scripted_clients(max_credits=100)
        client.submit(PreparedRequest(VEO, Quote(77, "as agreed")))
        assert 77 == client.credits_committed
