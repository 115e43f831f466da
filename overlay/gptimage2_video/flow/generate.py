"""Submit, wait and download: what `generate` does, and the page to read first."""

from typing import TYPE_CHECKING

from gptimage2_video.effects import BlockingCall, Flow
from gptimage2_video.request import PreparedRequest
from gptimage2_video.task import Task

from .context import FlowContext
from .retry import Deadline
from .submit import submit
from .wait import OnUpdate, wait

if TYPE_CHECKING:
    from gptimage2_video.transport.files import PartFile


def generate(
    context: FlowContext, request: PreparedRequest, deadline: Deadline, on_update: OnUpdate, part: "PartFile | None"
) -> Flow[Task]:
    """Submit, wait until the task has ended, and download the video where there is a part file for it."""
    if part:
        yield BlockingCall(part.probe)  # before anything is paid for
    task = yield from submit(context, request, deadline, part.target if part else None)
    return (yield from wait(context, task, deadline, on_update, part, just_submitted=True))
