"""The scenarios: a table of how the service may misbehave, chosen by the base URL `/scenarios/NAME`.

A scenario is a row of the table and nothing else: no handler knows any of them. What a fault does to one request is a
small function over the exchange; combinators say when it happens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

from gptimage2_video_mock.service import COMPLETES, Course
from gptimage2_video_mock.snapshots import null_fields, quickstart, reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gptimage2_video_mock.exchange import Exchange, Hook
    from gptimage2_video_mock.snapshots import Spelling

DEFAULT = "reference"


async def behave(exchange: Exchange) -> web.StreamResponse:
    """Answer as the documentation says."""
    return await exchange.answer()


async def lose_reply(exchange: Exchange) -> web.StreamResponse:
    """Do as asked and debit it, then drop the connection; a refusal is told as usual."""
    response = await exchange.answer()
    return exchange.abort() if response.status == 200 else response


async def cut_halfway(exchange: Exchange) -> web.StreamResponse:
    """Send half of the body that the head announces, then close; a refusal is sent in full."""
    response = await exchange.answer()
    if response.status >= 400:
        return response
    return await exchange.cut(response, (response.content_length or 0) // 2)


def reply(status: int, text: str, content_type: str = "application/json", **headers: str) -> Hook:
    """A fault that answers in place of the service, which never sees the request. `Retry_After` becomes Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def fault(_: Exchange) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=content_type, headers=named)

    return fault


def first(fault: Hook) -> Hook:
    """The fault for the first request about each task, then none."""

    async def hook(exchange: Exchange) -> web.StreamResponse:
        turn = (exchange.scenario.name, hook, exchange.subject)
        if exchange.request.method == "HEAD" or turn in exchange.state.faulted:
            return await exchange.answer()
        exchange.state.faulted.add(turn)
        return await fault(exchange)

    return hook


def every_other(fault: Hook) -> Hook:
    """The fault for the first, third, fifth ... submission of the same body by the same account."""

    async def hook(exchange: Exchange) -> web.StreamResponse:
        turn = (exchange.scenario.name, hook, exchange.subject)
        if turn in exchange.state.faulted:
            exchange.state.faulted.discard(turn)
            return await exchange.answer()
        exchange.state.faulted.add(turn)
        return await fault(exchange)

    return hook


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How the service behaves under one base URL: hooks around the operations, how tasks fare, how they are spelled."""

    name: str
    about: str
    submit: Hook = behave
    poll: Hook = behave
    download: Hook = behave
    course: Course = COMPLETES
    spelling: Spelling = reference


_INTERNAL_ERROR = reply(500, '{"error": "Internal server error"}')
_UNAVAILABLE = reply(
    503, "<!DOCTYPE html>\n<title>503</title>\n<h1>Service Temporarily Unavailable</h1>\n", "text/html"
)
_TOO_MANY = reply(429, '{"error": "Too many requests"}', Retry_After="1")
_FAILS = Course(error_code="EMPTY_RESULT", error_message="The provider reported success but returned no video.")

_TABLE = (
    Scenario(name=DEFAULT, about="Behaves, in the spelling of the reference page; the same as no scenario."),
    Scenario(name="quickstart", about="Spells tasks as the quickstart page does.", spelling=quickstart),
    Scenario(
        name="null-fields",
        about="Every field of a task but its status and its video's URL is null or absent.",
        spelling=null_fields,
    ),
    Scenario(name="failed", about="Every task fails and is refunded at once.", course=_FAILS),
    Scenario(
        name="failed-late-refund",
        about="Every task fails and is refunded 6 seconds of the clock later.",
        course=replace(_FAILS, refund_delay=6.0),
    ),
    Scenario(
        name="insufficient-credits",
        about="No balance is enough: every valid submission is refused with 402.",
        course=Course(affordable=False),
    ),
    Scenario(
        name="lost-reply",
        about="Accepts and debits every submission, then drops the connection without a reply.",
        submit=lose_reply,
    ),
    Scenario(
        name="submit-500",
        about="Answers 500 to every other submission of the same request; that one is not accepted.",
        submit=every_other(_INTERNAL_ERROR),
    ),
    Scenario(
        name="submit-503-html",
        about="Answers 503 in HTML to every other submission of the same request; that one is not accepted.",
        submit=every_other(_UNAVAILABLE),
    ),
    Scenario(
        name="submit-429",
        about="Answers 429 with Retry-After to every other submission of the same request.",
        submit=every_other(_TOO_MANY),
    ),
    Scenario(name="poll-500", about="Answers 500 to the first poll of each task.", poll=first(_INTERNAL_ERROR)),
    Scenario(
        name="poll-503-html", about="Answers 503 in HTML to the first poll of each task.", poll=first(_UNAVAILABLE)
    ),
    Scenario(
        name="poll-429", about="Answers 429 with Retry-After to the first poll of each task.", poll=first(_TOO_MANY)
    ),
    Scenario(name="cut-poll", about="Cuts the reply to the first poll of each task half way.", poll=first(cut_halfway)),
    Scenario(
        name="cut-download",
        about="Cuts the first download of each task's video half way.",
        download=first(cut_halfway),
    ),
)
SCENARIOS: Mapping[str, Scenario] = {scenario.name: scenario for scenario in _TABLE}
