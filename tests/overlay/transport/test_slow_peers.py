"""Peers that take their time: each step ends within `request_timeout`, and what had not left by then is known."""

import re
import socket
import threading
from contextlib import contextmanager

import httpx
import pytest

from gptimage2_video import ConnectionFailed, SubmissionUncertain
from gptimage2_video.transport.httpx import default_client
from support.scripted import reply
from support.slow import SlowServer

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
TIMEOUT = 0.2
pytestmark = pytest.mark.slow  # a timeout is waited for


@pytest.fixture(autouse=True)
def _no_proxies_of_mine(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def slow(clock):
    """A slow server. On the clock of the tests the timeout has passed with each byte, which is what httpx goes by."""
    return lambda greeting=b"", **more: SlowServer(greeting, tick=lambda: clock.advance(TIMEOUT), **more)


def submitting(clients, error, message, **settings):
    with pytest.raises(error, match=message):
        clients(request_timeout=TIMEOUT, **settings).submit(VEO)


class TestResponse:
    """The request has left, so it is uncertain."""

    def test_that_does_not_begin(self, scripted_clients, slow):
        with slow(reads=True) as server:
            submitting(
                scripted_clients, SubmissionUncertain, "read timeout after 0.2 s", base_url=f"http://{server.host}"
            )
        assert 1 == server.requests

    @pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Long: x", b"HTTP/1.1 100 Continue\r\n\r\n"])
    def test_whose_head_comes_in_single_bytes(self, scripted_clients, slow, head):
        with slow(head, reads=True) as server:
            submitting(
                scripted_clients, SubmissionUncertain, "read timeout after 0.2 s", base_url=f"http://{server.host}"
            )
        assert 1 == server.requests


class TestConnection:
    """Nothing has left, so it is tried again, and then said so."""

    @pytest.fixture
    def failing(self, scripted_clients, clock):
        def submit(**settings):
            message = "connect timeout after 0.2 s; nothing was sent, safe to retry"
            submitting(scripted_clients, ConnectionFailed, message, **settings)
            assert 3 == len(clock.sleeps), "it was tried again"

        return submit

    @pytest.mark.parametrize("greeting", [b"", b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb\x03\x03\x00"])
    def test_whose_handshake_stalls_or_comes_in_single_bytes(self, failing, slow, greeting):
        with slow(greeting) as server:
            failing(base_url=f"https://{server.host}")
        assert 4 == server.connections

    @pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
    def test_whose_proxy_says_nothing(self, failing, slow, monkeypatch, scheme):
        with slow() as proxy:
            monkeypatch.setenv("ALL_PROXY", f"{scheme}://{proxy.host}")
            failing(base_url="https://api.example")
        assert 4 == proxy.connections

    def test_whose_proxy_answers_in_single_bytes(self, failing, slow, monkeypatch):
        with slow(b"HTTP/1.1 200 OK\r\nX-Long: x", reads=True) as proxy:
            monkeypatch.setenv("ALL_PROXY", f"http://{proxy.host}")
            failing(base_url="https://api.example")
        assert 4 == proxy.connections

    def test_whose_name_is_not_looked_up(self, failing, monkeypatch):
        with unanswered_lookups(monkeypatch):
            failing(base_url="https://api.example")


def test_of_several_addresses_the_first_that_answers_is_used(scripted_clients, scripted, monkeypatch):
    """Nobody is at the first one; each has its share of the timeout."""
    addresses = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, scripted.port)) for one in ("127.0.0.2", "127.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
    scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 0})]
    base_url = f"http://api.example:{scripted.port}"
    assert "tsk_1" == scripted_clients(base_url=base_url, allow_plain_http=True).submit(VEO).id


def test_without_a_timeout_a_peer_may_take_its_time(scripted):
    scripted.replies = [reply(200, {"status": 0})]
    with default_client(httpx.Client, "test") as http:
        assert {"status": 0} == http.get(scripted.url, timeout=None).json()


class TestOddProxies:
    """What a proxy says that is no proxy does not end the program, and nothing has left."""

    @pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 no\r\n\r\n", b"\x05\xff", b"\x05\x09", b"\x00" * 16])
    def test_that_speaks_no_socks(self, scripted_clients, clock, monkeypatch, greeting):
        with answering(greeting) as host:
            monkeypatch.setenv("ALL_PROXY", f"socks5://{host}")
            submitting(
                scripted_clients,
                ConnectionFailed,
                f"the proxy {re.escape(host)} did not connect: .*nothing was sent",
                base_url="https://api.example",
            )

    @pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 502 Bad Gateway\r\n\r\n"])
    def test_that_does_not_connect(self, scripted_clients, clock, monkeypatch, greeting):
        with answering(greeting) as host:
            monkeypatch.setenv("ALL_PROXY", f"http://{host}")
            submitting(scripted_clients, ConnectionFailed, "nothing was sent", base_url="https://api.example")


@contextmanager
def answering(greeting):
    """A server that reads something, says this, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(greeting)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@contextmanager
def unanswered_lookups(monkeypatch):
    """Names are looked up, and no answer comes until this ends."""
    answered = threading.Event()

    def look_up(*_, **__):
        answered.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    try:
        yield
    finally:
        answered.set()
