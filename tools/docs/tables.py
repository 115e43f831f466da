"""Tables of the site that are told elsewhere once: in openapi.yaml, in the mock's scenarios, in the error tree."""

import inspect
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

import gptimage2_video
from gptimage2_video import VideoClientError
from gptimage2_video_cli.console.exit_codes import exit_code
from gptimage2_video_cli.main import cli
from gptimage2_video_mock.scenarios.registry import SCENARIOS

_SPEC: Final = Path(__file__).resolve().parent.parent.parent / "openapi.yaml"
_PHASES: Final = (
    ("submit-", "Submitting"),
    ("poll-", "Polling"),
    ("cut-poll", "Polling"),
    ("download-", "Downloading"),
    ("cut-download", "Downloading"),
)
_REST: Final = "The whole conversation"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; no cell of it may break it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"


def models() -> str:
    """What each model takes and costs."""
    rows = spec()["x-model-table"]["models"]
    return table(
        ["model", "modes", "seconds", "credits"],
        ([f"`{row['id']}`", _modes(row), _seconds(row["durations"]), _credits(row)] for row in rows),
    )


def notes() -> str:
    """What else is known of the models, by family."""
    rows = ((row["family"], row["note"]) for row in spec()["x-model-table"]["models"] if "note" in row)
    told = {family: (note["text"], note.get("date", ""), note["known"]) for family, note in rows}
    return table(["models", "note", "date", "known"], ([family, *note] for family, note in told.items()))


def facts() -> str:
    """How well each fact of the model table is known, in the spec's own words."""
    kinds = ("modes", "durations", "resolutions", "credits")
    common = spec()["x-model-table"]["commonDurations"]
    rows = [[f"`{row['id']}`", *(_known(row[kind]) for kind in kinds)] for row in spec()["x-model-table"]["models"]]
    told = (
        f"Where durations are unknown, the common ones are accepted: {_listed(common['values'])} s ({common['known']})."
    )
    return f"{table(['model', *kinds], rows)}\n{told}\n"


def limits() -> str:
    """What openapi.yaml says of its own limits."""
    return str(spec()["info"]["description"]).partition("## Known limits")[2].strip()


def scenarios() -> str:
    """What the mock can be asked to do wrong, by the phase of a conversation."""
    return "\n".join(
        f"### {title}\n\n{table(['scenario', 'what the service does'], rows)}" for title, rows in _by_phase() if rows
    )


def errors() -> str:
    """Every error of the library, what it means, and the exit code of a command that it ends."""
    return table(
        ["error", "what it means", "exit code"],
        (
            [f"{'&nbsp;' * 4 * depth}[`{kind.__name__}`](api/errors.md#gptimage2_video.{kind.__name__})", meaning, code]
            for depth, kind, meaning, code in _tree(VideoClientError)
        ),
    )


def exit_codes() -> str:
    """The exit codes as the help of the command line tells them."""
    lines = (cli.epilog or "").partition("Exit codes:\n")[2].splitlines()
    return table(["exit code", "what happened"], (line.strip().split(maxsplit=1) for line in lines if line.strip()))


def tools() -> str:
    """The tools of the MCP server."""
    from gptimage2_video_cli.mcp_server.video_tools import available_tools

    tools = (spec.tool for spec in available_tools(can_download=True).values())
    rows = ([f"`{tool.name}`", tool.title or "", tool.description or ""] for tool in tools)
    return table(["tool", "title", "what it does"], rows)


@cache
def spec() -> dict[str, Any]:
    """openapi.yaml."""
    loaded: dict[str, Any] = yaml.safe_load(_SPEC.read_text("utf-8"))
    return loaded


def _modes(row: dict[str, Any]) -> str:
    return ", ".join(mode.partition("_")[0] for mode in row["modes"]["values"])


def _seconds(fact: dict[str, Any]) -> str:
    return _listed(fact["values"]) if "values" in fact else f"{fact['min']} to {fact['max']}"


def _credits(row: dict[str, Any]) -> str:
    by_resolution: dict[str, list[str]] = {}
    for price in row["credits"]["rows"]:
        by_resolution.setdefault(price.get("resolution", ""), []).append(f"{price['credits']} ({price['duration']} s)")
    told = ((f"{resolution}: " if resolution else "") + ", ".join(found) for resolution, found in by_resolution.items())
    return "; ".join(told) or "unknown"


def _known(fact: dict[str, Any]) -> str:
    return f"**{fact['known']}**" if fact["known"] in ("inferred", "unknown") else str(fact["known"])


def _listed(values: Sequence[object]) -> str:
    return ", ".join(str(value) for value in values) or "unknown"


def _by_phase() -> Iterator[tuple[str, list[list[str]]]]:
    found: dict[str, list[list[str]]] = {_REST: [], **{title: [] for _, title in _PHASES}}
    for scenario in SCENARIOS.values():
        title = next((title for begin, title in _PHASES if scenario.name.startswith(begin)), _REST)
        found[title].append([f"`{scenario.name}`", scenario.about])
    yield from found.items()


def _tree(kind: type[VideoClientError], depth: int = 0) -> Iterator[tuple[int, type[VideoClientError], str, str]]:
    meaning = inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " ").replace(" [docs]", "")
    code = "" if kind is VideoClientError else str(exit_code(kind.__new__(kind)))
    yield depth, kind, meaning, code
    for child in kind.__subclasses__():
        if child.__name__ in gptimage2_video.__all__:
            yield from _tree(child, depth + 1)
