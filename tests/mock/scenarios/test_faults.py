"""What a client that reads bytes sees of the faults below HTTP."""

import json
import re
import socket
from contextlib import suppress

import httpx
import pytest


class TestConnection:
    """What a client that reads bytes sees of the faults below HTTP."""

    def connect(self, server, path, timeout=2.0):
        """A connection on which the request has been sent."""
        host, port = server.url.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)), timeout=timeout)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer test-key\r\n\r\n".encode())
        return connection

    def raw(self, server, path, **settings):
        """All that comes until the server closes, or falls silent for so many seconds."""
        received = b""
        with self.connect(server, path, **settings) as connection, suppress(TimeoutError):
            while piece := connection.recv(65536):
                received += piece
        return received

    def polled(self, server, under, name, **settings):
        return self.raw(server, f"/scenarios/{name}/api/ai/tasks/{under(name).submit_and_finish()}", **settings)

    def test_headers_that_are_cut_end_within_a_name(self, server, under):
        assert b"HTTP/1.1 200 OK\r\nContent-Ty" == self.polled(server, under, "poll-cut-headers")

    @pytest.mark.parametrize(("name", "extra"), [("poll-long-length", 100), ("poll-short-length", -20)])
    def test_a_length_is_announced_wrong(self, server, under, name, extra):
        head, _, body = self.polled(server, under, name).partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body) + extra}".encode() in head
        assert 1 == json.loads(body)["status"]

    def test_a_stalled_reply_keeps_the_connection_open(self, server, under):
        head, _, body = self.polled(server, under, "poll-slow-body", timeout=0.2).partition(b"\r\n\r\n")
        announced = int(re.search(rb"Content-Length: (\d+)", head)[1])
        assert announced // 2 == len(body)
        assert b"HTTP/1.1 200 OK\r\n" == self.polled(server, under, "poll-slow-headers", timeout=0.2)

    def test_a_client_that_is_kept_waiting_does_not_keep_the_server_from_stopping(self, server, under):
        path = f"/scenarios/poll-slow-headers/api/ai/tasks/{under('poll-slow-headers').submit_and_finish()}"
        with self.connect(server, path, timeout=30) as connection:
            assert b"HTTP/1.1 200 OK\r\n" == connection.recv(65536)
            server.stop()
            assert b"" == connection.recv(65536)

    def test_an_endless_body_ends_after_64_mib_and_never_as_a_whole_reply(self, under):
        scenario, received = under("poll-endless"), 0
        task_id = scenario.submit_and_finish()
        cut = pytest.raises((httpx.RemoteProtocolError, httpx.ReadError))
        with scenario.client.stream("GET", f"{scenario.base}/api/ai/tasks/{task_id}") as response, cut:
            for piece in response.iter_raw():
                received += len(piece)
        assert 60 * 2**20 < received < 65 * 2**20
