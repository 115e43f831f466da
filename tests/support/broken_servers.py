"""The mock with one thing wrong, as a scenario: what a live service may turn out to do."""

import json

from aiohttp import web

from gptimage2_video_mock.api.handlers import json_response
from gptimage2_video_mock.scenarios.registry import SCENARIOS, Scenario
from gptimage2_video_mock.service.accounts import LedgerEntry


def object_of(body):
    """The JSON object in a body; an empty one where there is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def lax(accepts):
    """Accepts and debits what the spec refuses, where `accepts` is true of the request."""

    async def hook(exchange):
        request = object_of(exchange.body)
        account = exchange.state.service.account("test-key")
        if not accepts(request, exchange.request.headers):
            return await exchange.answer()
        task = exchange.state.service.submit(account, {"model": "veo3_lite", "prompt": "", **request})
        return json_response(200, {"taskId": task.id, "status": 0, "creditsUsed": task.credits})

    return hook


def charging(factor):
    """Debits a multiple of the price, and reports it."""

    async def hook(exchange):
        response = await exchange.answer()
        if response.status != 200:
            return response
        receipt = json.loads(response.body)
        debit(exchange, receipt["creditsUsed"] * (factor - 1), receipt["taskId"])
        exchange.state.service.task(receipt["taskId"]).credits *= factor
        return json_response(200, {**receipt, "creditsUsed": receipt["creditsUsed"] * factor})

    return hook


def debit(exchange, credits_, task_id):
    account = exchange.state.service.account("test-key")
    account.balance -= credits_
    account.ledger.append(LedgerEntry("debit", credits_, task_id, 0.0))


def changed(change, *statuses):
    """Responds as the mock does, with another body where the status is one of these."""

    async def hook(exchange):
        response = await exchange.answer()
        body = json.loads(response.body)
        return json_response(response.status, change(body)) if response.status in statuses else response

    return hook


def answering(status, body, when=lambda status: True, content_type="application/json"):
    """Processes the request, and sends another response."""

    async def hook(exchange):
        response = await exchange.answer()
        if not when(response.status):
            return response
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(status=status, text=text, content_type=content_type)

    return hook


def without(*names):
    return lambda body: {name: value for name, value in body.items() if name not in names}


def renamed(old, new):
    return lambda body: {new if name == old else name: value for name, value in body.items()}


def scenario(monkeypatch, server, **hooks):
    """The base URL of the mock with these hooks."""
    monkeypatch.setitem(SCENARIOS, "broken", Scenario(name="broken", about="", **hooks))
    return server.scenario_url("broken")
