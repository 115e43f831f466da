"""How httpx connects here: as httpcore does, with connections that the child of a fork leaves alone.

The twins differ in their awaits alone.
"""

from collections.abc import Iterable
from typing import TypeAlias

import httpcore

from .fork import cut_after_fork

SocketOptions: TypeAlias = Iterable[httpcore.SOCKET_OPTION]


class Backend(httpcore.NetworkBackend):
    """Connects as another backend does."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        """As httpcore's own."""
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        cut_after_fork(stream.get_extra_info("socket").fileno())
        return stream


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """As `Backend`, awaited."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend) -> None:
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """As httpcore's own."""
        stream = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        cut_after_fork(stream.get_extra_info("socket").fileno())
        return stream
