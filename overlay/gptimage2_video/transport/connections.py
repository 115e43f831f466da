"""How httpx connects here: by the network settings, with connections that the child of a fork leaves alone.

The twins differ in their awaits alone.
"""

from collections.abc import Iterable
from typing import Any, Generic, TypeAlias, TypeVar

import httpcore
import httpx

from .fork import cut_after_fork
from .network import NetworkSettings, Proxy

SocketOptions: TypeAlias = Iterable[httpcore.SOCKET_OPTION]
Sends = TypeVar("Sends", httpx.HTTPTransport, httpx.AsyncHTTPTransport)


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


class _Routes(Generic[Sends]):
    """One pool of connections for each proxy, and one for those without."""

    _pool: type[Sends]
    _backend: type[Any]

    def __init__(self, network: NetworkSettings, limits: httpx.Limits) -> None:
        self._network, self._limits, self._tls = network, limits, network.ssl_context()
        proxies = (None, *network.proxies.values())
        self._pools: dict[Proxy | None, Sends] = {proxy: self._make(proxy) for proxy in proxies}

    def _make(self, proxy: Proxy | None) -> Sends:
        encrypted = proxy is not None and proxy.url.scheme == "https"
        through = httpx.Proxy(proxy.url, ssl_context=self._tls if encrypted else None) if proxy else None
        made = self._pool(verify=self._tls, trust_env=False, limits=self._limits, proxy=through)
        pool: dict[str, Any] = vars(made._pool)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
        pool["_network_backend"] = self._backend(pool["_network_backend"])  # httpx does not hand one on to httpcore
        return made


class Routes(_Routes[httpx.HTTPTransport], httpx.BaseTransport):
    """Sends each request by way of the proxy of its URL."""

    _pool = httpx.HTTPTransport
    _backend = Backend

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one."""
        pool: httpx.HTTPTransport = self._pools[self._network.proxy_for(request.url)]
        return pool.handle_request(request)

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()


class AsyncRoutes(_Routes[httpx.AsyncHTTPTransport], httpx.AsyncBaseTransport):
    """As `Routes`, awaited."""

    _pool = httpx.AsyncHTTPTransport
    _backend = AsyncBackend

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one."""
        pool: httpx.AsyncHTTPTransport = self._pools[self._network.proxy_for(request.url)]
        return await pool.handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()
