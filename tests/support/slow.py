"""Peers that take their time, over real sockets: each connection is held until its client gives up."""

import socket
from collections.abc import Callable
from contextlib import suppress

from .threaded import ThreadedServer

# A pause between two bytes, in seconds; a client that has given up ends it at once.
_PAUSE = 0.01


class SlowServer(ThreadedServer):
    """Says `greeting`, a byte at a time and the last one again and again; nothing at all where it is empty.

    With `reads` it waits for a whole request before; `tick` is called before each byte.
    """

    def __init__(
        self, greeting: bytes = b"", *, reads: bool = False, tick: Callable[[], object] = lambda: None
    ) -> None:
        self._greeting, self._reads, self._tick = greeting, reads, tick
        self.requests = 0

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(ConnectionError):
            request = b""
            while self._reads and not _is_whole(request):
                received = connection.recv(65536)
                if not received:
                    return
                request += received
            self.requests += self._reads
            rest = self._greeting
            while not _left(connection):
                self._tick()
                connection.sendall(rest[:1])
                rest = rest[1:] or rest


def _is_whole(request: bytes) -> bool:
    """Whether all of it has come: a CONNECT, or what ends in JSON."""
    return request.endswith(b"\r\n\r\n" if request.startswith(b"CONNECT") else b"}")


def _left(connection: socket.socket) -> bool:
    """Whether the client has closed the connection; waits a moment for it."""
    connection.settimeout(_PAUSE)
    try:
        return not connection.recv(65536)
    except TimeoutError:
        return False
    except ConnectionError:
        return True
