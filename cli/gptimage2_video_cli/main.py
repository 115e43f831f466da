"""The group of commands, and the one place where an error becomes words and an exit code.

Lives here: the group's help, signals, warnings. Not here: any command, each of which has a module of its
own. `--version` and `--help` load no HTTP library.
"""

import errno
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

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
from .console.completion import answer, completion
from .console.exit_codes import UNEXPECTED, exit_code
from .console.output import PROGRAM, OutputLost, Run, discard_stdout, say
from .drift.command import drift

_READER_LEFT: Final = 128 + 13  # as a program that SIGPIPE ends
_SIGNALS: Final = [
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__
]
# Errors after which there is no use in waiting for the task.
_ENDED: Final = (TaskFailed, TaskNotFound)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"""\b
Examples:
  {PROGRAM} demo
  {PROGRAM} generate "A paper boat on a flooded street" --model veo3_fast -o boat.mp4

\b
Environment:
  GPTIMAGE2_API_KEY   the key; there is no option for it, as arguments show in the list of processes
  GPTIMAGE2_BASE_URL  where the API is; default: https://gptimage2api.org
  GPTIMAGE2_JOURNAL   the file in which every submission is written down; off for none; default: `tasks` names it
  GPTIMAGE2_DEBUG     1 shows where an unexpected error came from

\b
Exit codes:
    0  done
    1  the task failed; `contract` and `drift`: something differs
    2  usage, rule or budget: nothing was sent
    3  the API refused
    4  the API or the network is ill; safe to repeat
    5  unknown whether the submission was accepted; it may have been charged
    6  the video exists but could not be fetched
   65  a page is not the documentation, or lacks what `drift` requires
   70  unexpected: please report
   74  the result could not be written to stdout
  124  still pending at the timeout
  130  interrupted (Ctrl-C, SIGTERM), after printing how to go on
  141  whoever read stdout has left""",
)
@click.version_option(__version__, prog_name=PROGRAM)
def cli() -> None:
    """Videos from prompts and images, without wasting a credit."""


for command in (
    *(generate, status, wait, tasks, resume, batch),
    *(models, quote, check),
    *(demo, mock, contract, drift, mcp),
    *(doctor, completion),
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    run = Run(json="--json" in words)  # until the options are read, which may fail
    with _interruptible(), _warnings_said():
        try:
            return _invoke(words, run)
        except click.exceptions.Exit as end:
            return end.exit_code
        except BaseException as error:
            _ignore_signals()  # a second Ctrl-C must not cut short how to go on
            return _fail(error, run)


def _invoke(words: list[str], run: Run) -> int:
    # Not click's own main, which hides what was interrupted, and when.
    answered = answer(cli)
    if answered is not None:
        return answered
    try:
        with cli.make_context(PROGRAM, words, obj=run) as context:
            return cli.invoke(context) or 0
    except OSError as problem:
        if problem.errno in (errno.EPIPE, errno.ENOSPC):  # click printing a help text; whatever else writes has said it
            raise OutputLost(problem) from None
        raise


def _fail(error: BaseException, run: Run) -> int:
    if isinstance(error, OutputLost):
        discard_stdout()
        if error.reader_left:
            return _READER_LEFT
    code = exit_code(error)
    run.task_id = getattr(error, "task_id", None) or run.task_id
    _explain(error, run, code)
    if run.json and not isinstance(error, OutputLost):
        facts = error_json(error) if isinstance(error, VideoClientError) else {"type": type(error).__name__}
        with suppress(OutputLost):
            run.tell("", {"error": facts | {"message": _sentence(error, code), "task_id": run.task_id}})
    return code


def _explain(error: BaseException, run: Run, code: int) -> None:
    if isinstance(error, click.UsageError) and not run.json:
        with suppress(OSError):
            error.show()
        return
    say(f"error: {_sentence(error, code)}")
    if run.task_id and not isinstance(error, _ENDED):
        say(f"to go on: {run.how_to_go_on()}")
    if code == UNEXPECTED and os.environ.get("GPTIMAGE2_DEBUG") == "1":
        say("".join(traceback.format_exception(error)))


def _sentence(error: BaseException, code: int) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, KeyboardInterrupt):
        return "; ".join(("interrupted", *getattr(error, "__notes__", ("nothing was sent",))))
    if code == UNEXPECTED:
        return f"unexpected {type(error).__name__}: {error}; please report"
    return str(error)


@contextmanager
def _warnings_said() -> Generator[None]:
    """What the library warns of is said as everything else is."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        say(f"warning: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("always", JournalWarning)
        warnings.showwarning = show
        yield


@contextmanager
def _interruptible() -> Generator[None]:
    """SIGTERM and a closed terminal interrupt as Ctrl-C does, unless whoever started this chose to ignore them."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
