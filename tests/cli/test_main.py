"""The group: help, exit codes, and what happens when a stream is lost. Nothing here needs a server."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gptimage2_video import VideoClientError, __version__
from gptimage2_video_cli.console.exit_codes import EXIT_CODES
from gptimage2_video_cli.main import cli, main
from support.commandline import CommandLine, every_command, spawn

HEAVY = {
    "httpx",
    "anyio",
    "gptimage2_video.client",
    "gptimage2_video_mock",
    "importlib.metadata",
    "asyncio",
    "email.utils",
}
ON_LINUX = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@pytest.fixture
def command(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch)


class TestHelp:
    def test_the_version(self, command):
        assert (0, f"gptimage2-video, version {__version__}\n", "") == command("--version")

    @pytest.mark.parametrize(
        "arguments",
        [("--help",), ("-h",), *((*each, "-h") for each in every_command() if each != ("mock",))],
    )
    def test_every_command_explains_itself_with_examples(self, command, arguments):
        outcome = command(*arguments)
        assert (0, True) == (outcome.code, "Examples:\n" in outcome.out)

    def test_the_help_of_the_group_lists_every_exit_code_of_the_table(self, command):
        listed = {line.split()[0] for line in command("--help").out.splitlines() if line.strip()}
        assert {str(code) for _, code in EXIT_CODES} <= listed

    def test_the_help_says_that_the_key_comes_from_the_environment_alone(self, command):
        assert "there is no option for it" in command("--help").out
        assert not [option for item in cli.commands.values() for option in item.params if "key" in (option.name or "")]

    @pytest.mark.process
    @pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["generate", "--help"]])
    def test_what_sends_nothing_loads_no_http_library(self, arguments):
        script = f"import sys; from gptimage2_video_cli.main import main; main({arguments}); print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        assert set() == HEAVY & set(loaded.split())

    def test_without_a_command_the_help_is_shown_and_the_code_is_2(self, command):
        outcome = command()
        assert (2, "", True) == (outcome.code, outcome.out, "Commands:" in outcome.err)

    @pytest.mark.parametrize(
        "arguments", [("nonsense",), ("--nonsense",), ("generate",), ("status",), ("demo", "--json")]
    )
    def test_wrong_usage_ends_with_2_and_a_hint(self, command, arguments):
        outcome = command(*arguments)
        assert (2, True) == (outcome.code, "rror: " in outcome.err)

    def test_wrong_usage_as_json(self, command):
        error = command("generate", "--nonsense", "--json").object["error"]
        assert ("NoSuchOption", None) == (error["type"], error["task_id"])


class TestExitCodes:
    def test_every_error_of_the_library_has_one(self):
        def leaves(type_):
            return [leaf for child in type_.__subclasses__() for leaf in leaves(child)] or [type_]

        public = {leaf for leaf in leaves(VideoClientError) if leaf.__module__.startswith("gptimage2_video.")}
        for leaf in public:
            assert [code for type_, code in EXIT_CODES if issubclass(leaf, type_)], leaf

    def test_no_row_is_hidden_by_one_above_it(self):
        types = [type_ for type_, _ in EXIT_CODES]
        assert not [type_ for index, type_ in enumerate(types) if issubclass(type_, tuple(types[:index]))]


class TestUnexpected:
    @pytest.fixture
    def broken(self, monkeypatch):
        def fail(*_, **__):
            raise LookupError("no such thing")

        monkeypatch.setattr(cli.commands["models"], "callback", fail)

    def test_is_one_line_and_70(self, command, broken):
        assert (70, "", "error: unexpected LookupError: no such thing; please report\n") == command("models")

    def test_shows_where_it_came_from_when_debugging(self, command, broken, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_DEBUG", "1")
        outcome = command("models")
        assert (70, True) == (outcome.code, "Traceback (most recent call last)" in outcome.err)

    def test_is_an_object_in_json(self, command, broken):
        outcome = command("models", "--json")
        assert {"error": {"type": "LookupError", "message": outcome.err[7:-1], "task_id": None}} == outcome.object


class TestClosedStreams:
    @pytest.mark.process
    def test_a_broken_pipe_ends_with_141_and_no_message(self):
        with spawn("models") as process:
            process.stdout.close()
            assert ("", 141) == (process.stderr.read(), process.wait())

    @pytest.mark.process
    @ON_LINUX
    @pytest.mark.parametrize("arguments", [["models"], ["models", "--json"], ["--help"], ["--version"]])
    def test_a_full_disk_under_stdout_is_reported(self, arguments):
        with Path("/dev/full").open("w") as full, spawn(*arguments, stdout=full) as process:
            message = "error: cannot write the result to stdout: No space left on device\n"
            assert (message, 74) == (process.stderr.read(), process.wait())

    @pytest.mark.process
    @pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
    @pytest.mark.parametrize(
        ("closing", "code", "message"), [(">&-", 74, "cannot write the result to stdout"), ("2>&-", 0, "")]
    )
    def test_closed_streams(self, closing, code, message):
        script = f'exec "$0" -m gptimage2_video_cli models {closing}'
        done = subprocess.run(["sh", "-c", script, sys.executable], capture_output=True, text=True)
        assert (code, True) == (done.returncode, message in done.stderr)
        assert "Traceback" not in done.stderr

    def test_without_streams_an_error_still_has_its_exit_code(self, command, monkeypatch):
        for stream in ("stdout", "stderr"):
            monkeypatch.setattr(sys, stream, None)
        assert 2 == main(["quote", "", "--model", "veo3", "--json"])

    def test_another_os_error_is_not_taken_for_a_closed_stream(self, command, monkeypatch):
        def fail(*_, **__):
            raise FileNotFoundError(2, "No such file or directory", "certificates.pem")

        monkeypatch.setattr(cli.commands["models"], "callback", fail)
        outcome = command("models")
        assert (70, True) == (outcome.code, "certificates.pem" in outcome.err)

    def test_a_usage_error_with_a_closed_stderr_keeps_its_code(self, monkeypatch):
        def show(*_):
            raise BrokenPipeError

        monkeypatch.setattr(click.UsageError, "show", show)
        assert 2 == main(["quote", "--nonsense"])


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs signals")
def test_signal_handlers_are_restored():
    def handlers():
        return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]

    before = handlers()
    main(["models", "--mode", "nonsense"])
    assert handlers() == before


@pytest.mark.process
@pytest.mark.parametrize("arguments", [["models", "--json"], ["quote", "A cup", "--model", "veo3", "--json"]])
def test_the_module_runs_as_the_command_does(arguments):
    with spawn(*arguments) as process:
        assert json.loads(process.stdout.read())
        assert 0 == process.wait()
