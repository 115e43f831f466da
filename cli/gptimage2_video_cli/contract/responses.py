"""The checks of every response: whole, documented, JSON in UTF-8, its schema; and what it shows of itself."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from .findings import RunResult
from .guard import as_list
from .recording_client import Exchange
from .schemas import Spec

_REFERENCE: Final = {"taskId", "imageUrls", "videoUrl", "creditsRefunded", "updatedAt"}
_QUICKSTART: Final = {"id", "outputImageUrls", "outputVideoUrl", "outputVideoUrls", "creditRefunded", "completedAt"}
VIDEO_FIELDS: Final = ("videoUrl", "outputVideoUrl", "outputVideoUrls")
_LARGE: Final = 1024 * 1024  # bytes, of a body that whatever stands in front of a server may refuse
_EDITS: Final = {
    "required": "Take the field out of `required`, or find its new name.",
    "type": "Widen `type` by what was observed.",
    "minLength": "Lower `minLength`.",
    "minimum": "Lower `minimum`.",
}
_NEW_RESPONSE: Final = """\
responses:
  '{status}':
    description: (when it is sent)
    content:
      {content_type}:
        schema: {{$ref: '#/components/schemas/ServiceError'}}"""


def check_response(exchange: Exchange, spec: Spec, result: RunResult) -> None:
    """Check one response against the spec; a missing one is not judged here."""
    operation, status = spec.operation(exchange.method, exchange.path), exchange.status
    if status is None or operation is None:
        return
    is_redirect, is_error = 300 <= status < 400, status >= 500
    result.check("no-redirect", not is_redirect, exchange, detail=f"status {status}" if is_redirect else "")
    result.check("no-server-error", not is_error, exchange, detail=f"status {status}" if is_error else "")
    result.check("complete", not exchange.is_truncated, exchange, detail=exchange.failure)
    if exchange.is_truncated or is_redirect:
        return
    response = spec.response(operation, status)
    content_type = exchange.content_type or "application/json"
    if status == 413 and len(exchange.request_body) > _LARGE:
        return
    edit = _NEW_RESPONSE.format(status=status, content_type=content_type)
    pointer = f"{operation}/responses"
    detail, is_documented = f"{exchange.method} gets a {status}", response is not None
    result.check("documented-status", is_documented, exchange, detail=detail, pointer=pointer, edit=edit)
    if response is None or not _is_json(exchange, response, result):
        return
    errors = spec.errors(response, exchange.body)
    for error in errors:
        edit, detail = _EDITS.get(error.keyword, ""), f"in a {status}, {error.message}"
        result.check("schema", False, exchange, detail=detail, pointer=error.pointer, edit=edit)
    if not errors:
        result.check("schema", True, exchange)
    undocumented = spec.undocumented_fields(response, exchange.body)
    if not undocumented:
        result.check("documented-fields", True, exchange)
    for name in undocumented:
        edit = f"properties:\n  {name}:\n    description: (what it means)"
        result.check("documented-fields", False, exchange, detail=f"{name}, in a {status}", pointer=response, edit=edit)
    for observe in _OBSERVERS.get((exchange.method, status), ()):
        observe(exchange, result)


def _is_json(exchange: Exchange, response: str, result: RunResult) -> bool:
    """Check that a body is JSON, and said to be; returns whether it is."""
    status, media_type = exchange.status, exchange.content_type
    edit = f"Add the content type {media_type or '(none)'} to {response}."
    is_named = media_type == "application/json"
    detail = f"a {status} is {media_type or 'of no content type'}"
    result.check("content-type", is_named, exchange, detail=detail, pointer=response, edit=edit)
    charset = str(exchange.headers.get("content-type", "")).lower().partition("charset=")[2].strip(' "')
    named = charset.partition(";")[0].strip(' "') or "utf-8"
    is_utf8 = named in ("utf-8", "utf8", "us-ascii") and _decodes(exchange)
    result.check("charset", is_utf8, exchange, detail=f"a {status} is in {named}")
    is_json = exchange.body is not None
    result.check("json", is_json, exchange, detail=f"a {status} is not", pointer=response)
    return is_json


def _decodes(exchange: Exchange) -> bool:
    try:
        exchange.response_body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _observe_unauthorized(exchange: Exchange, result: RunResult) -> None:
    result.check("unauthorized-body", exchange.body == {"error": "Unauthorized"}, exchange)


def _observe_not_found(exchange: Exchange, result: RunResult) -> None:
    result.check("unknown-task-body", exchange.body == {"error": "Task not found"}, exchange)


def _observe_bad_request(exchange: Exchange, result: RunResult) -> None:
    result.check("bad-request-message", exchange.fields.get("error") == "Invalid request", exchange)
    details = exchange.fields.get("details")
    if details:
        both = isinstance(details, dict) and {"formErrors", "fieldErrors"} <= details.keys()
        result.check("bad-request-details", both, exchange)


def _observe_receipt(exchange: Exchange, result: RunResult) -> None:
    status = exchange.fields.get("status")
    result.check("receipt-fields", {"taskId", "status", "creditsUsed"} <= exchange.fields.keys(), exchange)
    result.check("receipt-pending", status == 0, exchange, detail=f"status {status!r}")


def _observe_snapshot(exchange: Exchange, result: RunResult) -> None:
    fields = exchange.fields
    for check_id, spelling in (("spelling-reference", _REFERENCE), ("spelling-quickstart", _QUICKSTART)):
        if fields.keys() & spelling:
            result.check(check_id, True, exchange)
    status, task_type, refunded = fields.get("status"), fields.get("type"), fields.get("creditsRefunded")
    known = status in (0, 1, 2)
    result.check("task-statuses", known, exchange, detail=repr(status))
    if task_type is not None:
        result.check("video-type", task_type == "video", exchange)
    if refunded is not None:
        result.check("refunded-boolean", isinstance(refunded, bool), exchange)
    if status == 2:
        code = fields.get("errorCode")
        result.check("failed-says-why", bool(code), exchange, detail=str(code))
    if status == 1:
        url = video_url(fields)
        result.check("video-url", url is not None, exchange)
        if not fields.get("videoUrl") and fields.keys() & _QUICKSTART:
            result.check("output-video-url", url is not None, exchange)


def video_url(fields: Mapping[str, Any]) -> str | None:
    """The URL of the video in a snapshot, in either spelling."""
    value = next((fields[name] for name in VIDEO_FIELDS if fields.get(name)), None)
    first = (as_list(value) or [value])[0]
    return first if isinstance(first, str) else None


_OBSERVERS: Final[Mapping[tuple[str, int], tuple[Callable[[Exchange, RunResult], None], ...]]] = {
    ("POST", 200): (_observe_receipt,),
    ("POST", 400): (_observe_bad_request,),
    ("POST", 401): (_observe_unauthorized,),
    ("GET", 200): (_observe_snapshot,),
    ("GET", 401): (_observe_unauthorized,),
    ("GET", 404): (_observe_not_found,),
}
