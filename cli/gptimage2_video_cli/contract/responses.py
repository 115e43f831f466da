"""What every reply is held to: a documented status, JSON, the schema; and which facts it shows by itself.

Lives here: the reading of replies. Not here: what a probe or a submission expects of its own (`probes`,
`submissions`).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from .findings import Book
from .recording_client import Exchange
from .schemas import Problem, Spec

_REFERENCE: Final = {"taskId", "imageUrls", "videoUrl", "creditsRefunded", "updatedAt"}
_QUICKSTART: Final = {"id", "outputImageUrls", "outputVideoUrl", "outputVideoUrls", "creditRefunded", "completedAt"}
_VIDEO: Final = ("videoUrl", "outputVideoUrl", "outputVideoUrls")
_EDITS: Final = {
    "required": "Take the field out of `required`, or find out what it is called now.",
    "type": "Widen `type` by what was seen.",
    "minLength": "Lower `minLength`.",
    "minimum": "Lower `minimum`.",
}
_NEW_RESPONSE: Final = """\
responses:
  '{status}':
    description: (when it is sent)
    content:
      {kind}:
        schema: {{$ref: '#/components/schemas/ServiceError'}}"""


def hold(exchange: Exchange, spec: Spec, book: Book, base_url: str) -> None:
    """Hold one reply to the spec; none at all is not judged here."""
    operation = spec.operation(exchange.method, exchange.path)
    if exchange.status is None or operation is None:
        return
    if exchange.cut:
        book.find("violation", "The reply is cut", operation, "None; look at the server or the network.", exchange)
        return
    response = spec.response(operation, exchange.status)
    if response is None:
        edit = _NEW_RESPONSE.format(status=exchange.status, kind=exchange.content_type or "application/json")
        book.find("violation", f"Undocumented status {exchange.status}", f"{operation}/responses", edit, exchange)
        return
    _hold_body(exchange, response, spec, book)
    for show in _SHOWS.get((exchange.method, exchange.status), ()):
        show(exchange, book)
    if exchange.method == "GET" and exchange.fields.get("status") == 1:
        _completed(exchange, book, base_url)


def _hold_body(exchange: Exchange, response: str, spec: Spec, book: Book) -> None:
    body, kind = exchange.body, exchange.content_type
    if kind != "application/json":
        edit = f"Add the content type {kind or '(none)'} to {response}."
        book.find("violation", f"A {exchange.status} is {kind or 'of no type'}", response, edit, exchange)
    if body is None:
        book.find("violation", f"A {exchange.status} is not JSON", response, "Describe what is sent.", exchange)
        return
    for problem in spec.problems(response, body):
        edit = _EDITS.get(problem.keyword, "Describe what was seen.")
        book.find("violation", _title(problem, exchange), problem.pointer, edit, exchange)
    for name in spec.unnamed(response, body):
        edit = f"properties:\n  {name}:\n    description: (what it tells)"
        book.find(
            "notice", f"A {exchange.status} has a field that the spec does not name: {name}", response, edit, exchange
        )


def _title(problem: Problem, exchange: Exchange) -> str:
    return f"A {exchange.status} is not what its schema says: {problem.message}"


def accepted(exchange: Exchange) -> bool:
    """Whether a reply to a submission shows that it was accepted; a receipt does, in a 400 too."""
    success = exchange.status is not None and 200 <= exchange.status < 300
    return success or any(exchange.fields.get(name) for name in ("taskId", "creditsUsed"))


def uncertain(exchange: Exchange) -> bool:
    """Whether a submission may have been accepted, for all that its reply shows."""
    return not exchange.never_sent and (exchange.status is None or exchange.status >= 500)


def _unauthorized(exchange: Exchange, book: Book) -> None:
    book.observe("unauthorized-words", exchange.body == {"error": "Unauthorized"}, exchange)


def _not_found(exchange: Exchange, book: Book) -> None:
    book.observe("unknown-task-words", exchange.body == {"error": "Task not found"}, exchange)


def _bad_request(exchange: Exchange, book: Book) -> None:
    book.observe("bad-request-words", exchange.fields.get("error") == "Invalid request", exchange)
    details = exchange.fields.get("details")
    if details:
        both = isinstance(details, dict) and {"formErrors", "fieldErrors"} <= details.keys()
        book.observe("bad-request-details", both, exchange)


def _receipt(exchange: Exchange, book: Book) -> None:
    book.observe("receipt-fields", {"taskId", "status", "creditsUsed"} <= exchange.fields.keys(), exchange)
    book.observe("receipt-pending", exchange.fields.get("status") == 0, exchange)


def _snapshot(exchange: Exchange, book: Book) -> None:
    fields = exchange.fields
    for name, spelling in (("spelling-reference", _REFERENCE), ("spelling-quickstart", _QUICKSTART)):
        if fields.keys() & spelling:
            book.observe(name, True, exchange)
    status, kind, refunded = fields.get("status"), fields.get("type"), fields.get("creditsRefunded")
    book.observe("task-statuses", status in (0, 1, 2), exchange, detail=f"status {status}")
    if kind is not None:
        book.observe("video-type", kind == "video", exchange)
    if refunded is not None:
        book.observe("refunded-boolean", isinstance(refunded, bool), exchange)
    if status == 2:
        book.observe("failed-says-why", bool(fields.get("errorCode")), exchange, detail=str(fields.get("errorCode")))


def _completed(exchange: Exchange, book: Book, base_url: str) -> None:
    fields = exchange.fields
    url = next((fields[name] for name in _VIDEO if fields.get(name)), None)
    book.observe("video-url", url is not None, exchange)
    if not fields.get("videoUrl") and fields.keys() & _QUICKSTART:
        book.observe("output-video-url", url is not None, exchange)
    first: Any = url[0] if isinstance(url, list) else url  # pyright: ignore[reportUnknownVariableType]
    if isinstance(first, str):
        book.observe("video-elsewhere", urlsplit(first).netloc != urlsplit(base_url).netloc, exchange)


_SHOWS: Final[Mapping[tuple[str, int], tuple[Callable[[Exchange, Book], None], ...]]] = {
    ("POST", 200): (_receipt,),
    ("POST", 400): (_bad_request,),
    ("POST", 401): (_unauthorized,),
    ("GET", 200): (_snapshot,),
    ("GET", 401): (_unauthorized,),
    ("GET", 404): (_not_found,),
}
