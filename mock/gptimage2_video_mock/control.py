"""The control plane under `/mock/`, for tests in any language. None of it is part of the API or exists upstream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gptimage2_video_mock.clock import iso
from gptimage2_video_mock.operations import account_of, error, json_response
from gptimage2_video_mock.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from gptimage2_video_mock.exchange import State
    from gptimage2_video_mock.requestlog import RequestRecord
    from gptimage2_video_mock.service import LedgerEntry


async def get_account(state: State, request: web.Request) -> web.Response:
    """GET /mock/account: balance and ledger of the bearer's account."""
    account = account_of(request, state)
    if account is None:
        return error(401, "Unauthorized")
    ledger = [_entry(entry) for entry in account.ledger]
    return json_response(200, {"account": account.name, "balance": account.balance, "ledger": ledger})


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    return {"kind": entry.kind, "credits": entry.credits, "taskId": entry.task_id, "at": iso(entry.at)}


async def advance_clock(state: State, request: web.Request) -> web.Response:
    """POST /mock/clock {"advance": seconds}: step the clock."""
    try:
        now = state.service.clock.advance(float(json.loads(await request.read())["advance"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return error(400, 'Send {"advance": SECONDS}, 0 or more')
    return json_response(200, {"now": iso(now)})


async def get_requests(state: State, _: web.Request) -> web.Response:
    """GET /mock/requests: the last requests, their keys shown as names of accounts."""
    return json_response(200, {"requests": [_shown(state, record) for record in state.log.records()]})


def _shown(state: State, record: RequestRecord) -> dict[str, Any]:
    headers = dict(record.headers)
    for name in headers:
        if name.lower() == "authorization":
            account = state.service.account(headers[name].partition(" ")[2].strip())
            headers[name] = f"Bearer <{account.name if account else 'unknown'}>"
    return {
        "side": record.side,
        "method": record.method,
        "path": record.path,
        "scenario": record.scenario,
        "status": record.status,
        "headers": headers,
    }


async def reset(state: State, _: web.Request) -> web.Response:
    """POST /mock/reset: accounts as at the start, no task, no request remembered."""
    state.reset()
    return json_response(200, {"reset": True})


async def get_scenarios(_state: State, _: web.Request) -> web.Response:
    """GET /mock/scenarios: names and what each does."""
    rows = [
        {"name": scenario.name, "about": scenario.about, "basePath": f"/scenarios/{scenario.name}"}
        for scenario in SCENARIOS.values()
    ]
    return json_response(200, {"scenarios": rows})


CONTROL: tuple[tuple[str, str, Callable[[State, web.Request], Awaitable[web.Response]]], ...] = (
    ("GET", "/mock/account", get_account),
    ("POST", "/mock/clock", advance_clock),
    ("GET", "/mock/requests", get_requests),
    ("POST", "/mock/reset", reset),
    ("GET", "/mock/scenarios", get_scenarios),
)
