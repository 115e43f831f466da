"""Which response means what: bodies and headers that may be anything, read into tasks and errors.

Lives here: the tables from statuses to errors. Not here: what is done about an error (`submit`, `wait`, `retry`). The
generated response parsers are not called: on responses outside the contract they raise KeyError, ValueError or
JSONDecodeError, and lose the status.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

from gptimage2_video import errors
from gptimage2_video.effects import HttpResponse, TransportFailure
from gptimage2_video.task import Task, TaskStatus

PREVIEW_CHARS: Final = 500
# The id in a response that was cut behind it.
_TASK_ID: Final = re.compile(rb'"(?:taskId|id)"\s*:\s*"([\w.:-]+)"')


def parse_submission(response: HttpResponse, request: Mapping[str, Any], base_url: str) -> Task:
    """The task that a submission became.

    Raises APIError for a refusal (4xx: nothing was accepted), and SubmissionUncertain for what is neither: a 5xx, a
    redirect, a 2xx without a task id.
    """
    if 400 <= response.status < 500:
        raise api_error(response)
    body = (_json_object(response) if response.status < 300 else None) or {}
    task = Task.from_json(body, base_url=base_url)
    task = task or Task.from_json({**body, "status": TaskStatus.PENDING}, base_url=base_url)
    if task and task.id:
        return task
    task_id = _find_task_id(response)
    if task_id and response.status < 300:
        return Task(task_id, TaskStatus.PENDING)
    cause = _unexpected(response, "the response has no task id") if response.status < 300 else error_from(response)
    raise errors.SubmissionUncertain(request=request, cause=cause, task_id=task_id)


def salvage_submission(failure: TransportFailure, request: Mapping[str, Any], base_url: str) -> Task:
    """As `parse_submission`, of a response whose connection broke: its task id must not be lost."""
    task_id = None
    if failure.partial:
        try:
            return parse_submission(failure.partial, request, base_url)
        except errors.SubmissionUncertain as uncertain:
            task_id = uncertain.task_id
    raise errors.SubmissionUncertain(request=request, cause=errors.ConnectionFailed(failure.message), task_id=task_id)


def _find_task_id(response: HttpResponse) -> str | None:
    """The task id in a response that is not valid: text that was cut behind it, or a failure that names one."""
    try:
        body = json.loads(response.body)
    except (ValueError, RecursionError):
        match = _TASK_ID.search(response.body) if response.status < 300 else None
        return match[1].decode() if match else None
    task_id = body.get("taskId") if isinstance(body, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return task_id if isinstance(task_id, str) and task_id else None


def parse_snapshot(response: HttpResponse, task_id: str, base_url: str) -> Task:
    """The task as it stands. Raises APIError (4xx, 5xx), or UnexpectedReply (a redirect, or no readable status)."""
    if not 200 <= response.status < 300:
        raise error_from(response, task_id)
    body = _json_object(response)
    task = None if body is None else Task.from_json(body, task_id, base_url=base_url)
    if task is None:
        raise _unexpected(response, "the response has no status", task_id)
    return task


def error_from(response: HttpResponse, task_id: str | None = None) -> errors.VideoClientError:
    """The error that a response outside 2xx means when nothing was at stake."""
    if response.status >= 400:
        return api_error(response, task_id)
    location = response.headers.get("location")
    return _unexpected(response, f"redirected to {location}" if location else "the response has no content", task_id)


_BY_STATUS: Final[Mapping[int, type[errors.APIError]]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    402: errors.InsufficientCredits,
    403: errors.Forbidden,
    429: errors.RateLimited,
}


def api_error(response: HttpResponse, task_id: str | None = None) -> errors.APIError:
    """The error of a 4xx or 5xx, with everything of its body and headers that can be read."""
    cls = _BY_STATUS.get(response.status, errors.ServerError if response.status >= 500 else errors.APIError)
    if response.status == 404 and task_id:
        cls = errors.TaskNotFound
    body = _json_object(response)
    payload, more = body or {}, dict[str, Any]()
    if cls is errors.BadRequest:
        details = _as_object(payload.get("details")) or {}
        fields = _as_object(details.get("fieldErrors")) or {}
        more["field_errors"] = {name: _strings(messages) for name, messages in fields.items()}
        more["form_errors"] = _strings(details.get("formErrors"))
    elif cls is errors.InsufficientCredits:
        required = payload.get("required")
        more["required"] = required if isinstance(required, int) and not isinstance(required, bool) else None
    elif cls in (errors.RateLimited, errors.ServerError):
        more["retry_after"] = _retry_after(response)
    return cls(
        status=response.status,
        message=payload["error"] if isinstance(payload.get("error"), str) else "",
        body=_preview(response) if body is None else body,
        request_id=response.headers.get("x-request-id"),
        task_id=task_id,
        **more,
    )


def _retry_after(response: HttpResponse) -> float | None:
    """Seconds from now, given as a number or as a date; None where it is neither."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    # A date is read against the service's own clock, so that a wrong clock here does no harm.
    until, now = _date(value), _date(response.headers.get("date", ""))
    return max((until - now).total_seconds(), 0.0) if until and now else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else None


def _strings(value: object) -> list[str]:
    return [item for item in cast("list[object]", value) if isinstance(item, str)] if isinstance(value, list) else []


def _json_object(response: HttpResponse) -> dict[str, Any] | None:
    try:
        return _as_object(json.loads(response.body))
    except (ValueError, RecursionError):
        return None


def _as_object(value: object) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _preview(response: HttpResponse) -> str:
    return response.body[:PREVIEW_CHARS].decode("utf-8", "replace")


def _unexpected(response: HttpResponse, reason: str, task_id: str | None = None) -> errors.UnexpectedReply:
    if _json_object(response):  # in which the service may say why; a page of HTML says it at length
        reason += f": {' '.join(_preview(response).split())}"
    return errors.UnexpectedReply(reason, status=response.status, body=_preview(response), task_id=task_id)
