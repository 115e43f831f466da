"""What the probes of a run share: requests, and the check of every response."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gptimage2_video import Journal

from . import clock
from .findings import RunResult
from .recording_client import Authorization, Exchange, RecordingClient
from .responses import check_response
from .schemas import Spec

SUBMIT: Final = "/api/ai/video/generate"
UNKNOWN_TASK: Final = "/api/ai/tasks/tsk_00000000000000000000000000"
_MAX_RETRIES: Final = 3
_MAX_DELAY: Final = 60.0  # seconds; a longer Retry-After is cut


class RunAborted(Exception):
    """The run has ended early; `exit_code` is that of a run without findings."""

    def __init__(self, reason: str, exit_code: int = 1) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


@dataclass
class Session:
    """The state of one run.

    Attributes:
        other_key: Of another account; empty where there is none.
        poor_key: Of an account with too few credits; empty where there is none.
        journal: Where submissions are written down; None for nowhere.
        empty_prompt_refusal: The refusal of nothing but an empty prompt, as soon as there is one.
    """

    spec: Spec
    client: RecordingClient
    result: RunResult
    key: str
    other_key: str = ""
    poor_key: str = ""
    journal: Journal | None = None
    empty_prompt_refusal: Exchange | None = None

    @property
    def authorization(self) -> Authorization:
        """Of the account that is tested."""
        return Authorization.bearer(self.key)

    def request(
        self,
        method: str,
        path: str,
        *,
        authorization: Authorization,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        description: str = "",
    ) -> Exchange:
        """Send a request and check the response; a 429 is retried a few times. A body of bytes is sent as it is.

        Raises:
            NotAdmitted: The guard does not let it through.
            RunAborted: There was no response.
        """
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        options: dict[str, Any] = {"content": content, "headers": headers, "description": description}
        exchange = self._send(method, path, authorization, options)
        for _ in range(_MAX_RETRIES):
            if exchange.status == 429:
                retry_after = exchange.headers.get("retry-after", "")
                clock.sleep(min(float(retry_after) if retry_after.isdecimal() else 1.0, _MAX_DELAY))
                exchange = self._send(method, path, authorization, options)
        if exchange.nothing_sent or (method == "GET" and exchange.status is None):
            raise RunAborted(f"no response from {self.client.base_url} ({exchange.failure})", 4)
        return exchange

    def _send(self, method: str, path: str, authorization: Authorization, options: Mapping[str, Any]) -> Exchange:
        exchange = self.client.send(method, path, authorization=authorization, **options)
        check_response(exchange, self.spec, self.result)
        return exchange
