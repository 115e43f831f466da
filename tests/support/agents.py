"""An MCP server as an agent's host sees it: in this process for the many cases, as a child for the essential ones."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, NamedTuple

from mcp import Client, MCPError, StdioServerParameters, stdio_client

from gptimage2_video import Journal
from gptimage2_video.journal import JournalBudget, Submission
from gptimage2_video_cli.mcp_server.server import server_of
from gptimage2_video_cli.mcp_server.video_tools import Desk

LABEL = "MCP server mcp"


class Answer(NamedTuple):
    """What a tool answered."""

    is_error: bool
    facts: dict[str, Any]

    @property
    def message(self) -> str:
        return self.facts["message"]

    @property
    def left(self) -> int:
        return self.facts["budget"]["left"]


async def ask(client: Client, tool: str, /, **arguments: Any) -> Answer:
    """Call a tool. Its text and its structured content tell the same; an error of the protocol has a message alone."""
    try:
        result = await client.call_tool(tool, arguments)
    except MCPError as problem:
        return Answer(True, {"message": problem.error.message})
    assert [result.structured_content] == [json.loads(block.text) for block in result.content]
    return Answer(result.is_error, result.structured_content)


class Agent:
    """Calls tools, each of a server that has just been started in this process and knows what the journal tells."""

    def __init__(self, url: str, max_credits: int = 100, out: Path | None = None, **settings: Any) -> None:
        self._settings = {"api_key": "test-key", "base_url": url, **settings}
        self._max_credits, self._out = max_credits, out

    @asynccontextmanager
    async def server(self, mode: str = "auto", **settings: Any) -> AsyncIterator[Client]:
        """A server for many calls."""
        with closing(Journal()) as journal:
            desk = Desk(JournalBudget(journal, LABEL, self._max_credits, **settings), self._settings, self._out)
            async with desk.client, Client(server_of(desk, 0), mode=mode) as client:
                yield client

    def __call__(self, tool: str, /, **arguments: Any) -> Answer:
        async def once() -> Answer:
            async with self.server() as client:
                return await ask(client, tool, **arguments)

        return asyncio.run(once())


def command(url: str, *words: str, key: str = "test-key") -> StdioServerParameters:
    """How a host starts the server as a child."""
    environment = {**os.environ, "GPTIMAGE2_BASE_URL": url, "GPTIMAGE2_API_KEY": key}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "gptimage2_video_cli", "mcp", *words], env=environment
    )


@asynccontextmanager
async def started(parameters: StdioServerParameters, said: Path, mode: str = "auto") -> AsyncIterator[Client]:
    """A server as a child, over real pipes; what it says on stderr goes to a file."""
    with said.open("a") as stderr:
        async with Client(stdio_client(parameters, errlog=stderr), mode=mode) as client:
            yield client


def entries() -> list[Submission]:
    """What the journal knows."""
    with closing(Journal()) as journal:
        return list(journal.submissions())
