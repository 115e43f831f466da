"""The command that runs the mock: what it says, how it fails, and how it ends."""

import asyncio
import importlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import httpx
import pytest
from click.testing import CliRunner

from gptimage2_video_mock import MockServer, serve
from gptimage2_video_mock.__main__ import main

TEXT = {"prompt": "A cup", "model": "sora-2-text-to-video", "inputMode": "text_to_video", "duration": 5}
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")


@contextmanager
def running(*arguments, **environment):
    """The command in a process of its own, and the address that its first line tells."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "gptimage2_video_mock", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as process:
        try:
            first = process.stdout.readline()
            match = re.fullmatch(r"listening on (http://127\.0\.0\.1:[0-9]+)\n", first)
            assert match, first
            yield process, match[1]
        finally:
            process.kill()


@POSIX
class TestProcess:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_it_says_where_it_listens_serves_and_ends_cleanly_when_told_to(self, number):
        with running("--key", "k=10", "--task-seconds", "0") as (process, url), httpx.Client() as client:
            client.headers["Authorization"] = "Bearer k"
            task_id = client.post(f"{url}/api/ai/video/generate", json=TEXT).json()["taskId"]
            snapshot = client.get(f"{url}/api/ai/tasks/{task_id}").json()
            assert client.head(snapshot["videoUrl"]).status_code == 200
            process.send_signal(number)  # while the connection is still open
            rest, errors = process.stdout.read(), process.stderr.read()
            assert (process.wait(timeout=20), errors) == (0, "")
        for expected in (f"GPTIMAGE2_BASE_URL={url}", "GPTIMAGE2_API_KEY=k", f"{url}/docs", f"{url}/scenarios/NAME"):
            assert expected in rest

    def test_it_serves_on_when_its_reader_has_left(self):
        with running() as (process, url):
            process.stdout.close()
            assert httpx.get(f"{url}/docs").status_code == 200
            process.terminate()
            assert process.wait(timeout=20) == 0
            assert process.stderr.read() == ""

    def test_the_parser_in_pure_python_keeps_the_body_of_an_upgrade_too_and_refuses_broken_chunks(self):
        with running(AIOHTTP_NO_EXTENSIONS="1") as (_, url):
            headers = {"Authorization": "Bearer test-key", "Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c"}
            assert httpx.post(f"{url}/api/ai/video/generate", json=TEXT, headers=headers).status_code == 200
            host, port = url.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port)), timeout=10) as connection:
                connection.sendall(b"POST /mock/reset HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}")
                connection.sendall(b"xx\r\n")
                assert b" 400 " in connection.recv(65536).partition(b"\r\n")[0]


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
        result = invoke("--port", "0", "--host", "0.0.0.0")  # noqa: S104
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


class TestMissingPackages:
    @pytest.mark.parametrize("name", ["aiohttp", "av", "jsonschema_rs", "yaml"])
    def test_a_bare_install_is_told_what_to_install(self, monkeypatch, name):
        self.forget(monkeypatch)
        monkeypatch.setitem(sys.modules, name, None)
        result = CliRunner().invoke(main, [])
        expected = "the mock server needs more packages: pip install 'gptimage2-video[mock]'\n"
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)

    def test_any_other_missing_module_is_a_bug_and_shown_as_one(self, monkeypatch):
        self.forget(monkeypatch)
        monkeypatch.setitem(sys.modules, "gptimage2_video_mock.scenarios.registry", None)
        result = CliRunner().invoke(main, [])
        assert isinstance(result.exception, ModuleNotFoundError)

    def forget(self, monkeypatch):
        package = importlib.import_module("gptimage2_video_mock")
        for name in list(sys.modules):
            if name.startswith("gptimage2_video_mock."):
                monkeypatch.delitem(sys.modules, name)
                monkeypatch.delattr(package, name.rpartition(".")[2], raising=False)
