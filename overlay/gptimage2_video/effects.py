"""What a flow asks its driver for, and what it gets back: plain values, the ground floor of the library."""

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

# A snapshot is a few kilobytes; a body without end must not fill the memory.
MAX_BODY_BYTES: Final = 8 * 1024 * 1024

T = TypeVar("T")


class Effect:
    """Something that a flow yields for its driver to do: one of those below, or a `SubmissionRecord` to write."""

    __slots__ = ()


# A flow decides order, retries and money, and does no I/O: it yields effects, and is sent the result of each.
Flow: TypeAlias = Generator[Effect, object, T]


class BodySink:
    """Where the body of one response goes, chunk by chunk: into memory, and where a subclass brings it."""

    flush_due = False  # whether `flush` is to be called before the next chunk

    def __init__(self) -> None:
        self.body = bytearray()

    def start(self, status: int, headers: Mapping[str, str]) -> bool:
        """Begin a response; header names are in lower case. Returns whether its body is wanted."""
        # Of one that is compressed twice, a few bytes could unfold to fill the memory.
        return "," not in headers.get("content-encoding", "")

    def write(self, chunk: bytes) -> bool:
        """Take the next chunk, without blocking. Returns whether more may come."""
        self.body += chunk
        return len(self.body) <= MAX_BODY_BYTES

    def flush(self) -> None:
        """Bring the chunks to where they belong. May block."""


@dataclass(frozen=True, slots=True)
class HttpRequest(Effect):
    """Send one request. The result is an `HttpResponse` or a `TransportFailure`.

    `timeout` is in seconds for each step (connect, write, each read), `total_timeout` for the whole body. The key goes
    along where it is `authenticated`. The body goes to the `sink`, else into the response. `task_id` is for the log.
    """

    method: str
    url: str
    timeout: float
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content: bytes | None = None
    authenticated: bool = True
    total_timeout: float = math.inf
    sink: BodySink | None = None
    task_id: str | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A whole response. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class TransportFailure:
    """No response, or not the whole of it.

    `maybe_sent` tells whether the request may have reached the service, `message` what happened; `partial` is the
    response as far as it came, None where not even its status did.
    """

    maybe_sent: bool
    message: str
    partial: HttpResponse | None = None


HttpResult: TypeAlias = HttpResponse | TransportFailure


@dataclass(frozen=True, slots=True)
class Sleep(Effect):
    """Wait for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class BlockingCall(Effect):
    """Run what blocks: probe, commit or discard a part file, read the journal. The async driver does so in a thread."""

    run: Callable[[], object]
