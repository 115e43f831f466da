"""A server with a thread for each connection, which its subclass serves."""

import socket
import threading
from abc import ABC, abstractmethod
from typing import Self


class ThreadedServer(ABC):
    """Listens while its context lasts; at its end every thread has ended.

    `host` is its address and port, `connections` how many there were.
    """

    def __enter__(self) -> Self:
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    @abstractmethod
    def _serve(self, connection: socket.socket) -> None:
        """Serve a connection to its end, and close it."""
