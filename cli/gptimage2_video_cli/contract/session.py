"""One run: asking, holding what comes back to the spec, and the order of things.

Lives here: what probes and submissions share, and `run`. Not here: what is asked (`probes`, `submissions`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from gptimage2_video import VideoClient

from . import clock
from .findings import Book
from .plan import Row
from .recording_client import Exchange, RecordingClient
from .responses import hold
from .schemas import Spec

_REPEATS: Final = 3
_LONGEST_PAUSE: Final = 60.0  # seconds; a longer Retry-After is obeyed only so far


class Ended(Exception):
    """The run has ended before its time.

    Attributes:
        code: The exit code where nothing was found.
    """

    def __init__(self, reason: str, code: int = 1) -> None:
        super().__init__(reason)
        self.code = code


@dataclass
class Session:
    """What the parts of a run share."""

    spec: Spec
    recorder: RecordingClient
    book: Book
    key: str
    _held: int = 0

    def ask(self, method: str, path: str, *, key: str | None, body: Any = None) -> Exchange:
        """One request, and its reply held to the spec; 429 is given a few tries. A body of bytes goes as it is.

        Raises:
            Ended: Nobody is there.
        """
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        exchange = self._send(method, path, key, content)
        for _ in range(_REPEATS):
            if exchange.status == 429:
                asked = exchange.headers.get("retry-after", "")
                clock.pause(min(float(asked) if asked.isdecimal() else 1.0, _LONGEST_PAUSE))
                exchange = self._send(method, path, key, content)
        if exchange.never_sent or (method == "GET" and exchange.status is None):
            raise Ended(f"nobody answers at {self.recorder.base_url} ({exchange.fault})", 4)
        return exchange

    def _send(self, method: str, path: str, key: str | None, content: bytes | None) -> Exchange:
        exchange = self.recorder.send(method, path, key=key, content=content)
        self.hold_new()
        return exchange

    def hold_new(self) -> None:
        """Hold every reply to the spec that has not been held yet, the library's included."""
        while self._held < len(self.recorder.exchanges):
            hold(self.recorder.exchanges[self._held], self.spec, self.book, self.recorder.base_url)
            self._held += 1


def run(session: Session, client: VideoClient, rows: Sequence[Row], max_credits: int, timeout: float) -> int:
    """Probe, then submit as far as the budget goes. What was learnt is in the books.

    Returns:
        The exit code where nothing was found: 0, 3 the key is refused, 4 nobody answers.
    """
    from .free_probes import probe
    from .paid_probes import Submissions

    try:
        probe(session)
        if max_credits:
            Submissions(session, client, rows, max_credits, timeout).run()
    except Ended as end:
        session.book.stopped = str(end)
        return end.code
    finally:
        session.hold_new()
    return 0
