"""Faults of one request, as small functions over its exchange.

A fault either answers in place of the service, which then never receives the request, or changes a successful
reply: by then the request has been served. Errors pass through unchanged.
"""

from __future__ import annotations

import gzip
import json
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from aiohttp import web

from gptimage2_video_mock.api.exchange import content, raw

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gptimage2_video_mock.api.exchange import Exchange, Hook

    SuccessHook = Callable[[Exchange, web.Response], Awaitable[web.StreamResponse]]

MIN_PIECE = 4096  # bytes that get through before a download is cut; so it ends some day


async def pass_through(exchange: Exchange) -> web.StreamResponse:
    """Answer as the documentation says."""
    return await exchange.answer()


async def reset(exchange: Exchange) -> web.StreamResponse:
    """Drop the connection; the service never sees the request."""
    return exchange.abort()


def reply(status: int, text: str = "", content_type: str = "application/json", **headers: str) -> Hook:
    """A fault that answers in place of the service. `Retry_After` becomes Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def fault(_: Exchange) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=content_type, headers=named)

    return fault


async def too_many_until_a_date(_: Exchange) -> web.StreamResponse:
    """429, with a Retry-After that is the date in five seconds."""
    headers = {"Retry-After": formatdate(time.time() + 5, usegmt=True)}
    return web.json_response({"error": "Too many requests"}, status=429, headers=headers)


def redirect(to: str) -> Hook:
    """301 to another place; `{cdn}` in it is the host of the videos, `{path}` the way of the request itself."""

    async def fault(exchange: Exchange) -> web.StreamResponse:
        where = to.format(cdn=exchange.state.cdn_url, path=exchange.request.path)
        return web.Response(status=301, headers={"Location": where})

    return fault


async def redirect_to_another_host(exchange: Exchange) -> web.StreamResponse:
    """302 to the same video under another name of this machine."""
    port = exchange.request.host.rpartition(":")[2]
    video = f"/videos/{exchange.request.match_info['id']}.mp4"
    return web.Response(status=302, headers={"Location": f"http://localhost:{port}{video}"})


async def expire_first_url(exchange: Exchange) -> web.StreamResponse:
    """403 for the first requested URL of a task's video; any other URL of the same video works."""
    triggered = exchange.state.triggered
    task, url = (exchange.scenario, exchange.subject), exchange.request.query_string
    if task not in triggered:
        triggered.update((task, (task, url)))
    if (task, url) in triggered:
        return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")
    return await exchange.answer()


def on_success(change: SuccessHook) -> Hook:
    """A fault that changes successful replies; the service has handled the request. Errors pass through."""

    async def hook(exchange: Exchange) -> web.StreamResponse:
        response = await exchange.answer()
        success = response.status < 300 and exchange.request.method != "HEAD"
        return await change(exchange, response) if success else response

    return hook


def with_headers(**headers: str | None) -> Hook:
    """Successful replies with other headers, None for no such one; then the connection ends."""

    async def change(exchange: Exchange, response: web.Response) -> web.StreamResponse:
        return exchange.send_raw(raw(response, **headers))

    return on_success(change)


def wrong_length(extra: int) -> Hook:
    """Successful replies whose Content-Length is `extra` bytes too large, or too small where negative."""

    async def change(exchange: Exchange, response: web.Response) -> web.StreamResponse:
        return exchange.send_raw(raw(response, Content_Length=str(len(content(response)) + extra)))

    return on_success(change)


def replace_with(status: int, text: str = "", content_type: str = "application/json") -> Hook:
    """Another reply in place of a successful one."""

    async def change(_: Exchange, __: web.Response) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=content_type)

    return on_success(change)


def with_status(status: int) -> Hook:
    """Successful replies under another status."""

    async def change(_: Exchange, response: web.Response) -> web.StreamResponse:
        response.set_status(status)
        return response

    return on_success(change)


def rewrite_body(rewrite: Callable[[dict[str, Any]], dict[str, Any]]) -> Hook:
    """Successful replies with another object for a body."""

    async def change(_: Exchange, response: web.Response) -> web.StreamResponse:
        return web.json_response(rewrite(json.loads(content(response))))

    return on_success(change)


@on_success
async def drop_response(exchange: Exchange, _: web.Response) -> web.StreamResponse:
    """Drop the connection without a reply."""
    return exchange.abort()


@on_success
async def cut_headers(exchange: Exchange, response: web.Response) -> web.StreamResponse:
    """Close the connection in the middle of the headers."""
    return exchange.send_raw(raw(response).partition(b"\r\n")[0] + b"\r\nContent-Ty")


@on_success
async def cut_halfway(exchange: Exchange, response: web.Response) -> web.StreamResponse:
    """Send half of the body that the head announces, then close."""
    return await exchange.cut(response, len(content(response)) // 2)


@on_success
async def cut_after_id(exchange: Exchange, response: web.Response) -> web.StreamResponse:
    """Send a receipt up to its first comma, before which its task id is, then close."""
    return await exchange.cut(response, content(response).index(b","))


@on_success
async def cut_to_pieces(exchange: Exchange, response: web.Response) -> web.StreamResponse:
    """As `cut_halfway`, but never less than 4 KiB, so that a client which resumes gets there."""
    return await exchange.cut(response, max(len(content(response)) // 2, MIN_PIECE))


@on_success
async def short_ranges(exchange: Exchange, response: web.Response) -> web.StreamResponse:
    """Cut a whole video half way, and send of a range no more than 4 KiB, which a host may."""
    if response.status != 206:
        return await exchange.cut(response, len(content(response)) // 2)
    unit, _, rest = response.headers["Content-Range"].partition(" ")
    start, size = int(rest.partition("-")[0]), rest.partition("/")[2]
    part = content(response)[:MIN_PIECE]
    response.headers["Content-Range"] = f"{unit} {start}-{start + len(part) - 1}/{size}"
    response.body = part
    return response


@on_success
async def stall_in_headers(exchange: Exchange, response: web.Response) -> web.StreamResponse:
    """Send the status line, then nothing more."""
    return await exchange.stall(raw(response).partition(b"\r\n")[0] + b"\r\n")


@on_success
async def stall_in_body(exchange: Exchange, response: web.Response) -> web.StreamResponse:
    """Send all but the second half of the body, then nothing more."""
    return await exchange.stall(raw(response)[: -len(content(response)) // 2])


@on_success
async def flood(exchange: Exchange, response: web.Response) -> web.StreamResponse:
    """Send a body that does not end."""
    return await exchange.flood(response)


@on_success
async def compress(_: Exchange, response: web.Response) -> web.StreamResponse:
    """Send the body compressed with gzip, even without Accept-Encoding."""
    compressed = gzip.compress(content(response), mtime=0)
    headers = {"Content-Type": response.headers["Content-Type"], "Content-Encoding": "gzip"}
    return web.Response(body=compressed, headers=headers)
