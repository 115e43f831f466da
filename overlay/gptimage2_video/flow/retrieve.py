"""Read a task: one poll, and a few attempts of it."""

from typing import cast

from gptimage2_video.effects import Flow, HttpResult, Sleep, TransportFailure
from gptimage2_video.errors import ConnectionFailed, VideoClientError
from gptimage2_video.journal.record import record_or_warn, task_record
from gptimage2_video.polling.estimate import keep_last
from gptimage2_video.task import Task, TaskStatus

from .context import FlowContext
from .requests import task_request
from .responses import parse_snapshot
from .retry import MAX_RETRIES, is_transient, retry_delay
from .task_id import attach_task_id


def retrieve(context: FlowContext, task_id: str) -> Flow[Task]:
    """One snapshot; after transient failures it is requested again, a few times."""
    with attach_task_id(task_id):
        failures = 0
        while True:
            try:
                return (yield from retrieve_once(context, task_id, context.request_timeout))
            except VideoClientError as error:
                failures += 1
                if failures > MAX_RETRIES or not is_transient(error):
                    raise
                delay = retry_delay(failures, error)
            yield Sleep(delay)


def retrieve_once(context: FlowContext, task_id: str, timeout: float) -> Flow[Task]:
    """One request for a snapshot; every failure is raised."""
    response = cast("HttpResult", (yield task_request(context.base_url, task_id, timeout)))
    if isinstance(response, TransportFailure):
        raise ConnectionFailed(response.message, maybe_sent=response.maybe_sent, task_id=task_id)
    task = parse_snapshot(response, task_id, context.base_url)
    if task.status == TaskStatus.COMPLETED or task.refunded:
        context.budget.refund(task)
    if task.status in (TaskStatus.COMPLETED, TaskStatus.FAILED):
        similar, accepted_at = context.accepted_at.pop(task_id, (None, 0.0))
        if similar and similar in context.past_durations and task.completed:
            one = (accepted_at, context.clock() - accepted_at)
            context.past_durations[similar] = keep_last([*context.past_durations[similar], one])
        yield from record_or_warn(task_record(context.base_url, task))
    return task
