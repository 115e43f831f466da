"""The routes, and what is the same for every request: refusals of HTTP itself, and connections."""

import json
import re
import socket
from urllib.parse import urlsplit

import pytest

from support.mock_client import GENERATE, TEXT, post_request, raw


class TestRefusals:
    @pytest.mark.parametrize(
        ("method", "path", "allow"),
        [
            ("GET", GENERATE, {"POST"}),
            ("PUT", GENERATE, {"POST"}),
            ("OPTIONS", GENERATE, {"POST"}),
            ("DELETE", "/api/ai/tasks/tsk_1", {"GET", "HEAD"}),
            ("POST", "/scenarios/failed/api/ai/tasks/tsk_1", {"GET", "HEAD"}),
            ("GET", "/mock/reset", {"POST"}),
        ],
    )
    def test_another_method_is_405_and_says_which_are_allowed(self, api, method, path, allow):
        response = api.request(method, path)
        assert (response.status_code, response.json()) == (405, {"error": "Method not allowed"})
        assert set(re.split(", *", response.headers["Allow"])) == allow

    def test_any_other_path_is_404_in_json(self, api):
        for path in ("/api/ai/tasks/", "/api", "/videos/tsk_1.mp4", "/docs/", "/mock"):
            assert api.get(path).json() == {"error": "Not found"}

    def test_a_body_over_one_mebibyte_is_413_with_or_without_a_length(self, server, api):
        def pieces():
            for _ in range(20):
                yield b" " * 65536

        for content in (b" " * (2**20 + 1), pieces()):
            response = api.post(GENERATE, content=content)
            assert (response.status_code, response.json()) == (413, {"error": "The body is larger than 1 MiB"})
        assert api.post(GENERATE, content=json.dumps(TEXT).encode().ljust(2**20)).status_code == 200
        assert [record.status for record in server.requests] == [413, 413, 200]


class TestConnections:
    @pytest.mark.parametrize("wanted", ["h2c", "websocket", "nonsense"])
    def test_a_post_that_offers_an_upgrade_keeps_its_body_and_its_connection(self, server, wanted):
        # Every default client of a JDK offers h2c with its first request.
        upgrade = ("Connection: Upgrade, HTTP2-Settings", f"Upgrade: {wanted}", "HTTP2-Settings: AAEAAEAAAAIAAAAA")
        body = json.dumps(TEXT).encode()
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(post_request(body, *upgrade))
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
            connection.sendall(post_request(body, "Connection: close"))
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        assert [record.body for record in server.requests] == [body, body]

    def test_a_body_may_wait_for_permission_and_come_in_chunks(self, server):
        body = json.dumps(TEXT).encode()
        request = post_request(b"", "Expect: 100-continue", "Transfer-Encoding: chunked", "Connection: close")
        request = request.replace(b"Content-Length: 0\r\n", b"") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        reply = raw(server.url, request)
        assert reply.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")

    def test_a_refusal_reads_the_body_so_that_the_connection_can_be_used_again(self, server):
        body = b"x" * 100_000
        refused = post_request(body, key="stranger")
        reply = raw(server.url, refused + post_request(json.dumps(TEXT).encode(), "Connection: close"))
        assert re.findall(rb"HTTP/1.1 (\d+)", reply) == [b"401", b"200"]

    def test_a_head_request_is_a_get_without_a_body(self, api):
        task_id = api.post(GENERATE, json=TEXT).json()["taskId"]
        got, headed = (api.request(method, f"/api/ai/tasks/{task_id}") for method in ("GET", "HEAD"))
        assert (headed.status_code, headed.headers["Content-Length"], headed.content) == (
            200,
            str(len(got.content)),
            b"",
        )

    def test_a_client_that_leaves_in_the_middle_of_its_body_harms_nobody(self, server, api):
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(post_request(b"{}").replace(b"Content-Length: 2", b"Content-Length: 99"))
        assert api.post(GENERATE, json=TEXT).status_code == 200
