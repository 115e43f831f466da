"""The engines: one request of a conversation, done with httpx.

Lives here: all of httpx, and the key. Not here: the engine on aiohttp (`engine_aiohttp`), and any decision about a
request, a reply or a repetition. The twins differ in their awaits alone; a test holds them to it.
"""

import math
from collections.abc import Generator, Mapping
from contextlib import aclosing, closing
from typing import Any, Final, Generic, TypeVar

import httpx

from gptimage2_video.flow.requests import LOOPBACK, Fault, Memory, Reply, Send

from . import clock

# When httpx raises one of these, no byte of the request has left; with any other it may have.
_NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
# A key shorter than this would be found in innocent words.
_TELLING_KEY: Final = 8
_HIDDEN: Final = "[the key]"
_FAULTS: Final = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL)
_WORDS: Final[dict[type[Exception], str]] = {
    httpx.ConnectTimeout: "no connection in time",
    httpx.PoolTimeout: "no free connection in time",
    httpx.ReadTimeout: "no answer in time",
    httpx.WriteTimeout: "the request could not be sent in time",
    httpx.ReadError: "the connection broke",
    httpx.WriteError: "the connection broke",
}

# Unencrypted the key goes to this machine alone, so no proxy of the environment stands between.
DIRECT: Final[dict[str, None]] = {f"http://[{host}]" if ":" in host else f"http://{host}": None for host in LOOPBACK}

# httpx asks every idle connection at every request whether it is still open. With 10 of them in place of its 20, and 50
# calls at a time, a call costs 0.61 times the CPU; fewer gain nothing. As many connections as ever may be busy: with a
# service that takes its time a small pool would be the limit, and downloads would hold up everything else.
_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=10)

Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)


class _NoCookies(httpx.Cookies):
    """Stays empty: the key alone says who asks, and looking for cookies is a fifth of what httpx does for a reply."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


class OwnClient(httpx.Client):
    """The httpx client of whoever brings none; it keeps no cookies."""

    def __init__(self, user_agent: str) -> None:
        super().__init__(headers={"User-Agent": user_agent}, mounts=DIRECT, limits=_LIMITS)
        self._cookies = _NoCookies()


class OwnAsyncClient(httpx.AsyncClient):
    """As `OwnClient`."""

    def __init__(self, user_agent: str) -> None:
        super().__init__(headers={"User-Agent": user_agent}, mounts=DIRECT, limits=_LIMITS)
        self._cookies = _NoCookies()


class Bearer(httpx.Auth):
    """Adds the key to a request at the last moment, so that nothing else holds it; and takes it out of replies."""

    def __init__(self, key: str) -> None:
        self._key = key

    def header(self) -> str:
        """What shows the key to the API."""
        return f"Bearer {self._key}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Add it, as httpx asks for."""
        request.headers["Authorization"] = self.header()
        yield request

    def reply(self, send: Send, status: int, headers: Mapping[str, str]) -> Reply:
        """What came back for a `Send`, without the key, which a service may echo when it refuses it."""
        body = bytes(send.sink.body) if isinstance(send.sink, Memory) else b""
        if not send.authorized or len(self._key) < _TELLING_KEY:
            return Reply(status, headers, body)
        shown = {name: value.replace(self._key, _HIDDEN) for name, value in headers.items()}
        return Reply(status, shown, body.replace(self._key.encode(), _HIDDEN.encode()))


class _Engine(Generic[Http]):
    """What both engines share: how a `Send` becomes an httpx request."""

    def __init__(self, key: str, http: Http, *, owned: bool) -> None:
        self._http: Http = http
        self._auth, self._owned = Bearer(key), owned

    def _request(self, send: Send) -> httpx.Request:
        request: httpx.Request = self._http.build_request(
            send.method, send.url, headers=dict(send.headers), content=send.content, timeout=send.timeout
        )
        if not send.authorized:
            request.headers.pop("Authorization", None)  # even where the caller's own httpx client adds one
        return request

    def _manner(self, send: Send) -> dict[str, Any]:
        # The API is never followed to another place, as the key would go along; a CDN is, without it.
        auth = self._auth if send.authorized else None
        return {"stream": True, "auth": auth, "follow_redirects": not send.authorized}

    def _reply(self, response: httpx.Response, send: Send) -> Reply:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return self._auth.reply(send, response.status_code, headers)

    def _fault(self, problem: Exception, send: Send, response: httpx.Response | None) -> Fault:
        # Its words only: the exception itself leads to the request, and so to the key.
        words = _WORDS.get(type(problem)) or str(problem) or type(problem).__name__
        partial = None if response is None else self._reply(response, send)
        return Fault(not isinstance(problem, _NEVER_SENT), words, partial)


class Engine(_Engine[httpx.Client]):
    """Sends with an `httpx.Client`."""

    def send(self, send: Send) -> Reply | Fault:
        """One request, its reply poured into the sink of the `Send`. What the sink raises passes through."""
        response: httpx.Response | None = None
        try:
            response = self._http.send(self._request(send), **self._manner(send))
            with closing(response):
                until = end_of(send)
                if not send.sink.begin(response.status_code, response.headers):
                    return self._reply(response, send)
                for chunk in response.iter_bytes():
                    if not send.sink.write(chunk) or clock.now() > until:
                        return Fault(True, "the answer does not end", self._reply(response, send))
        except _FAULTS as problem:
            return self._fault(problem, send, response)
        return self._reply(response, send)

    def close(self) -> None:
        """Close the connections, unless they are the caller's."""
        if self._owned:
            self._http.close()


class AsyncEngine(_Engine[httpx.AsyncClient]):
    """Sends with an `httpx.AsyncClient`."""

    async def send(self, send: Send) -> Reply | Fault:
        """As `Engine.send`."""
        response: httpx.Response | None = None
        try:
            response = await self._http.send(self._request(send), **self._manner(send))
            async with aclosing(response):
                until = end_of(send)
                if not send.sink.begin(response.status_code, response.headers):
                    return self._reply(response, send)
                async for chunk in response.aiter_bytes():
                    if not send.sink.write(chunk) or clock.now() > until:
                        return Fault(True, "the answer does not end", self._reply(response, send))
        except _FAULTS as problem:
            return self._fault(problem, send, response)
        return self._reply(response, send)

    async def close(self) -> None:
        """As `Engine.close`."""
        if self._owned:
            await self._http.aclose()


def end_of(send: Send) -> float:
    """When the body of a reply that begins now must have come, on the clock."""
    return math.inf if send.whole is None else clock.now() + send.whole
