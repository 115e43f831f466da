"""What was sent and what came back, a line for each request, for whoever looks on.

Lives here: the logger `gptimage2_video` and its line. Not here: what decides anything; a log is never read back. The
key is in no line, as neither a `Send` nor a `Reply` holds it; of a video its query is left out, as it may be what opens
it.
"""

import logging
from typing import Final

from gptimage2_video.flow.requests import Fault, Reply, Send

LOG: Final = logging.getLogger("gptimage2_video")
LOG.addHandler(logging.NullHandler())


def exchanged(send: Send, answer: Reply | Fault, seconds: float) -> None:
    """Log one request at level DEBUG; `seconds` is how long it took."""
    if LOG.isEnabledFor(logging.DEBUG):
        reason = f" ({answer.reason})" if isinstance(answer, Fault) else ""
        LOG.debug("%s %s: %s after %.2f s%s", send.method, send.url.partition("?")[0], _came(answer), seconds, reason)


def _came(answer: Reply | Fault) -> str:
    if isinstance(answer, Reply):
        return str(answer.status)
    if not answer.sent:
        return "not sent"
    return f"{answer.partial.status}, not whole" if answer.partial else "no reply"
