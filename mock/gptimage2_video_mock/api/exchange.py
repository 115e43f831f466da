"""One request to an operation, and every way to act on its raw connection."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from gptimage2_video_mock.api.request_log import MAX_BODY, RequestRecord

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from gptimage2_video_mock.api.snapshots import Serializer
    from gptimage2_video_mock.api.state import ServerState
    from gptimage2_video_mock.service.tasks import Outcome

    Answer = Callable[["Exchange"], Awaitable[web.Response]]
    Hook = Callable[["Exchange"], Awaitable[web.StreamResponse]]

RECORD = web.RequestKey("record", RequestRecord)
"""Where a request keeps its record, so that a fault can say what it did to the connection."""

_POLL = 0.05  # seconds between checks whether a waiting client has left
_SPACES = b" " * 2**20  # which JSON and the players of videos pass over
_FLOOD = 64 * 2**20  # bytes


@dataclass(slots=True)
class Exchange:
    """One request to one operation.

    Attributes:
        request: aiohttp's; its `transport` is the raw connection.
        body: the request's, read to its end.
        state: what all requests share.
        default_handler: answers as the documentation says.
        scenario: the name of the one that the request's path names.
        outcome: of a task that is submitted.
        serialize: of a task's snapshot.
    """

    request: web.Request
    body: bytes
    state: ServerState
    default_handler: Answer
    scenario: str
    outcome: Outcome
    serialize: Serializer

    async def answer(self) -> web.Response:
        """The reply of the well-behaved service; only this changes tasks and credits."""
        return await self.default_handler(self)

    @property
    def subject(self) -> Hashable:
        """What the request is about: the task that its path names, or else what was submitted and by whom."""
        task_id = self.request.match_info.get("id")
        return task_id or (self.request.headers.get("Authorization"), self.body)

    @property
    def connected(self) -> bool:
        """Whether the client is still there."""
        transport = self.request.transport
        return transport is not None and not transport.is_closing()

    def abort(self) -> web.Response:
        """Drop the connection; not another byte leaves. Returns what a hook may return after it."""
        self._record.ending = self._record.ending or "The connection was dropped without a reply."
        if self.request.transport is not None:
            self.request.transport.abort()
        return web.Response()

    def send_raw(self, raw: bytes) -> web.Response:
        """Send these bytes as they are, then close the connection. Returns what a hook may return after it."""
        self._record.reply_body = raw[:MAX_BODY]
        if self.request.transport is not None:
            self.request.transport.write(raw)
            self.request.transport.close()
        return web.Response()

    async def stall(self, raw: bytes) -> web.Response:
        """Send these bytes as they are, then nothing until the client leaves or the server stops."""
        self._record.reply_body, self._record.ending = raw[:MAX_BODY], "Nothing more was sent."
        if self.request.transport is not None:
            self.request.transport.write(raw)
        while self.connected:  # noqa: ASYNC110 - aiohttp tells nobody that a client has left
            await asyncio.sleep(_POLL)
        return web.Response()

    async def cut(self, response: web.Response, keep: int) -> web.StreamResponse:
        """Send a response's head in full and the first `keep` bytes of its body, then close the connection."""
        body = content(response)
        part = web.StreamResponse(status=response.status, headers=response.headers)
        part.content_length = len(body)
        await part.prepare(self.request)
        self._sent(part, body[:keep], f"The connection was closed after {keep} of {len(body)} bytes of the body.")
        await part.write(body[:keep])
        if self.request.transport is not None:
            self.request.transport.close()
        return part

    async def flood(self, response: web.Response) -> web.StreamResponse:
        """Send a response's head without a length, its body, and then spaces until the client leaves or 64 MiB went."""
        part = web.StreamResponse(status=response.status, headers=response.headers)
        await part.prepare(self.request)
        self._sent(part, content(response), "The body went on without an end.")
        await part.write(content(response))
        for _ in range(_FLOOD // len(_SPACES)):
            if not self.connected:
                break
            await part.write(_SPACES)
        self.abort()  # so that what came is never a whole reply
        return part

    @property
    def _record(self) -> RequestRecord:
        return self.request[RECORD]

    def _sent(self, part: web.StreamResponse, body: bytes, ending: str) -> None:
        record = self._record
        record.status, record.reply_headers, record.reply_body = part.status, part.headers, body[:MAX_BODY]
        record.ending = ending


def content(response: web.Response) -> bytes:
    """The body of a response."""
    return response.body if isinstance(response.body, bytes) else b""


def raw(response: web.Response, **headers: str | None) -> bytes:
    """A response as bytes; `Content_Length` is the header Content-Length, and None leaves a header out."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = content(response)
    fields = {"Content-Length": str(len(body)), **response.headers, "Connection": "close", **named}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"HTTP/1.1 {response.status} {response.reason}\r\n{head}\r\n".encode() + body
