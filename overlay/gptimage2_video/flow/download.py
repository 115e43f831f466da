"""Fetching a finished video: the conversation with the host that serves it.

Lives here: when to resume, when to ask the task for a new address, when to give up. Not here: the file (`sinks`). The
key never goes along: the host is not the API's.
"""

from dataclasses import replace
from typing import Final

from gptimage2_video.errors import Carrying, DownloadFailed, TaskFailed
from gptimage2_video.journal.record import outcome
from gptimage2_video.task import Task
from gptimage2_video.transport.files import Part

from .requests import Conversation, Fault, Send, Sleep, answered, noted
from .retrieve import Lookup
from .retry import Deadline

# So long a video may take to come, all tries together, in seconds: a host that drips must not hold a program for ever.
PATIENCE: Final = 3600.0
# The address has expired, and the task names a new one.
_EXPIRED: Final = (403, 410)
# What passes by itself: not there yet on the CDN, too slow, too early, too many.
_PASSING: Final = (404, 408, 425, 429)


def download(lookup: Lookup, task: Task, part: Part) -> Conversation[Task]:
    """The task with the path of its video. One without an address is looked up; one without an id is a bare address.

    Raises:
        DownloadFailed: After a few tries in a row that brought nothing further, or PATIENCE.
        TaskFailed: There is no video.
    """
    deadline = Deadline(lookup.clock, PATIENCE)
    tries = most = 0
    expired = False
    with Carrying(task.id), part:
        while True:
            if task.video_url is None or expired:
                task = yield from _located(lookup, task)
            reason, expired = yield from _fetch(lookup, task, part, deadline.left())
            if reason is None:
                return (yield from _kept(lookup, task, part))
            tries, most = (1, part.size) if part.size > most else (tries + 1, most)
            if tries > lookup.backoff.repeats or deadline.left() <= 0:
                raise _unsaved(task, reason)
            expired = expired and bool(task.id)
            yield Sleep(lookup.backoff.pause(tries))


def _located(lookup: Lookup, task: Task) -> Conversation[Task]:
    """The task with the address of its video as the service names it now."""
    task = (yield from lookup.get(task.id)).since(task)
    if task.failed:
        raise TaskFailed(task)
    if task.video_url is None:
        raise _unsaved(task, "the service names no address for it" if task.completed else "it is not there yet")
    return task


def _fetch(lookup: Lookup, task: Task, part: Part, left: float) -> Conversation[tuple[str | None, bool]]:
    """One request for the rest: why the video is not whole yet (None when it is), and whether its address expired."""
    headers = {"Accept": "video/*", "Accept-Encoding": "identity", **part.range_headers()}
    url = task.video_url or ""
    if not url.startswith(("https://", "http://")):
        raise _unsaved(task, "its address is not a web address")
    try:
        send = Send("GET", url, lookup.request_timeout, headers, authorized=False, whole=left, sink=part)
        answer = answered((yield send))
    except OSError as problem:
        raise _unsaved(task, problem.strerror or str(problem)) from problem
    if isinstance(answer, Fault):
        return answer.reason, False
    if answer.status in _EXPIRED:
        return f"its address has expired ({answer.status})", True
    if answer.status >= 500 or answer.status in _PASSING:
        return f"its host answered {answer.status}", False
    if part.refusal and not part.stale:
        raise _unsaved(task, part.refusal)
    return part.missing(), False


def _kept(lookup: Lookup, task: Task, part: Part) -> Conversation[Task]:
    try:
        task = replace(task, path=part.keep())
    except OSError as problem:
        raise _unsaved(task, problem.strerror or str(problem)) from problem
    if task.id:
        yield from noted(outcome(lookup.base_url, task))
    return task


def _unsaved(task: Task, reason: str) -> DownloadFailed:
    return DownloadFailed(reason, task_id=task.id or None, url=task.video_url)
