"""The group of commands, and the one place where an error becomes a message and an exit code."""

import errno
import os
import sys
import traceback
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, cast

import click

from gptimage2_video import JournalWarning, TaskFailed, TaskNotFound, VideoClientError, __version__
from gptimage2_video_cli.console.json_output import error_json

from .commands.batch import batch
from .commands.check import check
from .commands.contract import contract
from .commands.demo import demo
from .commands.doctor import doctor
from .commands.generate import generate
from .commands.mcp import mcp
from .commands.mock import mock
from .commands.models import models
from .commands.quote import quote
from .commands.resume import resume
from .commands.status import status
from .commands.tasks import tasks
from .commands.wait import wait
from .console.completion import complete, completion
from .console.current_task import CURRENT_TASK, CurrentTask
from .console.exit_codes import UNEXPECTED, exit_code
from .console.output import PROGRAM, Console, StdoutClosed, discard_stdout, log_stderr
from .console.signals import ignore_interrupts, interruptible

# httpx imports rich and pygments, a third of its own time, for a command line that nobody calls here.
sys.modules.setdefault("httpx._main", cast("Any", None))

# Errors after which there is nothing to wait for.
_FINAL: Final = (TaskFailed, TaskNotFound)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"""\b
Examples:
  {PROGRAM} demo
  {PROGRAM} generate "A paper boat on a flooded street" --model veo3_fast -o boat.mp4

\b
Environment:
  GPTIMAGE2_API_KEY   the API key; there is no option for it, as arguments show in the list of processes
  GPTIMAGE2_BASE_URL  base URL of the API; default: https://gptimage2api.org
  GPTIMAGE2_JOURNAL   the file that records every submission; off for none; default: `tasks` prints it
  GPTIMAGE2_MODELS    a JSON file with rows of your own for the model table; see `models --help`
  GPTIMAGE2_DEBUG     1 prints the traceback of an unexpected error

\b
Exit codes:
    0  done
    1  the task failed; `contract`: a violation was found
    2  usage, rule or budget: nothing was sent
    3  the API refused
    4  API or network unavailable; safe to retry
    5  uncertain whether the submission was accepted; it may have been charged
    6  download failed; the video exists
   70  unexpected error: please report it
   74  cannot write the result to stdout
  124  timeout: the task is still pending
  130  interrupted (Ctrl-C, SIGTERM), after printing how to resume
  141  broken pipe: nobody reads stdout any more""",
)
@click.version_option(__version__, prog_name=PROGRAM)
def cli() -> None:
    """Videos from prompts and images, without wasting a credit."""


for command in (
    *(generate, status, wait, tasks, resume, batch),
    *(models, quote, check),
    *(demo, mock, contract, mcp),
    *(doctor, completion),
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    console = Console(json="--json" in arguments)  # until the options are parsed, which may fail
    current = CurrentTask()
    with _printed_warnings(), interruptible():
        try:
            return _invoke(arguments, console, current)
        except click.exceptions.Exit as end:
            return end.exit_code
        except BaseException as error:
            ignore_interrupts()  # a second Ctrl-C must not cut the resume command short
            return _report(error, console, current)


def _invoke(arguments: list[str], console: Console, current: CurrentTask) -> int:
    # Not click's own main, which hides what was interrupted, and when.
    completed = complete(cli)
    if completed is not None:
        return completed
    try:
        with cli.make_context(PROGRAM, arguments, obj=console) as context:
            context.meta[CURRENT_TASK] = current
            return cli.invoke(context) or 0
    except OSError as error:
        if error.errno in (
            errno.EPIPE,
            errno.ENOSPC,
        ):  # click printing a help text; all else that writes raises its own
            raise StdoutClosed(error) from None
        raise


def _report(error: BaseException, console: Console, current: CurrentTask) -> int:
    """Print the error, and how to resume. Returns the exit code."""
    code = exit_code(error)
    if isinstance(error, StdoutClosed):
        discard_stdout()
        if error.is_broken_pipe:
            return code
    current.id = getattr(error, "task_id", None) or current.id
    _print_error(error, console, current, code)
    if console.json and not isinstance(error, StdoutClosed):
        details = error_json(error) if isinstance(error, VideoClientError) else {"type": type(error).__name__}
        with suppress(StdoutClosed):
            message = {"message": _message(error, code), "task_id": current.id}
            console.print_result("", {"error": details | message})
    return code


def _print_error(error: BaseException, console: Console, current: CurrentTask, code: int) -> None:
    if isinstance(error, click.UsageError) and not console.json:
        with suppress(OSError):
            error.show()
        return
    log_stderr(f"error: {_message(error, code)}")
    if current.id and not isinstance(error, _FINAL):
        log_stderr(f"to resume: {current.resume_command()}")
    if code == UNEXPECTED and os.environ.get("GPTIMAGE2_DEBUG") == "1":
        log_stderr("".join(traceback.format_exception(error)))


def _message(error: BaseException, code: int) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, KeyboardInterrupt):
        return "; ".join(("interrupted", *getattr(error, "__notes__", ("nothing was sent",))))
    if code == UNEXPECTED:
        return f"unexpected {type(error).__name__}: {error}; please report"
    return str(error)


@contextmanager
def _printed_warnings() -> Generator[None]:
    """Warnings of the library are printed as everything else is."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        log_stderr(f"warning: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("always", JournalWarning)
        warnings.showwarning = show
        yield
