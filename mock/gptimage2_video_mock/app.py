"""The two aiohttp applications, the API's and its CDN's: routes, request log and HTTP errors."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from gptimage2_video_mock.admin.admin_api import ROUTES
from gptimage2_video_mock.admin.pages import PAGES, cup
from gptimage2_video_mock.api.exchange import RECORD, Exchange, content
from gptimage2_video_mock.api.handlers import download, error, poll, submit
from gptimage2_video_mock.api.request_log import MAX_BODY, RequestRecord
from gptimage2_video_mock.scenarios.registry import DEFAULT, SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gptimage2_video_mock.api.exchange import Answer, Hook
    from gptimage2_video_mock.api.state import ServerState
    from gptimage2_video_mock.scenarios.scenario import Scenario

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BODY_LIMIT = 2**20  # bytes
# What a browser alone sends. It repeats a request by itself, even a POST, where a connection breaks that it had kept;
# so it gets none to keep, and the playground never pays twice.
_BROWSER_HEADER = "Sec-Fetch-Mode"
_PREFIXES = ("", "/scenarios/{scenario}")
_SUBMIT = ("POST", "/api/ai/video/generate", attrgetter("submit"), submit)
_POLL = ("GET", "/api/ai/tasks/{id}", attrgetter("poll"), poll)
_DOWNLOAD = ("GET", "/videos/{id}.mp4", attrgetter("download"), download)
_MESSAGES = {404: "Not found", 405: "Method not allowed", 413: "The body is larger than 1 MiB"}


def api(state: ServerState) -> web.Application:
    """The API, its reference, and the admin API."""
    app = _application(state, "api", _SUBMIT, _POLL)
    for method, path, handler in ROUTES:
        app.router.add_route(method, path, partial(handler, state))
    for path, page in PAGES.items():
        app.router.add_get(path, partial(page, state))
    return app


def cdn(state: ServerState) -> web.Application:
    """The host of the videos."""
    app = _application(state, "cdn", _DOWNLOAD)
    app.router.add_get("/assets/cup.png", partial(cup, state))
    return app


def _application(
    state: ServerState, side: Literal["api", "cdn"], *operations: tuple[str, str, Callable[[Scenario], Hook], Answer]
) -> web.Application:
    app = web.Application(middlewares=[_middleware(state, side)], client_max_size=BODY_LIMIT)
    for prefix in _PREFIXES:
        for method, path, hook, answer in operations:
            handler = _operation(state, hook, answer)
            app.router.add_route(method, prefix + path, handler)
            if method == "GET":
                app.router.add_route("HEAD", prefix + path, handler)
    return app


def _operation(state: ServerState, hook: Callable[[Scenario], Hook], answer: Answer) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        scenario = SCENARIOS.get(request.match_info.get("scenario", DEFAULT))
        if scenario is None:
            raise web.HTTPNotFound
        body = await request.read()
        facts = scenario.name, scenario.outcome, scenario.serialize
        return await hook(scenario)(Exchange(request, body, state, answer, *facts))

    return handle


def _middleware(state: ServerState, side: Literal["api", "cdn"]) -> Any:
    """Around every request: its body is read, it is recorded, and whatever aiohttp refuses is said in JSON."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        scenario = request.match_info.get("scenario", DEFAULT)
        record = RequestRecord(side, request.method, request.raw_path, request.headers, b"", scenario)
        if not (request.path.startswith("/mock/") or (side == "api" and request.path in PAGES)):
            state.log.add(record)
        try:
            request[RECORD] = record
            record.body = (await request.read())[:MAX_BODY]  # read before a refusal, which else would break keep-alive
            response = await handler(request)
        except web.HTTPException as refusal:
            response = _error_response(request, refusal)
        except (web.RequestPayloadError, HttpProcessingError):
            response = error(400, "The body is not what its headers announce")
        if response.prepared or (request.transport is not None and not request.transport.is_closing()):
            record.status = response.status
            if (
                isinstance(response, web.Response) and not response.prepared
            ):  # else a fault has told what of it was sent
                record.reply_headers = response.headers
                record.reply_body = b"" if request.method == "HEAD" else content(response)[:MAX_BODY]
        if _BROWSER_HEADER in request.headers:
            response.force_close()
        return response

    return middleware


def _error_response(request: web.Request, refusal: web.HTTPException) -> web.Response:
    known = {"scenarios": list(SCENARIOS)} if request.path.startswith("/scenarios/") and refusal.status == 404 else {}
    response = error(refusal.status, _MESSAGES.get(refusal.status, refusal.reason), **known)
    if "Allow" in refusal.headers:
        response.headers["Allow"] = refusal.headers["Allow"]
    return response
