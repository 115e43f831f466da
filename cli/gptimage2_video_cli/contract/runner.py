"""One run: what is free of charge, then with credits as far as they go, then the tasks to their end."""

import json
import os
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gptimage2_video import Journal
from gptimage2_video_cli.console.exit_codes import UNEXPECTED

from . import clock
from .cases import GeneratedCase, failed_checks, generate
from .findings import RunResult
from .guard import Guard, NotAdmitted
from .lifecycle import Tasks
from .recording_client import Exchange, RecordingClient, Redactor
from .report import report_data
from .rules import UNUSUAL, VALID, check_free_of_charge, check_with_credits, named_beside, valid_requests
from .schemas import spec
from .session import RunAborted, Session
from .transport_checks import check_http, check_insufficient_credits, check_keys, check_reachable


class RunOptions(NamedTuple):
    """What a run is asked to do.

    Attributes:
        image: The URL for image-to-video; without one there is none.
        timeout: Seconds that a task may take.
        poll_interval: Seconds between two polls of one task.
        seed: Of the generated cases.
        max_examples: How many of them are random, for each operation and mode.
        max_seconds: When no more of them are sent.
    """

    image: str | None
    timeout: float
    poll_interval: float
    seed: int
    max_examples: int
    max_seconds: float


def run_contract(
    guard: Guard,
    client: RecordingClient,
    keys: Sequence[str],
    options: RunOptions,
    log: Callable[[str], object],
    *,
    journal: Journal | None = None,
    known: Sequence[Mapping[str, Any]] = (),
) -> tuple[int, dict[str, Any]]:
    """Test a server, and say what that showed.

    The keys are that of the account that is tested, that of another, and that of a poor one, empty where there is none.
    `log` is called with a line for people, as things happen; `known` is as of `report.load_baseline`.

    Returns:
        The exit code of a run without findings (0, 3 the key is refused, 4 no response, 70 a fault of this program,
        130 interrupted); the report.
    """
    key, other_key, poor_key = keys
    session = Session(spec(), client, RunResult(log), key, other_key, poor_key, journal)
    tasks = Tasks(session, options.timeout, options.poll_interval)
    code, interrupted, deadline = 0, False, clock.now() + options.max_seconds
    steps: list[Callable[[], None]] = [lambda: _submit_all(session, tasks, options, deadline), tasks.finish]
    for step in steps:
        try:
            step()
        except RunAborted as aborted:
            session.result.abort_reason = session.result.abort_reason or str(aborted)
            code = code or aborted.exit_code
        except KeyboardInterrupt:
            code, interrupted = 130, True
            break
        except Exception as error:  # what was paid is still followed, and the report still written
            session.result.abort_reason = f"unexpected {type(error).__name__}: {error}; please report"
            code = UNEXPECTED
            if os.environ.get("GPTIMAGE2_DEBUG"):
                log(traceback.format_exc())
    redact = Redactor(*keys)
    return code, redact(report_data(session.result, guard, client, known, interrupted=interrupted))


def _submit_all(session: Session, tasks: Tasks, options: RunOptions, deadline: float) -> None:
    result, guard = session.result, session.client.guard
    result.log(f"testing {session.client.base_url}: reads and refused submissions, free of charge")
    check_reachable(session)
    check_keys(session, tasks)
    check_free_of_charge(session, tasks)
    check_http(session, tasks)
    cases = generate(options.seed, options.max_examples)
    _send_free(session, tasks, cases, deadline)
    if not guard.max_credits:
        return
    ratio = float(guard.charge_ratio)
    result.log(f"with credits: up to {guard.max_credits}, cheapest first; each needs {ratio:g} times its price")
    check_with_credits(session, tasks)
    _send_generated(session, tasks, cases, deadline, is_valid=False)
    check_insufficient_credits(session, tasks)
    _submit_valid(session, tasks, options.image)
    _send_generated(session, tasks, cases, deadline, is_valid=True)


def _send_free(session: Session, tasks: Tasks, cases: list[GeneratedCase], deadline: float) -> None:
    """Send the generated cases that cost nothing: reads, and submissions whose prompt is emptied."""
    for generated in cases:
        if clock.now() > deadline:
            session.result.not_reached.append("generated cases that are free of charge: --max-seconds is over")
            return
        if generated.method == "GET":
            exchange = session.request("GET", generated.path, authorization=session.authorization)
        elif (emptied := generated.with_empty_prompt()) is None:
            continue
        else:
            exchange = tasks.submit(emptied.content, "a generated request with an empty prompt", is_valid=False)
            names = named_beside(exchange, session.empty_prompt_refusal)
            if names and session.spec.is_valid_request(generated.value):
                detail = f"{emptied.content.decode()[:200]}: the refusal names {names}"
                session.result.check("valid-accepted", False, exchange, detail=detail)
        _check_case(session, generated, exchange, is_valid=generated.method == "GET")


def _send_generated(
    session: Session, tasks: Tasks, cases: list[GeneratedCase], deadline: float, *, is_valid: bool
) -> None:
    """Submit the generated cases as they are, cheapest first; the first invalid one that is accepted is the last."""
    kind = "valid" if is_valid else "invalid"
    chosen = {
        it.content: it for it in cases if it.method == "POST" and session.spec.is_valid_request(it.value) == is_valid
    }
    reason = ""
    for content in sorted(chosen, key=session.client.guard.cost):
        if reason or clock.now() > deadline:
            session.result.not_reached.append(f"generated {kind} requests: {reason or '--max-seconds is over'}")
            return
        try:
            exchange = tasks.submit(content, f"a generated {kind} request", is_valid=is_valid)
        except NotAdmitted as error:
            reason = str(error)
            continue
        _check_case(session, chosen[content], exchange, is_valid=is_valid)
        if not is_valid and exchange.submission is not None and exchange.submission.state == "accepted":
            reason = "one was accepted"


def _check_case(session: Session, generated: GeneratedCase, exchange: Exchange, *, is_valid: bool) -> None:
    for message in failed_checks(generated, exchange, is_valid=is_valid):
        session.result.check("schemathesis", False, exchange, detail=message)
    session.result.check("schemathesis", True, exchange)


def _submit_valid(session: Session, tasks: Tasks, image: str | None) -> None:
    """Submit valid requests: the cheapest of each model and mode, the first twice; unusual ones; every other price."""
    guard, result = session.client.guard, session.result
    by_cost = sorted(valid_requests(image), key=lambda it: guard.cost(json.dumps(it[0]).encode()))
    first: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}
    for request in by_cost:
        first.setdefault((request[0]["model"], request[0]["inputMode"]), request)
    if image is None:
        result.not_reached.append("image_to_video: no --image")
    chosen = list(first.values())
    unusual = [({**VALID, **fields}, description) for description, fields in UNUSUAL.items()]
    for body, description in [chosen[0], *chosen, *unusual, *(it for it in by_cost if it not in chosen)]:
        try:
            tasks.submit(body, description, is_valid=True)
        except NotAdmitted as error:
            result.not_reached.append(f"{description}: {error}")
