"""Hooks for a `schemathesis run` of your own: the guard before the wire, and the checks of every response.

    SCHEMATHESIS_HOOKS=gptimage2_video_cli.contract.hooks schemathesis run openapi.yaml --url URL

GPTIMAGE2_MAX_CREDITS is the limit in credits; without it a run is free of charge: prompts are emptied, and what has
none is not sent.
"""

import os
import sys
from typing import Any, Final, cast

import requests
import schemathesis
from requests.adapters import HTTPAdapter
from schemathesis import CheckContext, HookContext, Response

from .cases import AnyCase
from .findings import RunResult
from .guard import SAFE_METHODS, Guard, NotAdmitted, as_object
from .recording_client import Exchange
from .responses import check_response
from .schemas import spec


def _max_credits() -> int:
    value = os.environ.get("GPTIMAGE2_MAX_CREDITS", "0")
    if not (value.isascii() and value.isdecimal()):
        sys.exit(f"GPTIMAGE2_MAX_CREDITS must be a whole number of credits, 0 or more, not {value!r}")
    return int(value)


GUARD: Final = Guard(_max_credits())
_send: Final = HTTPAdapter.send


class NotSent(requests.RequestException):
    """The guard does not let a submission through."""


def _guarded_send(self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
    """As `HTTPAdapter.send`, below redirects, retries and the requests that checks send by themselves."""
    body: Any = request.body or b""
    try:
        submission = GUARD.admit(request.method or "", body.encode() if isinstance(body, str) else bytes(body))
    except NotAdmitted as error:
        raise NotSent(str(error), request=request) from None
    if submission is None:
        return _send(self, request, *args, **options)
    status, fields = None, dict[str, Any]()
    try:
        response = _send(self, request, *args, **options)
        status, fields = response.status_code, _fields(response)
        return response
    finally:
        GUARD.settle(submission, status, fields)


def _fields(response: requests.Response) -> dict[str, Any]:
    try:
        return as_object(response.json())
    except ValueError:
        return {}


# Below all that schemathesis sends.
HTTPAdapter.send = cast("Any", _guarded_send)  # type: ignore[method-assign]


def filter_case(context: HookContext, case: AnyCase) -> bool:
    """Drop what cannot be sent free of charge."""
    return bool(GUARD.max_credits) or case.method.upper() in SAFE_METHODS or isinstance(case.body, dict)


def before_add_examples(context: HookContext, examples: list[AnyCase]) -> None:
    """Leave examples out where there is no limit in credits: without their prompts they are none."""
    if not GUARD.max_credits:
        examples[:] = [example for example in examples if example.method.upper() in SAFE_METHODS]


def map_case(context: HookContext, case: AnyCase) -> AnyCase:
    """Empty the prompt of every submission where there is no limit in credits."""
    if not GUARD.max_credits and isinstance(case.body, dict):
        case.body = {**case.body, "prompt": ""}
    return case


for _function in (filter_case, before_add_examples, map_case):
    cast("Any", schemathesis).hook(_function)  # which is untyped


@schemathesis.check
def gptimage2_video(context: CheckContext, response: Response, case: AnyCase) -> None:
    """Check a response as `gptimage2-video contract` does. Raises AssertionError."""
    path = case.formatted_path
    exchange = Exchange(case.method.upper(), path, status=response.status_code)
    exchange.headers.update({name: ", ".join(values) for name, values in response.headers.items()})
    exchange.response_body += response.content
    exchange.received = len(response.content)
    result = RunResult(lambda _: None)
    check_response(exchange, spec(), result)
    violations = [finding.title for finding in result.findings if finding.severity != "notice"]
    assert not violations, "\n".join(violations)  # noqa: S101  so does schemathesis know a failure
