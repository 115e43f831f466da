"""Progress on a terminal: the task and the elapsed time, then bytes and their rate; nothing of it on stdout."""

import os
import re
import subprocess
import sys

import pytest

from gptimage2_video_cli.console.output import Console
from gptimage2_video_cli.console.progress import VideoProgress
from gptimage2_video_mock import MockServer
from support.commandline import OnTerminal, spawn
from support.scripted import reply

pytestmark = pytest.mark.process

VEO = ("generate", "A cup", "--model", "veo3_fast", "-o", "cup.mp4")


@pytest.fixture
def terminal(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    return OnTerminal(capsys, monkeypatch).against(server.url)


def without_escapes(text):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_a_terminal_shows_the_steps_and_stdout_the_path_alone(terminal):
    outcome = terminal(*VEO)
    assert (0, "cup.mp4\n") == (outcome.code, outcome.out)
    shown = without_escapes(outcome.err)
    for pattern in (r"submitted: tsk_\w+ \(9 credits\)", r"waiting for tsk_\w+ +\d:\d\d:\d\d", "saved: cup.mp4"):
        assert re.search(pattern, shown), pattern


def test_a_wait_names_its_task_from_the_start(terminal):
    task_id = terminal("generate", "A cup", "--model", "veo3_fast", "--no-wait").out.strip()
    assert f"waiting for {task_id}" in without_escapes(terminal("wait", task_id).err)


def test_an_error_comes_after_the_display_has_gone(terminal, server):
    outcome = terminal.against(server.scenario_url("failed"))(*VEO)
    assert (1, True) == (outcome.code, without_escapes(outcome.err).splitlines()[-1].startswith("error: task tsk_"))


def test_markup_in_an_id_is_only_text(terminal, scripted):
    scripted.replies = [reply(200, {"taskId": "[red]1"}), reply(200, {"status": 1, "videoUrl": "https://example.com/"})]
    assert "waiting for [red]1" in without_escapes(terminal.against(scripted.url)(*VEO[:4]).err)


@pytest.mark.parametrize("columns", ["40", "100"])
def test_bytes_fit_on_one_line_with_the_echo_of_ctrl_c(capsys, monkeypatch, columns):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", columns)
    with VideoProgress(Console(), "tsk_1") as progress:
        progress.on_bytes(1_000_000, 4_000_000)
    last = without_escapes(capsys.readouterr().err).rstrip().splitlines()[-1]
    assert (True, True) == ("1.0/4.0 MB" in last, len(last) <= int(columns) - len("^C")), last


def test_no_color_is_obeyed(terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3\dm", terminal(*VEO).err)


def test_a_dumb_terminal_gets_plain_lines(terminal, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in terminal(*VEO).err


@pytest.mark.parametrize("arguments", [["--version"], ["quote", "A cup", "--model", "veo3"], ["models"], VEO])
def test_without_a_terminal_rich_is_not_loaded(tmp_path, arguments):
    script = f"import sys; from gptimage2_video_cli.main import main; main({arguments!r}); print(*sys.modules)"
    with MockServer(speed=1000) as server:
        environment = os.environ | {"GPTIMAGE2_BASE_URL": server.url, "GPTIMAGE2_API_KEY": "test-key"}
        command, streams = [sys.executable, "-c", script], {"capture_output": True, "text": True}
        done = subprocess.run(command, **streams, check=True, env=environment, cwd=tmp_path)
    assert set() == {name for name in done.stdout.split() if name.partition(".")[0] == "rich"}


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo terminal")
def test_on_a_real_terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    master, slave = os.openpty()
    with MockServer(speed=1000) as server:
        arguments = (*VEO, "--poll-interval", "0.05")
        with spawn(*arguments, url=server.url, stderr=slave, stdout=subprocess.PIPE, cwd=tmp_path) as process:
            os.close(slave)
            shown = bytearray()
            with os.fdopen(master, "rb", buffering=0) as screen:
                try:
                    while chunk := screen.read(65536):
                        shown += chunk
                except OSError:  # how Linux says that the other end has been closed
                    pass
            assert ("cup.mp4\n", 0) == (process.stdout.read(), process.wait())
    assert re.search(r"waiting for tsk_\w+", without_escapes(shown.decode()))
    assert (tmp_path / "cup.mp4").stat().st_size > 1000


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo terminal")
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_terminal_that_is_closed_meanwhile_costs_no_video(tmp_path, monkeypatch, encoding):
    """Nor one that cannot show what is drawn: the path is on stdout, and the exit code is that of success."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    master, slave = os.openpty()
    with MockServer(speed=20) as server:
        arguments = (*VEO, "--poll-interval", "0.2")
        with spawn(*arguments, url=server.url, stderr=slave, cwd=tmp_path, start_new_session=True) as process:
            os.close(slave)
            shown = b""
            while b"waiting for" not in shown:
                shown += os.read(master, 4096)
            os.close(master)
            assert ("cup.mp4\n", 0) == (process.stdout.read(), process.wait())
