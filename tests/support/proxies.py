"""Small proxies for tests: HTTP, with CONNECT, and SOCKS5; with a user and a password, on request inside TLS.

Each leads every name to this machine, so that a test may call a host by a name that only the proxy knows.
"""

import base64
import select
import socket
import ssl
from abc import abstractmethod
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

from .threaded import ThreadedServer

USER = "me"
PASSWORD = "hush-hush"


class _Proxy(ThreadedServer):
    """`url` leads to it, `seen` has where each connection wanted to go."""

    scheme = "http"

    def __init__(self, *, protected: bool = False, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[str] = []
        self._protected, self._tls = protected, tls

    def __enter__(self) -> Self:
        super().__enter__()
        user = f"{USER}:{PASSWORD}@" if self._protected else ""
        if self._tls:
            self.host = f"localhost:{self.port}"
        self.url = f"{'https' if self._tls else self.scheme}://{user}{self.host}"
        return self

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError, ValueError), plain:
            connection = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            with connection:
                self._handle(connection)

    @abstractmethod
    def _handle(self, connection: socket.socket) -> None:
        """Speak the proxy's protocol on a connection."""


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Bytes in both directions, until either side ends."""
    ways = {one: other, other: one}
    while True:
        ready = [side for side in ways if isinstance(side, ssl.SSLSocket) and side.pending()]
        for source in ready or select.select(list(ways), [], [])[0]:
            data = source.recv(65536)
            if not data:
                return
            ways[source].sendall(data)


class HttpProxy(_Proxy):
    """A proxy of RFC 9110: CONNECT for https, and whole URLs for http."""

    def _handle(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb", 0)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = stream.read(1)
            if not byte:
                return
            head += byte
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        self.seen.append(target)
        expected = b"Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode())
        if self._protected and b"proxy-authorization: " + expected.lower() not in head.lower():
            connection.sendall(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        port = int(target.rpartition(":")[2]) if method == "CONNECT" else urlsplit(target).port or 80
        with socket.create_connection(("127.0.0.1", port)) as server:
            if method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
            else:
                parts = urlsplit(target)
                path = target.removeprefix(f"{parts.scheme}://{parts.netloc}")
                server.sendall(head.replace(target.encode(), path.encode(), 1))
            _relay(connection, server)


class SocksProxy(_Proxy):
    """A proxy of RFC 1928, with names, and of RFC 1929."""

    scheme = "socks5"

    def _handle(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb", 0)
        _, methods = stream.read(2)
        offered = stream.read(methods)
        method = 2 if self._protected else 0
        if method not in offered:
            connection.sendall(b"\x05\xff")
            return
        connection.sendall(bytes((5, method)))
        if self._protected:
            _, length = stream.read(2)
            user = stream.read(length)
            password = stream.read(stream.read(1)[0])
            known = (user, password) == (USER.encode(), PASSWORD.encode())
            connection.sendall(bytes((1, not known)))
            if not known:
                return
        _, _, _, kind = stream.read(4)
        lengths = {1: 4, 4: 16}
        address = stream.read(lengths[kind] if kind in lengths else stream.read(1)[0])
        port = int.from_bytes(stream.read(2))
        name = (
            address.decode() if kind == 3 else socket.inet_ntop({1: socket.AF_INET, 4: socket.AF_INET6}[kind], address)
        )
        self.seen.append(f"{name}:{port}")
        with socket.create_connection(("127.0.0.1", port)) as server:
            connection.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
            _relay(connection, server)
