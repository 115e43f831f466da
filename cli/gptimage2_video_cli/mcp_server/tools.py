"""The tools as a model and its host see them: names, titles, descriptions, hints, schemas and handlers, a row each."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from mcp.types import CallToolResult, Tool, ToolAnnotations

from .arguments import ALLOW_DUPLICATE, FILE, LAST, MODE, OVERWRITE, SECONDS, TASK_ID, VIDEO, input_schema
from .progress import ProgressCallback
from .results import QUOTE, TASK, VIOLATIONS, output_schema
from .video_tools import Arguments, VideoTools

Handler = Callable[[VideoTools, Arguments, ProgressCallback], Awaitable[CallToolResult]]


class ToolSpec(NamedTuple):
    """A tool, and the function that handles its calls."""

    tool: Tool
    handler: Handler


# Each hint is set, as the default is the worst. Money that is spent cannot be had back: destructive.
_READS: Final = {"read_only_hint": True, "destructive_hint": False, "idempotent_hint": True, "open_world_hint": False}
_POLLS: Final = _READS | {"open_world_hint": True}
_SPENDS: Final = {"read_only_hint": False, "destructive_hint": True, "idempotent_hint": False, "open_world_hint": True}
_SAVES: Final = {"read_only_hint": False, "destructive_hint": True, "idempotent_hint": True, "open_world_hint": True}

_STRING: Final = {"type": "string"}
_BOOLEAN: Final = {"type": "boolean"}
_OBJECTS: Final = {"type": "array", "items": {"type": "object"}}


def _tool(
    name: str, handler: Handler, title: str, description: str, hints: dict[str, bool], arguments: Any, results: Any
) -> ToolSpec:
    tool = Tool(
        name=name,
        title=title,
        description=description,
        input_schema=arguments,
        output_schema=results,
        annotations=ToolAnnotations(title=title, **hints),
    )
    return ToolSpec(tool, handler)


_TOOLS: Final = (
    _tool(
        "list_models",
        VideoTools.list_models,
        "List the video models (free)",
        "List the models with their modes, durations in seconds and prices in credits; null is unknown. Free.",
        _READS,
        input_schema({"mode": MODE}),
        output_schema(models=_OBJECTS),
    ),
    _tool(
        "check",
        VideoTools.check,
        "Check a video request (free)",
        "Check whether generate would accept these arguments; returns what is wrong and how to correct it. Sends "
        "nothing.",
        _READS,
        input_schema(VIDEO),
        output_schema(valid=_BOOLEAN, violations=VIOLATIONS, quote=QUOTE),
    ),
    _tool(
        "quote",
        VideoTools.quote,
        "Estimate the price of a video (free)",
        "Estimate what generate would cost with these arguments, and whether that fits the budget. Sends nothing.",
        _READS,
        input_schema(VIDEO, "prompt", "model"),
        output_schema(quote=QUOTE),
    ),
    _tool(
        "generate",
        VideoTools.generate,
        "Generate a video (spends credits)",
        "SPENDS CREDITS. Submit one video and return its task_id at once; then call wait with it. A request that "
        "breaks a rule or exceeds the budget is refused before anything is sent. If the result is lost, do not call "
        "it again: status lists what was submitted.",
        _SPENDS,
        input_schema(VIDEO | {"allow_duplicate": ALLOW_DUPLICATE}, "prompt", "model"),
        output_schema(task_id=_STRING, task=TASK, quote={"type": ["integer", "null"]}, warnings=VIOLATIONS),
    ),
    _tool(
        "status",
        VideoTools.status,
        "Poll a task, or list the latest (free)",
        "Return the current state of a task; without a task_id, the latest submissions of this server, as last "
        "polled. Free.",
        _POLLS,
        input_schema({"task_id": TASK_ID, "last": LAST}),
        output_schema(task_id=_STRING, task=TASK, tasks=_OBJECTS),
    ),
    _tool(
        "wait",
        VideoTools.wait,
        "Wait for a video (free)",
        "Wait until the task has ended or the timeout expires; done says which, and task.video_url is the address of "
        "the video. A video takes about 30 to 120 s: call wait again until done. A failed task is refunded. Free.",
        _POLLS,
        input_schema({"task_id": TASK_ID, "seconds": SECONDS}, "task_id"),
        output_schema(task_id=_STRING, done=_BOOLEAN, task=TASK),
    ),
    _tool(
        "download",
        VideoTools.download,
        "Download a video (free)",
        "Download the video of a completed task to the server's folder, and return its path. Free.",
        _SAVES,
        input_schema({"task_id": TASK_ID, "file": FILE, "overwrite": OVERWRITE}, "task_id"),
        output_schema(task_id=_STRING, path=_STRING),
    ),
)


def available_tools(*, can_download: bool) -> dict[str, ToolSpec]:
    """The tools by name."""
    return {spec.tool.name: spec for spec in _TOOLS if can_download or spec.handler is not VideoTools.download}
