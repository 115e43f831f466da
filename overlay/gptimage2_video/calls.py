"""What both clients share: settings, and which conversation stands behind each call.

Lives here: the environment, and the way from a caller's arguments to a conversation. Not here: the driving (`client`,
`async_client`), and any decision about a request, a reply or a repetition (`flow`).
"""

import os
import warnings
from copy import copy
from pathlib import Path
from typing import Final, Self, cast

from . import __version__, clock
from .download import download
from .errors import VideoRequestWarning
from .flow import Flow
from .form import Request
from .looks import OnUpdate
from .pace import EstimateStore, InMemoryEstimates
from .poll_budget import PollRateLimiter
from .pricing import Budget
from .record import Recorder, Unrecorded
from .request import PreparedRequest, RequestOptions, prepare
from .schedule import Deadline, Polling
from .sinks import OnProgress, Part
from .task import Task, TaskStatus
from .wire import Conversation, setting, usable_base_url, usable_key

DEFAULT_BASE_URL: Final = "https://gptimage2api.org"
USER_AGENT: Final = f"gptimage2-video/{__version__}"


class Calls:
    """The calls of a client, each as the conversation that it is. Arguments are checked before one begins."""

    def __init__(
        self,
        base_url: str | None,
        max_credits: int | None,
        request_timeout: float,
        poll_interval: float,
        adaptive_polling: bool,
        poll_rate_limiter: PollRateLimiter | None,
        allow_unknown_price: bool,
        allow_plain_http: bool,
        journal: Recorder | None,
    ) -> None:
        where = base_url or os.environ.get("GPTIMAGE2_BASE_URL") or DEFAULT_BASE_URL
        for name, seconds in (("request_timeout", request_timeout), ("poll_interval", poll_interval)):
            if not seconds > 0:
                raise setting(name, f"{name} must be a number of seconds above 0, not {seconds!r}")
        self._flow = Flow(
            usable_base_url(where, allow_plain_http=allow_plain_http),
            clock.now,
            Budget(max_credits, allow_unknown=allow_unknown_price),
            request_timeout,
            Polling(interval=poll_interval, adaptive=adaptive_polling),
            poll_rate_limiter=poll_rate_limiter,
        )
        self._keep(journal)

    def __repr__(self) -> str:
        flow = self._flow
        return f"{type(self).__name__}(base_url={flow.base_url!r}, max_credits={flow.budget.limit})"

    def with_journal(self, journal: Recorder) -> Self:
        """This client once more, with another journal. All else is shared, so that closing one closes both."""
        other = copy(self)
        other._keep(journal)  # noqa: SLF001  (it is one of these)
        return other

    @property
    def base_url(self) -> str:
        """Where the API is, without a slash at its end."""
        return self._flow.base_url

    @property
    def credits_committed(self) -> int:
        """Credits that this client has reserved or spent, less what was refunded."""
        return self._flow.budget.committed

    def _keep(self, journal: Recorder | None) -> None:
        self._journal = journal or Unrecorded()
        self._paces = journal if isinstance(journal, EstimateStore) else InMemoryEstimates()

    def _generating(
        self,
        request: Request | PreparedRequest | str,
        options: RequestOptions,
        timeout: float | None,
        on_update: OnUpdate,
        part: Part | None,
    ) -> Conversation[Task]:
        return self._flow.generate(_prepared(request, options), self._deadline(timeout), on_update=on_update, part=part)

    def _submitting(
        self, request: Request | PreparedRequest | str, options: RequestOptions, timeout: float | None
    ) -> Conversation[Task]:
        return self._flow.submit(_prepared(request, options), self._deadline(timeout))

    def _getting(self, task: Task | str) -> Conversation[Task]:
        return self._flow.get(_known(task).id)

    def _waiting(
        self, task: Task | str, timeout: float | None, on_update: OnUpdate, part: Part | None
    ) -> Conversation[Task]:
        return self._flow.wait(_known(task), self._deadline(timeout), on_update=on_update, part=part)

    def _downloading(self, task: Task | str, part: Part) -> Conversation[Task]:
        is_url = isinstance(task, str) and task.startswith(("https://", "http://"))
        video = Task("", TaskStatus.COMPLETED, video_url=str(task)) if is_url else _known(task)
        return download(self._flow, video, part)

    def _deadline(self, timeout: float | None) -> Deadline:
        return Deadline(self._flow.clock, timeout)


def key_from(given: str | None) -> str:
    """The key that was given, or that of the environment. Raises InvalidRequest where neither is usable."""
    return usable_key(given or os.environ.get("GPTIMAGE2_API_KEY"))


def part_for(path: str | os.PathLike[str] | None, overwrite: bool, on_progress: OnProgress) -> Part | None:
    """Where the video will land; None where nowhere. Raises InvalidRequest where it cannot."""
    return None if path is None else Part(Path(path), overwrite=overwrite, on_progress=on_progress)


def saved(task: Task) -> Path:
    """The path of a task that was saved."""
    return cast("Path", task.path)


def _known(task: Task | str) -> Task:
    known = Task(task, TaskStatus.PENDING) if isinstance(task, str) else task
    if not known.id.strip():
        raise setting("task", "there is no task id; give the id that the submission told")
    return known


def _prepared(request: Request | PreparedRequest | str, options: RequestOptions) -> PreparedRequest:
    """The request, prepared; the warnings of one that is prepared only now are issued."""
    prepared = prepare(request, **options)
    if prepared is not request:
        for violation in prepared.warnings:
            warnings.warn(violation.message, VideoRequestWarning, stacklevel=4)
    return prepared
