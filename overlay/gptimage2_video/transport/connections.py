"""How httpx connects here: by the network settings, within the time of each step, and left alone after a fork.

The twins differ in their awaits alone.
"""

import socket
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeVar, cast

import httpcore
import httpx

from . import clock
from .fork import cut_after_fork
from .network import NetworkSettings, Proxy, connect_error_message, describe

Pool = TypeVar("Pool", httpx.HTTPTransport, httpx.AsyncHTTPTransport)


class RequestProgress:
    """How far a request has come, to connect, to send, and to read the head of its response: each in time as a whole.

    httpcore gives each read a time of its own, so that a byte now and then would hold it for ever, and to what it says
    to a SOCKS proxy it gives none at all.

    Attributes:
        sending: Whether bytes of the request may have left.
        opened: The connections that were made for it.
    """

    def __init__(self, timeouts: Mapping[str, float | None]) -> None:
        self._timeouts, self.sending, self._tunnelled = timeouts, False, False
        self.opened: list[Any] = []
        self._begin("connect")

    def _begin(self, step: str) -> None:
        timeout = self._timeouts.get(step)
        self._deadline = None if timeout is None else clock.now() + timeout

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Called by httpcore with what it is about to do."""
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sending = True
            self._begin("write")
        elif event.endswith("receive_response_headers.started") and self.sending:
            self._begin("read")
        elif event.endswith((".receive_response_headers.complete", ".setup_socks5_connection.complete")):
            self._tunnelled = True

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:
        """As `trace`."""
        self.trace(event, info)

    def clamp(self, timeout: float | None, error: type[httpcore.TimeoutException]) -> float | None:
        """The timeout of one operation, shortened to what remains of its step. Raises the error where nothing does."""
        if self._deadline is None:
            return timeout
        remaining = self._deadline - clock.now()
        if remaining <= 0:
            raise error
        return remaining if timeout is None else min(timeout, remaining)

    def unsent(self, error: Exception, proxy: Proxy | None) -> Exception | None:
        """The error by a name that says that nothing of the request has left; None where some may have."""
        if self.sending or isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
            return None
        if isinstance(error, httpx.TimeoutException):
            return httpx.ConnectTimeout(str(error))
        if proxy is None or self._tunnelled:
            return None
        if isinstance(error, httpx.ConnectError):
            return httpx.ProxyError(connect_error_message(error, f"the proxy {proxy.address}"))
        return httpx.ProxyError(f"the proxy {proxy.address} did not connect: {describe(error)}")


_PROGRESS: Final[ContextVar[RequestProgress | None]] = ContextVar("_PROGRESS", default=None)


@contextmanager
def _before_body(request: httpx.Request) -> Generator[RequestProgress]:
    """Within this each step of the request ends in time."""
    progress = RequestProgress(request.extensions.get("timeout", {}))
    token = _PROGRESS.set(progress)
    try:
        yield progress
    finally:
        _PROGRESS.reset(token)


def _clamp(timeout: float | None, error: type[httpcore.TimeoutException]) -> float | None:
    progress = _PROGRESS.get()
    return progress.clamp(timeout, error) if progress else timeout


class _Wrapped:
    """Something of httpcore's, sync or async, of which little is changed."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Stream(_Wrapped):
    """A connection each of whose operations ends within its step."""

    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        """Read some bytes; of an async connection to be awaited."""
        return self._inner.read(max_bytes, _clamp(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> Any:
        """Write all of the bytes; of an async connection to be awaited."""
        return self._inner.write(buffer, _clamp(timeout, httpcore.WriteTimeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        """The connection, encrypted."""
        left = _clamp(timeout, httpcore.ConnectTimeout)
        return Stream(self._inner.start_tls(ssl_context, server_hostname, left))


class AsyncStream(Stream):
    """As `Stream`, awaited."""

    async def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> Any:
        """The connection, encrypted."""
        left = _clamp(timeout, httpcore.ConnectTimeout)
        return AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, left))


class Backend(_Wrapped):
    """Connects in time, and for this process alone."""

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> Stream:
        """Connect, in what is left of the time to do so."""
        left = _clamp(timeout, httpcore.ConnectTimeout)
        return _opened(Stream(self._inner.connect_tcp(host, port, timeout=left, **options)))


class AsyncBackend(_Wrapped):
    """As `Backend`, awaited."""

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> Stream:
        """Connect, in what is left of the time to do so."""
        left = _clamp(timeout, httpcore.ConnectTimeout)
        return _opened(AsyncStream(await self._inner.connect_tcp(host, port, timeout=left, **options)))


def _opened(stream: Stream) -> Stream:
    cut_after_fork(stream.get_extra_info("socket").fileno())
    cast("RequestProgress", _PROGRESS.get()).opened.append(stream)
    return stream


class _Resolver(_Wrapped):
    """Connects in time as a whole. The system takes its own time to look a name up, and for each address."""

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> Any:
        """Try each address in turn, with an equal share of what is left."""
        begun = clock.now()
        *others, last = _addresses(host, port, timeout)
        for number, address in enumerate(others):
            share = _rest(timeout, begun, len(others) + 1 - number)
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._inner.connect_tcp(address, port, share, **options)
        return self._inner.connect_tcp(last, port, _rest(timeout, begun), **options)


def _rest(timeout: float | None, begun: float, shares: int = 1) -> float | None:
    return None if timeout is None else max(timeout - (clock.now() - begun), 0.0) / shares


def _addresses(host: str, port: int, timeout: float | None) -> list[str]:
    """The addresses of a name, looked up in a thread that is left behind where it takes too long."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        pass
    answers: SimpleQueue[Any] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:  # ValueError: no name
            answers.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise httpcore.ConnectTimeout(f"looking up {host}") from None
    if isinstance(answer, Exception):
        raise httpcore.ConnectError(str(answer)) from answer
    return list(dict.fromkeys(address[0] for *_, address in answer))


class _Routes(Generic[Pool]):
    """One pool of connections for each proxy, and one for those without."""

    _pool: type[Pool]

    def __init__(self, network: NetworkSettings, limits: httpx.Limits) -> None:
        self._network, self._limits, self._tls = network, limits, network.ssl_context()
        proxies = (None, *network.proxies.values())
        self._pools: dict[Proxy | None, Pool] = {proxy: self._make(proxy) for proxy in proxies}

    def _make(self, proxy: Proxy | None) -> Pool:
        encrypted = proxy is not None and proxy.url.scheme == "https"
        through = httpx.Proxy(proxy.url, ssl_context=self._tls if encrypted else None) if proxy else None
        made = self._pool(verify=self._tls, trust_env=False, limits=self._limits, proxy=through)
        pool: dict[str, Any] = vars(made._pool)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
        backend = pool["_network_backend"]  # httpx does not hand one on to httpcore
        sync = isinstance(backend, httpcore.NetworkBackend)
        pool["_network_backend"] = Backend(_Resolver(backend)) if sync else AsyncBackend(backend)
        return made


class Routes(_Routes[httpx.HTTPTransport], httpx.BaseTransport):
    """Sends each request by way of the proxy of its URL, and each step of it in time."""

    _pool = httpx.HTTPTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one. What fails before anything of it has left is a ConnectError, ConnectTimeout or ProxyError."""
        proxy = self._network.proxy_for(request.url)
        pool: httpx.HTTPTransport = self._pools[proxy]
        with _before_body(request) as progress:
            request.extensions["trace"] = progress.trace
            try:
                return pool.handle_request(request)
            except Exception as error:
                for stream in progress.opened:
                    stream.close()
                unsent = progress.unsent(error, proxy)
                if unsent:
                    raise unsent from error
                raise

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()


class AsyncRoutes(_Routes[httpx.AsyncHTTPTransport], httpx.AsyncBaseTransport):
    """As `Routes`, awaited."""

    _pool = httpx.AsyncHTTPTransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one. What fails before anything of it has left is a ConnectError, ConnectTimeout or ProxyError."""
        proxy = self._network.proxy_for(request.url)
        pool: httpx.AsyncHTTPTransport = self._pools[proxy]
        with _before_body(request) as progress:
            request.extensions["trace"] = progress.trace_async
            try:
                return await pool.handle_async_request(request)
            except Exception as error:
                for stream in progress.opened:
                    await stream.aclose()
                unsent = progress.unsent(error, proxy)
                if unsent:
                    raise unsent from error
                raise

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()
