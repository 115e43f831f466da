"""The server of the benchmarks: every API of `contenders`, with the fixed JSON of replies.json.

    python bench/server.py     prints its URL; ends with its standard input, so with whoever started it

A bare asyncio protocol: any web framework is slower than bare aiohttp asks, so that it would be what is measured.
"""

import asyncio
import gc
import json
import re
import sys
from pathlib import Path

from contenders import ID, PROMPT
from side_by_side import alone_on_core

CREATED = "POST /api/v2/jobs"  # all else is answered with 200
NAMES = {
    "ID": ID,
    "PROMPT": PROMPT,
    "NOW": "2026-04-22T09:00:00.000Z",
    "VEO": "publishers/google/models/veo-3.1-fast-generate-preview",
}


def replies(url):
    """The bytes of each reply, by method and path."""
    text = (Path(__file__).parent / "replies.json").read_text("utf-8")
    for name, value in (*NAMES.items(), ("URL", url)):
        text = re.sub(rf"\b{name}\b", value, text)
    bodies = json.loads(text).items()
    return {route: _answer(route, body) for routes, body in bodies for route in re.findall(r"\w+ \S+", routes)}


def _answer(route, body):
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {'201 Created' if route == CREATED else '200 OK'}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


class Answering(asyncio.Protocol):
    """Answers each request that has come whole."""

    answers: dict[str, bytes]

    def connection_made(self, transport):
        """Begin."""
        self._transport, self._come = transport, b""

    def data_received(self, data):
        """Answer what is whole."""
        self._come += data
        while (head := self._come.find(b"\r\n\r\n")) >= 0:
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", self._come[:head])
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self._come) < end:
                return
            method, path = self._come[:head].split(b" ", 2)[:2]
            route = f"{method.decode()} {path.decode().partition('?')[0]}"
            self._transport.write(self.answers.get(route, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
            self._come = self._come[end:]


async def main():
    """Serve on the last core, until standard input ends."""
    alone_on_core(-1)
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=4096)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    Answering.answers = replies(url)
    gc.freeze()  # else its collections show in the slowest calls of the clients
    print(url, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
