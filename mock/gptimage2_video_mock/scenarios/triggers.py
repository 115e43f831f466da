"""Triggers: when a fault happens, as combinators that make a hook of a hook."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from gptimage2_video_mock.api.exchange import Exchange, Hook


def first(fault: Hook) -> Hook:
    """The fault for the first request about each task, then none."""

    async def hook(exchange: Exchange) -> web.StreamResponse:
        trigger = (exchange.scenario, hook, exchange.subject)
        if exchange.request.method == "HEAD" or trigger in exchange.state.triggered:
            return await exchange.answer()
        exchange.state.triggered.add(trigger)
        return await fault(exchange)

    return hook


def every_other(fault: Hook) -> Hook:
    """The fault for the first, third, fifth ... submission of the same body by the same account."""

    async def hook(exchange: Exchange) -> web.StreamResponse:
        trigger = (exchange.scenario, hook, exchange.subject)
        if trigger in exchange.state.triggered:
            exchange.state.triggered.discard(trigger)
            return await exchange.answer()
        exchange.state.triggered.add(trigger)
        return await fault(exchange)

    return hook
