"""The seam to the generated code: requests are built with it; and the values that a conversation yields and receives.

Lives here: `Send`, `Sleep`, `Recall`, `Reply`, `Fault`, the two requests, and what may be used as key and base URL. Not
here: the fourth thing to do (`record`), sending (`engine`), reading replies (`replies`), when to send again (`flow`).
"""

import json
import warnings
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

from gptimage2_video_api.api.tasks import get_task
from gptimage2_video_api.api.video import generate_video
from gptimage2_video_api.models.image_to_video_request import ImageToVideoRequest
from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest

from . import errors
from .form import IMAGE, Violation
from .pace import DurationEstimate
from .record import SubmissionRecord

# A snapshot is a few kilobytes; a body that does not end must not fill the memory.
MAX_BODY_BYTES: Final = 8 * 1024 * 1024
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class Sink(Protocol):
    """Where the body of one reply goes, chunk by chunk."""

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """A reply has begun; header names are in lower case. Says whether its body is wanted."""
        ...

    def write(self, chunk: bytes) -> bool:
        """The next piece of its body. Says whether more may come."""
        ...


class Memory:
    """A sink for bodies that are read whole, up to MAX_BODY_BYTES."""

    def __init__(self) -> None:
        self.body = bytearray()

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Every body is wanted that is not packed twice, of which a few bytes could unfold to fill the memory."""
        return "," not in headers.get("content-encoding", "")

    def write(self, chunk: bytes) -> bool:
        """Keep a piece."""
        self.body += chunk
        return len(self.body) <= MAX_BODY_BYTES


@dataclass(frozen=True, slots=True)
class Send:
    """To do: one request.

    Attributes:
        timeout: Seconds for each step: connecting, writing, each read.
        whole: Seconds for the whole body of the reply; None for no limit but that of the steps.
        authorized: Whether the key goes along, which only the engine has.
        sink: Where the body of the reply goes.
    """

    method: str
    url: str
    timeout: float
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content: bytes | None = None
    authorized: bool = True
    whole: float | None = None
    sink: Sink = field(default_factory=Memory)


@dataclass(frozen=True, slots=True)
class Sleep:
    """To do: nothing, for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Recall:
    """To do: find the pace of tasks of one kind."""

    key: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Came back: an answer, whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Fault:
    """Came back: no answer, or not the whole of it.

    Attributes:
        sent: Whether the request may have reached the service.
        reason: What happened, in words.
        partial: The reply as far as it came; None where not even its status did.
    """

    sent: bool
    reason: str
    partial: Reply | None = None


T = TypeVar("T")
Todo: TypeAlias = Send | Sleep | SubmissionRecord | Recall
Answer: TypeAlias = Reply | Fault | DurationEstimate | None
Conversation: TypeAlias = Generator[Todo, Answer, T]


def answered(answer: Answer) -> Reply | Fault:
    """What came back for a `Send`."""
    assert isinstance(answer, Reply | Fault)  # noqa: S101  a driver answers a Send, and nothing else, with one of these
    return answer


def recalled(key: str) -> Conversation[DurationEstimate]:
    """The pace of tasks of one kind; one that knows nothing yet where what is kept cannot be read."""
    try:
        pace = yield Recall(key)
    except errors.JournalFailed:
        return DurationEstimate(key)
    assert isinstance(pace, DurationEstimate)  # noqa: S101  a driver answers a Recall, and nothing else, with one
    return pace


def noted(record: SubmissionRecord) -> Conversation[None]:
    """Have something written down that has happened already: where that fails, it is told and the work goes on."""
    try:
        yield record
    except errors.JournalFailed as problem:
        warnings.warn(str(problem), errors.JournalWarning, stacklevel=2)


def submission(base_url: str, body: Mapping[str, Any], timeout: float) -> Send:
    """The request that submits a task."""
    kind = ImageToVideoRequest if body["inputMode"] == IMAGE else TextToVideoRequest
    parts = generate_video._get_kwargs(body=kind.from_dict(body))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return _send(base_url, parts, timeout)


def lookup(base_url: str, task_id: str, timeout: float) -> Send:
    """The request that reads a task."""
    return _send(base_url, get_task._get_kwargs(task_id), timeout)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _send(base_url: str, parts: Mapping[str, Any], timeout: float) -> Send:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", **parts.get("headers", {})}
    content = json.dumps(parts["json"]).encode() if "json" in parts else None
    return Send(parts["method"].upper(), base_url + parts["url"], timeout, headers, content, whole=timeout)


def usable_key(key: str | None) -> str:
    """The key, where it can go into a header. Raises InvalidRequest, whose sentence never shows it."""
    if not key:
        raise setting("api_key", "there is no API key; set GPTIMAGE2_API_KEY (or api_key, in Python)")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise setting(
            "api_key", "the API key has white space, a line break or another unfit character in it; copy it again"
        )
    return key


def usable_base_url(url: str, *, allow_plain_http: bool) -> str:
    """The base URL without a slash at its end; a path prefix is kept. Raises InvalidRequest."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as problem:
        raise setting("base_url", f"the base URL cannot be read: {problem}") from None
    if parts.scheme not in ("http", "https") or not host or any(c <= " " or c == "\x7f" for c in url):
        raise setting("base_url", f"the base URL {url!r} is not a web address; write it like https://gptimage2api.org")
    if parts.username is not None or parts.query or parts.fragment:
        raise setting("base_url", "the base URL may have a path, but no user name, query or fragment")
    if parts.scheme == "http" and host not in LOOPBACK and not allow_plain_http:
        raise setting("base_url", f"the key would go to {host} unencrypted; use https, or allow plain http")
    return url.rstrip("/")


def setting(name: str, message: str) -> errors.InvalidRequest:
    """The error of a setting that cannot be used."""
    return errors.InvalidRequest([Violation("setting", name, message)])
