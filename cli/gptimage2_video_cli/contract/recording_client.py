"""The HTTP client that the library and the probes share: rate-limited, and every exchange is recorded."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from gptimage2_video import __version__
from gptimage2_video.transport.httpx import FAILURES
from gptimage2_video_cli.console.options import LOOPBACK_NO_PROXY
from gptimage2_video_cli.console.output import strip_control

from . import clock

_LOG: Final = logging.getLogger("gptimage2_video")  # as the library logs its own requests
MAX_BODY_BYTES: Final = 256 * 1024
PREVIEW_CHARS: Final = 500
_STEP_TIMEOUT: Final = 30.0  # seconds, of each step of a request


@dataclass
class Exchange:
    """One request to the API, and its response as far as it came.

    Attributes:
        path: Without the base URL's own path.
        status: None where there was no response.
        failure: Why there was none, or why it is incomplete; empty where it is complete.
        nothing_sent: Whether there was no connection to send it over.
    """

    method: str
    path: str
    request_body: bytes = b""
    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers, repr=False)
    response_body: bytearray = field(default_factory=bytearray)
    failure: str = ""
    nothing_sent: bool = False

    @property
    def is_truncated(self) -> bool:
        """Whether the response is incomplete."""
        header = self.headers.get("content-length", "0")
        length = min(int(header) if header.isdecimal() else 0, MAX_BODY_BYTES)
        return bool(self.failure) or len(self.response_body) < length

    @property
    def content_type(self) -> str:
        """The media type of the response, in lower case, without parameters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def body(self) -> Any:
        """The response's body where it is JSON, else None."""
        try:
            return json.loads(self.response_body)
        except (ValueError, RecursionError):
            return None

    @property
    def fields(self) -> dict[str, Any]:
        """The response's body where it is a JSON object, else an empty one."""
        body = self.body
        return body if isinstance(body, dict) else {}  # pyright: ignore[reportUnknownVariableType]

    def evidence(self) -> dict[str, Any]:
        """The evidence of a finding."""
        return {
            "method": self.method,
            "path": self.path,
            "request_body": _preview(self.request_body),
            "status": self.status,
            "content_type": self.content_type,
            "response_body": _preview(self.response_body),
            "failure": self.failure,
        }


class _RecordingStream(httpx.SyncByteStream):
    """The body of a response, copied into its exchange while it is read."""

    def __init__(self, stream: httpx.SyncByteStream, exchange: Exchange) -> None:
        self._stream, self._exchange = stream, exchange

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            body = self._exchange.response_body
            body += chunk[: MAX_BODY_BYTES - len(body)]
            yield chunk

    def close(self) -> None:
        self._stream.close()


class RecordingClient:
    """An HTTP client that records every exchange and sends at most `rate` requests a second.

    Args:
        base_url: Of the API, without a slash at its end.
        rate: Requests a second.

    Attributes:
        http: The client; the library sends through it too.
        exchanges: All of them, oldest first.
    """

    def __init__(self, base_url: str, rate: float) -> None:
        self.base_url, self._interval, self._next = base_url, 1 / rate, clock.now()
        self.exchanges: list[Exchange] = []
        self.http = httpx.Client(
            limits=httpx.Limits(max_connections=1),
            mounts=LOOPBACK_NO_PROXY,
            timeout=_STEP_TIMEOUT,
            # Bodies are recorded as they are sent, so they must not be compressed.
            headers={"User-Agent": f"gptimage2-video/{__version__} contract", "Accept-Encoding": "identity"},
            event_hooks={"request": [self._on_request], "response": [self._on_response]},
        )

    def send(self, method: str, path: str, *, key: str | None, content: bytes | None = None) -> Exchange:
        """Send a request; a failure is in the exchange. No redirect is followed, as the key would be sent along."""
        headers = {"Accept": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            with self.http.stream(method, self.base_url + path, headers=headers, content=content) as response:
                for _ in response.iter_raw():
                    if len(self.exchanges[-1].response_body) >= MAX_BODY_BYTES:
                        break
        except httpx.HTTPError as error:
            self.exchanges[-1].failure = str(error) or type(error).__name__
            self.exchanges[-1].nothing_sent = not FAILURES.maybe_sent(error)
        exchange = self.exchanges[-1]
        _LOG.debug("%s %s%s: %s", method, self.base_url, path, exchange.failure or exchange.status)
        return exchange

    def _on_request(self, request: httpx.Request) -> None:
        delay = self._next - clock.now()
        if delay > 0:
            clock.sleep(delay)
        self._next = clock.now() + self._interval
        path = request.url.raw_path.decode().removeprefix(urlsplit(self.base_url).path)
        self.exchanges.append(Exchange(request.method, path, request.content))

    def _on_response(self, response: httpx.Response) -> None:
        exchange = self.exchanges[-1]
        exchange.status, exchange.headers = response.status_code, response.headers
        assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101  as of every sync client
        response.stream = _RecordingStream(response.stream, exchange)


class Redactor:
    """Removes the key, and what could control a terminal or break XML, from all output."""

    def __init__(self, key: str) -> None:
        self._spellings = {key, json.dumps(key)[1:-1], quote(key), quote(key, safe="")}

    def __call__(self, value: Any) -> Any:
        """The value with every text in it redacted."""
        if isinstance(value, str):
            for spelling in self._spellings:
                value = value.replace(spelling, "<the key>")
            return strip_control(value)
        if isinstance(value, dict):
            return {name: self(item) for name, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
        return [self(item) for item in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def _preview(body: bytes | bytearray) -> str:
    text = body.decode("utf-8", "replace")
    return text if len(text) <= PREVIEW_CHARS else f"{text[:PREVIEW_CHARS]}..."
