"""One run: the free probes, then the paid ones as far as the budget goes."""

from collections.abc import Sequence

from gptimage2_video import VideoClient

from .free_probes import run_free_probes
from .paid_probes import PaidProbes
from .plan import PlannedRequest
from .session import RunAborted, Session


def run(
    session: Session, client: VideoClient, requests: Sequence[PlannedRequest], max_credits: int, timeout: float
) -> int:
    """Send the probes; what they show is in the session's result.

    Returns:
        The exit code of a run without findings: 0, 3 the key is refused, 4 no response.
    """
    try:
        run_free_probes(session)
        if max_credits:
            PaidProbes(session, client, requests, max_credits, timeout).run()
    except RunAborted as aborted:
        session.result.abort_reason = str(aborted)
        return aborted.exit_code
    finally:
        session.validate_new_responses()
    return 0
