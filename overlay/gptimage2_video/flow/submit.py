"""Submit a request: within the budget, written down before it is sent, and sent at most once.

Its law: a submission is sent again only when it surely was not accepted, that is when the connection was never made or
the response was 429. Everything else that brings no task id may have been charged, and stays reserved.
"""

from pathlib import Path
from typing import cast

from gptimage2_video.effects import Effect, Flow, HttpResponse, HttpResult, Sleep, TransportFailure
from gptimage2_video.errors import ConnectionFailed, JournalFailed, SubmissionUncertain, VideoClientError
from gptimage2_video.journal.record import SubmissionRecord, SubmissionState, record_or_warn, submission_record
from gptimage2_video.polling.estimate import SimilarTasks
from gptimage2_video.request import PreparedRequest
from gptimage2_video.task import Task, TaskStatus

from .context import FlowContext
from .requests import submit_request
from .responses import api_error, parse_submission, salvage_submission
from .retry import MAX_RETRIES, Deadline, retry_delay
from .task_id import attach_task_id


def submit(
    context: FlowContext, request: PreparedRequest, deadline: Deadline, target: Path | None = None
) -> Flow[Task]:
    """Submit once. An uncertain submission stays reserved; `target` is the file that the video is meant for."""
    reserved = context.budget.reserve(request.quote)
    record = submission_record(context.base_url, request, target)
    try:
        task = yield from _send(context, record, deadline)
        context.budget.settle(reserved, task)
    except JournalFailed:
        context.budget.release(reserved)
        raise
    except SubmissionUncertain as error:
        named = Task(error.task_id, TaskStatus.PENDING) if error.task_id else None
        reason = error.cause.summary
        yield from record_or_warn(record.with_state(SubmissionState.UNCERTAIN, task=named, reason=reason))
        raise
    except VideoClientError as error:
        context.budget.release(reserved)
        yield from record_or_warn(record.with_state(SubmissionState.REFUSED, reason=error.summary))
        raise
    except BaseException as interruption:
        if not hasattr(interruption, "__notes__"):
            interruption.add_note("the submission may have been accepted and charged; look in the dashboard")
        raise
    context.accepted_at[task.id] = (SimilarTasks.to(context.base_url, request.body), context.clock())
    accepted = record.with_state(SubmissionState.PENDING, task=task)
    with attach_task_id(task.id):
        try:
            yield from record_or_warn(accepted)
        except (Exception, GeneratorExit):
            raise
        except BaseException:  # an interruption cut it short, and only here is the id known
            yield from record_or_warn(accepted)
            raise
    return task


def _send(context: FlowContext, record: SubmissionRecord, deadline: Deadline) -> Flow[Task]:
    """Write SENDING down, then send; again only after what was surely not accepted."""
    failures = 0
    while True:
        yield from _nothing_sent(record)
        request = submit_request(context.base_url, record.request, context.request_timeout)
        response = cast("HttpResult", (yield request))
        if isinstance(response, HttpResponse) and response.status != 429:
            return parse_submission(response, record.request, context.base_url)
        if isinstance(response, TransportFailure) and response.maybe_sent:
            return salvage_submission(response, record.request, context.base_url)
        error: VideoClientError = (
            api_error(response)
            if isinstance(response, HttpResponse)
            else ConnectionFailed(response.message, maybe_sent=False)
        )
        failures += 1
        delay = retry_delay(failures, error)
        if failures > MAX_RETRIES or not deadline.allows(delay):
            raise error
        yield from record_or_warn(record.with_state(SubmissionState.REFUSED, reason=error.summary))
        yield from _nothing_sent(Sleep(delay))


def _nothing_sent(effect: Effect) -> Flow[None]:
    """Do something while no request is in flight: what interrupts it says so."""
    try:
        yield effect
    except BaseException as interruption:
        interruption.add_note("nothing was accepted")
        raise
