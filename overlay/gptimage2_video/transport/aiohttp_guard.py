"""What aiohttp is kept from doing: retrying a request, and losing a response that ends badly or waiting for its end."""

import asyncio
from contextvars import ContextVar
from typing import Final, cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection


class RequestProgress:
    """How far a request has come, until the head of its response is there in `timeout` s; aiohttp's are for each read.

    `sending` is whether bytes of it may have left, beyond a proxy.
    """

    def __init__(self, timeout: float) -> None:
        self.timeout, self.sending = timeout, False


PROGRESS: Final[ContextVar[RequestProgress]] = ContextVar("PROGRESS")


class _ConnectionBroken(aiohttp.ClientConnectionError):
    """The connection broke after the request may have left."""


class GuardedRequest(aiohttp.ClientRequest):
    """A request whose response is a `GuardedResponse`, read through a `_Reader`."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        """Put the reader before the connection's own; once, as a connection is used many times."""
        PROGRESS.get().sending = True
        transport = cast("asyncio.Transport", conn.transport)
        reader = transport.get_protocol()
        if not isinstance(reader, _Reader):
            reader = _Reader(cast("ResponseHandler", conn.protocol))
            transport.set_protocol(reader)
        response = await super().send(conn)
        cast("GuardedResponse", response).reader = reader
        return response


class GuardedResponse(aiohttp.ClientResponse):
    """A response whose body is told apart from what follows it."""

    reader: "_Reader"

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read the headers, in time as a whole.

        By the class of an error aiohttp decides to retry a request, so it has another here.
        """
        try:
            async with asyncio.timeout(PROGRESS.get().timeout):
                return await super().start(connection)
        except TimeoutError:
            raise aiohttp.SocketTimeoutError from None
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            raise _ConnectionBroken(str(error)) from None

    def body(self) -> aiohttp.StreamReader:
        """The body, which ends where it cannot be read on; `check_end` then says so."""
        self.reader.watch(self.content)
        return self.content

    def check_end(self) -> None:
        """Raise ClientPayloadError where the body did not end by itself."""
        if self.reader.broken is self.content:
            raise aiohttp.ClientPayloadError("the body cannot be read to its end")


class _Reader(asyncio.Protocol):
    """Hands on the headers of a response before its body, and ends a body that ends badly.

    Of bytes with something wrong in them (behind the length of the response, in a chunk) aiohttp forgets all that came
    in the same piece, be it a task id; so its headers come by themselves. And it does not end the body, which would be
    waited for without end.
    """

    def __init__(self, handler: ResponseHandler) -> None:
        for name in ("connection_lost", "eof_received", "pause_writing", "resume_writing"):
            setattr(self, name, getattr(handler, name))
        self._handler = handler
        self._body: aiohttp.StreamReader | None = None
        self.broken: aiohttp.StreamReader | None = None

    def data_received(self, data: bytes) -> None:
        """Take a piece: in two where it holds the end of headers. Later such lines only split a body."""
        body = data.find(b"\r\n\r\n") + 4
        if 4 <= body < len(data):
            self._handler.data_received(data[:body])
            data = data[body:]
        self._handler.data_received(data)
        if self._handler.exception() is not None:
            self._end()

    def watch(self, body: aiohttp.StreamReader) -> None:
        """Have this body end where the connection's reader gives up."""
        self._body = body
        if self._handler.exception() is not None:
            self._end()

    def _end(self) -> None:
        if self._body is not None and not self._body.is_eof():
            self.broken = self._body
            self._body.feed_eof()
