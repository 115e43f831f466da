"""Submit, wait, generate: the conversations with the service, as generators.

A conversation yields what is to be done (`Send`, `Sleep`, `SubmissionRecord`) and receives what came back (`Reply`, `Fault`); the
drivers in `client` do it and decide nothing. Lives here: every decision about order, repetition and money. Not here:
I/O, requests and replies (`wire`, `replies`), looks at a task (`lookup`, `looks`), and the fetching of a video
(`download`).

Its law: a submission is sent again only when it surely was not accepted, that is when the connection was never made or
the reply was 429. From the moment a task id is known, everything that leaves here carries it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import replies, wire
from .download import download
from .errors import (
    Carrying,
    ConnectionFailed,
    JournalFailed,
    SubmissionUncertain,
    TaskFailed,
    VideoClientError,
    WaitTimeout,
)
from .looks import Looks, OnUpdate
from .lookup import Lookup, asked
from .pace import kind
from .record import SubmissionRecord, SubmissionState, intent
from .request import PreparedRequest
from .schedule import Deadline
from .sinks import Part
from .task import Task, TaskStatus
from .wire import Conversation, Fault, Reply, Sleep, answered, noted

# A refund that is announced but not yet there is looked for this long, in seconds.
REFUND_PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Flow(Lookup):
    """The conversations of one client."""

    def submit(self, prepared: PreparedRequest, deadline: Deadline, target: Path | None = None) -> Conversation[Task]:
        """Submit once, within the budget. An uncertain submission stays reserved."""
        body, quote = prepared.body, prepared.quote
        reserved = self.budget.reserve(quote)
        submission = intent(self.base_url, body, quote.credits, target)
        try:
            task = yield from self._submit(submission, deadline)
            self.budget.settle(reserved, task)
        except JournalFailed:
            self.budget.release(reserved)
            raise
        except SubmissionUncertain as problem:
            named = Task(problem.task_id, TaskStatus.PENDING) if problem.task_id else None
            yield from noted(submission.with_state(SubmissionState.UNCERTAIN, task=named, reason=problem.cause.summary))
            raise
        except VideoClientError as problem:
            self.budget.release(reserved)
            yield from noted(submission.with_state(SubmissionState.REFUSED, reason=problem.summary))
            raise
        except BaseException as interruption:
            if not hasattr(interruption, "__notes__"):
                interruption.add_note("the submission may have been accepted and charged; look in the dashboard")
            raise
        self.accepted[task.id] = (kind(self.base_url, body), self.clock())
        with Carrying(task.id):
            yield from _noted_surely(submission.with_state(SubmissionState.PENDING, task=task))
        return task

    def _submit(self, submission: SubmissionRecord, deadline: Deadline) -> Conversation[Task]:
        body = submission.request
        tries = 0
        while True:
            yield from _before_sending(submission)
            answer = answered((yield wire.submission(self.base_url, body, self.request_timeout)))
            if isinstance(answer, Reply) and answer.status != 429:
                return replies.read_receipt(answer, body)
            if isinstance(answer, Fault) and answer.sent:
                return replies.rescue_receipt(answer, body)
            problem = ConnectionFailed(answer.reason) if isinstance(answer, Fault) else replies.refusal(answer)
            tries += 1
            pause = self.backoff.pause(tries, asked(problem))
            if tries > self.backoff.repeats or not deadline.fits(pause):
                raise problem
            yield from noted(submission.with_state(SubmissionState.REFUSED, reason=problem.summary))
            yield from _before_sending(Sleep(pause))

    def wait(
        self,
        known: Task,
        deadline: Deadline,
        *,
        at_once: bool = True,
        on_update: OnUpdate = None,
        part: Part | None = None,
    ) -> Conversation[Task]:
        """Look until the task has ended or the deadline is there, then save it where there is a place to.

        Unless the first look is `at_once`, the task has only just been accepted.
        """
        with Carrying(known.id):
            looks = Looks(self, known, deadline, on_update)
            pause = yield from looks.first(at_once=at_once)
            while True:
                last = not deadline.fits(pause)
                yield Sleep(deadline.cut_pause(pause))
                pause = yield from looks.look()
                if looks.ended(with_video=part is not None):
                    break
                if last:
                    raise WaitTimeout(
                        known.id, waited=deadline.elapsed(), status=looks.task.status, last_error=looks.trouble
                    )
            task = yield from self._refunded(looks.task, deadline)
            if task.failed:
                raise TaskFailed(task)
            return (yield from download(self, task, part)) if part else task

    def _refunded(self, task: Task, deadline: Deadline) -> Conversation[Task]:
        """The failed task with its refund, waited for briefly where the service says that it is not there yet."""
        patience = Deadline(self.clock, min(REFUND_PATIENCE, deadline.left()))
        while task.failed and task.refunded is False and patience.fits(self.polling.interval):
            yield Sleep(self.polling.interval)
            try:
                task = (yield from self.look(task.id, patience.cut_request(self.request_timeout))).since(task)
            except VideoClientError:
                break
        return task

    def generate(
        self, prepared: PreparedRequest, deadline: Deadline, *, on_update: OnUpdate = None, part: Part | None = None
    ) -> Conversation[Task]:
        """Submit, wait, and save where there is a place to."""
        receipt = yield from self.submit(prepared, deadline, part.target if part else None)
        with Carrying(receipt.id):
            if on_update:
                on_update(receipt)
            return (yield from self.wait(receipt, deadline, at_once=False, on_update=on_update, part=part))


def _noted_surely(record: SubmissionRecord) -> Conversation[None]:
    """Have a receipt written down, once more where an interruption cut that short: only here is its id known."""
    try:
        yield from noted(record)
    except (Exception, GeneratorExit):
        raise
    except BaseException:
        yield from noted(record)
        raise


def _before_sending(todo: Sleep | SubmissionRecord) -> Conversation[None]:
    """What is done while nothing is on its way."""
    try:
        yield todo
    except BaseException as interruption:
        interruption.add_note("nothing was accepted")
        raise
