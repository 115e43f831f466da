"""What a tool answers: one sentence, the facts, and how the budget stands; as text and as structured content alike.

Lives here: the form of every answer, and its schema. Not here: what is done (`desk`). One that something went wrong
says what that cost, and names the task where there is one.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from mcp.types import CallToolResult, TextContent

from gptimage2_video import (
    InvalidRequest,
    Submission,
    SubmissionUncertain,
    TaskFailed,
    Totals,
    VideoClientError,
    Violation,
)
from gptimage2_video_cli.console.json_output import error_json, submission_json, violation_json
from gptimage2_video_cli.console.output import plain

# Facts of an error that its answer tells in a place of their own.
_ELSEWHERE: Final = ("message", "task_id", "violations")
_NUMBER: Final = {"type": ["integer", "null"]}
BUDGET: Final = {
    "type": ["object", "null"],
    "description": "Credits by the journal, all that was submitted under the server's name; null if it cannot be read.",
    "properties": {
        name: {"type": "integer", "description": description}
        for name, description in {
            "max_credits": "The limit.",
            "committed": "Spent or at stake, without what was refunded.",
            "uncertain": "Of these, perhaps spent: no receipt came.",
            "left": "What generate may still spend.",
        }.items()
    },
}
TASK: Final = {
    "type": "object",
    "description": "The task as the service tells it; what nobody knows is null.",
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
    "description": "An estimate; credits is null where nobody knows; within_budget: whether generate would submit it.",
    "properties": {"credits": _NUMBER, "note": {"type": "string"}, "within_budget": {"type": ["boolean", "null"]}},
}


def schema(**facts: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a tool's answers: what all of them have, and these facts where all went well."""
    properties = {"message": {"type": "string"}, **facts, "budget": BUDGET}
    return {"type": "object", "properties": properties, "required": ["message", "budget"]}


def answer(message: str, budget: Mapping[str, int] | None, *, is_error: bool = False, **facts: Any) -> CallToolResult:
    """The answer with these facts. Its text is the structured content, for hosts that show a model the text alone."""
    told = json.dumps(plain({"message": message, **facts, "budget": budget}), ensure_ascii=False)
    text = told.encode("utf-8", "replace").decode()  # halves of characters would end the connection
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=json.loads(text), is_error=is_error
    )


def failure(error: VideoClientError, budget: Mapping[str, int] | None) -> CallToolResult:
    """The answer that something went wrong: its sentence, what it cost, its task, and what it says of the request."""
    more = {name: fact for name, fact in error_json(error).items() if name not in _ELSEWHERE}
    facts: dict[str, Any] = {"error": more, "charged": _charged(error), "task_id": error.task_id}
    if isinstance(error, InvalidRequest):
        facts["violations"] = violations(error.violations)
    return answer(str(error), budget, is_error=True, **facts)


def _charged(error: VideoClientError) -> int | None:
    """Credits that are gone for what failed; None where nobody knows."""
    if isinstance(error, TaskFailed):
        return 0 if error.refunded else error.task.credits_used
    return None if isinstance(error, SubmissionUncertain) else 0


def violations(found: Sequence[Violation]) -> list[dict[str, Any]]:
    """What is wrong with a request, each with how to mend it where the message says so."""
    return [violation_json(violation) | {"suggestion": _suggestion(violation)} for violation in found]


def _suggestion(violation: Violation) -> str | None:
    """The second half of a message says how to mend it, where it does not say that nobody knows the price."""
    unpriced = violation.code.endswith("_unpriced")
    return None if unpriced else violation.message.partition("; ")[2] or None


def budget_facts(max_credits: int, totals: Totals) -> dict[str, int]:
    """How the budget stands."""
    left = max(max_credits - totals.committed, 0)
    return {"max_credits": max_credits, "committed": totals.committed, "uncertain": totals.uncertain, "left": left}


def submission_facts(entry: Submission) -> dict[str, Any]:
    """A submission as the journal knows it, without what is the same for all of them."""
    facts = submission_json(entry)
    return {
        name: value for name, value in facts.items() if name not in ("submission_id", "base_url", "target", "group")
    }
