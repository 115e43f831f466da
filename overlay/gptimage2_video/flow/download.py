"""Download a finished video: when to resume, when to ask the task for a new URL, when to give up.

The key never goes along: the host of the video is not the API's.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from gptimage2_video.effects import BlockingCall, Flow, HttpRequest, HttpResult, Sleep, TransportFailure
from gptimage2_video.errors import DownloadFailed, TaskFailed
from gptimage2_video.journal.record import record_or_warn, task_record
from gptimage2_video.task import SavedTask, Task

from .context import FlowContext
from .retrieve import retrieve
from .retry import MAX_RETRIES, Deadline, retry_delay
from .task_id import attach_task_id

if TYPE_CHECKING:
    from gptimage2_video.transport.files import PartFile

# So long a video may take to come, all attempts together, in seconds: a slow host must not hold a program for ever.
DOWNLOAD_TIMEOUT: Final = 3600.0
# The URL has expired, and the task names a new one.
_EXPIRED: Final = (403, 410)
# Not there yet on the CDN, too slow, too early, too many.
_TRANSIENT: Final = (404, 408, 425, 429)


def download_to(context: FlowContext, task: Task, part: "PartFile") -> Flow[Path]:
    """The path of the video, after it is known that it can be written. Raises InvalidRequest, else as `download`."""
    with attach_task_id(task.id):
        yield BlockingCall(part.probe)
        yield from download(context, task, part)
        return part.target


def download(context: FlowContext, task: Task, part: "PartFile") -> Flow[Task]:
    """The task with the path of its video. One without a URL is read again; one without an id is a bare URL.

    Raises DownloadFailed after DOWNLOAD_TIMEOUT, or a few attempts in a row that brought no further bytes.
    """
    with attach_task_id(task.id):
        try:
            saved = SavedTask.of((yield from _fetch(context, task, part)), part.target)
        except GeneratorExit:  # nobody is left to run an operation
            part.discard()
            raise
        except BaseException:
            yield BlockingCall(part.discard)
            raise
        if saved.id:
            yield from record_or_warn(task_record(context.base_url, saved))
        return saved


def _fetch(context: FlowContext, task: Task, part: "PartFile") -> Flow[Task]:
    deadline = Deadline(context.clock, DOWNLOAD_TIMEOUT)
    failures = largest = 0
    expired = False
    while True:
        if task.video_url is None or expired:
            task = yield from _with_url(context, task)
        try:
            reason, expired = yield from _request_rest(context, task, part, deadline.remaining())
            if reason is None:
                yield BlockingCall(part.commit)
                return task
        except OSError as error:
            raise _failed(task, error.strerror or str(error)) from error
        failures, largest = (1, part.size) if part.size > largest else (failures + 1, largest)
        if failures > MAX_RETRIES or deadline.remaining() <= 0:
            raise _failed(task, reason)
        expired = expired and bool(task.id)
        yield Sleep(retry_delay(failures))


def _with_url(context: FlowContext, task: Task) -> Flow[Task]:
    """The task with the URL of its video as the service names it now."""
    task = (yield from retrieve(context, task.id)).merged_with(task)
    if task.failed:
        raise TaskFailed(task)
    if task.video_url is None:
        raise _failed(task, "the service names no URL for it" if task.completed else "the task is still pending")
    return task


def _request_rest(context: FlowContext, task: Task, part: "PartFile", left: float) -> Flow[tuple[str | None, bool]]:
    """One request for the rest: why the video is not whole yet (None when it is), and whether its URL has expired."""
    url = task.video_url or ""
    if not url.startswith(("https://", "http://")):
        raise _failed(task, "its URL is not a web address")
    headers = {"Accept": "video/*", "Accept-Encoding": "identity", **part.range_headers()}
    timeout = context.request_timeout
    request = HttpRequest(
        *("GET", url, timeout, headers), authenticated=False, total_timeout=left, sink=part, task_id=task.id or None
    )
    response = cast("HttpResult", (yield request))
    if isinstance(response, TransportFailure):
        return response.message, False
    if response.status in _EXPIRED:
        return f"its URL has expired ({response.status})", True
    if response.status >= 500 or response.status in _TRANSIENT:
        return f"its host answered {response.status}", False
    if part.rejection and not part.range_mismatch:
        raise _failed(task, part.rejection)
    return part.incomplete_reason(), False


def _failed(task: Task, reason: str) -> DownloadFailed:
    return DownloadFailed(reason, task_id=task.id or None, url=task.video_url)
