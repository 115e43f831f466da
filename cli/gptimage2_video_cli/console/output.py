"""What every command says and how: plain lines on stderr, the result on stdout, one JSON object where asked for.

Lives here: `Run`, what is known of the run so far, and the two streams. Not here: progress (`progress`), and which
error means which exit code (`main`). Losing stderr loses no video: `say` never fails. Losing stdout is an error.

Errors and warnings are always said, and begin with that word; all else on stderr is a remark, which --quiet drops.
"""

import json
import math
import os
import shlex
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, cast

import click

PROGRAM: Final = "gptimage2-video"
_COLOURS: Final = {"error": "red", "warning": "yellow"}


@dataclass
class Run:
    """One run of a command: what every way out must tell.

    Attributes:
        json: Whether stdout is to hold one JSON object.
        quiet: Whether nothing but errors and warnings is to be on stderr.
        verbose: Whether each request has a line on stderr.
        task_id: The task, as soon as it is known.
        settings: The options that a `wait` for it takes too.
    """

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    task_id: str | None = None
    settings: tuple[str, ...] = ()

    def tell(self, text: str, facts: Any) -> None:
        """The result on stdout, for people or as JSON. Raises OutputLost."""
        _write(json.dumps(plain(facts)) if self.json else text)

    def remark(self, text: str) -> None:
        """A line on stderr, for who wants to follow."""
        if not self.quiet:
            say(text)

    def how_to_go_on(self) -> str:
        """The command that takes up the wait for the task again."""
        return shlex.join((PROGRAM, "wait", self.task_id or "TASK_ID", *self.settings))


class OutputLost(Exception):
    """The result could not be written to stdout.

    Attributes:
        reader_left: Whether that is because nobody reads it any more.
    """

    def __init__(self, problem: OSError) -> None:
        super().__init__(f"the result could not be written to stdout: {problem.strerror or problem}")
        self.reader_left = isinstance(problem, BrokenPipeError)


def say(text: str) -> None:
    """A line on stderr."""
    if sys.stderr is not None:  # as where fd 2 is closed
        with suppress(OSError, ValueError):
            print(_painted(printable(text)), file=sys.stderr, flush=True)


def is_terminal() -> bool:
    """Whether a line on stderr can be drawn anew."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _painted(text: str) -> str:
    """The text with its first word in colour, where that is wanted (no-color.org) and seen."""
    word, colon, rest = text.partition(":")
    if word not in _COLOURS or os.environ.get("NO_COLOR") or not is_terminal():
        return text
    return click.style(word + colon, fg=_COLOURS[word], bold=True) + rest


def printable(text: str) -> str:
    """The text without control characters, with which a service could steer the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _write(text: str) -> None:
    if sys.stdout is None:  # as where fd 1 is closed
        raise OutputLost(OSError("it is closed"))
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(os.fsencode(f"{text}\n"))  # a file name may have bytes that are no text
        sys.stdout.flush()
    except OSError as problem:
        raise OutputLost(problem) from None


def discard_stdout() -> None:
    """Let what stdout still holds go nowhere: the interpreter would fail on it once more at its end."""
    with suppress(OSError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def plain(value: object) -> Any:
    """A value in what JSON knows; text for paths and for numbers that are not finite."""
    match value:
        case PurePath():
            return str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping():
            return {str(name): plain(item) for name, item in cast("Mapping[object, object]", value).items()}
        case list() | tuple():
            return [plain(item) for item in cast("list[object]", value)]
        case _:
            return value
