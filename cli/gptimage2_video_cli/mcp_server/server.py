"""The server: the protocol around the tools, on stdin and stdout.

Lives here: the instructions, the dispatch of a call, and how serving begins and ends. Not here: the tools (`tools`,
`desk`). stdout carries the protocol and nothing else; whatever else is said goes to stderr.
"""

import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, CallToolRequestParams, CallToolResult, ListToolsResult

from gptimage2_video import VideoClientError, __version__
from gptimage2_video.journal import JournalBudget
from gptimage2_video_cli.console.output import StdoutClosed, log_stderr

from .arguments import read
from .results import answer
from .stdin import Stdin
from .tools import tools
from .video_tools import Desk

_SIGNALS: Final = [
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__
]
_INSTRUCTIONS: Final = """\
Makes videos from prompts and images through paid models. Only generate spends credits, of a budget of {limit} that a \
person set and only a person can raise; {left} were left when this server was started, and every answer tells what is \
left now. Prices are estimates: what was charged is credits_used. The way: list_models, check or quote, generate, wait \
(again, until done){download}. Never call generate again because an answer was late or lost: status tells what was \
submitted, and a repeated request is paid twice."""


async def serve(allowance: JournalBudget, settings: Mapping[str, Any], out: Path | None) -> bool:
    """Serve until the host closes stdin, or a signal comes: returns whether one did. Raises OutputLost.

    What is on its way then is answered first, and written down.
    """
    desk, stdin = Desk(allowance, settings, out), Stdin()
    try:
        async with desk.client, stdio_server(stdin=cast("anyio.AsyncFile[str]", stdin)) as (reads, writes):
            server = server_of(desk, (await desk.budget() or {}).get("left", 0))
            serving = partial(server.run, reads, writes, server.create_initialization_options())
            return await _until_a_signal(serving, stdin.end)
    except* OSError as problems:  # of the streams, as whatever else fails is answered
        leaf: BaseException = problems
        while isinstance(leaf, BaseExceptionGroup):
            leaf = cast("BaseExceptionGroup[BaseException]", leaf).exceptions[0]
        lost = StdoutClosed(cast("OSError", leaf))
    raise lost


async def _until_a_signal(serving: Callable[[], Awaitable[None]], end: Callable[[], None]) -> bool:
    """Serve; a signal ends it, unless whoever started this chose to ignore it. Returns whether one did."""
    stopped = False

    async def listen() -> None:
        nonlocal stopped
        numbers = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        with suppress(NotImplementedError), anyio.open_signal_receiver(*numbers) as signals:  # Windows has none
            async for _ in signals:
                stopped = True
                end()

    async with anyio.create_task_group() as group:
        group.start_soon(listen)
        await serving()
        group.cancel_scope.cancel()
    return stopped


def server_of(desk: Desk, left: int) -> Server[Any]:
    """The server of a desk; `left` is what its instructions tell of the budget."""
    offered = tools(desk)

    async def list_tools(_context: object, _params: object) -> ListToolsResult:
        return ListToolsResult(tools=[row.tool for row in offered.values()])

    async def call_tool(context: Any, params: CallToolRequestParams) -> CallToolResult:
        row = offered.get(params.name)
        if row is None:
            raise MCPError(INVALID_PARAMS, f"there is no tool {params.name}; the tools are {', '.join(offered)}")
        try:
            given = read(params.arguments or {}, row.tool.input_schema)
            return await row.act(desk, given, context.session.report_progress)
        except VideoClientError as problem:
            return await desk.failed(problem)
        except Exception as problem:  # one call must not end the others
            message = f"unexpected {type(problem).__name__}: {problem}; please report"
            log_stderr(f"error: {message}")
            return answer(message, await desk.budget(), is_error=True)

    return Server(
        "gptimage2-video",
        version=__version__,
        title="Videos, within a budget",
        instructions=_INSTRUCTIONS.format(
            limit=desk.allowance.max_credits, left=left, download=", download" if desk.out else ""
        ),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
