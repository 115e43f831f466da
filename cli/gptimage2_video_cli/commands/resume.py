"""`resume`: wait for everything that is still pending, all at once, and fetch it.

Lives here: the command, where each video goes, and what it all comes to. Not here: waiting and fetching, which are the
library's; batches, which go on by being run again.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

import click

from gptimage2_video import Submission, Task, VideoClientError
from gptimage2_video_cli.console.exit_codes import exit_code
from gptimage2_video_cli.console.json_output import error_json, task_json
from gptimage2_video_cli.console.options import (
    ClientGiven,
    client_options,
    client_settings,
    make_folder,
    output_options,
    positive,
)
from gptimage2_video_cli.console.output import Run, printable, say
from gptimage2_video_cli.console.signals import run as interruptible

if TYPE_CHECKING:
    from gptimage2_video import AsyncVideoClient

_AT_ONCE: Final = 50
_UNSAFE: Final = re.compile(r"[^\w-]+", re.ASCII)


class Given(ClientGiven):
    """What the options of this command were given."""

    out: Path | None
    timeout: float


@click.command(
    short_help="Wait for all that is pending, and fetch it.",
    epilog="""\b
Examples:
  gptimage2-video resume
  gptimage2-video resume --out videos --timeout 1800

\b
Exit codes: 0 all there; else the highest of what a `wait` for each of them would have ended with: 1 a task failed;
3 the API refused; 4 safe to repeat; 6 download it again; 124 still pending; 130 interrupted.""",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where all videos go; default: the file that each was meant for, else TASK_ID.mp4 here.",
)
@click.option(
    "--timeout", type=float, callback=positive, default=600.0, show_default=True, metavar="S", help="Seconds to wait."
)
@client_options
@output_options
@click.pass_obj
def resume(run: Run, /, **given: Unpack[Given]) -> int:
    """Take up the wait for every task in the journal that has not ended or not been saved, and save the videos.

    An existing file is never replaced: the video then goes beside it, under a name with the task id. Waiting and
    downloading cost nothing.
    """
    settings = client_settings(given)
    if settings["journal"] is None:
        raise click.UsageError("GPTIMAGE2_JOURNAL is off, so nothing was written down")
    entries, elsewhere = _unfinished(settings)
    for told in elsewhere:
        run.remark(told)
    if given["out"]:
        make_folder(given["out"])
    try:
        results = interruptible(_resume_all, run, settings, places(entries, given["out"]), given) if entries else []
    except KeyboardInterrupt as interruption:
        interruption.add_note("what is not saved yet is still pending: run this again")
        raise
    facts = [_facts(entry, result) for entry, result in zip(entries, results, strict=True)]
    run.tell(_summary(results), {"tasks": facts})
    return max((exit_code(result) for result in results if isinstance(result, VideoClientError)), default=0)


def _unfinished(settings: dict[str, Any]) -> tuple[list[Submission], list[str]]:
    """What can be resumed here, and what is to be said of the rest."""
    from gptimage2_video import VideoClient

    with VideoClient(**settings) as client:  # the key is tried, and the address settled, before anything is said
        here = client.base_url
    entries = [entry for entry in settings["journal"].submissions() if entry.unfinished]
    told = [
        f"{sum(entry.base_url == url for entry in entries)} more at {url}: run this with --base-url {url}"
        for url in sorted({entry.base_url for entry in entries} - {here})
    ]
    ours = [entry for entry in entries if entry.base_url == here]
    batches = sorted({entry.group for entry in ours} - {""})
    told += [f"{origin} goes on when it is run again" for origin in batches]
    return [entry for entry in ours if not entry.group], told


async def _resume_all(
    run: Run, settings: dict[str, Any], entries: Sequence[tuple[Submission, Path]], given: Given
) -> list[Task | VideoClientError]:
    import anyio

    from gptimage2_video import AsyncVideoClient

    run.remark(f"{len(entries)} to wait for")
    results: dict[str, Task | VideoClientError] = {}
    limiter = anyio.CapacityLimiter(_AT_ONCE)
    async with AsyncVideoClient(**settings) as client, anyio.create_task_group() as group:

        async def one(entry: Submission, target: Path) -> None:
            async with limiter:
                results[entry.id] = await _resume(run, client, entry, target, given["timeout"])

        for entry, target in entries:
            group.start_soon(one, entry, target)
    return [results[entry.id] for entry, _ in entries]


async def _resume(
    run: Run, client: "AsyncVideoClient", entry: Submission, target: Path, timeout: float
) -> Task | VideoClientError:
    try:
        task = await client.wait(entry.task_id or "", save_to=target, timeout=timeout)
    except VideoClientError as problem:
        say(f"error: {problem}")
        return problem
    run.remark(f"saved: {task.path}")
    return task


def places(entries: Sequence[Submission], folder: Path | None) -> list[tuple[Submission, Path]]:
    """For each video a file that is not there yet, and that none before it is meant for."""
    targets: list[Path] = []
    for entry in entries:
        safe_id = _UNSAFE.sub("_", entry.task_id or "")
        meant = entry.target or Path(f"{safe_id}.mp4")
        target = folder / meant.name if folder else meant
        if target in targets or os.path.lexists(target):
            target = target.with_name(f"{target.stem}-{safe_id}{target.suffix}")
        targets.append(target)
    return list(zip(entries, targets, strict=True))


def _facts(entry: Submission, result: Task | VideoClientError) -> dict[str, Any]:
    if isinstance(result, Task):
        return task_json(result)
    return {"id": entry.task_id, "error": error_json(result)}


def _summary(results: Sequence[Task | VideoClientError]) -> str:
    if not results:
        return "nothing is pending"
    saved = [printable(str(result.path)) for result in results if isinstance(result, Task)]
    trouble = len(results) - len(saved)
    return "\n".join((*saved, f"{len(saved)} saved" + (f", {trouble} not" if trouble else "")))
