"""A server that says what a test tells it to, byte for byte: for replies that no sane server gives."""

import json
import socket
import ssl
import threading
from contextlib import suppress
from typing import NamedTuple, Self


class Seen(NamedTuple):
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def reply(status: int, body: object = b"", *, length: int | None = None, **headers: str) -> bytes:
    """The bytes of a reply that closes the connection. A body that is neither bytes nor text goes as JSON."""
    kind = "text/html" if isinstance(body, bytes | str) else "application/json"
    content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    fields = {
        "Content-Type": kind,
        "Content-Length": str(len(content) if length is None else length),
        "Connection": "close",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Scripted\r\n{head}\r\n".encode() + content


class ScriptedServer:
    """Answers the n-th request with the n-th of `replies`; one that is empty hangs up without a word.

    The last reply is for all that follow. With `hangs` it leaves each connection open until its client closes it.
    """

    hangs = False

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.replies: list[bytes] = [b""]
        self.seen: list[Seen] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(ssl.SSLError):  # who does not trust the certificate does not ask
                if self._tls:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                with connection:
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            line = stream.readline()
            if not line:
                return  # whoever called was cancelled before it could ask
            method, path, _ = line.decode().split(" ", 2)
            lines = iter(lambda: stream.readline().decode().strip(), "")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            self.seen.append(Seen(method, path, headers, stream.read(int(headers.get("content-length", "0")))))
        with suppress(ConnectionError):  # a client may hang up before it has all
            connection.sendall(self.replies[min(len(self.seen), len(self.replies)) - 1])
            if self.hangs:
                connection.recv(1)
