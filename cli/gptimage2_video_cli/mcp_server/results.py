"""The results of tools: a message, data and the budget, as text and as structured content alike, with their schemas."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from mcp.types import CallToolResult, TextContent

from gptimage2_video import InvalidRequest, SubmissionUncertain, TaskFailed, VideoClientError, Violation
from gptimage2_video.journal import Submission, Totals
from gptimage2_video_cli.console.json_output import error_json, submission_json, violation_json
from gptimage2_video_cli.console.output import to_jsonable

# Keys of an error that are keys of the result itself.
_TOP_LEVEL: Final = ("message", "task_id", "violations")
_NUMBER: Final = {"type": ["integer", "null"]}
BUDGET: Final = {
    "type": ["object", "null"],
    "description": "Credits of all submissions under the server's name; null if the journal cannot be read.",
    "properties": {
        name: {"type": "integer", "description": description}
        for name, description in {
            "max_credits": "The limit.",
            "committed": "Spent or reserved, without refunds.",
            "uncertain": "Of these, uncertain: the response was lost.",
            "left": "What generate may still spend.",
        }.items()
    },
}
TASK: Final = {
    "type": "object",
    "description": "The task as the service returned it; null is unknown.",
    "properties": {"id": {"type": "string"}, "status_name": {"type": ["string", "null"]}, "credits_used": _NUMBER},
}
VIOLATIONS: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in ("code", "field", "message", "severity")},
            "suggestion": {"type": ["string", "null"]},
        },
    },
}
QUOTE: Final = {
    "type": ["object", "null"],
    "description": "An estimate; credits is null if unknown; within_budget: whether generate would submit it.",
    "properties": {"credits": _NUMBER, "note": {"type": "string"}, "within_budget": {"type": ["boolean", "null"]}},
}


def output_schema(**data: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a tool's results: the keys of all, and those of its success."""
    properties = {"message": {"type": "string"}, **data, "budget": BUDGET}
    return {"type": "object", "properties": properties, "required": ["message", "budget"]}


def result(message: str, budget: Mapping[str, int] | None, *, is_error: bool = False, **data: Any) -> CallToolResult:
    """A result. Its text is the structured content, for hosts that show a model the text alone."""
    content = json.dumps(to_jsonable({"message": message, **data, "budget": budget}), ensure_ascii=False)
    text = content.encode("utf-8", "replace").decode()  # lone surrogates would end the connection
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=json.loads(text), is_error=is_error
    )


def error_result(error: VideoClientError, budget: Mapping[str, int] | None) -> CallToolResult:
    """The result of a call that failed: the error, what it cost, its task, and what is wrong with the request."""
    details = {name: value for name, value in error_json(error).items() if name not in _TOP_LEVEL}
    data: dict[str, Any] = {"error": details, "charged": _charged(error), "task_id": error.task_id}
    if isinstance(error, InvalidRequest):
        data["violations"] = violations_json(error.violations)
    return result(str(error), budget, is_error=True, **data)


def _charged(error: VideoClientError) -> int | None:
    """Credits spent on what failed; None where unknown."""
    if isinstance(error, TaskFailed):
        return 0 if error.refunded else error.task.credits_used
    return None if isinstance(error, SubmissionUncertain) else 0


def violations_json(violations: Sequence[Violation]) -> list[dict[str, Any]]:
    """What is wrong with a request, each with how to correct it where the message says so."""
    return [violation_json(violation) | {"suggestion": _suggestion(violation)} for violation in violations]


def _suggestion(violation: Violation) -> str | None:
    """The second half of a message says how to correct it, unless it says that the price is unknown."""
    unpriced = violation.code.endswith("_unpriced")
    return None if unpriced else violation.message.partition("; ")[2] or None


def budget_json(max_credits: int, totals: Totals) -> dict[str, int]:
    """The state of the budget, in credits."""
    left = max(max_credits - totals.committed, 0)
    return {"max_credits": max_credits, "committed": totals.committed, "uncertain": totals.uncertain, "left": left}


def listed_submission_json(submission: Submission) -> dict[str, Any]:
    """A submission without the keys that are the same for all of a server, or of no use to an agent."""
    omitted = ("submission_id", "base_url", "target", "group")
    return {name: value for name, value in submission_json(submission).items() if name not in omitted}
