"""Replies read into tasks and errors: which answer means what.

Lives here: the tables from statuses to errors, and the reading of bodies and headers that may be anything. Not here:
what is done about an error (`flow`). The generated response parsers are not called: on replies outside the contract
they raise KeyError, ValueError or JSONDecodeError, and lose the status.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from gptimage2_video import errors, refusals
from gptimage2_video.task import Task, TaskStatus, read_task

from .requests import Fault, Reply

SHOWN_BODY_CHARACTERS: Final = 500
# The id of a receipt that was cut behind it.
_TASK_ID: Final = re.compile(rb'"(?:taskId|id)"\s*:\s*"([\w.:-]+)"')


def read_receipt(reply: Reply, request: Mapping[str, Any]) -> Task:
    """The task that a submission became.

    Raises:
        SubmissionUncertain: Neither a receipt nor a refusal: a 5xx, a redirect, a 2xx without a task id.
        APIError: A refusal (4xx); nothing was accepted.
    """
    if 400 <= reply.status < 500:
        raise refusal(reply)
    body = (_object(reply) if reply.status < 300 else None) or {}
    task = read_task(body) or read_task({**body, "status": TaskStatus.PENDING})
    if task and task.id:
        return task
    named = _named_task(reply)
    if named and reply.status < 300:
        return Task(named, TaskStatus.PENDING)
    cause = _unexpected(reply, "gave no task id") if reply.status < 300 else failure(reply)
    raise errors.SubmissionUncertain(request=request, cause=cause, task_id=named)


def rescue_receipt(fault: Fault, request: Mapping[str, Any]) -> Task:
    """The task of a receipt whose connection broke, where enough of it came: its id must not be lost.

    Raises:
        SubmissionUncertain: Not enough came.
        APIError: What came is the status of a refusal; nothing was accepted.
    """
    named = None
    if fault.partial:
        try:
            return read_receipt(fault.partial, request)
        except errors.SubmissionUncertain as uncertain:
            named = uncertain.task_id
    cause = errors.ConnectionFailed(fault.reason)
    raise errors.SubmissionUncertain(request=request, cause=cause, task_id=named)


def _named_task(reply: Reply) -> str | None:
    """The task id in what is no receipt: text that was cut behind it, or a failure that has a `taskId` all the same."""
    try:
        body = json.loads(reply.body)
    except (ValueError, RecursionError):
        found = _TASK_ID.search(reply.body) if reply.status < 300 else None
        return found[1].decode() if found else None
    named = body.get("taskId") if isinstance(body, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return named if isinstance(named, str) and named else None


def read_snapshot(reply: Reply, task_id: str) -> Task:
    """The task as it stands.

    Raises:
        APIError: The service refused (4xx) or failed (5xx).
        UnexpectedReply: A redirect, or a 2xx without a readable status.
    """
    if not 200 <= reply.status < 300:
        raise failure(reply, task_id)
    body = _object(reply)
    task = None if body is None else read_task(body, task_id)
    if task is None:
        raise _unexpected(reply, "gave no task with a status", task_id)
    return task


def failure(reply: Reply, task_id: str | None = None) -> errors.VideoClientError:
    """The error that a reply outside 2xx means when nothing was at stake."""
    if reply.status >= 400:
        return refusal(reply, task_id)
    where = reply.headers.get("location")
    return _unexpected(reply, f"redirected to {where}" if where else "answered with no content to read", task_id)


_BY_STATUS: Final[Mapping[int, type[refusals.APIError]]] = {
    400: refusals.BadRequest,
    401: refusals.Unauthorized,
    402: refusals.InsufficientCredits,
    403: refusals.Forbidden,
    429: refusals.RateLimited,
}


def refusal(reply: Reply, task_id: str | None = None) -> refusals.APIError:
    """The error of a 4xx or 5xx, with every fact that its body and headers tell in a form that can be read."""
    kind = _BY_STATUS.get(reply.status, refusals.ServerError if reply.status >= 500 else refusals.APIError)
    if reply.status == 404 and task_id:
        kind = refusals.TaskNotFound
    body = _object(reply)
    said = body or {}
    facts: dict[str, Any] = {
        "status": reply.status,
        "message": said["error"] if isinstance(said.get("error"), str) else "",
        "body": _shown(reply) if body is None else body,
        "request_id": reply.headers.get("x-request-id"),
        "task_id": task_id,
    }
    return kind(**facts, **{name: read(reply, said) for name, read in _FACTS.get(kind, {}).items()})


def _retry_after(reply: Reply, _said: Mapping[str, Any]) -> float | None:
    """Seconds from now, given as a number or as a date; None where it is neither."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    # A date is read against the service's own clock, so that a wrong clock here does no harm.
    until, now = _date(value), _date(reply.headers.get("date", ""))
    return max((until - now).total_seconds(), 0.0) if until and now else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else None


def _required(_reply: Reply, said: Mapping[str, Any]) -> int | None:
    required = said.get("required")
    return required if isinstance(required, int) and not isinstance(required, bool) else None


def _field_errors(_reply: Reply, said: Mapping[str, Any]) -> dict[str, list[str]]:
    fields = _details(said).get("fieldErrors")
    return {str(k): _strings(v) for k, v in fields.items()} if isinstance(fields, dict) else {}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _form_errors(_reply: Reply, said: Mapping[str, Any]) -> list[str]:
    return _strings(_details(said).get("formErrors"))


def _details(said: Mapping[str, Any]) -> Mapping[str, Any]:
    details = said.get("details")
    return details if isinstance(details, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]


_FACTS: Final[Mapping[type[refusals.APIError], Mapping[str, Any]]] = {
    refusals.BadRequest: {"field_errors": _field_errors, "form_errors": _form_errors},
    refusals.InsufficientCredits: {"required": _required},
    refusals.RateLimited: {"retry_after": _retry_after},
    refusals.ServerError: {"retry_after": _retry_after},
}


def _object(reply: Reply) -> dict[str, Any] | None:
    """The body where it is a JSON object."""
    try:
        body = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None  # pyright: ignore[reportUnknownVariableType]


def _shown(reply: Reply) -> str:
    return reply.body[:SHOWN_BODY_CHARACTERS].decode("utf-8", "replace")


def _unexpected(reply: Reply, reason: str, task_id: str | None = None) -> errors.UnexpectedReply:
    return errors.UnexpectedReply(reason, status=reply.status, body=_shown(reply), task_id=task_id)
