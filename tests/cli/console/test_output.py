"""What is printed on stderr, and in which color; the result on stdout is the same."""

import re
import sys

import pytest

from gptimage2_video import Journal
from gptimage2_video_cli.main import cli as group
from support.commandline import CommandLine, OnTerminal, every_command
from support.scripted import reply

VEO = ("generate", "A cup", "--model", "veo3_fast", "-o", "cup.mp4")
KEY = "a-real-key"


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against(server.url)


def has_option(arguments, option):
    command = group
    for word in arguments:
        command = command.commands[word]
    return any(option in getattr(parameter, "opts", ()) for parameter in command.params)


class TestQuiet:
    def test_prints_the_result_alone(self, cli):
        assert (0, "cup.mp4\n", "") == cli(*VEO, "--quiet")

    def test_prints_errors_and_the_resume_command(self, cli, server):
        lines = cli.against(server.scenario_url("failed"))(*VEO, "-q").err.splitlines()
        assert ["error: "] == [line[:7] for line in lines]
        lines = cli(*VEO, "-q", "--timeout", "5").err.splitlines()
        assert ["error: ", "to resu"] == [line[:7] for line in lines]

    def test_prints_warnings(self, cli):
        (line,) = cli(
            "generate", "A cup", "--model", "veo3", "--resolution", "720p", "--dry-run", "-q"
        ).err.splitlines()
        assert line.startswith("warning: ")

    def test_holds_for_tasks_and_resume(self, cli, capsys):
        cli("generate", "A cup", "--model", "veo3_fast", "--no-wait")
        for arguments in (("resume", "-q"), ("tasks", "-q")):
            assert (0, "") == (cli(*arguments).code, capsys.readouterr().err)

    @pytest.mark.parametrize("arguments", [("-q",), ("-q", "-v"), ("-v",)])
    def test_no_spinner_is_shown_on_a_terminal(self, cli, server, capsys, monkeypatch, arguments):
        monkeypatch.setenv("TERM", "xterm")
        terminal = OnTerminal(capsys, monkeypatch).against(server.url)
        assert "\r" not in terminal(*VEO, *arguments).err

    @pytest.mark.parametrize(
        "arguments", [each for each in every_command() if has_option(each, "--json")], ids=" ".join
    )
    def test_every_command_that_has_json_has_it(self, arguments):
        assert has_option(arguments, "--quiet")


class TestVerbose:
    def test_logs_each_request_between_the_steps(self, cli):
        lines = [re.sub(r"http://[\d.:]+|\d+\.\d\d s|tsk_\w+", "_", line) for line in cli(*VEO, "-v").err.splitlines()]
        assert "POST _/api/ai/video/generate: 200 after _" == lines[0]
        assert "submitted: _ (9 credits)" == lines[1]
        assert {"GET _/api/ai/tasks/_: 200 after _"} == set(lines[2:-3])
        assert ["completed: _", "saved: cup.mp4"] == [lines[-3], lines[-1]]

    def test_logs_no_secret(self, cli, scripted):
        video = f"{scripted.url}/v.mp4?signature=opens-it"
        scripted.replies = [
            reply(200, {"taskId": "tsk_1", "status": 0}, X_Key=KEY),
            reply(200, {"status": 1, "videoUrl": video}),
            reply(200, b"video", Content_Type="video/mp4"),
        ]
        outcome = cli.against(scripted.url, KEY)(*VEO, "-v")
        assert (0, False, False) == (outcome.code, KEY in outcome.err, "opens-it" in outcome.err)
        assert "/v.mp4: 200 after" in outcome.err

    def test_ends_with_the_command(self, cli):
        cli(*VEO, "-v")
        assert "POST" not in cli("generate", "A cup", "--model", "veo3_fast").err

    def test_logs_requests_beside_quiet(self, cli):
        assert {"POST", "GET"} == {line.partition(" ")[0] for line in cli(*VEO, "-q", "-v").err.splitlines()}

    def test_logs_probes_too(self, cli):
        assert "GET" in cli("contract", "-v", "--rate", "1000", "--base-url", "http://127.0.0.1:9").err

    @pytest.mark.parametrize(
        "arguments", [arguments for arguments in every_command() if has_option(arguments, "--base-url")], ids=" ".join
    )
    def test_every_command_that_sends_has_it(self, arguments):
        assert has_option(arguments, "--verbose")


class TestColor:
    @pytest.fixture
    def terminal(self, cli, server, capsys, monkeypatch):
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("NO_COLOR", raising=False)
        return OnTerminal(capsys, monkeypatch).against(server.url)

    def test_errors_begin_in_red(self, terminal):
        assert "\x1b[31m\x1b[1merror:\x1b[0m" == terminal("check", "no-such-file.json", "--json").err.split()[0]

    def test_warnings_begin_in_yellow(self, terminal):
        warned = terminal("quote", "A cup", "--model", "veo3", "--resolution", "720p").err
        assert "\x1b[33m\x1b[1mwarning:\x1b[0m" == warned.split()[0]

    @pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
    def test_not_where_no_color_is_set_or_the_terminal_is_dumb(self, terminal, monkeypatch, name, value):
        monkeypatch.setenv(name, value)
        assert terminal("check", "no-such-file.json", "--json").err.startswith("error: ")

    def test_not_where_stderr_is_no_terminal(self, cli):
        assert cli("check", "no-such-file.json", "--json").err.startswith("error: ")

    def test_a_service_cannot_control_the_terminal(self, terminal, scripted):
        scripted.replies = [reply(403, {"error": "\x1b[2Jforbidden"})]
        assert "\x1b[2J" not in terminal.against(scripted.url)("status", "tsk_1").err


def test_quiet_records_the_submission_all_the_same(cli):
    cli("generate", "A cup", "--model", "veo3_fast", "--no-wait", "-q")
    assert [True] == [submission.unfinished for submission in Journal().submissions()]


class TestTables:
    """On a terminal rows are drawn as a table, where nothing of them is lost by that."""

    @pytest.fixture
    def on_terminal(self, cli, monkeypatch):
        def run(columns, *arguments):
            monkeypatch.setenv("TERM", "xterm")
            monkeypatch.setenv("COLUMNS", columns)
            monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
            return cli(*arguments).out

        return run

    def test_a_wide_terminal_shows_one_with_every_cell_whole(self, cli, on_terminal):
        task_id = cli("generate", "A [red]cup", "--model", "veo3_fast", "--no-wait").out.strip()
        shown = on_terminal("160", "tasks")
        assert ("\u2500" in shown, task_id in shown, "A [red]cup" in shown) == (True, True, True)
        assert "1 submission, 9 credits spent" in shown.splitlines()[-1]

    @pytest.mark.parametrize("arguments", [("models",), ("tasks",)])
    def test_a_narrow_one_gets_the_lines_of_a_pipe(self, cli, on_terminal, arguments):
        cli("generate", "A cup", "--model", "veo3_fast", "--no-wait")
        assert cli(*arguments).out == on_terminal("60", *arguments)

    def test_json_is_json_there_as_well(self, cli, on_terminal):
        assert cli("models", "--json").out == on_terminal("160", "models", "--json")

    def test_no_color_is_obeyed(self, on_terminal, monkeypatch):
        monkeypatch.setenv("NO_COLOR", "1")
        assert not re.search(r"\x1b\[[0-9;]*3\dm", on_terminal("160", "models"))
