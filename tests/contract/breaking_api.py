"""Ways to break what the mock reads and says: each makes, from the original, what replaces one attribute of the mock.

What is broken with them is the table in `broken`; ways to break tasks and credits are in `breaking_service`.
"""

import copy
import functools
from collections.abc import Callable
from typing import Any

from aiohttp import web

from gptimage2_video_mock.api import handlers
from gptimage2_video_mock.api.validation import InvalidRequest, RequestValidator
from gptimage2_video_mock.service.accounts import Account
from gptimage2_video_mock.service.service import Service
from target import RICH

Breaking = Callable[[Any], Any]


def spec(*path: str | int, **new: Any) -> Breaking:
    """A validator that reads another spec: at the path under `components/schemas`, these values."""

    def replace(original: Any) -> Any:
        def init(self: RequestValidator, document: dict[str, Any]) -> None:
            document = copy.deepcopy(document)
            functools.reduce(lambda node, key: node[key], path, document["components"]["schemas"]).update(new)
            original(self, document)

        return init

    return replace


def refuse_when(applies: Callable[[dict[str, Any]], object]) -> Breaking:
    """A validator that refuses some requests more than the spec does."""

    def replace(original: Any) -> Any:
        def read(self: RequestValidator, body: bytes) -> dict[str, Any]:
            request = original(self, body)
            if applies(request):
                raise InvalidRequest(["No"], {})
            return request

        return read

    return replace


def payload(change: Callable[[int, dict[str, Any]], dict[str, Any]]) -> Breaking:
    """Replies whose object is changed, from their status and the right one."""
    return lambda original: lambda status, value: original(status, change(status, value))


def without(name: str, when: int) -> Breaking:
    """Replies of one status without one name."""
    return payload(lambda status, value: {k: v for k, v in value.items() if (status, k) != (when, name)})


_RECEIPT = {"taskId", "status", "creditsUsed"}


def told(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Breaking:
    """Snapshots with some fields changed, from the right one."""
    return payload(lambda status, value: {**value, **change(value)} if "createdAt" in value else value)


def receipt(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Breaking:
    """Other receipts, from the right one."""
    return payload(lambda status, value: change(value) if value.keys() == _RECEIPT else value)


def answer(change: Callable[[Any, web.Response], web.Response | None]) -> Breaking:
    """After a submission was answered, something happens, or another answer is given in its place."""

    def replace(original: Any) -> Any:
        async def changed(exchange: Any) -> web.Response:
            reply = await original[3](exchange)
            return change(exchange, reply) or reply

        return (*original[:3], changed)

    return replace


def charge_when(status: int) -> Breaking:
    """A refusal of this status costs a credit."""

    def charge(exchange: Any, reply: web.Response) -> None:
        if reply.status == status:
            handlers.account_of(exchange.request, exchange.state).balance -= 1

    return answer(charge)


def choke(exchange: Any, reply: web.Response) -> web.Response | None:
    """A control character in what was accepted is an internal error."""
    control = any(rf"\u00{code:02x}".encode() in exchange.body for code in range(32))
    return handlers.error(500, "Internal server error") if control and reply.status == 200 else None


def html(_: Any) -> Any:
    """Errors as pages."""
    return lambda status, message, **_: web.Response(
        status=status, text=f"<h1>{message}</h1>", content_type="text/html"
    )


def without_allow(original: Any) -> Any:
    """405 without its header."""

    def refused(request: web.Request, refusal: web.HTTPException) -> web.Response:
        response = original(request, refusal)
        response.headers.popall("Allow", None)
        return response

    return refused


def account(choose: Callable[[web.Request, Service, Account | None], Account | None]) -> Breaking:
    """Another idea of whose request it is, from the request, the service and the right one."""
    return lambda original: lambda request, state: choose(request, state.service, original(request, state))


def owner(request: web.Request, service: Service, mine: Account | None) -> Account | None:
    """Whoever may ask at all is taken for the owner of the task."""
    task = service.task(request.match_info.get("id", ""))
    return task.account if mine and task else mine


def prefix(request: web.Request, service: Service, mine: Account | None) -> Account | None:
    """The beginning of the first key opens its account."""
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return mine or (service.account(RICH) if len(key) > 4 and RICH.startswith(key) else None)
