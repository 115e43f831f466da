"""`quote`: what a request costs, without a key."""

import pytest

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

    def test_an_invalid_request_has_no_price(self, cli):
        outcome = cli("quote", "A cup", "--model", "veo3", "--duration", "5")
        assert (2, "", True) == (outcome.code, outcome.out, "always 8 seconds" in outcome.err)

    def test_warnings_go_to_stderr(self, cli):
        outcome = cli("quote", "A cup", "--model", "sora-2-text-to-video", "--duration", "15")
        assert (0, True) == (outcome.code, outcome.err.startswith("warning: "))
