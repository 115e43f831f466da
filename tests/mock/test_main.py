"""The command `python -m gptimage2_video_mock`, in a process of its own, and its missing packages."""

import importlib
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest
from click.testing import CliRunner

from gptimage2_video_mock.__main__ import main
from support.mock_client import TEXT

pytestmark = pytest.mark.process

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
