"""The logger `gptimage2_video`: a line for each request, at level DEBUG.

The key is in no line, as neither a request nor a response holds it; of a URL the query is left out, as it may be what
opens a video.
"""

import logging
from typing import Final

from gptimage2_video.effects import HttpRequest, HttpResult, TransportFailure

LOG: Final = logging.getLogger("gptimage2_video")
LOG.addHandler(logging.NullHandler())


def log_exchange(request: HttpRequest, result: HttpResult, seconds: float) -> None:
    """Log one request with what came back, and how long it took."""
    if LOG.isEnabledFor(logging.DEBUG):
        url, reason, outcome = request.url.partition("?")[0], "", ""
        if isinstance(result, TransportFailure):
            incomplete = f"{result.partial.status}, incomplete" if result.partial else "no response"
            reason, outcome = f" ({result.message})", incomplete if result.maybe_sent else "not sent"
        else:
            outcome = str(result.status)
        LOG.debug("%s %s: %s after %.2f s%s", request.method, url, outcome, seconds, reason)
