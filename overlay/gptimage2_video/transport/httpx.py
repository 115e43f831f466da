"""Requests sent with httpx, and what every transport shares: the key, the body, the log, and why there is no response.

The twins differ in their awaits alone; a test holds them to it. The key is in no line of the log, as neither a request
nor a response holds it; of a URL the query is left out, as it may be what opens a video.
"""

import logging
import threading
from contextlib import aclosing, closing
from typing import Any, Final, Generic, NamedTuple, TypeVar

import httpx

from gptimage2_video.effects import MAX_BODY_BYTES, BodySink, HttpRequest, HttpResponse, HttpResult, TransportFailure
from gptimage2_video.settings import invalid_setting

from . import clock
from .connections import AsyncRoutes, Routes
from .fork import renew_after_fork
from .network import NetworkSettings, connect_error_message, describe, host_and_port
from .threads import in_thread

LOG: Final = logging.getLogger("gptimage2_video")
LOG.addHandler(logging.NullHandler())

# A key shorter than this would be found in innocent words.
_MIN_KEY_LENGTH: Final = 8


class BodyRefused(Exception):
    """No more of a body is read, for the reason that its message gives."""


class Failures(NamedTuple):
    """The exceptions of an HTTP library, by what they mean.

    Those of `cannot_connect` and `never_sent` are raised before any byte of the request has left; with any other it may
    have. `messages` has the words for some, of which the first that fits is taken.
    """

    cannot_connect: type[Exception]
    never_sent: tuple[type[Exception], ...]
    messages: tuple[tuple[type[Exception], str], ...]

    def maybe_sent(self, error: Exception) -> bool:
        """Whether bytes of the request may have left before this was raised."""
        return not isinstance(error, (self.cannot_connect, *self.never_sent))


class Exchange:
    """One request, and as much of its response as has come, without the key."""

    def __init__(self, request: HttpRequest, key: str) -> None:
        self._request, self._key = request, key
        self.sink = request.sink or BodySink()
        self._begun = clock.now()
        self._status, self._headers = 0, dict[str, str]()

    def headers(self) -> dict[str, str]:
        """The headers to send. The key is added here, at the last moment, so that nothing else holds it."""
        key = {"Authorization": f"Bearer {self._key}"} if self._request.authenticated else {}
        return {**self._request.headers, **key}

    def start(self, status: int, headers: dict[str, str]) -> bool:
        """The response has begun; header names are in lower case. Returns whether its body is wanted."""
        self._status, self._headers = status, headers
        self._deadline = clock.now() + self._request.total_timeout
        return self.sink.start(status, headers)

    def take(self, chunk: bytes) -> None:
        """Give a chunk to the sink. Raises BodyRefused where no more is read."""
        if not self.sink.write(chunk):
            raise BodyRefused(f"response larger than {MAX_BODY_BYTES / 1024**2:g} MiB; aborted")
        if clock.now() > self._deadline:
            raise BodyRefused(f"response incomplete after {self._request.total_timeout:g} s; aborted")

    def response(self) -> HttpResponse:
        """What came back."""
        response = self._without_key()
        self._log("request.completed", str(response.status))
        return response

    def _without_key(self) -> HttpResponse:
        """The response; a service may echo the key when it refuses it."""
        headers, body = self._headers, bytes(self.sink.body)
        if self._request.authenticated and len(self._key) >= _MIN_KEY_LENGTH:
            headers = {name: value.replace(self._key, "[the key]") for name, value in headers.items()}
            body = body.replace(self._key.encode(), b"[the key]")
        return HttpResponse(self._status, headers, body)

    def failure(self, error: Exception, failures: Failures, peer: str) -> TransportFailure:
        """Why not all of it came, of this `peer`.

        Its message alone goes on: an exception leads to the request, and so to the key.
        """
        message = next((message for cls, message in failures.messages if isinstance(error, cls)), "")
        message = message.format(self._request.timeout) or describe(error)
        if isinstance(error, failures.cannot_connect):
            message = connect_error_message(error, peer)
        maybe_sent = failures.maybe_sent(error)
        partial = self._without_key() if self._status else None
        if partial:
            self._log("request.incomplete", f"{self._status}, incomplete", message)
        elif maybe_sent:
            self._log("request.failed", "no response", message)
        else:
            self._log("request.not_sent", "not sent", message)
        return TransportFailure(maybe_sent, message, partial)

    def _log(self, event: str, outcome: str, reason: str = "") -> None:
        """One line, and the same as attributes of its record."""
        if not LOG.isEnabledFor(logging.DEBUG):
            return
        url, seconds = self._request.url.partition("?")[0], clock.now() - self._begun
        extra = {
            "event": event,
            "method": self._request.method,
            "path": f"/{url.partition('://')[2].partition('/')[2]}",
            "status": self._status or None,
            "duration": seconds,
            "task_id": self._request.task_id,
            "reason": reason,
        }
        because = f" ({reason})" if reason else ""
        LOG.debug("%s %s: %s after %.2f s%s", self._request.method, url, outcome, seconds, because, extra=extra)


_RAISED: Final = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, BodyRefused)
FAILURES: Final = Failures(
    cannot_connect=httpx.ConnectError,
    never_sent=(
        *(httpx.ConnectTimeout, httpx.PoolTimeout),
        *(httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL),
    ),
    messages=(
        (httpx.ConnectTimeout, "connect timeout after {:g} s"),
        (httpx.PoolTimeout, "connection pool timeout after {:g} s"),
        (httpx.ReadTimeout, "read timeout after {:g} s"),
        (httpx.WriteTimeout, "write timeout after {:g} s"),
        (httpx.ReadError, "connection broken"),
        (httpx.WriteError, "connection broken"),
    ),
)
# httpx asks every idle connection at every request whether it is still open. With 10 of them in place of its 20, and 50
# calls at a time, a call costs 0.61 times the CPU; fewer gain nothing. As many connections as ever may be busy: with a
# service that takes its time a small pool would be the limit, and downloads would hold up everything else.
_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=10)


Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)


class _NoCookies(httpx.Cookies):
    """Stays empty: the key alone says who asks, and looking for cookies is a fifth of httpx's work for a response."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


def default_client(
    cls: type[Http], user_agent: str, network: NetworkSettings | None = None, limits: httpx.Limits = _LIMITS
) -> Http:
    """The httpx client, sync or async, of whoever brings none; it keeps no cookies.

    `network` is what it obeys; default: the settings of the environment. Raises InvalidRequest where these cannot work.
    """
    routes = Routes if cls is httpx.Client else AsyncRoutes
    through: Any = routes(network or NetworkSettings.of_environment(), limits)
    client = cls(headers={"User-Agent": user_agent}, transport=through, trust_env=False)
    client._cookies = _NoCookies()  # pyright: ignore[reportPrivateUsage]  (its setter copies what it is given)
    return client


class _Transport(Generic[Http]):
    """Sends with the caller's own client, which is left open, or with one of ours."""

    _library: type[Http]

    def __init__(self, key: str, user_agent: str, http: Http | None, network: NetworkSettings | None = None) -> None:
        self._key, self._user_agent, self._lock = key, user_agent, threading.Lock()
        self._http: Http | None = http
        self._network = None if http else network or NetworkSettings.of_environment()
        self._open()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """In the child of a fork: forget the connections, which are the parent's; one that is closed stays closed."""
        self._lock = threading.Lock()
        if self._http and not self._http.is_closed:
            self._http, self._inherited = None, self._http

    @property
    def is_closed(self) -> bool:
        """Whether it, or the caller's own client, was closed."""
        return self._http is not None and self._http.is_closed

    def _open(self) -> Http:
        """The client; in the child of a fork a new one. Raises InvalidRequest in place of the caller's own."""
        with self._lock:
            if not (self._http or self._network):
                message = "the http_client is from before a fork of this process, so its connections are the parent's"
                raise invalid_setting("http_client", f"{message}; make another one, and a client, in each process")
            http: Http = self._http or default_client(self._library, self._user_agent, self._network)
            self._http = http
            return http

    @staticmethod
    def _build(http: Http, request: HttpRequest, headers: dict[str, str]) -> httpx.Request:
        built: httpx.Request = http.build_request(
            request.method, request.url, headers=headers, content=request.content, timeout=request.timeout
        )
        if not request.authenticated:
            built.headers.pop("Authorization", None)  # even where the caller's own httpx client adds one
        return built


class HttpxTransport(_Transport[httpx.Client]):
    """Sends with an `httpx.Client`."""

    _library = httpx.Client

    def send(self, request: HttpRequest) -> HttpResult:
        """Send one request; the body of the response goes to its sink. What the sink raises passes through."""
        http = self._open() if self._http is None else self._http
        exchange = Exchange(request, self._key)
        try:
            built = self._build(http, request, exchange.headers())
            # The API is never followed to another place, as the key would go along; a CDN is, without it.
            follow = not request.authenticated
            with closing(http.send(built, stream=True, auth=None, follow_redirects=follow)) as response:
                if not exchange.start(response.status_code, dict(response.headers.items())):
                    return exchange.response()
                for chunk in response.iter_bytes():
                    exchange.take(chunk)
                    if exchange.sink.flush_due:
                        exchange.sink.flush()
        except _RAISED as error:
            return exchange.failure(error, FAILURES, host_and_port(httpx.URL(request.url)))
        return exchange.response()

    def close(self) -> None:
        """Close the connections, unless they are the caller's."""
        if self._network:
            http = self._open() if self._http is None else self._http
            http.close()


class AsyncHttpxTransport(_Transport[httpx.AsyncClient]):
    """Sends with an `httpx.AsyncClient`."""

    _library = httpx.AsyncClient

    async def send(self, request: HttpRequest) -> HttpResult:
        """As `HttpxTransport.send`; the sink is flushed in a thread."""
        http = await in_thread(self._open) if self._http is None else self._http
        exchange = Exchange(request, self._key)
        try:
            built = self._build(http, request, exchange.headers())
            follow = not request.authenticated
            async with aclosing(await http.send(built, stream=True, auth=None, follow_redirects=follow)) as response:
                if not exchange.start(response.status_code, dict(response.headers.items())):
                    return exchange.response()
                async for chunk in response.aiter_bytes():
                    exchange.take(chunk)
                    if exchange.sink.flush_due:
                        await in_thread(exchange.sink.flush)
        except _RAISED as error:
            return exchange.failure(error, FAILURES, host_and_port(httpx.URL(request.url)))
        return exchange.response()

    async def close(self) -> None:
        """As `HttpxTransport.close`."""
        if self._network:
            http = await in_thread(self._open) if self._http is None else self._http
            await http.aclose()
