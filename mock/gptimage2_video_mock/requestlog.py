"""What the server was asked: the last requests of both its sides, for tests to look at."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT_REQUESTS = 1000
KEPT_BODY = 65536  # bytes


@dataclass(slots=True)
class RequestRecord:
    """One request as it arrived.

    Attributes:
        side: `api`, or `cdn` for the one that serves the videos.
        method: such as `POST`.
        path: as it stood in the request line, with its query.
        headers: as received, the key included; names in any case.
        body: its first 64 KiB.
        scenario: the name of the scenario, `reference` for the plain API.
        status: of the reply; None as long as there is none, and for good where the connection was cut without one.
    """

    side: Literal["api", "cdn"]
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    scenario: str
    status: int | None = None


class RequestLog:
    """The last 1000 requests. Adding and reading are safe from any thread."""

    def __init__(self) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=KEPT_REQUESTS)

    def add(self, record: RequestRecord) -> None:
        """Add one; its status may still be set later."""
        self._records.append(record)

    def records(self) -> list[RequestRecord]:
        """The records, oldest first."""
        return list(self._records.copy())  # copied at once, because others may be adding

    def clear(self) -> None:
        """Forget them all."""
        self._records.clear()
