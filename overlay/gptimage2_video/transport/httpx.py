"""Requests sent with httpx, and the key. The twins differ in their awaits alone; a test holds them to it."""

import math
import os
import socket
import ssl
from collections.abc import Generator, Mapping
from contextlib import aclosing, closing
from typing import Any, Final, Generic, TypeVar

import httpx

from gptimage2_video.effects import BodySink, HttpRequest, HttpResponse, HttpResult, TransportFailure
from gptimage2_video.settings import LOOPBACK

from . import clock
from .threads import in_thread

# When httpx raises one of these, no byte of the request has left; with any other it may have.
_NEVER_SENT: Final = (
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout),
    *(httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL),
)
_FAILURES: Final = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL)
_MESSAGES: Final[dict[type[Exception], str]] = {
    httpx.ConnectTimeout: "connect timeout after {:g} s",
    httpx.PoolTimeout: "connection pool timeout after {:g} s",
    httpx.ReadTimeout: "read timeout after {:g} s",
    httpx.WriteTimeout: "write timeout after {:g} s",
    httpx.ReadError: "connection broken",
    httpx.WriteError: "connection broken",
}
# Unencrypted the key goes to this machine alone, so no proxy of the environment stands between.
LOOPBACK_NO_PROXY: Final = {f"http://[{host}]" if ":" in host else f"http://{host}": None for host in LOOPBACK}

# httpx asks every idle connection at every request whether it is still open. With 10 of them in place of its 20, and 50
# calls at a time, a call costs 0.61 times the CPU; fewer gain nothing. As many connections as ever may be busy: with a
# service that takes its time a small pool would be the limit, and downloads would hold up everything else.
_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=10)

# A snapshot is a few kilobytes; a body without end must not fill the memory.
MAX_BODY_BYTES: Final = 8 * 1024 * 1024
# A key shorter than this would be found in innocent words.
_MIN_KEY_LENGTH: Final = 8

Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)


class _NoCookies(httpx.Cookies):
    """Stays empty: the key alone says who asks, and looking for cookies is a fifth of httpx's work for a response."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


def default_client(cls: type[Http], user_agent: str) -> Http:
    """The httpx client, sync or async, of whoever brings none; it keeps no cookies."""
    client = cls(headers={"User-Agent": user_agent}, mounts=LOOPBACK_NO_PROXY, limits=_LIMITS)
    client._cookies = _NoCookies()  # pyright: ignore[reportPrivateUsage]
    return client


class BufferSink:
    """A sink in memory, for bodies of up to MAX_BODY_BYTES."""

    flush_due = False

    def __init__(self) -> None:
        self.body = bytearray()

    def start(self, status: int, headers: Mapping[str, str]) -> bool:
        """Every body is wanted, unless it is compressed twice: of those a few bytes could unfold to fill the memory."""
        return "," not in headers.get("content-encoding", "")

    def write(self, chunk: bytes) -> bool:
        """Keep a chunk."""
        self.body += chunk
        return len(self.body) <= MAX_BODY_BYTES

    def flush(self) -> None:
        """Nothing is left to do."""


class BearerAuth(httpx.Auth):
    """Adds the key to a request at the last moment, so that nothing else holds it; and takes it out of responses."""

    def __init__(self, key: str) -> None:
        self._key = key

    def header(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self._key}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Add it, as httpx asks for."""
        request.headers["Authorization"] = self.header()
        yield request

    def response(self, request: HttpRequest, sink: BodySink, status: int, headers: Mapping[str, str]) -> HttpResponse:
        """What came back, without the key, which a service may echo when it refuses it."""
        body = bytes(sink.body) if isinstance(sink, BufferSink) else b""
        if request.authenticated and len(self._key) >= _MIN_KEY_LENGTH:
            headers = {name: value.replace(self._key, "[the key]") for name, value in headers.items()}
            body = body.replace(self._key.encode(), b"[the key]")
        return HttpResponse(status, headers, body)


class _Transport(Generic[Http]):
    """What both share: how a request becomes one of httpx, and what came back one of ours."""

    def __init__(self, key: str, http: Http, *, owned: bool) -> None:
        self._http: Http = http
        self._auth, self._owned = BearerAuth(key), owned

    def _build(self, request: HttpRequest) -> httpx.Request:
        built: httpx.Request = self._http.build_request(
            request.method, request.url, headers=dict(request.headers), content=request.content, timeout=request.timeout
        )
        if not request.authenticated:
            built.headers.pop("Authorization", None)  # even where the caller's own httpx client adds one
        return built

    def _send_options(self, request: HttpRequest) -> dict[str, Any]:
        # The API is never followed to another place, as the key would go along; a CDN is, without it.
        auth = self._auth if request.authenticated else None
        return {"stream": True, "auth": auth, "follow_redirects": not request.authenticated}

    def _response(self, response: httpx.Response, request: HttpRequest, sink: BodySink) -> HttpResponse:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return self._auth.response(request, sink, response.status_code, headers)

    def _failure(
        self, error: Exception, request: HttpRequest, sink: BodySink, response: httpx.Response | None
    ) -> TransportFailure:
        # Its message only: the exception itself leads to the request, and so to the key.
        message = _MESSAGES.get(type(error), "").format(request.timeout) or describe(error)
        if isinstance(error, httpx.ConnectError):
            message = connect_error_message(error, request)
        partial = None if response is None else self._response(response, request, sink)
        return TransportFailure(not isinstance(error, _NEVER_SENT), message, partial)


class HttpxTransport(_Transport[httpx.Client]):
    """Sends with an `httpx.Client`."""

    def send(self, request: HttpRequest) -> HttpResult:
        """Send one request; the body of the response goes to its sink. What the sink raises passes through."""
        sink, response = request.sink or BufferSink(), None
        try:
            response = self._http.send(self._build(request), **self._send_options(request))
            with closing(response):
                deadline = body_deadline(request)
                if not sink.start(response.status_code, response.headers):
                    return self._response(response, request, sink)
                for chunk in response.iter_bytes():
                    if reason := take(request, sink, chunk, deadline):
                        return TransportFailure(True, reason, self._response(response, request, sink))
                    if sink.flush_due:
                        sink.flush()
        except _FAILURES as error:
            return self._failure(error, request, sink, response)
        return self._response(response, request, sink)

    def close(self) -> None:
        """Close the connections, unless they are the caller's."""
        if self._owned:
            self._http.close()


class AsyncHttpxTransport(_Transport[httpx.AsyncClient]):
    """Sends with an `httpx.AsyncClient`."""

    async def send(self, request: HttpRequest) -> HttpResult:
        """As `HttpxTransport.send`; the sink is flushed in a thread."""
        sink, response = request.sink or BufferSink(), None
        try:
            response = await self._http.send(self._build(request), **self._send_options(request))
            async with aclosing(response):
                deadline = body_deadline(request)
                if not sink.start(response.status_code, response.headers):
                    return self._response(response, request, sink)
                async for chunk in response.aiter_bytes():
                    if reason := take(request, sink, chunk, deadline):
                        return TransportFailure(True, reason, self._response(response, request, sink))
                    if sink.flush_due:
                        await in_thread(sink.flush)
        except _FAILURES as error:
            return self._failure(error, request, sink, response)
        return self._response(response, request, sink)

    async def close(self) -> None:
        """As `HttpxTransport.close`."""
        if self._owned:
            await self._http.aclose()


def body_deadline(request: HttpRequest) -> float:
    """When the body of a response that begins now must have come, on the clock."""
    return math.inf if request.total_timeout is None else clock.now() + request.total_timeout


def take(request: HttpRequest, sink: BodySink, chunk: bytes, deadline: float) -> str | None:
    """Give a chunk to the sink. Returns why no more is read; None where more may come."""
    if not sink.write(chunk):
        return f"response larger than {MAX_BODY_BYTES / 1024**2:g} MiB; aborted"
    return f"response incomplete after {request.total_timeout:g} s; aborted" if clock.now() > deadline else None


def connect_error_message(error: BaseException, request: HttpRequest) -> str:
    """Where no connection could be made to, and why: the words of the system, of the last error behind this one."""
    url, reason = httpx.URL(request.url), describe(error)
    cause: Any = error.__cause__ or error.__context__
    while cause is not None:
        cause = getattr(cause, "exceptions", [cause])[0]  # of a group, the first
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            reason = getattr(cause, "verify_message", "") or cause.strerror or reason
        elif isinstance(cause, OSError) and cause.errno:
            reason = os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    port = url.port or {"https": 443}.get(url.scheme, 80)
    return f"cannot connect to {url.host}:{port}: {reason[:1].lower()}{reason[1:]}"


def describe(error: BaseException) -> str:
    """Its own words, or its name where it has none."""
    return str(error) or type(error).__name__
