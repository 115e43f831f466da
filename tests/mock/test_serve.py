"""The mock in the foreground, in this process, so that its lines count."""

import asyncio
import os
import signal
import sys
import threading

import pytest
from click.testing import CliRunner

from gptimage2_video_mock import MockServer, serve
from gptimage2_video_mock.__main__ import main

pytestmark = pytest.mark.process

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")


@POSIX
class TestInProcess:
    """The same command in this process, so that its lines count."""

    @pytest.fixture
    def invoke(self, monkeypatch):
        def invoke(*arguments):
            announced = serve._print

            def say(text):
                announced(text)
                if not text.startswith("listening"):
                    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)

            monkeypatch.setattr(serve, "_print", say)
            monkeypatch.setattr(serve.gc, "freeze", lambda: None)  # it would outlive the test
            return CliRunner().invoke(main, arguments, prog_name="gptimage2-video mock")

        return invoke

    def test_it_tells_keys_scenarios_and_the_pace_of_its_clock(self, invoke):
        handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        threads = threading.active_count()
        result = invoke("--port", "0", "--speed", "20", "--task-seconds", "30")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.startswith("listening on http://127.0.0.1:")
        for expected in ("test-key-poor (3 credits)", "cut-download", "20 times as fast", "a task takes 30 s"):
            assert expected in result.stdout
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
        assert threading.active_count() <= threads

    def test_keys_replace_the_default_ones_and_may_contain_an_equals_sign(self, invoke):
        result = invoke("--port", "0", "--key", "a=b=5", "--key", "c=0")
        assert "keys            a=b (5 credits), c (0 credits)\n" in result.stdout
        assert "test-key" not in result.stdout

    def test_listening_to_other_machines_is_possible_and_warned_of(self, invoke):
        result = invoke("--port", "0", "--host", "0.0.0.0")  # noqa: S104  (what is tested)
        assert result.exit_code == 0
        assert result.stderr == "warning: listening on 0.0.0.0, other machines can use this server's keys\n"

    def test_localhost_is_no_other_machine(self, invoke):
        assert (invoke("--port", "0", "--host", "localhost").stderr) == ""

    def test_a_port_in_use_is_one_sentence(self, invoke):
        with MockServer() as server:
            port = server.url.rpartition(":")[2]
            result = invoke("--port", port)
        assert result.exit_code == 1
        expected = f"cannot listen on 127.0.0.1:{port}: Address already in use; choose another --port or --host\n"
        assert (result.stdout, result.stderr) == ("", expected)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--key", "key"),
            ("--key", "=5"),
            ("--key", "k=-1"),
            ("--key", "a key=5"),
            ("--speed", "nan"),
            ("--speed", "-1"),
            ("--task-seconds", "-1"),
            ("--task-seconds", "nan"),
            ("--port", "65536"),
        ],
    )
    def test_an_option_that_makes_no_sense_is_a_usage_error(self, invoke, arguments):
        result = invoke(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("Usage: gptimage2-video mock ")

    def test_output_that_nobody_reads_ends_nothing(self, monkeypatch, tmp_path):
        with (tmp_path / "output").open("w") as output:

            class Closed:
                def write(self, _):
                    raise BrokenPipeError

                def fileno(self):
                    return output.fileno()

            monkeypatch.setattr(sys, "stdout", Closed())
            serve._print("hello")
            output.write("this goes nowhere")
        assert (tmp_path / "output").read_text() == ""
