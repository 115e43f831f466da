"""The logger `gptimage2_video`: a line for each request, at level DEBUG.

The key is in no line, as neither a request nor a response holds it; of a URL the query is left out, as it may be what
opens a video.
"""

import logging
from typing import Final

from gptimage2_video.effects import HttpRequest, HttpResponse, HttpResult, TransportFailure

LOG: Final = logging.getLogger("gptimage2_video")
LOG.addHandler(logging.NullHandler())


def log_exchange(request: HttpRequest, response: HttpResult, seconds: float) -> None:
    """Log one request with what came back, and how long it took."""
    if LOG.isEnabledFor(logging.DEBUG):
        reason = f" ({response.message})" if isinstance(response, TransportFailure) else ""
        url = request.url.partition("?")[0]
        LOG.debug("%s %s: %s after %.2f s%s", request.method, url, _outcome(response), seconds, reason)


def _outcome(response: HttpResult) -> str:
    if isinstance(response, HttpResponse):
        return str(response.status)
    if not response.maybe_sent:
        return "not sent"
    return f"{response.partial.status}, incomplete" if response.partial else "no response"
