"""A task id is never lost: from the moment that the service has named it, everything that leaves a flow carries it."""

from collections.abc import Generator
from contextlib import contextmanager

from gptimage2_video.errors import VideoClientError


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
