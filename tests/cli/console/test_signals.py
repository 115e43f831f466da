"""Ctrl-C and SIGTERM: at every moment the command prints the task and how to resume, and leaves no partial file."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import gptimage2_video
import gptimage2_video.client
import gptimage2_video_cli.console.progress
from gptimage2_video_mock import MockServer
from support.commandline import CommandLine, files, spawn

VEO = ("generate", "A cup", "--model", "veo3_fast", "-o", "cup.mp4")
SIGNALS = [signal.SIGINT, signal.SIGTERM]
UNSENT = "error: interrupted; nothing was sent\n"
UNCERTAIN = "error: interrupted; the submission may have been accepted and charged; look in the dashboard\n"

pytestmark = [pytest.mark.process, pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")]


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against(server.url)


def raising(number):
    def interrupt(*_, **__):
        signal.raise_signal(number)

    return interrupt


@pytest.mark.parametrize("number", SIGNALS)
class TestWithin:
    def test_before_the_submission_nothing_was_sent(self, cli, server, monkeypatch, number):
        monkeypatch.setattr(gptimage2_video.client, "VideoClient", raising(number))
        assert (130, "", UNSENT) == cli(*VEO)
        assert [] == server.requests

    def test_during_the_submission_it_is_uncertain(self, cli, monkeypatch, number):
        monkeypatch.setattr(gptimage2_video.client.HttpxTransport, "send", raising(number))
        assert (130, "", UNCERTAIN) == cli(*VEO)

    def test_while_waiting_the_task_is_named(self, cli, monkeypatch, number):
        monkeypatch.setattr(gptimage2_video.transport.clock, "sleep", raising(number))
        outcome = cli(*VEO, "--json")
        task_id = re.search(r"tsk_\w+", outcome.err)[0]
        assert f"to resume: gptimage2-video wait {task_id} -o cup.mp4" == outcome.err.splitlines()[-1]
        error = outcome.object["error"]
        assert (130, "KeyboardInterrupt", task_id) == (outcome.code, error["type"], error["task_id"])

    def test_while_downloading_no_partial_file_stays(self, cli, monkeypatch, number):
        monkeypatch.setattr(gptimage2_video_cli.console.progress.VideoProgress, "on_bytes", raising(number))
        outcome = cli(*VEO)
        assert (130, "", []) == (outcome.code, outcome.out, files())
        assert re.search(r"to resume: gptimage2-video wait tsk_\w+ -o cup.mp4\n", outcome.err)

    def test_a_second_one_does_not_cut_the_message_short(self, cli, monkeypatch, number):
        monkeypatch.setattr(gptimage2_video.transport.clock, "sleep", raising(number))
        monkeypatch.setattr(
            "gptimage2_video_cli.main.log_stderr", lambda text: (signal.raise_signal(number), print(text))
        )
        outcome = cli(*VEO)
        assert (130, 2) == (outcome.code, len(outcome.out.splitlines()))

    def test_a_wait_is_resumed_by_its_task_id(self, cli, monkeypatch, number):
        task_id = cli("generate", "A cup", "--model", "veo3_fast", "--no-wait").out.strip()
        monkeypatch.setattr(gptimage2_video.transport.clock, "sleep", raising(number))
        outcome = cli("wait", task_id)
        assert (130, f"to resume: gptimage2-video wait {task_id}") == (outcome.code, outcome.err.splitlines()[-1])


def test_a_signal_that_the_parent_process_ignores_stays_ignored(cli, monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        monkeypatch.setattr(gptimage2_video.transport.clock, "sleep", raising(signal.SIGHUP))
        assert 124 == cli(*VEO, "--timeout", "0.01").code
    finally:
        signal.signal(signal.SIGHUP, before)


class TestForReal:
    """The same from outside, on the real clock."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

    def test_before_the_submission(self, monkeypatch):
        """The HTTP library takes its time to load."""
        Path("httpx.py").write_text("import sys, time; print('loading', file=sys.stderr, flush=True); time.sleep(60)")
        monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
        with spawn(*VEO) as process:
            assert "loading\n" == process.stderr.readline()
            process.send_signal(signal.SIGINT)
            assert (UNSENT, 130) == (process.stderr.read(), process.wait())

    def test_during_the_submission(self):
        with (
            socket.create_server(("127.0.0.1", 0)) as listener,
            spawn(*VEO, url=f"http://127.0.0.1:{listener.getsockname()[1]}") as process,
            listener.accept()[0] as connection,
        ):
            assert connection.recv(65536).startswith(b"POST ")
            process.send_signal(signal.SIGINT)
            assert (UNCERTAIN, 130) == (process.stderr.read(), process.wait())

    @pytest.mark.parametrize("number", SIGNALS)
    def test_while_waiting(self, number):
        with MockServer() as server, spawn(*VEO, url=server.url) as process:
            task_id = re.search(r"tsk_\w+", process.stderr.readline())[0]
            process.send_signal(number)
            process.wait()
            messages = process.stderr.read().splitlines()
        assert (130, f"to resume: gptimage2-video wait {task_id} -o cup.mp4") == (process.returncode, messages[-1])
        assert [] == files()

    def test_a_broken_pipe_costs_no_video(self):
        """The video is saved and the task named before the path is printed."""
        with MockServer(speed=1000) as server:
            with spawn(*VEO, "--poll-interval", "0.05", url=server.url) as process:
                process.stdout.close()
                messages = process.stderr.read()
            assert 141 == process.returncode
        assert re.match(r"submitted: tsk_\w+ \(9 credits\)\n", messages)
        assert b"ftyp" == Path("cup.mp4").read_bytes()[4:8]

    def test_a_closed_stderr_costs_no_video(self):
        with MockServer(speed=1000) as server:
            with spawn(*VEO, "--poll-interval", "0.05", url=server.url) as process:
                process.stderr.close()
                assert "cup.mp4\n" == process.stdout.read()
            assert 0 == process.returncode

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_a_full_disk_under_stdout_costs_no_video(self):
        with MockServer(speed=1000) as server, Path("/dev/full").open("w") as full:
            with spawn(*VEO, "--poll-interval", "0.05", url=server.url, stdout=full) as process:
                messages = process.stderr.read()
            assert (74, 1) == (process.returncode, messages.count("error: cannot write the result to stdout"))
        assert re.search(r"to resume: gptimage2-video wait tsk_\w+", messages)
        assert b"ftyp" == Path("cup.mp4").read_bytes()[4:8]

    def test_a_full_disk_under_the_video_leaves_nothing_and_prints_how_to_resume(self, monkeypatch):
        """A limit on the size of files stands in for the disk."""
        script = 'ulimit -f 8; exec "$@"'
        with MockServer(speed=1000) as server:
            monkeypatch.setenv("GPTIMAGE2_BASE_URL", server.url)
            monkeypatch.setenv("GPTIMAGE2_API_KEY", "test-key")
            monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")  # the limit would keep it from being begun
            monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # whose file the limit would cut as well
            words = [sys.executable, "-m", "gptimage2_video_cli", *VEO, "--poll-interval", "0.05"]
            done = subprocess.run(["sh", "-c", script, "sh", *words], capture_output=True, text=True)
        assert (6, "", []) == (done.returncode, done.stdout, files())
        assert "File too large" in done.stderr
        assert re.search(r"to resume: gptimage2-video wait tsk_\w+ -o cup.mp4\n", done.stderr)


def test_no_thread_outlives_a_command(cli):
    cli(*VEO)  # the mock server's own thread for videos comes with the first
    before = threading.active_count()
    cli(*VEO, "--force")
    assert before == threading.active_count()
