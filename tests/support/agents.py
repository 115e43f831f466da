"""An MCP server as an agent's host sees it: in this process for the many cases, as a child for the essential ones."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from mcp import Client, MCPError, StdioServerParameters, stdio_client

from gptimage2_video import Journal
from gptimage2_video.journal import JournalBudget, Submission
from gptimage2_video_cli.mcp_server.server import make_server
from gptimage2_video_cli.mcp_server.video_tools import VideoTools

from .scripted import ScriptedServer

GROUP = "MCP server mcp"


class ToolResult(NamedTuple):
    """The result of a tool."""

    is_error: bool
    data: dict[str, Any]

    @property
    def message(self) -> str:
        return self.data["message"]

    @property
    def left(self) -> int:
        return self.data["budget"]["left"]


async def call(client: Client, tool: str, /, **arguments: Any) -> ToolResult:
    """Call a tool. Its text equals its structured content; an error of the protocol has a message alone."""
    try:
        result = await client.call_tool(tool, arguments)
    except MCPError as error:
        return ToolResult(True, {"message": error.error.message})
    assert [result.structured_content] == [json.loads(block.text) for block in result.content]
    return ToolResult(result.is_error, result.structured_content)


class Agent:
    """Calls tools, each of a server that was just started in this process and knows what the journal holds."""

    def __init__(
        self,
        url: str,
        max_credits: int = 100,
        out: Path | None = None,
        *,
        progress_interval: float = 5,
        allow_unknown_model: bool = False,
        allow_unknown_price: bool = False,
        **settings: Any,
    ) -> None:
        self._settings = {"api_key": "test-key", "base_url": url, **settings}
        self._max_credits, self._out = max_credits, out
        self._options: Any = {"progress_interval": progress_interval, "allow_unknown_model": allow_unknown_model}
        self._budget: Any = {"allow_unknown_price": allow_unknown_price}

    @asynccontextmanager
    async def server(self, mode: str = "auto", **settings: Any) -> AsyncIterator[Client]:
        """A server for many calls."""
        with Journal() as journal:
            budget = JournalBudget(journal, GROUP, self._max_credits, **(self._budget | settings))
            tools = VideoTools(budget, self._settings, self._out, **self._options)
            async with tools.client, Client(make_server(tools, 0), mode=mode) as client:
                yield client

    def __call__(self, tool: str, /, **arguments: Any) -> ToolResult:
        async def call_once() -> ToolResult:
            async with self.server() as client:
                return await call(client, tool, **arguments)

        return asyncio.run(call_once())


def server_parameters(url: str, *arguments: str, key: str = "test-key") -> StdioServerParameters:
    """How a host starts the server as a child."""
    environment = {**os.environ, "GPTIMAGE2_BASE_URL": url, "GPTIMAGE2_API_KEY": key}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "gptimage2_video_cli", "mcp", *arguments], env=environment
    )


@asynccontextmanager
async def started(parameters: StdioServerParameters, stderr: Path, mode: str = "auto") -> AsyncIterator[Client]:
    """A server as a child, over real pipes; its stderr goes to a file."""
    with stderr.open("a") as file:
        async with Client(stdio_client(parameters, errlog=file), mode=mode) as client:
            yield client


def submissions() -> list[Submission]:
    """What the journal holds."""
    with Journal() as journal:
        return list(journal.submissions())


class BlockedServer(ScriptedServer):
    """Answers only once `release` is set; `received` is set as soon as a request has come."""

    def __init__(self, *replies: bytes) -> None:
        super().__init__()
        self.release, self.received = threading.Event(), threading.Event()
        self.replies = list(replies)

    def _answer(self, connection):
        self.received.set()
        self.release.wait(30)
        super()._answer(connection)
