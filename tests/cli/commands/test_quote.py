"""`quote`: what a request costs, without a key."""

import pytest

from gptimage2_video import MODELS
from support.commandline import CommandLine


@pytest.fixture
def cli(capsys, monkeypatch):
    return CommandLine(capsys, monkeypatch)


class TestQuote:
    def test_a_known_price(self, cli):
        outcome = cli("quote", "A cup", "--model", "veo3")
        assert (0, True, "") == (outcome.code, outcome.out.startswith("about 63 credits ("), outcome.err)

    def test_an_unknown_price_is_no_failure(self, cli):
        outcome = cli("quote", "A cup", "--model", "wan/2-6-text-to-video")
        assert (0, True) == (outcome.code, outcome.out.startswith("unknown ("))

    def test_json_has_a_number_or_null(self, cli):
        words = ("quote", "A cup", "--model", "sora-2-text-to-video", "--duration", "5", "--json")
        assert 5 == cli(*words, "--resolution", "720p").object["credits"]
        assert cli(*words).object["credits"] is None

    def test_a_price_needs_no_prompt_and_no_url(self, cli):
        assert 63 == cli("quote", "--model", "veo3", "--json").object["credits"]
        assert (
            11
            == cli("quote", "--model", "kling/v2-1-standard", "--duration", "5", "--image", "--json").object["credits"]
        )

    def test_without_a_model_all_that_can_do_it_are_compared(self, cli):
        quotes = cli("quote", "--duration", "5", "--image", "--json").object
        known = [quote["credits"] for quote in quotes if quote["credits"] is not None]
        assert sorted(known) + [None] * (len(quotes) - len(known)) == [quote["credits"] for quote in quotes]
        offered = {name for name, model in MODELS.items() if "image_to_video" in model.modes}
        assert {"kling/v2-1-standard", "kling/v2-1-pro"} <= {quote["model"] for quote in quotes} <= offered
        assert "veo3" not in {quote["model"] for quote in quotes}, "its clips are always 8 seconds"

    def test_they_are_a_line_each(self, cli):
        lines = [line.split() for line in cli("quote", "--duration", "8").out.splitlines()]
        assert [["veo3_lite", "5"], ["veo3_fast", "9"], ["veo3", "63"]] == [
            it for it in lines if it[0].startswith("veo3")
        ]

    def test_what_none_can_do_is_refused(self, cli):
        outcome = cli("quote", "--duration", "99")
        assert (2, "", True) == (outcome.code, outcome.out, outcome.err.startswith("error: "))

    def test_an_invalid_request_has_no_price(self, cli):
        outcome = cli("quote", "A cup", "--model", "veo3", "--duration", "5")
        assert (2, "", True) == (outcome.code, outcome.out, "always 8 seconds" in outcome.err)

    def test_warnings_go_to_stderr(self, cli):
        outcome = cli("quote", "A cup", "--model", "sora-2-text-to-video", "--duration", "15")
        assert (0, True) == (outcome.code, outcome.err.startswith("warning: "))
