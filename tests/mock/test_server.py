"""`MockServer`: starting, stopping, and what it leaves behind."""

import gc
import socket
import sys
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

import gptimage2_video_mock
from gptimage2_video_mock import MockServer
from gptimage2_video_mock.scenarios.registry import SCENARIOS
from gptimage2_video_mock.scenarios.scenario import Scenario
from support.mock_client import GENERATE, TEXT, bearer


class TestEventLoop:
    def test_it_serves_without_uvloop_which_not_every_platform_has(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "uvloop", None)
        with MockServer() as server:
            assert httpx.get(f"{server.url}/api/ai/tasks/tsk_1", headers=bearer("test-key")).status_code == 404


class TestEmbedding:
    def test_it_leaves_no_thread_and_no_listening_socket(self):
        before = threading.enumerate()
        with MockServer() as server, httpx.Client() as client:
            client.get(server.url)
            client.get(server.cdn_url)
        assert threading.enumerate() == before
        for url in (server.url, server.cdn_url):
            with pytest.raises(httpx.ConnectError):
                httpx.get(url)
        gc.collect()  # a socket that nobody closed would warn now, and warnings are errors

    def test_who_connects_in_the_last_moment_is_let_go(self, monkeypatch):
        """Else the socket stays open until it is garbage, and that warns in the middle of another test."""
        late = []

        async def stop(exchange):  # the server's loop stands still meanwhile
            late.extend(socket.create_connection(exchange.request.get_extra_info("sockname")) for _ in range(20))
            server._stop()
            server._stop = lambda: None
            return await exchange.answer()

        monkeypatch.setitem(SCENARIOS, "last", Scenario(name="last", about="", poll=stop))
        with MockServer() as server:
            httpx.get(server.scenario_url("last") + "/api/ai/tasks/1", headers=bearer("test-key"))
        for connection in late:
            with connection, suppress(ConnectionResetError):
                connection.settimeout(5)
                assert b"" == connection.recv(1)
        assert 20 == len(late)

    def test_it_can_be_stopped_twice_and_started_again_with_its_state(self):
        server = MockServer({"k": 10})
        server.start()
        httpx.post(server.url + GENERATE, json=TEXT, headers=bearer("k"))
        server.stop()
        server.stop()
        with server:
            assert httpx.get(f"{server.url}/mock/account", headers=bearer("k")).json()["balance"] == 5

    def test_a_port_in_use_is_told_where_it_is_started_and_leaves_nothing_behind(self, server):
        before = threading.enumerate()
        port = urlsplit(server.url).port
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{port}"):
            MockServer(port=port).start()
        assert threading.enumerate() == before

    def test_two_servers_know_nothing_of_each_other(self, server, api):
        with MockServer() as other:
            api.post(GENERATE, json=TEXT)
            assert (server.balance("test-key"), other.balance("test-key")) == (995, 1000)

    def test_it_listens_on_ipv6_too(self):
        with MockServer(host="::1", task_seconds=0) as server:
            assert server.url.startswith("http://[::1]:")
            task_id = httpx.post(server.url + GENERATE, json=TEXT, headers=bearer("test-key")).json()["taskId"]
            snapshot = httpx.get(f"{server.url}/api/ai/tasks/{task_id}", headers=bearer("test-key")).json()
            assert httpx.head(snapshot["videoUrl"]).status_code == 200

    @pytest.mark.parametrize(
        ("host", "expected"),
        [("mock.test:4010", "mock.test"), ("[::1]:4010", "[::1]"), ("mock", "mock"), ("?", "localhost")],
    )
    def test_listening_everywhere_it_names_the_host_that_was_asked_for(self, host, expected):
        with MockServer(host="0.0.0.0", task_seconds=0) as server:  # noqa: S104  (what is tested)
            url = server.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104  (what is tested)
            task_id = httpx.post(url + GENERATE, json=TEXT, headers=bearer("test-key")).json()["taskId"]
            headers = {**bearer("test-key"), "Host": host}
            video_url = httpx.get(f"{url}/api/ai/tasks/{task_id}", headers=headers).json()["videoUrl"]
            port = urlsplit(server.cdn_url).port
            assert video_url == f"http://{expected}:{port}/videos/{task_id}.mp4"

    def test_a_key_without_an_account_is_a_key_error_that_does_not_repeat_it(self, server):
        with pytest.raises(KeyError) as caught:
            server.balance("secret-key")
        assert "secret-key" not in str(caught.value)

    def test_the_package_has_one_public_name(self):
        assert gptimage2_video_mock.__all__ == ["MockServer"]
        with pytest.raises(AttributeError, match="no attribute 'Server'"):
            _ = gptimage2_video_mock.Server
