"""The checks of keys and of HTTP: who may ask, with which method, and in which form."""

import json
from typing import Final

from .guard import NotAdmitted
from .lifecycle import Tasks
from .recording_client import NO_KEY, Authorization, Exchange
from .rules import INVALID_PROMPT, VALID, dearest_request
from .session import SUBMIT, UNKNOWN_TASK, RunAborted, Session

_LARGE: Final = 2 * 1024 * 1024  # bytes
_VARIABLE: Final = "GPTIMAGE2_API_KEY"
_MALFORMED: Final = json.dumps(INVALID_PROMPT).encode()


def check_reachable(session: Session) -> None:
    """Read a task that there is not, with the key and without.

    Raises:
        RunAborted: There is no response, the key is refused, or the server is no server of this API.
    """
    with_key = session.request("GET", UNKNOWN_TASK, authorization=session.authorization)
    if with_key.status == 401:
        raise RunAborted("the server refuses the key in GPTIMAGE2_API_KEY; nothing else can be tested", 3)
    without = session.request("GET", UNKNOWN_TASK, authorization=NO_KEY)
    if not (with_key.fields or without.fields):
        found = f"{with_key.status} {with_key.content_type}".strip()
        raise RunAborted(f"{session.client.base_url} is no server of this API: a task is answered by {found}")
    detail = f"status {with_key.status}"
    session.result.check("unknown-task", with_key.status == 404, with_key, detail=detail)
    session.result.check("no-key", without.status == 401, with_key, without, detail=f"status {without.status}")


def check_keys(session: Session, tasks: Tasks) -> None:
    """Read and submit with keys that must be refused, and with the right one in lower case.

    Raises:
        RunAborted: A submission was accepted, or there was no response.
    """
    key = session.key
    wrong = [
        ("no-key", NO_KEY),
        ("wrong-key", Authorization("Bearer this-is-no-key", "Bearer this-is-no-key")),
        ("wrong-key", Authorization("Bearer", "Bearer")),
        ("part-of-key", Authorization(f"Bearer {key[:-1]}", f"Bearer ${{{_VARIABLE}%?}}")),
        ("part-of-key", Authorization(f"Bearer {key}-x", f"Bearer ${_VARIABLE}-x")),
        ("other-scheme", Authorization(f"Basic {key}", f"Basic ${_VARIABLE}")),
        ("other-scheme", Authorization(key, f"${_VARIABLE}")),
    ]
    if key.swapcase() != key:
        wrong.append(("key-case", Authorization(f"Bearer {key.swapcase()}", f"Bearer ${{{_VARIABLE}~~}}")))
    for check_id, authorization in wrong:
        read = session.request("GET", UNKNOWN_TASK, authorization=authorization)
        submitted = _submit_as(tasks, authorization)
        for exchange in (read, submitted):
            is_refused = exchange.status == 401
            session.result.check(check_id, is_refused, exchange, detail=f"{exchange.method} gets a {exchange.status}")
    lower = Authorization(f"bearer {key}", f"bearer ${_VARIABLE}")
    read = session.request("GET", UNKNOWN_TASK, authorization=lower)
    session.result.check("lower-case-scheme", read.status == 404, read, detail=f"status {read.status}")


def _submit_as(tasks: Tasks, authorization: Authorization) -> Exchange:
    description = "an empty prompt with a wrong key"
    return tasks.submit(INVALID_PROMPT, description, is_valid=False, authorization=authorization)


def check_http(session: Session, tasks: Tasks) -> None:
    """Other methods, a body that is not JSON, and one that is too large; all with an empty prompt.

    Raises:
        RunAborted: A submission was accepted, or there was no response.
    """
    for path, allowed in ((SUBMIT, "POST"), (UNKNOWN_TASK, "GET")):
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} - {allowed}):
            _check_method(session, method, path, allowed)
    head = session.request("HEAD", UNKNOWN_TASK, authorization=session.authorization)
    is_as_get = head.status in (404, 405, 501) and not head.received
    session.result.check("head", is_as_get, head, detail=f"{head.status} with {head.received} bytes")
    options = session.request("OPTIONS", SUBMIT, authorization=NO_KEY)
    is_answered = options.status is not None and (options.status < 500 or options.status == 501)
    session.result.check("options", is_answered, options, detail=f"status {options.status}")
    for body, name in ((_MALFORMED[:-1], "half an object"), (_MALFORMED + b" {}", "an object, and more")):
        malformed = tasks.submit(body, name, is_valid=False)
        detail = f"{name}: status {malformed.status}"
        session.result.check("malformed-body", malformed.status == 400, malformed, detail=detail)
    _check_large_body(session, tasks)


def _check_method(session: Session, method: str, path: str, allowed: str) -> None:
    """A method that an operation does not have: 405 with Allow, or another refusal."""
    body = None if method == "GET" else INVALID_PROMPT
    exchange = session.request(method, path, authorization=session.authorization, body=body)
    allow = exchange.headers.get("allow", "")
    names = [name.strip().upper() for name in allow.split(",")]
    is_refused = exchange.status == 404 or (exchange.status == 405 and allowed in names)
    session.result.check(
        "allow", is_refused, exchange, detail=f"{method} {path} gets a {exchange.status}, Allow {allow!r}"
    )


def _check_large_body(session: Session, tasks: Tasks) -> None:
    large = tasks.submit({**INVALID_PROMPT, "padding": "x" * _LARGE}, "2 MiB", is_valid=False)
    is_refused = large.status is not None and 400 <= large.status < 500
    session.result.check("large-body", is_refused, large, detail=f"status {large.status}")


def check_insufficient_credits(session: Session, tasks: Tasks) -> None:
    """Submit a valid request with the key of an account that cannot pay for it.

    Raises:
        RunAborted: It is not certain whether that was accepted.
    """
    if not session.poor_key:
        return
    poor = Authorization.bearer(session.poor_key, "GPTIMAGE2_POOR_KEY")
    for body in (dearest_request(), VALID):
        try:
            exchange = tasks.submit(body, "a valid request of a poor account", is_valid=True, authorization=poor)
        except NotAdmitted as error:
            session.result.not_run("insufficient-credits", str(error))
            continue
        is_refused = exchange.status == 402
        session.result.check("insufficient-credits", is_refused, exchange, detail=f"status {exchange.status}")
        price = exchange.submission.quote if exchange.submission else None
        if is_refused and price is not None:
            required = exchange.fields.get("required")
            detail = f"{required}, quoted {price}"
            session.result.check("required-is-quote", required == price, exchange, detail=detail)
        return
