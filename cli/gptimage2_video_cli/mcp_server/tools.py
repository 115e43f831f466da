"""The tools, as a model and its host are told of them.

Lives here: names, titles, descriptions, hints and schemas, a row each. Not here: what they do (`desk`).
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from mcp.types import CallToolResult, Tool, ToolAnnotations

from . import arguments
from . import results as answers
from .arguments import AGAIN, FILE, LAST, MODE, OVERWRITE, SECONDS, TASK_ID, VIDEO
from .progress import Report
from .video_tools import Desk, Given


class Row(NamedTuple):
    """A tool, and what it does."""

    tool: Tool
    act: Callable[[Desk, Given, Report], Awaitable[CallToolResult]]


# Each hint is given, as what is left out counts as the worst. Money that is spent cannot be had back: destructive.
_LOOKS_UP: Final = {
    "read_only_hint": True,
    "destructive_hint": False,
    "idempotent_hint": True,
    "open_world_hint": False,
}
_ASKS_THE_SERVICE: Final = _LOOKS_UP | {"open_world_hint": True}
_SPENDS: Final = {"read_only_hint": False, "destructive_hint": True, "idempotent_hint": False, "open_world_hint": True}
_SAVES: Final = {"read_only_hint": False, "destructive_hint": True, "idempotent_hint": True, "open_world_hint": True}

_TEXT: Final = {"type": "string"}
_YES_OR_NO: Final = {"type": "boolean"}
_OBJECTS: Final = {"type": "array", "items": {"type": "object"}}


def _tool(name: str, title: str, description: str, hints: dict[str, bool], asks: Any, tells: Any) -> Tool:
    return Tool(
        name=name,
        title=title,
        description=description,
        input_schema=asks,
        output_schema=tells,
        annotations=ToolAnnotations(title=title, **hints),
    )


_ROWS: Final = (
    Row(
        _tool(
            "list_models",
            "List the video models (free)",
            "The models with their modes, durations in seconds and prices in credits; null is what nobody knows. Free.",
            _LOOKS_UP,
            arguments.schema({"mode": MODE}),
            answers.schema(models=_OBJECTS),
        ),
        Desk.list_models,
    ),
    Row(
        _tool(
            "check",
            "Check a video request (free)",
            "Whether generate would accept these arguments, what is wrong with them and how to mend it. Sends nothing.",
            _LOOKS_UP,
            arguments.schema(VIDEO),
            answers.schema(valid=_YES_OR_NO, violations=answers.VIOLATIONS, quote=answers.QUOTE),
        ),
        Desk.check,
    ),
    Row(
        _tool(
            "quote",
            "Estimate the price of a video (free)",
            "What generate would probably cost with these arguments, and whether that fits the budget. Sends nothing.",
            _LOOKS_UP,
            arguments.schema(VIDEO, "prompt", "model"),
            answers.schema(quote=answers.QUOTE),
        ),
        Desk.quote,
    ),
    Row(
        _tool(
            "generate",
            "Generate a video (spends credits)",
            "SPENDS CREDITS. Submits one video and answers with its task_id at once; call wait with it. What breaks a "
            "rule or the budget is refused before anything is sent. If its answer is lost, do not call it again: "
            "status tells what was submitted.",
            _SPENDS,
            arguments.schema(VIDEO | {"again": AGAIN}, "prompt", "model"),
            answers.schema(
                task_id=_TEXT,
                task=answers.TASK,
                quote={"type": ["integer", "null"]},
                warnings=answers.VIOLATIONS,
            ),
        ),
        Desk.generate,
    ),
    Row(
        _tool(
            "status",
            "Look at a task, or list the latest (free)",
            "A task as it stands now; without a task_id, what this server submitted last, as last seen. Free.",
            _ASKS_THE_SERVICE,
            arguments.schema({"task_id": TASK_ID, "last": LAST}),
            answers.schema(task_id=_TEXT, task=answers.TASK, tasks=_OBJECTS),
        ),
        Desk.status,
    ),
    Row(
        _tool(
            "wait",
            "Wait for a video (free)",
            "Waits until the task has ended, at most for some seconds; done tells whether it has, and task.video_url "
            "where the video is. A video takes about 30 to 120 s: call it again until done. A failed task is refunded. "
            "Free.",
            _ASKS_THE_SERVICE,
            arguments.schema({"task_id": TASK_ID, "seconds": SECONDS}, "task_id"),
            answers.schema(task_id=_TEXT, done=_YES_OR_NO, task=answers.TASK),
        ),
        Desk.wait,
    ),
    Row(
        _tool(
            "download",
            "Save a video (free)",
            "Saves the video of a task that is done in the folder that the server was given, and tells its path. Free.",
            _SAVES,
            arguments.schema({"task_id": TASK_ID, "file": FILE, "overwrite": OVERWRITE}, "task_id"),
            answers.schema(task_id=_TEXT, path=_TEXT),
        ),
        Desk.download,
    ),
)


def tools(desk: Desk) -> dict[str, Row]:
    """The tools by name; none to save a video where there is no folder for it."""
    return {row.tool.name: row for row in _ROWS if desk.out or row.act is not Desk.download}
