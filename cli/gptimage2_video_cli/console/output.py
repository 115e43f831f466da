"""The two streams of a command: messages on stderr, the result on stdout, as text or as one JSON object.

Losing stderr loses no video: `log_stderr` never fails. Losing stdout is an error. Errors and warnings are always
printed, and begin with that word; everything else on stderr is information, which --quiet drops.
"""

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, TextIO, cast

import click

PROGRAM: Final = "gptimage2-video"
_COLORS: Final = {"error": "red", "warning": "yellow"}


@dataclass
class Console:
    """How a command prints.

    Attributes:
        json: Whether stdout holds one JSON object.
        quiet: Whether stderr holds nothing but errors and warnings.
        verbose: Whether each request has a line on stderr.
    """

    json: bool = False
    quiet: bool = False
    verbose: bool = False

    def print_result(self, text: str, data: Any) -> None:
        """Print the result on stdout, as text or as JSON. Raises StdoutClosed."""
        _write(json.dumps(to_jsonable(data)) if self.json else text)

    def print_table(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], text: str, data: Any, *, footer: str = ""
    ) -> None:
        """As `print_result`, but on a terminal that is wide enough the rows are a table, above the footer.

        Raises StdoutClosed.
        """
        table = "" if self.json or not rows or not is_terminal(sys.stdout) else _table(headings, rows)
        self.print_result("\n\n".join(filter(None, (table, strip_control(footer)))) if table else text, data)

    def info(self, text: str) -> None:
        """Print a line on stderr, unless --quiet is set."""
        if not self.quiet:
            log_stderr(text)


class StdoutClosed(Exception):
    """The result could not be written to stdout.

    Attributes:
        is_broken_pipe: Whether that is because nobody reads it any more.
    """

    exit_code = 74

    def __init__(self, error: OSError) -> None:
        super().__init__(f"cannot write the result to stdout: {error.strerror or error}")
        self.is_broken_pipe = isinstance(error, BrokenPipeError)
        if self.is_broken_pipe:
            self.exit_code = 128 + 13  # as of a program that SIGPIPE ends


def log_stderr(text: str) -> None:
    """Print a line on stderr."""
    if sys.stderr is not None:  # as where fd 2 is closed
        with suppress(OSError, ValueError):
            print(_colored(strip_control(text)), file=sys.stderr, flush=True)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether more than plain lines can be shown there."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def _colored(text: str) -> str:
    """The text with its first word in color, unless NO_COLOR is set or stderr is no terminal."""
    word, colon, rest = text.partition(":")
    if word not in _COLORS or os.environ.get("NO_COLOR") or not is_terminal(sys.stderr):
        return text
    return click.style(word + colon, fg=_COLORS[word], bold=True) + rest


def strip_control(text: str) -> str:
    """The text without control characters, by which a service could control the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows as rich draws them; empty where the terminal is too narrow, as an id must be whole to be copied."""
    from rich import box
    from rich.console import Console as RichConsole
    from rich.table import Table
    from rich.text import Text

    stdout, table = RichConsole(), Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(strip_control(cell)) for cell in row))
    if stdout.measure(table, options=stdout.options.update(max_width=sys.maxsize)).maximum > stdout.width:
        return ""
    with stdout.capture() as drawn:
        stdout.print(table)
    return drawn.get().rstrip()


def _write(text: str) -> None:
    if sys.stdout is None:  # as where fd 1 is closed
        raise StdoutClosed(OSError("it is closed"))
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(os.fsencode(f"{text}\n"))  # a file name may have bytes that are no text
        sys.stdout.flush()
    except OSError as error:
        raise StdoutClosed(error) from None


def discard_stdout() -> None:
    """Drop what stdout still buffers: the interpreter would fail on it once more when it exits."""
    with suppress(OSError, AttributeError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)


def to_jsonable(value: object) -> Any:
    """A value as JSON can hold it; text for paths and for numbers that are not finite."""
    match value:
        case PurePath():
            return str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping():
            return {str(name): to_jsonable(item) for name, item in cast("Mapping[object, object]", value).items()}
        case list() | tuple():
            return [to_jsonable(item) for item in cast("list[object]", value)]
        case _:
            return value
