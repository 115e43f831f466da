"""The admin API under `/mock/`, for tests in any language and the playground.

None of it is part of the API or exists upstream, and none of its requests is logged.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from gptimage2_video_mock.api.handlers import account_of, error, json_response, video_url
from gptimage2_video_mock.api.snapshots import reference
from gptimage2_video_mock.scenarios.registry import DEFAULT, SCENARIOS
from gptimage2_video_mock.service.clock import iso
from gptimage2_video_mock.service.prices import INVENTED_CREDITS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from gptimage2_video_mock.api.request_log import RequestRecord
    from gptimage2_video_mock.api.state import ServerState
    from gptimage2_video_mock.service.accounts import LedgerEntry
    from gptimage2_video_mock.service.tasks import Task

MAX_TASKS = 50
_NUMBER = re.compile(r"[0-9]{1,18}")


async def get_account(state: ServerState, request: web.Request) -> web.Response:
    """GET /mock/account: balance and ledger of the bearer's account."""
    account = account_of(request, state)
    if account is None:
        return error(401, "Unauthorized")
    ledger = [_entry(entry) for entry in account.ledger]
    return json_response(200, {"account": account.name, "balance": account.balance, "ledger": ledger})


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    return {"kind": entry.kind, "credits": entry.credits, "taskId": entry.task_id, "at": iso(entry.at)}


async def advance_clock(state: ServerState, request: web.Request) -> web.Response:
    """POST /mock/clock {"advance": seconds}: step the clock."""
    try:
        now = state.service.clock.advance(float(json.loads(await request.read())["advance"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return error(400, 'Send {"advance": SECONDS}, 0 or more')
    return json_response(200, {"now": iso(now)})


async def get_overview(state: ServerState, request: web.Request) -> web.Response:
    """GET /mock/overview?after=NUMBER: all that the playground shows, at one moment.

    The clock, the well-known keys that this server has, the price that it invents, the last 50 tasks of the bearer's
    account and its balance (null where the key is nobody's), and the requests as `get_requests` tells them.
    """
    service, records = state.service, state.log.records()
    account, now = account_of(request, state), service.clock.now()
    tasks = service.tasks(account, MAX_TASKS) if account else []
    overview = {
        "now": iso(now),
        "speed": service.clock.speed,
        "taskSeconds": service.task_seconds,
        "keys": service.test_keys(),
        "inventedCreditsPerSecond": INVENTED_CREDITS_PER_SECOND,
        "balance": account.balance if account else None,
        "tasks": [_task(task, now, video_url(request, state, task)) for task in tasks],
        "oldestRequest": records[0].number if records else None,
        "lastRequest": state.log.count,
        "requests": _requests_after(state, records, request),
    }
    return json_response(200, overview)


def _task(task: Task, now: float, url: str) -> dict[str, Any]:
    scenario = task.base_path.rpartition("/")[2] or DEFAULT
    return {**reference(task, now, url), "scenario": scenario, "request": task.request}


def _requests_after(state: ServerState, records: list[RequestRecord], request: web.Request) -> list[dict[str, Any]]:
    after = request.query.get("after", "")
    number = int(after) if _NUMBER.fullmatch(after) else 0
    return [_to_json(state, record) for record in records if record.number > number]


async def get_requests(state: ServerState, request: web.Request) -> web.Response:
    """GET /mock/requests?after=NUMBER: the last requests, or the later ones; keys are shown as names of accounts."""
    return json_response(200, {"requests": _requests_after(state, state.log.records(), request)})


async def get_request(state: ServerState, request: web.Request) -> web.Response:
    """GET /mock/requests/NUMBER: one request and its reply, raw, as text."""
    number = request.match_info["number"]
    records = [record for record in state.log.records() if str(record.number) == number]
    if not records:
        return error(404, "No such request in the log")
    data = _to_json(state, records[0])
    texts = {"request": records[0].request_text(data["headers"]), "reply": records[0].reply_text()}
    return json_response(200, data | texts)


def _to_json(state: ServerState, record: RequestRecord) -> dict[str, Any]:
    headers = dict(record.headers)
    for name in headers:
        if name.lower() == "authorization":
            account = state.service.account(headers[name].partition(" ")[2].strip())
            headers[name] = f"Bearer <{account.name if account else 'unknown'}>"
    return {
        "number": record.number,
        "side": record.side,
        "method": record.method,
        "path": record.path,
        "scenario": record.scenario,
        "status": record.status,
        "ending": record.ending,
        "headers": headers,
    }


async def reset(state: ServerState, _: web.Request) -> web.Response:
    """POST /mock/reset: accounts as at the start, no task, no request remembered."""
    state.reset()
    return json_response(200, {"reset": True})


async def get_scenarios(_state: ServerState, _: web.Request) -> web.Response:
    """GET /mock/scenarios: names, what each does, and the phase of a call that it is about, empty where it is none."""
    rows = [
        {
            "name": scenario.name,
            "about": scenario.about,
            "basePath": f"/scenarios/{scenario.name}",
            "phase": scenario.phase,
        }
        for scenario in SCENARIOS.values()
    ]
    return json_response(200, {"scenarios": rows})


ROUTES: tuple[tuple[str, str, Callable[[ServerState, web.Request], Awaitable[web.Response]]], ...] = (
    ("GET", "/mock/account", get_account),
    ("GET", "/mock/overview", get_overview),
    ("POST", "/mock/clock", advance_clock),
    ("GET", "/mock/requests", get_requests),
    ("GET", "/mock/requests/{number}", get_request),
    ("POST", "/mock/reset", reset),
    ("GET", "/mock/scenarios", get_scenarios),
)
