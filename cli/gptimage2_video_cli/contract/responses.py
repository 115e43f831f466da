"""The validation of every response: a documented status, JSON, the schema; and which assumptions it shows by itself."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from .findings import RunResult
from .recording_client import Exchange
from .schemas import Spec

_REFERENCE: Final = {"taskId", "imageUrls", "videoUrl", "creditsRefunded", "updatedAt"}
_QUICKSTART: Final = {"id", "outputImageUrls", "outputVideoUrl", "outputVideoUrls", "creditRefunded", "completedAt"}
_VIDEO_FIELDS: Final = ("videoUrl", "outputVideoUrl", "outputVideoUrls")
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


def validate_response(exchange: Exchange, spec: Spec, result: RunResult, base_url: str) -> None:
    """Validate one response against the spec; a missing one is not judged here."""
    operation = spec.operation(exchange.method, exchange.path)
    if exchange.status is None or operation is None:
        return
    if exchange.is_truncated:
        edit = "None; check the server or the network."
        result.add_finding("violation", "The response is truncated", operation, edit, exchange)
        return
    response = spec.response(operation, exchange.status)
    if response is None:
        content_type = exchange.content_type or "application/json"
        edit = _NEW_RESPONSE.format(status=exchange.status, content_type=content_type)
        title = f"Undocumented status {exchange.status}"
        result.add_finding("violation", title, f"{operation}/responses", edit, exchange)
        return
    _validate_body(exchange, response, spec, result)
    for observe in _OBSERVERS.get((exchange.method, exchange.status), ()):
        observe(exchange, result)
    if exchange.method == "GET" and exchange.fields.get("status") == 1:
        _observe_completed(exchange, result, base_url)


def _validate_body(exchange: Exchange, response: str, spec: Spec, result: RunResult) -> None:
    status, body, content_type = exchange.status, exchange.body, exchange.content_type
    if content_type != "application/json":
        edit = f"Add the content type {content_type or '(none)'} to {response}."
        title = f"A {status} is {content_type or 'of no content type'}"
        result.add_finding("violation", title, response, edit, exchange)
    if body is None:
        result.add_finding("violation", f"A {status} is not JSON", response, "Describe what is sent.", exchange)
        return
    for error in spec.errors(response, body):
        edit = _EDITS.get(error.keyword, "Describe what was observed.")
        title = f"A {status} does not match its schema: {error.message}"
        result.add_finding("violation", title, error.pointer, edit, exchange)
    for name in spec.undocumented_fields(response, body):
        edit = f"properties:\n  {name}:\n    description: (what it means)"
        result.add_finding("notice", f"A {status} has an undocumented field: {name}", response, edit, exchange)


def is_accepted(exchange: Exchange) -> bool:
    """Whether a response shows that the submission was accepted; a task id or a charge does, in a 400 too."""
    success = exchange.status is not None and 200 <= exchange.status < 300
    return success or any(exchange.fields.get(name) for name in ("taskId", "creditsUsed"))


def is_uncertain(exchange: Exchange) -> bool:
    """Whether a submission may have been accepted although no response shows it."""
    return not exchange.nothing_sent and (exchange.status is None or exchange.status >= 500)


def _observe_unauthorized(exchange: Exchange, result: RunResult) -> None:
    result.observe("unauthorized-body", exchange.body == {"error": "Unauthorized"}, exchange)


def _observe_not_found(exchange: Exchange, result: RunResult) -> None:
    result.observe("unknown-task-body", exchange.body == {"error": "Task not found"}, exchange)


def _observe_bad_request(exchange: Exchange, result: RunResult) -> None:
    result.observe("bad-request-message", exchange.fields.get("error") == "Invalid request", exchange)
    details = exchange.fields.get("details")
    if details:
        both = isinstance(details, dict) and {"formErrors", "fieldErrors"} <= details.keys()
        result.observe("bad-request-details", both, exchange)


def _observe_receipt(exchange: Exchange, result: RunResult) -> None:
    result.observe("receipt-fields", {"taskId", "status", "creditsUsed"} <= exchange.fields.keys(), exchange)
    result.observe("receipt-pending", exchange.fields.get("status") == 0, exchange)


def _observe_snapshot(exchange: Exchange, result: RunResult) -> None:
    fields = exchange.fields
    for assumption_id, spelling in (("spelling-reference", _REFERENCE), ("spelling-quickstart", _QUICKSTART)):
        if fields.keys() & spelling:
            result.observe(assumption_id, True, exchange)
    status, task_type, refunded = fields.get("status"), fields.get("type"), fields.get("creditsRefunded")
    result.observe("task-statuses", status in (0, 1, 2), exchange, detail=f"status {status}")
    if task_type is not None:
        result.observe("video-type", task_type == "video", exchange)
    if refunded is not None:
        result.observe("refunded-boolean", isinstance(refunded, bool), exchange)
    if status == 2:
        code = fields.get("errorCode")
        result.observe("failed-says-why", bool(code), exchange, detail=str(code))


def _observe_completed(exchange: Exchange, result: RunResult, base_url: str) -> None:
    fields = exchange.fields
    url = next((fields[name] for name in _VIDEO_FIELDS if fields.get(name)), None)
    result.observe("video-url", url is not None, exchange)
    if not fields.get("videoUrl") and fields.keys() & _QUICKSTART:
        result.observe("output-video-url", url is not None, exchange)
    first: Any = url[0] if isinstance(url, list) else url  # pyright: ignore[reportUnknownVariableType]
    if isinstance(first, str):
        result.observe("video-elsewhere", urlsplit(first).netloc != urlsplit(base_url).netloc, exchange)


_OBSERVERS: Final[Mapping[tuple[str, int], tuple[Callable[[Exchange, RunResult], None], ...]]] = {
    ("POST", 200): (_observe_receipt,),
    ("POST", 400): (_observe_bad_request,),
    ("POST", 401): (_observe_unauthorized,),
    ("GET", 200): (_observe_snapshot,),
    ("GET", 401): (_observe_unauthorized,),
    ("GET", 404): (_observe_not_found,),
}
