"""The keys of machine-readable output: a table for each type of value that `--json`, MCP and reports share.

Lives here: the law that keys are a promise. Each is written out, so that no change of a Python name changes any output.
"""

from typing import Any

from gptimage2_video import (
    APIError,
    BadRequest,
    BudgetExceeded,
    DownloadFailed,
    InsufficientCredits,
    InvalidRequest,
    JournalFailed,
    Model,
    Price,
    Quote,
    RateLimited,
    ServerError,
    SubmissionUncertain,
    Task,
    TaskFailed,
    UnexpectedReply,
    VideoClientError,
    Violation,
    WaitTimeout,
)
from gptimage2_video.journal import Submission, Totals


def task_json(task: Task) -> dict[str, Any]:
    """A task without the service's own snapshot; what nobody knows is null."""
    return {
        "id": task.id,
        "status": int(task.status),
        "video_url": task.video_url,
        "credits_used": task.credits_used,
        "refunded": task.refunded,
        "error_code": task.error_code,
        "error_message": task.error_message,
        "type": task.type,
        "model": task.model,
        "prompt": task.prompt,
        "created_at": task.created_at,
        "path": task.path,
        "status_name": None if task.status.label.removeprefix("-").isdecimal() else task.status.label,
    }


def submission_json(submission: Submission) -> dict[str, Any]:
    """A submission as the journal holds it, times in ISO 8601, UTC."""
    return {
        "submission_id": submission.id,
        "state": submission.state,
        "sent_at": submission.sent_at.isoformat(),
        "changed_at": submission.changed_at.isoformat(),
        "base_url": submission.base_url,
        "request": submission.request,
        "quote": submission.quote,
        "target": submission.target,
        "task_id": submission.task_id,
        "credits_used": submission.credits_used,
        "refunded": submission.refunded,
        "reason": submission.reason,
        "path": submission.path,
        "group": submission.group,
        "uncertain": submission.uncertain,
        "unfinished": submission.unfinished,
    }


def totals_json(totals: Totals) -> dict[str, int]:
    """Credits over many submissions."""
    return {"spent": totals.spent, "refunded": totals.refunded, "uncertain": totals.uncertain}


def violation_json(violation: Violation) -> dict[str, Any]:
    """What is wrong with a request."""
    return {
        "code": violation.code,
        "field": violation.field,
        "message": violation.message,
        "severity": violation.severity,
    }


def quote_json(quote: Quote) -> dict[str, Any]:
    """A price before the call."""
    return {"credits": quote.credits, "note": quote.note}


def model_json(model: Model) -> dict[str, Any]:
    """A row of the model table, with null for what is unknown: an empty list would say that there is none."""
    return {
        "id": model.id,
        "family": model.family,
        "label": model.label,
        "modes": model.modes or None,
        "modes_known": model.modes_known,
        "durations": tuple(model.durations) or None,
        "durations_known": model.durations_known,
        "resolutions": model.resolutions or None,
        "resolutions_known": model.resolutions_known,
        "prices": [_price_json(price) for price in model.prices] or None,
        "prices_known": model.prices_known,
        "note": model.note._asdict() if model.note else None,
    }


def _price_json(price: Price) -> dict[str, Any]:
    return {"duration": price.duration, "resolution": price.resolution, "credits": price.credits}


def error_json(error: VideoClientError) -> dict[str, Any]:
    """An error: what its class knows, then what every error has."""
    common = {"type": type(error).__name__, "message": str(error), "task_id": error.task_id}
    return _details(error) | common


def _details(error: VideoClientError) -> dict[str, Any]:
    match error:
        case APIError():
            return {**_api_details(error), "status": error.status, "body": error.body, "request_id": error.request_id}
        case InvalidRequest():
            return {"violations": [violation_json(violation) for violation in error.violations]}
        case BudgetExceeded():
            return {"needed": error.needed, "left": error.left}
        case JournalFailed():
            return {"path": error.path}
        case UnexpectedReply():
            return {"status": error.status, "body": error.body}
        case SubmissionUncertain():
            return {"request": error.request, "cause": error_json(error.cause)}
        case TaskFailed():
            return {"task": task_json(error.task), "refunded": error.refunded, "error_code": error.code}
        case WaitTimeout():
            last_error = error.last_error and error_json(error.last_error)
            return {"waited": error.waited, "status": error.status, "last_error": last_error}
        case DownloadFailed():
            return {"url": error.url}
        case _:
            return {}


def _api_details(error: APIError) -> dict[str, Any]:
    match error:
        case BadRequest():
            return {"field_errors": error.field_errors, "form_errors": error.form_errors}
        case InsufficientCredits():
            return {"required": error.required}
        case RateLimited() | ServerError():
            return {"retry_after": error.retry_after}
        case _:
            return {}
