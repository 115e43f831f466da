"""A server of the API for tests, independent of the mock, right in all, or wrong in one thing chosen by name."""

import contextlib
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from .faults import FAULTS
from .service import FAILED, Keys, Request, Response, Service

MAX_READ = 16 * 1024 * 1024  # bytes of a body; the connection of a larger one ends


class _Handler(BaseHTTPRequestHandler):
    """HTTP around a function from a request to a response."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "second-server", ""
    disable_nagle_algorithm = True
    server: "_Server"

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Whatever the method is called."""
        if not name.startswith("do_"):
            raise AttributeError(name)
        return self._handle

    def _handle(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdecimal()):
            self.close_connection = True
            self._send(self.server.service.error(411, "Content-Length is required"))
            return
        content = self.rfile.read(min(int(length), MAX_READ))
        self.close_connection = self.close_connection or int(length) > MAX_READ
        request = Request(self.command, urlsplit(self.path).path, self.headers, content)
        try:
            self._send(self.server.respond(request))
        except Exception:
            self._send(Response(500, b'{"error": "Internal server error"}', {"Content-Type": "application/json"}))
            raise

    def _send(self, response: Response | None) -> None:
        if response is None:
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = self.close_connection or response.sent is not None
        if self.command != "HEAD":
            self.wfile.write(response.content[: response.sent])

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is not HTTP gets the API's kind of error, too."""
        self.close_connection, self.request_version = True, self.protocol_version
        self._send(self.server.service.error(code, message or "Bad request"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name of the base class)
        """Nobody reads it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them
    request_queue_size = 128

    def __init__(self, port: int, service: Service, respond: Callable[[Request], Response | None]) -> None:
        self.service, self.respond = service, respond
        self.connections: set[Any] = set()
        super().__init__(("127.0.0.1", port), _Handler)
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), name="second-server")

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's asks DNS for a name
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that goes away is no error
            super().handle_error(request, client_address)

    def close(self) -> None:
        self.shutdown()
        self.thread.join()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class SecondServer:
    """The server on loopback while the context lasts: the API on one port, the videos on another.

    Args:
        fault: A name in `FAULTS`, or None for the right server.
        seconds_per_task: How long a task is pending.
        port: The API's port; 0 takes any free one.
        failing: Each task fails, and is refunded, as the documentation has it.

    Raises:
        KeyError: There is no such fault.
    """

    def __init__(
        self, fault: str | None = None, *, seconds_per_task: float = 0.05, port: int = 0, failing: bool = False
    ) -> None:
        self.service = (FAULTS[fault].service if fault is not None else Service)(seconds_per_task)
        if failing:
            self.service.outcome = FAILED
        self._port = port

    def __enter__(self) -> Self:
        self._api = _Server(self._port, self.service, self.service.respond)
        self._cdn = _Server(0, self.service, self.service.fetch)
        self.service.api = f"http://127.0.0.1:{self._api.server_port}"
        self.service.cdn = f"http://127.0.0.1:{self._cdn.server_port}"
        self._api.thread.start()
        self._cdn.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._api.close()
        self._cdn.close()

    @property
    def base_url(self) -> str:
        return self.service.api

    @property
    def keys(self) -> Keys:
        return self.service.keys

    @property
    def charged(self) -> dict[str, int]:
        """Credits that each key has paid and not got back."""
        return {key: self.service.charged(key) for key in self.keys}
