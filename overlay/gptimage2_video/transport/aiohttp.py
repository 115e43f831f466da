"""Requests sent with aiohttp, for asyncio alone: as `httpx.AsyncHttpxTransport`, at a fraction of its cost.

URLs are read as httpx reads them, and the network settings are the same, so that a request looks the same with either.
"""

import asyncio
import socket
from contextlib import closing, nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import aiohttp
import httpx
from yarl import URL

from gptimage2_video.effects import HttpRequest, HttpResult

from .aiohttp_guard import PROGRESS, GuardedRequest, GuardedResponse, RequestProgress
from .fork import cut_after_fork, renew_after_fork
from .httpx import BodyRefused, Exchange, Failures
from .network import NetworkSettings, describe
from .threads import in_thread

if TYPE_CHECKING:
    import ssl


class _NoTunnel(aiohttp.ClientError):
    """A proxy did not connect."""


# A connector's errors are of names, refusals and TLS, and waiting for a free connection counts as connecting. The words
# of a response's errors would show its whole URL.
_FAILURES: Final = Failures(
    cannot_connect=aiohttp.ClientConnectorError,
    never_sent=(
        *(aiohttp.ClientConnectorCertificateError, aiohttp.ConnectionTimeoutError, _NoTunnel),
        *(aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, httpx.InvalidURL),
    ),
    messages=(
        (aiohttp.ConnectionTimeoutError, "connect timeout after {:g} s"),
        (aiohttp.ServerTimeoutError, "read timeout after {:g} s"),
        (aiohttp.TooManyRedirects, "too many redirects"),
        (aiohttp.ClientPayloadError, "connection broken"),
        (aiohttp.ClientResponseError, "malformed response"),
    ),
)
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_MAX_REDIRECTS: Final = 20  # as httpx

# Connections at most, idle ones included: below the 1,024 files that most systems let a program open. Whoever waits for
# one is overtaken by newcomers, so with 1,000 calls at a time and half the connections p99 was five times the median.
CONNECTIONS: Final = 1_000
# Videos that are fetched at once: each holds a file open beside its connection, and none should hold up the calls.
VIDEOS: Final = 100
# Seconds that an idle connection is kept: longer than the delay between two polls, and shorter than the 5 s after
# which common servers (Node, uvicorn) close theirs, as a submission that meets a closing connection is uncertain.
KEEP_ALIVE: Final = 4.0
# Bytes of one header field, as with httpx: a task id is not lost over a CDN's long cookies.
_MAX_FIELD: Final = 64 * 1024


class AiohttpTransport:
    """Sends with an `aiohttp.ClientSession` of its own, made in the event loop that first sends."""

    def __init__(self, key: str, user_agent: str, network: NetworkSettings) -> None:
        self._key, self._user_agent, self._network = key, user_agent, network
        self._tls: ssl.SSLContext | None = network.ssl_context()
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        renew_after_fork(self)

    async def send(self, request: HttpRequest) -> HttpResult:
        """As `AsyncHttpxTransport.send`."""
        exchange, session = Exchange(request, self._key), await self._open()
        async with nullcontext() if request.authenticated else self._videos:
            try:
                with closing(await self._start(session, request, exchange.headers())) as response:
                    if exchange.start(response.status, _headers(response)):
                        body = response.body()
                        while chunk := await body.readany():
                            exchange.take(chunk)
                            if exchange.sink.flush_due:
                                await in_thread(exchange.sink.flush)
                        response.check_end()
            except (aiohttp.ClientError, httpx.InvalidURL, BodyRefused) as error:
                return exchange.failure(error, _FAILURES, _peer(error))
        return exchange.response()

    async def close(self) -> None:
        """Close the connections; nothing can be sent any more."""
        self._closed = True
        if self._session:
            await self._session.close()

    def after_fork(self) -> None:
        """In the child of a fork: forget the session, whose event loop and connections are the parent's."""
        if self._session:
            self._session.detach()
        self._session = self._tls = None

    async def _start(
        self, session: aiohttp.ClientSession, request: HttpRequest, headers: dict[str, str]
    ) -> GuardedResponse:
        """The response as soon as its headers are there. The API is never followed to another place, a CDN is."""
        url, redirects = request.url, 0
        # No bound for the whole: the sink and `total_timeout` are. `connect` includes the wait for a connection.
        timeout = aiohttp.ClientTimeout(total=None, connect=request.timeout, sock_read=request.timeout)
        while True:
            address, proxy = _address(url), self._network.proxy_for(url)
            progress = RequestProgress(request.timeout)
            PROGRESS.set(progress)
            try:
                response = await session.request(
                    *(request.method, address),
                    data=request.content,
                    headers=headers,
                    timeout=timeout,
                    proxy=str(proxy.url) if proxy else None,
                    allow_redirects=False,
                )
            except aiohttp.ClientError as error:
                if progress.sending or proxy is None or not _FAILURES.maybe_sent(error):
                    raise
                raise _NoTunnel(f"the proxy {proxy.address} did not connect: {_reason(error)}") from None
            location = response.headers.get("Location")
            if request.authenticated or response.status not in _REDIRECTS or not location:
                return cast("GuardedResponse", response)
            response.close()
            if redirects == _MAX_REDIRECTS:
                raise aiohttp.TooManyRedirects(response.request_info, ())
            url, redirects = str(httpx.URL(url).join(location)), redirects + 1

    async def _open(self) -> aiohttp.ClientSession:
        """The session of the running event loop. Connections die with their loop, so another loop has a new one."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")
        tls = await in_thread(self._network.ssl_context) if self._tls is None else self._tls
        self._tls = tls
        if self._session is None or self._loop is not loop:
            if self._session:
                await self._session.close()
            self._loop, self._videos = loop, asyncio.Semaphore(VIDEOS)
            connector = aiohttp.TCPConnector(
                limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE, ssl=tls, socket_factory=_socket
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                request_class=GuardedRequest,
                response_class=GuardedResponse,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._user_agent},
                max_line_size=_MAX_FIELD,
                max_field_size=_MAX_FIELD,
            )
        return self._session


def _socket(info: Any) -> socket.socket:
    family, kind, protocol, *_ = info
    made = socket.socket(family, kind, protocol)
    cut_after_fork(made.fileno())
    return made


@lru_cache(maxsize=1024)
def _address(url: str) -> URL:
    """The URL as httpx would send it. aiohttp alone decodes and encodes anew, which breaks signed URLs."""
    address = URL(str(httpx.URL(url)), encoded=True)
    try:
        _ = address.port, (address.host or "").encode("idna")  # aiohttp would trip over them on its way
    except ValueError as error:
        raise aiohttp.InvalidURL(url, str(error)) from None
    return address


def _reason(error: aiohttp.ClientError) -> str:
    """The words of an error, which for a response would show the URL of the proxy with its password."""
    return f"{error.status} {error.message}" if isinstance(error, aiohttp.ClientResponseError) else describe(error)


def _peer(error: Exception) -> str:
    """Host and port of what could not be connected to."""
    role = "the proxy " if isinstance(error, aiohttp.ClientProxyConnectionError) else ""
    return f"{role}{error.host}:{error.port}" if isinstance(error, aiohttp.ClientConnectorError) else ""


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """The headers with names in lower case; what came in several fields is one, as a list (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for field, value in response.headers.items():
        name = field.lower()
        text = value if value.isascii() else value.encode(errors="surrogateescape").decode(errors="replace")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers
