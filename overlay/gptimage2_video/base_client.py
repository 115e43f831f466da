"""What both clients share: their settings, and what stands before each call."""

import os
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NoReturn, Self, TypedDict, Unpack

from . import __version__
from .arguments import check_arguments, unknown_name
from .budget import Budget
from .errors import VideoRequestWarning
from .fields import Request
from .flow.context import FlowContext
from .journal.record import Recorder
from .models import MODELS, Model
from .polling.estimate import adaptive_schedule
from .polling.rate_limiter import PollRateLimiter
from .polling.schedule import PollSchedule, fixed_schedule
from .request import PreparedRequest, RequestOptions, prepare
from .settings import DEFAULT_BASE_URL, invalid_setting, validate_api_key, validate_base_url
from .task import Task, TaskStatus
from .transport import clock
from .transport.fork import renew_after_fork


class ClientSettings(TypedDict, total=False):
    """The settings of a client, beside the key and what sends.

    Attributes:
        base_url: Where the API is; default: GPTIMAGE2_BASE_URL, else https://gptimage2api.org. A path prefix is kept.
        max_credits: The most that all tasks of this client may cost together, by quote and then by what was charged;
            default: None, no limit.
        request_timeout: Seconds that each step of a request may take: to connect, with name, TLS and proxy; to send; to
            read the head of the response; each read of its body. Default: 30.
        poll_interval: Minimum seconds between polls of a pending task; default: 2, which the documentation recommends.
        adaptive_polling: Whether polls are fewer where earlier tasks of the same model, duration and resolution say
            that no end is plausible; the journal tells how long they took, without one the client remembers. Default:
            True.
        poll_schedule: A schedule of your own: called with a `PollState` before each poll, it returns the seconds until
            then, above 0; default: None, `adaptive_schedule` or, without `adaptive_polling`, `fixed_schedule`.
        poll_rate_limiter: Polls per second of all clients with the same `PollRateLimiter`; default: None, no limit.
        allow_unknown_price: Whether a task without a known price may be sent although `max_credits` is set; default:
            False.
        models: The table that requests are checked and priced by, `MODELS | load_models("models.json")` with rows of
            your own; default: `MODELS`.
        allow_unknown_model: Whether a request for a model outside this table is sent, with a warning; default: False.
        allow_plain_http: Whether the key may go unencrypted to a host other than this machine; default: False.
        journal: Where every submission is written down before it is sent, and what became of it: `Journal()`, or a
            recorder of your own; default: None, nowhere.
    """

    base_url: str | None
    max_credits: int | None
    request_timeout: float
    poll_interval: float
    adaptive_polling: bool
    poll_schedule: PollSchedule | None
    poll_rate_limiter: PollRateLimiter | None
    allow_unknown_price: bool
    models: Mapping[str, Model]
    allow_unknown_model: bool
    allow_plain_http: bool
    journal: Recorder | None


class BaseClient:
    """What both clients share. Settings are checked when a client is made, and arguments before a call begins."""

    user_agent: Final = f"gptimage2-video/{__version__}"
    _stacklevel = 4  # of a warning about a request: the caller's line

    def __init__(self, **settings: Unpack[ClientSettings]) -> None:
        if unknown := settings.keys() - ClientSettings.__annotations__.keys():
            raise unknown_name("setting", unknown, ClientSettings.__annotations__)
        check_arguments(settings)
        url = settings.get("base_url") or os.environ.get("GPTIMAGE2_BASE_URL") or DEFAULT_BASE_URL
        url = validate_base_url(url, allow_plain_http=settings.get("allow_plain_http", False))
        timeout, interval = settings.get("request_timeout", 30.0), settings.get("poll_interval", 2.0)
        default_schedule = adaptive_schedule if settings.get("adaptive_polling", True) else fixed_schedule
        schedule = settings.get("poll_schedule") or default_schedule
        budget = Budget(settings.get("max_credits"), allow_unknown=settings.get("allow_unknown_price", False))
        self._models = settings.get("models", MODELS)
        self._allow_unknown_model = settings.get("allow_unknown_model", False)
        limiter = settings.get("poll_rate_limiter")
        renew_after_fork(budget, limiter)
        self._context = FlowContext(url, clock.now, budget, timeout, interval, schedule, limiter)
        self._use_journal(settings.get("journal"))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, max_credits={self._context.budget.limit})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled or copied: it holds connections and the key; make one in each "
            "process, and send task ids there"
        )

    def with_journal(self, journal: Recorder) -> Self:
        """This client once more, with another journal. All else is shared, so that closing one closes both."""
        check_arguments({"journal": journal})
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        other._use_journal(journal)
        return other

    @property
    def base_url(self) -> str:
        """Where the API is, without a slash at its end."""
        return self._context.base_url

    @property
    def credits_committed(self) -> int:
        """Credits that this client has reserved or spent, less what was refunded."""
        return self._context.budget.committed

    def _use_journal(self, journal: Recorder | None) -> None:
        self._journal = journal
        # A recorder of one's own need not have `durations`.
        self._context = replace(self._context, read_durations=getattr(journal, "durations", None))

    @staticmethod
    def _api_key(argument: str | None) -> str:
        check_arguments({"api_key": argument})
        return validate_api_key(argument or os.environ.get("GPTIMAGE2_API_KEY"))

    def _prepare(self, request: Request | PreparedRequest | str, options: RequestOptions) -> PreparedRequest:
        """The request, prepared; the warnings of one that is prepared only now are issued."""
        models, allow_unknown_model = self._models, self._allow_unknown_model
        prepared = prepare(request, models=models, allow_unknown_model=allow_unknown_model, **options)
        if prepared is not request:
            for violation in prepared.warnings:
                warnings.warn(violation.message, VideoRequestWarning, stacklevel=self._stacklevel)
        return prepared

    @staticmethod
    def _as_task(task: Task | str) -> Task:
        known = Task(task, TaskStatus.PENDING) if isinstance(task, str) else task
        if not known.id.strip():
            raise invalid_setting("task", "there is no task id; give the id that the submission returned")
        return known

    @classmethod
    def _as_video(cls, task: Task | str) -> Task:
        """As `_as_task`; the URL of a video is a completed task without an id."""
        is_url = isinstance(task, str) and task.startswith(("https://", "http://"))
        return Task("", TaskStatus.COMPLETED, video_url=str(task)) if is_url else cls._as_task(task)
