"""A language of the matrix: what its `language.toml` says, and one step of it done in its build folder.

Lives here: reading the folders, and running a script. Not here: what a step must have shown (`conversation`,
`verdicts`), and which steps there are in which order (`polyglot`). README.md describes the file.
"""

import os
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
BUILD: Final = ROOT / "build" / "polyglot"
STEPS: Final = ("setup", "generate", "compile", "quickstart", "conversation", "vectors")
# Beyond this a step hangs, in seconds: the slowest, a first build in Rust, takes two minutes.
TIMEOUT: Final = 900


@dataclass(frozen=True, slots=True)
class Language:
    """One folder.

    Attributes:
        name: The folder, relative to this one: `go`, `others/orval`.
        language: For people: `Go`.
        steps: Scripts for bash, by the name of the step.
        refused: `files`, a pattern, and `compile`, a script with `{files}` in it; None where nothing is to be refused.
        claims: By kind of vector, the parts of `expected` that its runner tells.
    """

    name: str
    language: str
    generator: str
    tools: tuple[str, ...]
    steps: Mapping[str, str]
    notes: str = ""
    refused: Mapping[str, str] | None = None
    claims: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def source(self) -> Path:
        """What is committed."""
        return HERE / self.name

    @property
    def build(self) -> Path:
        """Where it is built."""
        return BUILD / self.name

    @property
    def missing(self) -> list[str]:
        """The tools that this machine lacks."""
        return [tool for tool in self.tools if shutil.which(tool) is None]

    def lay_out(self) -> None:
        """Copy what is committed to the build folder; what was fetched or built there before stays."""
        shutil.copytree(self.source, self.build, dirs_exist_ok=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one script."""

    code: int
    seconds: float
    out: str
    said: str

    @property
    def tail(self) -> str:
        """The end of all that it said, for a report."""
        return "\n".join(f"    {line}" for line in (self.out + self.said).strip().splitlines()[-25:])


def languages() -> Iterator[Language]:
    """Every folder that has a `language.toml`, the tried ones after the used ones.

    Raises:
        ValueError: A file says something that the matrix does not know.
    """
    for path in (*sorted(HERE.glob("*/language.toml")), *sorted(HERE.glob("others/*/language.toml"))):
        yield _read(path)


def _read(path: Path) -> Language:
    name = path.parent.relative_to(HERE).as_posix()
    settings: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    try:
        language = Language(name=name, **{**settings, "tools": tuple(settings["tools"])})
    except (KeyError, TypeError) as problem:
        raise ValueError(f"{path}: {problem}") from None
    unknown = language.steps.keys() - set(STEPS)
    if unknown:
        raise ValueError(f"{path}: there is no step {', '.join(sorted(unknown))}")
    return language


def run(language: Language, script: str, environment: Mapping[str, str]) -> Outcome:
    """One script in the build folder of a language."""
    begun = time.monotonic()
    try:
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=language.build,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return Outcome(124, time.monotonic() - begun, "", f"it had not ended after {TIMEOUT} s")
    return Outcome(ended.returncode, time.monotonic() - begun, ended.stdout, ended.stderr)
