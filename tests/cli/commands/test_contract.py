"""`contract`: its options."""

import pytest

from support.commandline import CommandLine


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against(server.url)


class TestUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            *(("--max-credits", "-1"), ("--rate", "0"), ("--rate", "inf"), ("--timeout", "-1"), ("--base-url", "x")),
            *(("--seed", "x"), ("--max-examples", "0"), ("--max-seconds", "0"), ("--baseline", ".")),
        ],
    )
    def test_wrong_usage_sends_nothing(self, cli, server, arguments):
        assert (2, []) == (cli("contract", *arguments).code, server.requests)

    def test_without_a_key_nothing_is_sent(self, cli, server, monkeypatch):
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        outcome = cli("contract")
        assert (2, [], True) == (outcome.code, server.requests, "GPTIMAGE2_API_KEY" in outcome.err)

    @pytest.mark.parametrize("name", ["OTHER", "POOR"])
    @pytest.mark.parametrize("key", ["schl\u00fcssel", "two words", "a\nb"])
    def test_a_second_key_that_fits_no_header_sends_nothing(self, cli, server, monkeypatch, name, key):
        monkeypatch.setenv(f"GPTIMAGE2_{name}_KEY", key)
        outcome = cli("contract", "--max-credits", "60")
        assert (2, []) == (outcome.code, server.requests)
        assert f"GPTIMAGE2_{name}_KEY: the API key has white space, a line break or another invalid" in outcome.err

    def test_white_space_around_a_key_is_none_of_it(self, cli, server, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", "test-key\r\n")
        cli("contract", "--max-examples", "1")
        assert {"Bearer test-key"} & {seen.headers.get("Authorization") for seen in server.requests}

    def test_without_a_base_url_it_tests_the_service(self, cli, monkeypatch):
        """Without a key too, so that nothing is sent there."""
        urls = []
        monkeypatch.setattr("gptimage2_video.VideoClient.__init__", lambda _, **settings: urls.append(settings))
        monkeypatch.delenv("GPTIMAGE2_BASE_URL")
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        cli("contract", "--max-credits", "1")
        assert [{"base_url": "https://gptimage2api.org", "allow_plain_http": False}] == urls

    def test_the_key_is_sent_unencrypted_to_no_other_host(self, cli):
        outcome = cli("contract", "--base-url", "http://192.0.2.1")
        assert (2, True) == (outcome.code, "unencrypted" in outcome.err)

    @pytest.mark.parametrize("name", ["jsonschema_rs", "yaml", "schemathesis"])
    def test_without_the_extra_the_error_says_what_to_install(self, cli, server, monkeypatch, name):
        monkeypatch.setitem(__import__("sys").modules, name, None)
        message = "the contract check needs more packages: pip install 'gptimage2-video[contract]'\n"
        outcome = cli("contract")
        assert (2, True) == (outcome.code, outcome.err.endswith(message))
        assert [] == server.requests
