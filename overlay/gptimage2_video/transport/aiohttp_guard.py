"""What aiohttp is kept from doing: repeating a request, and forgetting a reply that ends badly or waiting for its end.

Lives here: that, through names that aiohttp documents. Not here: sending (`engine_aiohttp`).
"""

import asyncio
from typing import cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection


class _Broken(aiohttp.ClientConnectionError):
    """The connection broke after the request may have left."""


class Request(aiohttp.ClientRequest):
    """A request whose reply is a `Response`, read through a `_Reader`."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        """Put the reader before the connection's own; once, as a connection is used many times."""
        transport = cast("asyncio.Transport", conn.transport)
        reader = transport.get_protocol()
        if not isinstance(reader, _Reader):
            reader = _Reader(cast("ResponseHandler", conn.protocol))
            transport.set_protocol(reader)
        response = await super().send(conn)
        cast("Response", response).reader = reader
        return response


class Response(aiohttp.ClientResponse):
    """A reply whose body is told apart from what follows it."""

    reader: "_Reader"

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read the headers. By the name of a fault aiohttp decides to repeat a request, so it has another here."""
        try:
            return await super().start(connection)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as problem:
            raise _Broken(str(problem)) from None

    def body(self) -> aiohttp.StreamReader:
        """The body, which ends where it cannot be read on; `check_end` then says so."""
        self.reader.watch(self.content)
        return self.content

    def check_end(self) -> None:
        """Raise ClientPayloadError where the body did not end by itself."""
        if self.reader.cut is self.content:
            raise aiohttp.ClientPayloadError("the body cannot be read to its end")


class _Reader(asyncio.Protocol):
    """Hands the headers of a reply on before its body, and tells the body where it ends badly.

    Of bytes with something wrong in them (behind the length of the reply, in a chunk) aiohttp forgets all that came in
    the same piece, be it a receipt; so its headers come by themselves. And it does not tell the body, which would be
    waited for without end.
    """

    def __init__(self, handler: ResponseHandler) -> None:
        for name in ("connection_lost", "eof_received", "pause_writing", "resume_writing"):
            setattr(self, name, getattr(handler, name))
        self._handler = handler
        self._body: aiohttp.StreamReader | None = None
        self.cut: aiohttp.StreamReader | None = None

    def data_received(self, data: bytes) -> None:
        """A piece of a reply: in two where it holds the end of headers. Later such lines only split a body."""
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
            self.cut = self._body
            self._body.feed_eof()
