"""The HTTP client of a run: guarded, rate-limited, and every exchange is recorded."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import httpx

from gptimage2_video import __version__
from gptimage2_video.transport.httpx import FAILURES, default_client
from gptimage2_video_cli.console.output import strip_control

from . import clock
from .guard import Guard, PaidRequest, as_list, as_object

_LOG: Final = logging.getLogger("gptimage2_video")  # as the library logs its own requests
MAX_BODY_BYTES: Final = 256 * 1024
PREVIEW_CHARS: Final = 500
_LONGEST: Final = 60.0  # seconds, until a response has ended


class Authorization(NamedTuple):
    """A header, and the same for people: as a shell writes it that has the key in a variable."""

    value: str
    shown: str

    @classmethod
    def bearer(cls, key: str, variable: str = "GPTIMAGE2_API_KEY") -> "Authorization":
        """The usual one."""
        return cls(f"Bearer {key}", f"Bearer ${variable}")


NO_KEY: Final = Authorization("", "")


@dataclass
class Exchange:
    """One request, and its response as far as it came.

    Attributes:
        path: Without the base URL; of a video, the whole URL.
        status: None where there was no response.
        received: How many bytes of the body came; `response_body` has the first of them.
        failure: Why there was none, or why it is incomplete; empty where it is complete.
        nothing_sent: Whether there was no connection to send it over.
        submission: What the guard reserved; None where it is no submission.
    """

    method: str
    path: str
    url: str = ""
    authorization: Authorization = NO_KEY
    request_body: bytes = b""
    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers, repr=False)
    response_body: bytearray = field(default_factory=bytearray)
    received: int = 0
    failure: str = ""
    nothing_sent: bool = False
    submission: PaidRequest | None = None

    @property
    def is_truncated(self) -> bool:
        """Whether the response is incomplete."""
        header = self.headers.get("content-length", "0")
        length = int(header) if header.isdecimal() and self.method != "HEAD" else 0
        return bool(self.failure) or self.received < length

    @property
    def content_type(self) -> str:
        """The media type of the response, in lower case, without parameters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def body(self) -> Any:
        """The response's body where it is JSON, else None; half a surrogate pair, which no UTF-8 has, becomes a ?."""
        try:
            value = json.loads(self.response_body.decode())
            if b"\\ud" in self.response_body.lower():
                value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return None
        return value

    @property
    def fields(self) -> dict[str, Any]:
        """The response's body where it is a JSON object, else an empty one."""
        return as_object(self.body)

    @property
    def curl(self) -> str:
        """The request as a command; the key is a variable."""
        parts = ["curl", "-i", *(() if self.method == "GET" else ("-X", self.method)), _shell_word(self.url)]
        if self.authorization.value:
            parts += ["-H", f'"Authorization: {self.authorization.shown}"']
        if self.request_body:
            body = _shell_word(_preview(self.request_body))
            parts += ["-H", "'Content-Type: application/json'", "--data-binary", body]
        return " ".join(parts)

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


class RecordingClient:
    """Sends at most `rate` requests a second, those that the guard lets through, and records every exchange.

    No redirect is followed, as the key would be sent along.

    Args:
        base_url: Of the API, without a slash at its end.
        rate: Requests a second.
        timeout: Seconds for each step of a request.

    Attributes:
        exchanges: All of them, oldest first.
    """

    def __init__(self, base_url: str, rate: float, guard: Guard, timeout: float = 30.0) -> None:
        self.base_url, self.guard, self._interval, self._next = base_url, guard, 1 / rate, clock.now()
        self.exchanges: list[Exchange] = []
        user_agent = f"gptimage2-video/{__version__} contract"
        self.http = default_client(httpx.Client, user_agent, limits=httpx.Limits(max_connections=1))
        self.http.timeout = httpx.Timeout(timeout)
        self.http.headers["Accept-Encoding"] = "identity"  # bodies are recorded as they are sent, so uncompressed

    def send(
        self,
        method: str,
        path: str,
        *,
        authorization: Authorization,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        description: str = "",
    ) -> Exchange:
        """Send a request; a failure is in the exchange. A path with a scheme is a URL of its own.

        Raises:
            NotAdmitted: The guard does not let it through; nothing was sent.
        """
        url = path if "://" in path else self.base_url + path
        submission = self.guard.admit(method, content, description)
        exchange = Exchange(method, path, url, authorization, content, nothing_sent=True, submission=submission)
        sent = {"Accept": "application/json", **(headers or {})}
        if authorization.value:
            sent["Authorization"] = authorization.value
        if content:
            sent.setdefault("Content-Type", "application/json")
        try:
            self._wait_for_turn()
            self.exchanges.append(exchange)
            exchange.nothing_sent = False
            with self.http.stream(method, url, headers=sent, content=content or None) as response:
                exchange.status, exchange.headers = response.status_code, response.headers
                self._read(response, exchange)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            exchange.failure = str(error) or type(error).__name__
            exchange.nothing_sent = isinstance(error, httpx.InvalidURL) or not FAILURES.maybe_sent(error)
        finally:
            if submission is not None:
                self.guard.settle(submission, exchange.status, exchange.fields, sent=not exchange.nothing_sent)
        _LOG.debug("%s %s: %s", method, url.partition("?")[0], exchange.failure or exchange.status)
        return exchange

    def _wait_for_turn(self) -> None:
        delay = self._next - clock.now()
        if delay > 0:
            clock.sleep(delay)
        self._next = clock.now() + self._interval

    @staticmethod
    def _read(response: httpx.Response, exchange: Exchange) -> None:
        """Read a body: of the API as much as a response can have, of a video all, and neither for ever."""
        deadline = clock.now() + _LONGEST
        for chunk in response.iter_raw():
            exchange.received += len(chunk)
            exchange.response_body += chunk[: MAX_BODY_BYTES - len(exchange.response_body)]
            if exchange.received > MAX_BODY_BYTES and "://" not in exchange.path:
                exchange.failure = f"more than {MAX_BODY_BYTES // 1024} KiB; aborted"
                return
            if clock.now() > deadline:
                exchange.failure = f"no end after {_LONGEST:g} s; aborted"
                return


class Redactor:
    """Removes the keys, and what could control a terminal or break XML, from all output."""

    def __init__(self, *keys: str) -> None:
        known = [key for key in keys if key]
        self._spellings = {it for key in known for it in (key, json.dumps(key)[1:-1], quote(key), quote(key, safe=""))}

    def __call__(self, value: Any) -> Any:
        """The value with every text in it redacted."""
        if isinstance(value, str):
            for spelling in self._spellings:
                value = value.replace(spelling, "<the key>")
            return strip_control(value)
        if isinstance(value, dict):
            return {name: self(item) for name, item in as_object(value).items()}
        return [self(item) for item in as_list(value)] if isinstance(value, list) else value


def _preview(body: bytes | bytearray) -> str:
    text = body.decode("utf-8", "replace")
    return text if len(text) <= PREVIEW_CHARS else f"{text[:PREVIEW_CHARS]}..."


def _shell_word(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
