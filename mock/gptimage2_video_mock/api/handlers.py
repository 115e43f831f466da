"""The handlers of the operations, well behaved: submit, poll and download."""

from __future__ import annotations

import asyncio
import json
import re
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from aiohttp import web

from gptimage2_video_mock.api.ranges import select
from gptimage2_video_mock.api.validation import InvalidRequest
from gptimage2_video_mock.service.accounts import InsufficientCredits
from gptimage2_video_mock.service.tasks import TaskStatus
from gptimage2_video_mock.service.videos import video_format

if TYPE_CHECKING:
    from gptimage2_video_mock.api.exchange import Exchange
    from gptimage2_video_mock.api.state import ServerState
    from gptimage2_video_mock.service.accounts import Account
    from gptimage2_video_mock.service.tasks import Task

_HOST = re.compile(r"[\w.-]+|\[[0-9A-Fa-f:.]+\]")  # of a Host header, without the port


def json_response(status: int, payload: Any) -> web.Response:
    """A reply in JSON."""
    return web.Response(status=status, body=json.dumps(payload).encode(), content_type="application/json")


def error(status: int, message: str, **more: Any) -> web.Response:
    """A reply in the shape of every error of the API."""
    return json_response(status, {"error": message, **more})


def account_of(request: web.Request, state: ServerState) -> Account | None:
    """Whose bearer key the request carries; None where it has none or an unknown one."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return state.service.account(key.strip()) if scheme.lower() == "bearer" else None


async def submit(exchange: Exchange) -> web.Response:
    """POST /api/ai/video/generate: 401, then 400, then 402, then accepted."""
    state = exchange.state
    account = account_of(exchange.request, state)
    if account is None:
        return error(401, "Unauthorized")
    try:
        request = state.validator.read(exchange.body)
        task = state.service.submit(account, request, outcome=exchange.outcome, base_path=base_path(exchange.request))
    except InvalidRequest as refusal:
        return error(400, "Invalid request", details=refusal.details)
    except InsufficientCredits as refusal:
        return error(402, "Insufficient credits", required=refusal.required)
    return json_response(200, {"taskId": task.id, "status": TaskStatus.PENDING, "creditsUsed": task.credits})


async def poll(exchange: Exchange) -> web.Response:
    """GET /api/ai/tasks/{id}: another account's task is 404."""
    state = exchange.state
    account = account_of(exchange.request, state)
    if account is None:
        return error(401, "Unauthorized")
    task = state.service.task(exchange.request.match_info["id"])
    if task is None or task.account is not account:
        return error(404, "Task not found")
    now = state.service.clock.now()
    return json_response(200, exchange.serialize(task, now, video_url(exchange.request, state, task)))


async def download(exchange: Exchange) -> web.Response:
    """GET /videos/{id}.mp4 of the CDN: whoever has the URL of a completed task's video may have it."""
    state = exchange.state
    task = state.service.task(exchange.request.match_info["id"])
    if task is None or task.status(state.service.clock.now()) is not TaskStatus.COMPLETED:
        return error(404, "Not found")
    form = video_format(task.duration, task.request)
    video = state.videos.peek(form)
    if video is None:
        video = await asyncio.to_thread(state.videos.get, form)
    modified = formatdate(task.ends_at, usegmt=True)
    chosen = select(exchange.request.headers, len(video.content), video.etag, modified)
    headers = {"ETag": video.etag, "Last-Modified": modified, "Accept-Ranges": "bytes"}
    if chosen.content_range is not None:
        headers["Content-Range"] = chosen.content_range
    body = video.content[chosen.start : chosen.stop]
    return web.Response(status=chosen.status, body=body, headers=headers, content_type="video/mp4")


def base_path(request: web.Request) -> str:
    """The part of the path that chose the scenario; empty for the plain API."""
    name = request.match_info.get("scenario")
    return f"/scenarios/{name}" if name else ""


def video_url(request: web.Request, state: ServerState, task: Task) -> str:
    """Where the task's video will be, on the CDN as this client can reach it."""
    return f"{cdn_url(request, state)}{task.base_path}/videos/{task.id}.mp4"


def cdn_url(request: web.Request, state: ServerState) -> str:
    """The base URL of the CDN, by the host that this client asked for where it listens on every one."""
    host = _HOST.match(request.host)
    return state.cdn_url.replace("{host}", host[0] if host else "localhost")
