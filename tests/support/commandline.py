"""The command line as tests run it: in this process for what it says, as a child for signals and streams."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from gptimage2_video_cli.main import cli, main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:
        """What `--json` printed: one object on one line, and nothing else."""
        assert self.out.endswith("\n")
        assert 1 == self.out.count("\n")
        return json.loads(self.out)


class CommandLine:
    """Runs commands in this process, against one server and in one folder."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def against(self, url: str, key: str = "test-key") -> "CommandLine":
        self._monkeypatch.setenv("GPTIMAGE2_BASE_URL", url)
        self._monkeypatch.setenv("GPTIMAGE2_API_KEY", key)
        return self

    def __call__(self, *words: str) -> Outcome:
        self._capsys.readouterr()
        code = main(words)
        return Outcome(code, *self._capsys.readouterr())


class OnTerminal(CommandLine):
    """As if stderr were a terminal."""

    def __call__(self, *words: str) -> Outcome:
        self._monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        return super().__call__(*words)


def every_command(found: click.Group = cli, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command of the program, as its words."""
    for name, command in found.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*words, name))
        else:
            yield (*words, name)


def spawn(
    *words: str, url: str = "http://127.0.0.1:9", environment: Mapping[str, str] | None = None, **settings: Any
) -> subprocess.Popen[str]:
    """The command as a child process, its streams as pipes unless told otherwise."""
    ours = {"GPTIMAGE2_BASE_URL": url, "GPTIMAGE2_API_KEY": "test-key"}
    environment = {**os.environ, **ours, **(environment or {})}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | settings
    return subprocess.Popen(
        [sys.executable, "-m", "gptimage2_video_cli", *words], env=environment, text=True, **streams
    )


def files() -> list[str]:
    """The names in the current folder."""
    return sorted(path.name for path in Path.cwd().iterdir())
