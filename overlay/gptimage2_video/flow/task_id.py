"""A task id is never lost: from the moment that the service has named it, everything that leaves a flow carries it."""

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from gptimage2_video.effects import HttpResponse
from gptimage2_video.errors import VideoClientError

# The id in a response that was cut behind it.
_TASK_ID: Final = re.compile(rb'"(?:taskId|id)"\s*:\s*"([\w.:-]+)"')


@contextmanager
def attach_task_id(task_id: str) -> Generator[None]:
    """Whatever leaves this block carries the task id; what is not of the error tree carries it as a note."""
    try:
        yield
    except VideoClientError as error:
        error.task_id = error.task_id or task_id or None
        raise
    except BaseException as error:
        if task_id and not hasattr(error, "__notes__"):
            error.add_note(f"task {task_id} continues at the service: wait for it again by its id")
        raise


def find_task_id(response: HttpResponse) -> str | None:
    """The task id in a response that is not valid: text that was cut behind it, or a failure that names one."""
    try:
        body = json.loads(response.body)
    except (ValueError, RecursionError):
        match = _TASK_ID.search(response.body) if response.status < 300 else None
        return match[1].decode() if match else None
    task_id = body.get("taskId") if isinstance(body, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return task_id if isinstance(task_id, str) and task_id else None
