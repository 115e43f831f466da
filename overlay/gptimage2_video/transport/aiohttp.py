"""The engine on aiohttp, for asyncio alone: as `engine.AsyncEngine`, at a fraction of its cost.

Lives here: all of aiohttp but what it is kept from doing (`aiohttp_manners`). Not here: the key and what replies show
of it (`engine`), when this engine is chosen (`engines`), and any decision about a request, a reply or a repetition.
Addresses, certificates and the proxies of the environment are read as httpx reads them, so that a request looks the
same with either engine.
"""

import asyncio
from contextlib import closing
from functools import lru_cache
from typing import Final, cast
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from yarl import URL

from gptimage2_video.flow.requests import LOOPBACK, Fault, Reply, Send

from . import clock
from .aiohttp_guard import Request, Response
from .httpx import Bearer, end_of

# When aiohttp raises one of these, no byte of the request has left; with any other it may have.
_NEVER_SENT: Final = (
    aiohttp.ClientConnectorError,  # names, refusals, TLS
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ConnectionTimeoutError,  # waiting for a free connection counts as connecting
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
    httpx.InvalidURL,
)
# The first that fits; of the others their own words. Those of a reply would show its whole address.
_WORDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (aiohttp.ConnectionTimeoutError, "no connection in time"),
    (aiohttp.ServerTimeoutError, "no answer in time"),
    (aiohttp.ClientHttpProxyError, "the proxy refused"),
    (aiohttp.TooManyRedirects, "too many redirects"),
    (aiohttp.ClientPayloadError, "the connection broke"),
    (aiohttp.ClientResponseError, "the answer cannot be read"),
)
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_MAX_REDIRECTS: Final = 20  # as httpx

# Connections at most, idle ones included: below the 1,024 files that most systems let a program open. Whoever waits for
# one is overtaken by newcomers, so with 1,000 calls at a time and half the connections p99 was five times the median.
CONNECTIONS: Final = 1_000
# Videos that are fetched at once: each holds a file open beside its connection, and none should hold up the calls.
VIDEOS: Final = 100
# Seconds that an idle connection is kept: longer than the pause between two looks, and shorter than the 5 s after
# which common servers (Node, uvicorn) close theirs, as a submission that meets a closing connection is uncertain.
KEEP_ALIVE: Final = 4.0
# Bytes of one header field, as with httpx: a receipt is not lost over a CDN's long cookies.
_MAX_FIELD: Final = 64 * 1024


class AiohttpEngine:
    """Sends with an `aiohttp.ClientSession` of its own, made in the event loop that first sends.

    Args:
        key: The API key.
        user_agent: What the client calls itself.
    """

    def __init__(self, key: str, user_agent: str) -> None:
        self._bearer, self._user_agent = Bearer(key), user_agent
        self._proxies = getproxies()
        self._tls = httpx.create_ssl_context()
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def send(self, send: Send) -> Reply | Fault:
        """As `engine.AsyncEngine.send`."""
        session = await self._opened()
        if send.authorized:
            return await self._sent(session, send)
        async with self._videos:
            return await self._sent(session, send)

    async def _sent(self, session: aiohttp.ClientSession, send: Send) -> Reply | Fault:
        begun: tuple[int, dict[str, str]] | None = None
        try:
            response = await self._begun(session, send)
            with closing(response):
                until, begun = end_of(send), (response.status, _headers(response))
                if not send.sink.begin(*begun):
                    return self._bearer.reply(send, *begun)
                body = response.body()
                while chunk := await body.readany():
                    if not send.sink.write(chunk) or clock.now() > until:
                        return Fault(True, "the answer does not end", self._bearer.reply(send, *begun))
                response.check_end()
        except (aiohttp.ClientError, httpx.InvalidURL) as problem:
            partial = None if begun is None else self._bearer.reply(send, *begun)
            return Fault(not isinstance(problem, _NEVER_SENT), _words(problem), partial)
        return self._bearer.reply(send, *begun)

    async def close(self) -> None:
        """Close the connections; nothing can be sent any more."""
        self._closed = True
        if self._session:
            await self._session.close()

    async def _begun(self, session: aiohttp.ClientSession, send: Send) -> Response:
        """The reply as soon as its headers are there. The API is never followed to another place, a CDN is."""
        url, left = send.url, _MAX_REDIRECTS
        # No bound for the whole: the sink and `whole` have theirs. `connect` includes the wait for a free connection.
        timeout = aiohttp.ClientTimeout(total=None, connect=send.timeout, sock_read=send.timeout)
        headers = {**send.headers, "Authorization": self._bearer.header()} if send.authorized else send.headers
        while True:
            address = _address(url)
            response = await session.request(
                send.method,
                address,
                data=send.content,
                headers=headers,
                timeout=timeout,
                proxy=self._proxy(address),
                allow_redirects=False,
            )
            where = response.headers.get("Location")
            if send.authorized or response.status not in _REDIRECTS or not where:
                return cast("Response", response)
            response.close()
            if not left:
                raise aiohttp.TooManyRedirects(response.request_info, ())
            url, left = str(httpx.URL(url).join(where)), left - 1

    async def _opened(self) -> aiohttp.ClientSession:
        """The session of the running event loop. Connections die with their loop, so another loop has a new one."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")
        if self._session is None or self._loop is not loop:
            if self._session:
                await self._session.close()
            self._loop, self._videos = loop, asyncio.Semaphore(VIDEOS)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE, ssl=self._tls),
                request_class=Request,
                response_class=Response,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._user_agent},
                max_line_size=_MAX_FIELD,
                max_field_size=_MAX_FIELD,
            )
        return self._session

    def _proxy(self, url: URL) -> str | None:
        """The proxy of the environment for an address; none where the key would go unencrypted to this machine."""
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not proxy or (url.scheme == "http" and url.host in LOOPBACK) or proxy_bypass(url.host or ""):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"


def _words(problem: Exception) -> str:
    """What happened. Only words go on: the exception itself leads to the request, and so to the key."""
    own = str(problem) or type(problem).__name__
    return next((words for kind, words in _WORDS if isinstance(problem, kind)), own)


@lru_cache(maxsize=1024)
def _address(url: str) -> URL:
    """The address as httpx would send it. aiohttp alone decodes and encodes anew, which breaks signed addresses."""
    address = URL(str(httpx.URL(url)), encoded=True)
    try:
        _ = address.port, (address.host or "").encode("idna")  # aiohttp would trip over them on its way
    except ValueError as problem:
        raise aiohttp.InvalidURL(url, str(problem)) from None
    return address


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """The headers with names in lower case; what came in several fields is one, as a list (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for field, sent in response.headers.items():
        name = field.lower()
        value = sent if sent.isascii() else sent.encode(errors="surrogateescape").decode(errors="replace")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
