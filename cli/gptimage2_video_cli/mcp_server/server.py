"""The server: the protocol around the tools, on stdin and stdout.

stdout carries the protocol and nothing else; everything else goes to stderr.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, CallToolRequestParams, CallToolResult, ListToolsResult

from gptimage2_video import VideoClientError, __version__
from gptimage2_video.journal import JournalBudget
from gptimage2_video_cli.console.output import StdoutClosed, log_stderr
from gptimage2_video_cli.console.signals import handled_signals

from .arguments import parse_arguments
from .results import error_result
from .stdin import stdin_lines
from .video_tools import VideoTools, available_tools

if TYPE_CHECKING:
    import anyio

_INSTRUCTIONS: Final = """\
Makes videos from prompts and images through paid models. Only generate spends credits, from a budget of {limit} that \
only a person can raise; {left} were left when this server was started, and every result has what is left now. Prices \
are estimates: the charge is credits_used. Workflow: list_models, check or quote, generate, wait (again, until \
done){download}. Never call generate again because a result was late or lost: status lists what was submitted, and a \
duplicate request is paid twice."""


async def serve(
    budget: JournalBudget, client_settings: Mapping[str, Any], out: Path | None, allow_unknown_model: bool
) -> bool:
    """Serve until the host closes stdin, or a signal comes: returns whether one did. Raises StdoutClosed.

    Submissions in flight are answered first, and recorded.
    """
    tools = VideoTools(budget, client_settings, out, allow_unknown_model=allow_unknown_model)
    lines, end = stdin_lines()
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = True
        end()

    try:
        stdin = cast("anyio.AsyncFile[str]", lines)
        with handled_signals(interrupt):
            async with tools.client, lines, stdio_server(stdin=stdin) as (reader, writer):
                server = make_server(tools, (await tools.budget_json() or {}).get("left", 0))
                await server.run(reader, writer, server.create_initialization_options())
    except* OSError as group:  # of the streams, as every other error is answered
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
        closed = StdoutClosed(cast("OSError", error))  # raised here, it would be in a group itself
    else:
        return interrupted
    raise closed


def make_server(tools: VideoTools, left: int) -> Server[Any]:
    """The server of these tools; `left` is the rest of the budget, in credits, for its instructions.

    Not the SDK's MCPServer: it ignores an unknown argument, sends errors without their data, and reads stdin itself.
    """
    specs = available_tools(can_download=tools.out is not None, allow_unknown_model=tools.allow_unknown_model)

    async def list_tools(_context: object, _params: object) -> ListToolsResult:
        return ListToolsResult(tools=[spec.tool for spec in specs.values()])

    async def call_tool(context: Any, params: CallToolRequestParams) -> CallToolResult:
        spec = specs.get(params.name)
        if spec is None:
            raise MCPError(INVALID_PARAMS, f"unknown tool: {params.name}; the tools are {', '.join(specs)}")
        try:
            arguments = parse_arguments(params.arguments or {}, spec.tool.input_schema)
            return await spec.handler(tools, context.session.report_progress, **arguments)
        except VideoClientError as error:
            return error_result(error, await tools.budget_json())
        except Exception as error:  # one call must not end the others
            message = f"unexpected {type(error).__name__}: {error}; please report"
            log_stderr(f"error: {message}")
            return await tools.reply(message, is_error=True)

    download = ", download" if tools.out else ""
    return Server(
        "gptimage2-video",
        version=__version__,
        title="Videos within a budget",
        instructions=_INSTRUCTIONS.format(limit=tools.budget.max_credits, left=left, download=download),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
