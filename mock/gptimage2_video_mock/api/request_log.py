"""The request log: the last requests to the API and the CDN with their replies."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_REQUESTS = 1000
MAX_BODY = 65536  # bytes


@dataclass(slots=True)
class RequestRecord:
    """One request as it arrived, and the reply to it.

    Attributes:
        side: `api`, or `cdn` for the one that serves the videos.
        method: such as `POST`.
        path: as it stood in the request line, with its query.
        headers: as received, the key included; names in any case.
        body: its first 64 KiB.
        scenario: the name of the scenario, `reference` for the plain API.
        status: of the reply; None as long as there is none, and for good where the connection was cut without one.
        number: counts the requests of a server; 0 until the record is in a log.
        reply_headers: of the reply; None where a fault wrote bytes of its own, or nothing.
        reply_body: what was sent of the reply's body, its first 64 KiB; of a fault's own bytes, all of it.
        ending: how the connection ended where that was no good end, in words; else empty.
    """

    side: Literal["api", "cdn"]
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    scenario: str
    status: int | None = None
    number: int = 0
    reply_headers: Mapping[str, str] | None = None
    reply_body: bytes = b""
    ending: str = ""

    def request_text(self, headers: Mapping[str, str]) -> str:
        """The request as text, with these headers in place of its own, which hold the key."""
        return _message(f"{self.method} {self.path} HTTP/1.1", headers, self.body)

    def reply_text(self) -> str:
        """The reply as text, as far as it was sent; empty where nothing was."""
        if self.reply_headers is None or self.status is None:
            head, between, body = self.reply_body.partition(b"\r\n\r\n")
            return head.decode("utf-8", "replace").replace("\r\n", "\n") + ("\n\n" + _text(body) if between else "")
        return _message(f"HTTP/1.1 {self.status} {_reason(self.status)}", self.reply_headers, self.reply_body)


class RequestLog:
    """The last 1000 requests. Adding and reading are safe from any thread.

    `count` tells how many there have been, those that were forgotten too.
    """

    def __init__(self) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=MAX_REQUESTS)
        self.count = 0

    def add(self, record: RequestRecord) -> None:
        """Add one, and number it; its status and its reply may still be set later."""
        self.count += 1
        record.number = self.count
        self._records.append(record)

    def records(self) -> list[RequestRecord]:
        """The records, oldest first."""
        return list(self._records.copy())  # copied at once, because others may be adding

    def clear(self) -> None:
        """Forget them all. Numbers go on, so that none ever means another request."""
        self._records.clear()


def _message(first: str, headers: Mapping[str, str], body: bytes) -> str:
    return "\n".join([first, *(f"{name}: {value}" for name, value in headers.items()), "", _text(body)])


def _text(body: bytes) -> str:
    cut = "\n(the rest is not kept)" if len(body) == MAX_BODY else ""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    return f"({len(body):,} bytes that are no text){cut}" if "\0" in text else text + cut


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # 520, 529: of a gateway's own making
        return ""
