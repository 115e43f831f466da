"""The code blocks of a page, and what it takes to execute each kind of them.

Lives here: finding blocks, and running one line of a terminal as a reader would. Not here: which pages there are, and
what must hold of them (`test_docs`).
"""

import fnmatch
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import click

from gptimage2_video_cli.main import cli, main
from gptimage2_video_mock.__main__ import main as mock
from support.commandline import spawn

MOCK = "http://127.0.0.1:4010"  # as pages name it
BIN = Path(sys.executable).parent
_FENCE = re.compile(
    r"(?:^<!-- not executed: (?P<reason>.+) -->\n)?"
    r'^```(?P<language>\w*)(?: title="(?P<title>[^"]+)")?\n(?P<code>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)
_PROGRAM = "gptimage2-video"


class Sample(NamedTuple):
    """One block: where it is, what it is, and why it is not executed, where it is not."""

    page: str
    line: int
    language: str
    title: str | None
    code: str
    reason: str | None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def samples(page: str, text: str) -> list[Sample]:
    return [
        Sample(page, text.count("\n", 0, found.start("code")), *found.group("language", "title", "code", "reason"))
        for found in _FENCE.finditer(text)
    ]


class Step(NamedTuple):
    """One command of a terminal, the lines that it says, and its exit code."""

    command: str
    said: list[str]
    code: int


def steps(code: str) -> list[Step]:
    """The commands of a block: a line after `$`; a comment `# exits N` tells an exit code other than 0."""
    found: list[Step] = []
    for line in code.splitlines():
        if line.startswith("$ "):
            command, _, comment = line[2:].partition("   # exits ")
            found.append(Step(command, [], int(comment or 0)))
        else:
            found[-1].said.append(line)
    return found


def was_printed(said: list[str], output: str) -> bool:
    """Whether all of these lines are in the output, in this order; … is anything, alone on a line any lines."""
    lines = iter(output.splitlines())
    patterns = (fnmatch.translate(fnmatch_literal(line)) for line in said if line != "…")
    return all(any(re.match(pattern, line) for line in lines) for pattern in patterns)


def fnmatch_literal(line: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", line).replace("…", "*")


class Terminal:
    """The terminal of one page: its settings last from block to block."""

    def __init__(self, server, monkeypatch, capfd) -> None:
        self._server, self._monkeypatch, self._capfd = server, monkeypatch, capfd

    def run(self, step: Step) -> None:
        """Do what a reader would, and fail where something else comes of it."""
        command = step.command.replace(MOCK, self._server.url)
        if command.startswith("export "):
            self._monkeypatch.setenv(*command.removeprefix("export ").split("=", 1))
        elif command.startswith(f"{_PROGRAM} mock"):
            starts_a_mock(command)
        else:
            code, output = self._executed(command)
            assert (step.command, step.code) == (step.command, code), output
            assert was_printed(step.said, output), output

    def _executed(self, command: str) -> tuple[int, str]:
        self._capfd.readouterr()
        words = shlex.split(command)
        settings = [word for word in words if re.match(r"[A-Z0-9_]+=", word)]
        if words[len(settings) :][:1] == [_PROGRAM] and not set("|<>$") & set(command):
            with self._monkeypatch.context() as for_this_command:
                for setting in settings:
                    for_this_command.setenv(*setting.split("=", 1))
                code = main(words[len(settings) + 1 :])
        else:
            code = in_a_shell(command)
        said = self._capfd.readouterr()
        return code, f"{said.err}{said.out}"


def in_a_shell(script: str, **settings: str) -> int:
    """A script as CI systems run it: it ends with the first command that fails."""
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", **settings}
    return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], env=environment, timeout=120).returncode


def starts_a_mock(command: str) -> None:
    """The mock starts with these options, on whatever port is free, and ends cleanly."""
    with spawn(*shlex.split(command)[1:], "--port", "0") as process:
        assert "listening on" in process.stdout.readline()
        process.terminate()
        process.communicate()
    assert 0 == process.returncode


def parse(example: str) -> list[click.Context]:
    """What click makes of the commands in an example of a help text. Raises click.UsageError."""
    return [_parse(shlex.split(called)[1:]) for called in re.findall(rf"{_PROGRAM} [^|<>)]*", example)]


def _parse(words: list[str]) -> click.Context:
    command = cli
    while isinstance(command, click.Group) and words:
        command = command.commands[words.pop(0)]
    command = mock if command.name == "mock" else command
    with command.make_context(command.name, words) as context:
        return context
