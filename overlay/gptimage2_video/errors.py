"""Everything that can go wrong, as one tree; each class says whether money may have moved.

    VideoClientError
      InvalidRequest (ValueError)   a rule is broken or a setting unusable; nothing was sent
      BudgetExceeded                the budget would not hold; nothing was sent
      JournalFailed                 the journal cannot be written; nothing was sent
      APIError                      the service said no (in `refusals`)
        BadRequest                    400
        Unauthorized                  401
        InsufficientCredits           402
        Forbidden                     403
        TaskNotFound                  404 for a task
        RateLimited                   429
        ServerError                   5xx to a read; to a submission it is a SubmissionUncertain
      ConnectionFailed              nobody answered; nothing was accepted
      UnexpectedReply               an answer that is not what the contract says
      SubmissionUncertain           it may have been charged; never repeated by itself
      TaskFailed                    the generation failed; its credits come back
      WaitTimeout                   still pending; it may succeed yet
      DownloadFailed                the video exists; download it again

Lives here: the classes, their facts and their sentences. Not here: which reply means which error (`replies`), and what
is done about it (`flow`).
"""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .form import Violation
    from .task import Task


class VideoRequestWarning(UserWarning):
    """A request that is allowed but hardly meant so, or whose price nobody knows."""


class JournalWarning(UserWarning):
    """The journal could not be written after a submission was sent. It goes on; its entry may lag behind."""


class VideoClientError(Exception):
    """The root of the tree. Its sentence says what happened and what to do.

    Attributes:
        summary: The first half: what happened.
        task_id: The task that this is about; None as long as there is none.
    """

    task_id: str | None = None

    def __init__(self, summary: str, advice: str = "") -> None:
        super().__init__(f"{summary}; {advice}" if advice else summary)
        self.summary = summary

    def __reduce__(self) -> tuple[Any, ...]:
        return _revived, (type(self), *self.args), vars(self)


def _revived(kind: type[VideoClientError], *args: Any) -> VideoClientError:
    # The constructors take facts, not the sentence, so a pickle restores the object without calling them.
    return kind.__new__(kind, *args)


class InvalidRequest(VideoClientError, ValueError):
    """A rule is broken, or a setting is unusable. Nothing was sent.

    Attributes:
        violations: What is wrong, as `check` reports it.
    """

    def __init__(self, violations: "Sequence[Violation]") -> None:
        super().__init__("; ".join(violation.message for violation in violations))
        self.violations = tuple(violations)


class BudgetExceeded(VideoClientError):
    """The task would exceed `max_credits`, or its price is unknown. Nothing was sent.

    Attributes:
        needed: Credits that the task is quoted at; None where the price is unknown.
        left: Credits that are left of the budget.
    """

    def __init__(self, *, needed: int | None, left: int, note: str = "") -> None:
        if needed is None:
            summary = (
                f"a budget is set, of which {left} credits are left, and the price of this task is unknown ({note})"
            )
            super().__init__(summary, "nothing was sent; choose what has a price, or allow an unknown one")
        else:
            summary = f"this task costs about {needed} credits and {left} are left of the budget"
            super().__init__(summary, "nothing was sent; choose something cheaper, or raise the budget")
        self.needed, self.left = needed, left


class JournalFailed(VideoClientError):
    """The journal cannot be read or written. Raised by a call, it means that nothing was sent.

    Attributes:
        path: The journal's file, as text.
    """

    def __init__(self, reason: str, *, path: str) -> None:
        super().__init__(f"the journal {path} cannot be used: {reason}", "mend that, or name another file for it")
        self.path = path


class ConnectionFailed(VideoClientError):
    """Nobody answered. Raised where nothing was accepted, or nothing was at stake: safe to repeat."""

    def __init__(self, reason: str, *, task_id: str | None = None) -> None:
        super().__init__(f"no answer came from the API ({reason})", "repeating is safe")
        self.task_id = task_id


class UnexpectedReply(VideoClientError):
    """An answer that is not what the contract says.

    Attributes:
        status: The HTTP status.
        body: The body as text, shortened.
    """

    def __init__(self, reason: str, *, status: int, body: str = "", task_id: str | None = None) -> None:
        super().__init__(f"the API answered {status} but {reason}", "is the base URL right?")
        self.status, self.body, self.task_id = status, body, task_id


class SubmissionUncertain(VideoClientError):
    """The submission may have been accepted and charged. This client never repeats it by itself.

    Attributes:
        request: The request as it was sent.
        cause: What happened instead of a receipt.
    """

    def __init__(self, *, request: Mapping[str, Any], cause: VideoClientError, task_id: str | None = None) -> None:
        where = f"wait for task {task_id}, which the answer names" if task_id else "look in the dashboard"
        super().__init__(
            f"the submission may have been accepted and charged: {cause.summary}",
            f"{where}, before you submit it again; it is not repeated by itself",
        )
        self.request, self.cause, self.task_id = dict(request), cause, task_id


class TaskFailed(VideoClientError):
    """The generation failed. Every failed task is refunded in full [docs].

    Attributes:
        task: The last snapshot.
        code: The service's `errorCode`, possibly one newer than this client.
        message: The service's `errorMessage`.
        refunded: Whether the credits are back; None where the service does not say.
    """

    def __init__(self, task: "Task") -> None:
        why = ": ".join(part for part in (task.error_code, task.error_message) if part) or "no reason given"
        money = {
            True: "its credits were refunded",
            False: "its credits were not refunded yet; the service says it refunds every failed task",
            None: "the service refunds every failed task",
        }[task.refunded]
        super().__init__(f"task {task.id} failed ({why})", money)
        self.task, self.task_id, self.refunded = task, task.id, task.refunded
        self.code, self.message = task.error_code, task.error_message


class WaitTimeout(VideoClientError):
    """The task is still pending. It may succeed yet: wait again with its id.

    Attributes:
        waited: Seconds from the start of the wait.
        status: The last status seen; None where none was.
        last_error: What kept the last look from succeeding; None where it did.
    """

    def __init__(self, task_id: str, *, waited: float, status: int | None, last_error: VideoClientError | None) -> None:
        from .task import TaskStatus

        seen = "" if status in (None, TaskStatus.PENDING) else f"; its status {status} is unknown to this client"
        lost = f"; the last look failed: {last_error.summary}" if last_error else ""
        super().__init__(f"task {task_id} had not ended after {waited:.0f} s{seen}{lost}", "wait again by its id")
        self.task_id, self.waited, self.status, self.last_error = task_id, waited, status, last_error


class DownloadFailed(VideoClientError):
    """The video exists but could not be fetched or saved. Download it again; nothing is charged for that.

    Attributes:
        url: Where the video was last known to be; None where the service named none.
    """

    def __init__(self, reason: str, *, task_id: str | None, url: str | None) -> None:
        of = f" of task {task_id}" if task_id else ""
        super().__init__(f"the video{of} was not saved ({reason})", "download it again, which costs nothing")
        self.task_id, self.url = task_id, url


class Carrying:
    """Whatever leaves this block carries the task id; what is not of the tree carries it as a note."""

    def __init__(self, task_id: str) -> None:
        self._task_id = task_id

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, VideoClientError):
            error.task_id = error.task_id or self._task_id or None
        elif error and self._task_id and not hasattr(error, "__notes__"):
            error.add_note(f"task {self._task_id} goes on at the service: wait for it again by its id")
