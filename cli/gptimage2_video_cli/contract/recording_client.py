"""One request and what came back, as it was seen on the wire; at a gentle pace, over one connection.

Lives here: the HTTP client that the library and the probes share, recording, and keeping the key out of what is told.
Not here: what is sent (`probes`, `submissions`) and what a reply means (`replies`).
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from gptimage2_video import __version__
from gptimage2_video_cli.console.options import DIRECT
from gptimage2_video_cli.console.output import printable

from . import clock

_LOG: Final = logging.getLogger("gptimage2_video")  # as the library does for what goes through it
KEPT_BYTES: Final = 256 * 1024
SHOWN_CHARACTERS: Final = 500
_SECONDS: Final = 30.0  # that each step of a request may take
# When httpx raises one of these, no byte of the request has left; with any other it may have.
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass
class Exchange:
    """One request to the API, and its reply as far as it came.

    Attributes:
        path: Without the base URL's own path.
        sent: The body of the request.
        status: None where no reply came.
        fault: Why no reply came, or not the whole of it; empty where it did.
        never_sent: Whether nobody was there to send it to.
    """

    method: str
    path: str
    sent: bytes = b""
    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers, repr=False)
    received: bytearray = field(default_factory=bytearray)
    fault: str = ""
    never_sent: bool = False

    @property
    def cut(self) -> bool:
        """Whether not all of the reply came."""
        announced = self.headers.get("content-length", "0")
        return bool(self.fault) or len(self.received) < min(int(announced) if announced.isdecimal() else 0, KEPT_BYTES)

    @property
    def content_type(self) -> str:
        """The media type of the reply, in lower case, without parameters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def body(self) -> Any:
        """The reply's body where it is JSON, else None."""
        try:
            return json.loads(self.received)
        except (ValueError, RecursionError):
            return None

    @property
    def fields(self) -> dict[str, Any]:
        """The reply's body where it is a JSON object, else an empty one."""
        body = self.body
        return body if isinstance(body, dict) else {}  # pyright: ignore[reportUnknownVariableType]

    def evidence(self) -> dict[str, Any]:
        """What a finding shows of it."""
        return {
            "method": self.method,
            "path": self.path,
            "request_body": _shown(self.sent),
            "status": self.status,
            "content_type": self.content_type,
            "response_body": _shown(self.received),
            "failure": self.fault,
        }


class _Copied(httpx.SyncByteStream):
    """The body of a reply, copied into its exchange while somebody reads it."""

    def __init__(self, stream: httpx.SyncByteStream, exchange: Exchange) -> None:
        self._stream, self._exchange = stream, exchange

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._exchange.received += chunk[: KEPT_BYTES - len(self._exchange.received)]
            yield chunk

    def close(self) -> None:
        self._stream.close()


class RecordingClient:
    """An HTTP client that records every exchange and sends at most `rate` requests a second.

    Args:
        base_url: Where the API is, without a slash at its end.
        rate: Requests a second.

    Attributes:
        http: The client; the library sends through it too.
        exchanges: All of them, oldest first.
    """

    def __init__(self, base_url: str, rate: float) -> None:
        self.base_url, self._gap, self._next = base_url, 1 / rate, clock.now()
        self.exchanges: list[Exchange] = []
        self.http = httpx.Client(
            limits=httpx.Limits(max_connections=1),
            mounts=DIRECT,
            timeout=_SECONDS,
            # Bodies are recorded as they travel, so they must not be packed.
            headers={"User-Agent": f"gptimage2-video/{__version__} contract", "Accept-Encoding": "identity"},
            event_hooks={"request": [self._begin], "response": [self._answered]},
        )

    def send(self, method: str, path: str, *, key: str | None, content: bytes | None = None) -> Exchange:
        """One request; trouble is in the exchange. No redirect is followed, as the key would go along."""
        headers = {"Accept": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            with self.http.stream(method, self.base_url + path, headers=headers, content=content) as response:
                for _ in response.iter_raw():
                    if len(self.exchanges[-1].received) >= KEPT_BYTES:
                        break
        except httpx.HTTPError as problem:
            self.exchanges[-1].fault = str(problem) or type(problem).__name__
            self.exchanges[-1].never_sent = isinstance(problem, _NEVER_SENT)
        exchange = self.exchanges[-1]
        _LOG.debug("%s %s%s: %s", method, self.base_url, path, exchange.fault or exchange.status)
        return exchange

    def _begin(self, request: httpx.Request) -> None:
        wait = self._next - clock.now()
        if wait > 0:
            clock.pause(wait)
        self._next = clock.now() + self._gap
        path = request.url.raw_path.decode().removeprefix(urlsplit(self.base_url).path)
        self.exchanges.append(Exchange(request.method, path, request.content))

    def _answered(self, response: httpx.Response) -> None:
        exchange = self.exchanges[-1]
        exchange.status, exchange.headers = response.status_code, response.headers
        assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101  as of every sync client
        response.stream = _Copied(response.stream, exchange)


class Scrubber:
    """Keeps the key, and what could steer a terminal or break XML, out of everything that is told."""

    def __init__(self, key: str) -> None:
        self._spellings = {key, json.dumps(key)[1:-1], quote(key), quote(key, safe="")}

    def __call__(self, value: Any) -> Any:
        """The value with every text in it scrubbed."""
        if isinstance(value, str):
            for spelling in self._spellings:
                value = value.replace(spelling, "<the key>")
            return printable(value)
        if isinstance(value, dict):
            return {name: self(item) for name, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
        return [self(item) for item in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def _shown(body: bytes | bytearray) -> str:
    text = body.decode("utf-8", "replace")
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
