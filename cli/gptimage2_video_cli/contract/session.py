"""What the probes of a run share: requests, and the validation of every response."""

import json
from dataclasses import dataclass
from typing import Any, Final

from . import clock
from .findings import RunResult
from .recording_client import Exchange, RecordingClient
from .responses import validate_response
from .schemas import Spec

_MAX_RETRIES: Final = 3
_MAX_DELAY: Final = 60.0  # seconds; a longer Retry-After is cut


class RunAborted(Exception):
    """The run has ended early; `exit_code` is that of a run without findings."""

    def __init__(self, reason: str, exit_code: int = 1) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


@dataclass
class Session:
    """The state of one run."""

    spec: Spec
    client: RecordingClient
    result: RunResult
    key: str
    _validated: int = 0

    def request(self, method: str, path: str, *, key: str | None, body: Any = None) -> Exchange:
        """Send a request and validate the response; a 429 is retried a few times. A body of bytes is sent as it is.

        Raises:
            RunAborted: There was no response.
        """
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        exchange = self._send(method, path, key, content)
        for _ in range(_MAX_RETRIES):
            if exchange.status == 429:
                retry_after = exchange.headers.get("retry-after", "")
                clock.sleep(min(float(retry_after) if retry_after.isdecimal() else 1.0, _MAX_DELAY))
                exchange = self._send(method, path, key, content)
        if exchange.nothing_sent or (method == "GET" and exchange.status is None):
            raise RunAborted(f"no response from {self.client.base_url} ({exchange.failure})", 4)
        return exchange

    def _send(self, method: str, path: str, key: str | None, content: bytes | None) -> Exchange:
        exchange = self.client.send(method, path, key=key, content=content)
        self.validate_new_responses()
        return exchange

    def validate_new_responses(self) -> None:
        """Validate every response that was not validated yet, those to the library included."""
        while self._validated < len(self.client.exchanges):
            validate_response(self.client.exchanges[self._validated], self.spec, self.result, self.client.base_url)
            self._validated += 1
