"""Everything that can go wrong, as one tree; each class says whether money may have moved.

    VideoClientError
      InvalidRequest (ValueError)   a rule is broken or a setting unusable; nothing was sent
      BudgetExceeded                it does not fit the budget; nothing was sent
      JournalFailed                 the journal cannot be written; nothing was sent
      APIError                      the service said no
        BadRequest                    400
        Unauthorized                  401
        InsufficientCredits           402
        Forbidden                     403
        TaskNotFound                  404 for a task
        RateLimited                   429
        ServerError                   5xx to a read; to a submission it is a SubmissionUncertain
      ConnectionFailed              no response; nothing was accepted
      UnexpectedReply               a response that is not what the contract says
      SubmissionUncertain           it may have been charged; never retried automatically
      TaskFailed                    the generation failed; its credits come back
      WaitTimeout                   still pending; it may succeed yet
      DownloadFailed                the video exists; download it again

Every error pickles and copies, and says in one sentence what happened and what to do.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from .task import Task, TaskStatus


class Violation(NamedTuple):
    """One thing that is wrong with a request, or hardly meant so; an error keeps it from being sent, a warning not.

    `code` is stable, for programs (`mode_not_offered`), `field` in wire names (`inputMode`; empty for the request as a
    whole), `message` for people: what is wrong and how to fix it.
    """

    code: str
    field: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return self.message


class VideoRequestWarning(UserWarning):
    """A request that is allowed but hardly meant so, or whose price is unknown."""


class JournalWarning(UserWarning):
    """The journal could not be written after a submission was sent. The work goes on; the journal may lag behind."""


class VideoClientError(Exception):
    """The root of the tree. Its sentence says what happened (`summary`) and what to do. `task_id`: None if unknown."""

    task_id: str | None = None

    def __init__(self, summary: str, advice: str = "") -> None:
        super().__init__(f"{summary}; {advice}" if advice else summary)
        self.summary = summary

    def __reduce__(self) -> tuple[Any, ...]:
        # The constructors take values, not the sentence, so a pickle restores the object without calling them.
        return type(self).__new__, (type(self), *self.args), vars(self)


class InvalidRequest(VideoClientError, ValueError):
    """A rule is broken, or a setting is unusable: the `violations`, as `check` reports them. Nothing was sent."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("; ".join(violation.message for violation in violations))
        self.violations = tuple(violations)


class BudgetExceeded(VideoClientError):
    """The task would exceed `max_credits`, or its price is unknown. Nothing was sent.

    `needed` is what it is quoted at (None: unknown), and `left` what is left of the budget, in credits.
    """

    def __init__(self, *, needed: int | None, left: int, note: str = "") -> None:
        if needed is None:
            summary = f"the price of this task is unknown ({note}) and {left} credits are left of the budget"
            way_out = "--allow-unknown-price (or allow_unknown_price, in Python)"
            super().__init__(summary, f"nothing was sent; choose what has a price, or allow an unknown one: {way_out}")
        else:
            summary = f"this task costs about {needed} credits and {left} are left of the budget"
            way_out = "--max-credits (or max_credits, in Python)"
            super().__init__(summary, f"nothing was sent; choose something cheaper, or raise the budget: {way_out}")
        self.needed, self.left = needed, left


class JournalFailed(VideoClientError):
    """The journal, a file at `path`, cannot be read or written. Raised by a call, it means that nothing was sent."""

    def __init__(self, reason: str, *, path: str) -> None:
        super().__init__(f"the journal {path} cannot be used: {reason}", "fix that, or name another file for it")
        self.path = path


class APIError(VideoClientError):
    """The service said no.

    `message` is the service's own words (empty: none), `body` parsed where it is JSON, else text. `retry_after` is in
    seconds; None where the service did not say when.
    """

    _meaning = "the API refused the request"
    _advice = ""

    def __init__(
        self,
        *,
        status: int,
        message: str = "",
        body: Any = None,
        request_id: str | None = None,
        task_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.status, self.message, self.body, self.request_id = status, message, body, request_id
        self.task_id, self.retry_after = task_id, retry_after
        advice = self._advice if retry_after is None else f"retry after {retry_after:g} s"
        task = f" for task {task_id}" if task_id else ""
        detail = f": {message}" if message else ""
        super().__init__(f"{self._meaning}{task} ({status}{detail})", advice)


class BadRequest(APIError):
    """400: the request is invalid. Nothing was charged.

    `field_errors` has the service's messages by the name of the field, `form_errors` those about the whole request.
    """

    def __init__(
        self, *, field_errors: Mapping[str, Sequence[str]] | None = None, form_errors: Sequence[str] = (), **more: Any
    ) -> None:
        self.field_errors = {name: tuple(messages) for name, messages in (field_errors or {}).items()}
        self.form_errors = tuple(form_errors)
        fields = (f"{name}: {', '.join(messages)}" for name, messages in self.field_errors.items())
        self._advice = "; ".join((*self.form_errors, *fields, "nothing was charged"))
        super().__init__(**more)


class Unauthorized(APIError):
    """401: the key is missing or invalid."""

    _meaning = "the API refused the key"
    _advice = "check GPTIMAGE2_API_KEY"


class InsufficientCredits(APIError):
    """402: the account has fewer credits than `required` (None: the service did not say). Nothing was charged."""

    def __init__(self, *, required: int | None = None, **more: Any) -> None:
        self.required = required
        need = "" if required is None else f"the task needs {required} credits; "
        self._advice = f"{need}nothing was charged"
        super().__init__(**more)


class Forbidden(APIError):
    """403: the key may not do this."""

    _advice = "this key may not do that"


class TaskNotFound(APIError):
    """404: no such task, or the task of another account."""

    _meaning = "task not found on this account"
    _advice = "check the id, and that the key is the one it was submitted with"


class RateLimited(APIError):
    """429: too many requests; retry after `retry_after` seconds. Nothing was accepted."""

    _meaning = "rate limited"
    _advice = "retry later"


class ServerError(APIError):
    """5xx to a read: the service is unavailable. Safe to retry, after `retry_after` seconds."""

    _meaning = "the API failed"
    _advice = "safe to retry"


class ConnectionFailed(VideoClientError):
    """No response came. Raised where nothing was accepted, or nothing was at stake: safe to retry."""

    def __init__(self, reason: str, *, maybe_sent: bool = True, task_id: str | None = None) -> None:
        super().__init__(reason, "safe to retry" if maybe_sent else "nothing was sent, safe to retry")
        self.task_id = task_id


class UnexpectedReply(VideoClientError):
    """A response that is not what the contract says: its HTTP `status`, and its `body` as text, shortened."""

    def __init__(self, reason: str, *, status: int, body: str = "", task_id: str | None = None) -> None:
        super().__init__(f"the API answered {status} but {reason}", "is the base URL right?")
        self.status, self.body, self.task_id = status, body, task_id


class SubmissionUncertain(VideoClientError):
    """The submission may have been accepted and charged. This client never retries it automatically.

    `request` is what was sent, and `cause` what came instead of a task id.
    """

    def __init__(self, *, request: Mapping[str, Any], cause: VideoClientError, task_id: str | None = None) -> None:
        where = f"wait for task {task_id}, which the response names," if task_id else "look in the dashboard"
        super().__init__(
            f"the submission may have been accepted and charged: {cause.summary}",
            f"{where} before you submit it again; it is not retried automatically",
        )
        self.request, self.cause, self.task_id = dict(request), cause, task_id


class TaskFailed(VideoClientError):
    """The generation failed. Every failed task is refunded in full [docs].

    `task` is the last snapshot, `code` and `message` the service's own; `refunded` is None where it does not say.
    """

    def __init__(self, task: Task) -> None:
        refund = {
            True: "its credits were refunded",
            False: "its credits were not refunded yet; the service says it refunds every failed task",
            None: "the service refunds every failed task",
        }[task.refunded]
        super().__init__(f"task {task.id} failed ({task.failure_reason or 'no reason given'})", refund)
        self.task, self.task_id, self.refunded = task, task.id, task.refunded
        self.code, self.message = task.error_code, task.error_message


class WaitTimeout(VideoClientError):
    """The task is still pending. It may succeed yet: wait again with its id.

    `waited` is in seconds from its start, `status` the last one seen, and `last_error` why the last poll failed.
    """

    def __init__(
        self, task_id: str, *, waited: float, status: TaskStatus | None, last_error: VideoClientError | None
    ) -> None:
        state = "is still pending"
        if status == TaskStatus.COMPLETED:
            state = "is completed, but the service names no video URL yet,"
        elif status is not None and status != TaskStatus.PENDING:
            state = f"has status {status.label}, which this client does not know,"
        failure = f"; the last poll failed: {last_error.summary}" if last_error else ""
        super().__init__(f"task {task_id} {state} after {waited:.0f} s{failure}", "wait again with its id")
        self.task_id, self.waited, self.status, self.last_error = task_id, waited, status, last_error


class DownloadFailed(VideoClientError):
    """The video exists but could not be fetched or saved. Download it again; nothing is charged for that.

    `url` is where the video was last known to be; None where the service named none.
    """

    def __init__(self, reason: str, *, task_id: str | None, url: str | None) -> None:
        of = f" of task {task_id}" if task_id else ""
        super().__init__(f"the video{of} was not saved ({reason})", "download it again, which costs nothing")
        self.task_id, self.url = task_id, url
