"""`resume`: wait for every unfinished task at once, and download the videos."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

import click

from gptimage2_video import Task, VideoClientError
from gptimage2_video.journal import Submission
from gptimage2_video_cli.console.exit_codes import exit_code
from gptimage2_video_cli.console.files import make_folder
from gptimage2_video_cli.console.json_output import error_json, task_json
from gptimage2_video_cli.console.options import (
    ClientOptions,
    client_options,
    client_settings,
    folder_option,
    output_options,
    timeout_option,
)
from gptimage2_video_cli.console.output import Console, log_stderr, strip_control
from gptimage2_video_cli.console.signals import run_interruptible

if TYPE_CHECKING:
    from gptimage2_video import AsyncVideoClient

_MAX_CONCURRENT: Final = 50
_UNSAFE: Final = re.compile(r"[^\w-]+", re.ASCII)


class ResumeOptions(ClientOptions):
    """The options of this command."""

    out: Path | None
    timeout: float


@click.command(
    short_help="Wait for every unfinished task, and download the videos.",
    epilog="""\b
Examples:
  gptimage2-video resume
  gptimage2-video resume --out videos --timeout 1800

\b
Exit codes: 0 every video is saved; else the highest exit code of a `wait` for each task: 1 a task failed;
3 the API refused; 4 safe to retry; 6 download failed, retry it; 124 timeout, still pending; 130 interrupted.""",
)
@folder_option(
    "--out", help="Folder of the videos; default: the file that each was submitted with, else TASK_ID.mp4 here."
)
@timeout_option
@client_options
@output_options
@click.pass_obj
def resume(console: Console, /, **options: Unpack[ResumeOptions]) -> int:
    """Wait for every unfinished task in the journal and download the videos.

    An existing file is never replaced: the video is saved beside it, under a name with the task id. Waiting and
    downloading are free.
    """
    settings = client_settings(options)
    if settings["journal"] is None:
        raise click.UsageError("GPTIMAGE2_JOURNAL is off: no submissions are recorded")
    submissions, notes = _unfinished(settings)
    for note in notes:
        console.info(note)
    if options["out"]:
        make_folder(options["out"])
    pairs = _targets(submissions, options["out"])
    try:
        results = run_interruptible(_resume_all, console, settings, pairs, options["timeout"]) if pairs else []
    except KeyboardInterrupt as interruption:
        interruption.add_note("unsaved tasks are still pending: run this again")
        raise
    data = [_result_json(submission, result) for submission, result in zip(submissions, results, strict=True)]
    console.print_result(_summary(results), {"tasks": data})
    return max((exit_code(result) for result in results if isinstance(result, VideoClientError)), default=0)


def _unfinished(settings: dict[str, Any]) -> tuple[list[Submission], list[str]]:
    """What can be resumed here, and notes about the rest."""
    from gptimage2_video import VideoClient

    with VideoClient(**settings) as client:  # validates the key and the base URL before anything is printed
        base_url = client.base_url
    unfinished = [submission for submission in settings["journal"].submissions() if submission.unfinished]
    other_services = sorted({submission.base_url for submission in unfinished} - {base_url})
    here = [submission for submission in unfinished if submission.base_url == base_url]
    groups = sorted({submission.group for submission in here} - {""})
    notes = [
        f"{sum(submission.base_url == url for submission in unfinished)} more at {url}: use --base-url {url}"
        for url in other_services
    ]
    notes += [f"{group}: run it again to continue" for group in groups]
    return [submission for submission in here if not submission.group], notes


async def _resume_all(
    console: Console, settings: dict[str, Any], pairs: Sequence[tuple[Submission, Path]], timeout: float
) -> list[Task | VideoClientError]:
    import anyio

    from gptimage2_video import AsyncVideoClient

    console.info(f"pending tasks: {len(pairs)}")
    results: dict[str, Task | VideoClientError] = {}
    limiter = anyio.CapacityLimiter(_MAX_CONCURRENT)
    async with AsyncVideoClient(**settings) as client, anyio.create_task_group() as group:

        async def resume_one(submission: Submission, target: Path) -> None:
            async with limiter:
                results[submission.id] = await _resume(console, client, submission, target, timeout)

        for submission, target in pairs:
            group.start_soon(resume_one, submission, target)
    return [results[submission.id] for submission, _ in pairs]


async def _resume(
    console: Console, client: "AsyncVideoClient", submission: Submission, target: Path, timeout: float
) -> Task | VideoClientError:
    try:
        task = await client.wait(submission.task_id or "", save_to=target, timeout=timeout)
    except VideoClientError as error:
        log_stderr(f"error: {error}")
        return error
    console.info(f"saved: {task.path}")
    return task


def _targets(submissions: Sequence[Submission], folder: Path | None) -> list[tuple[Submission, Path]]:
    """For each video a file that does not exist yet, and that is no target of an earlier one."""
    targets: list[Path] = []
    for submission in submissions:
        safe_id = _UNSAFE.sub("_", submission.task_id or "")
        preferred = submission.target or Path(f"{safe_id}.mp4")
        target = folder / preferred.name if folder else preferred
        if target in targets or os.path.lexists(target):
            target = target.with_name(f"{target.stem}-{safe_id}{target.suffix}")
        targets.append(target)
    return list(zip(submissions, targets, strict=True))


def _result_json(submission: Submission, result: Task | VideoClientError) -> dict[str, Any]:
    if isinstance(result, Task):
        return task_json(result)
    return {"id": submission.task_id, "error": error_json(result)}


def _summary(results: Sequence[Task | VideoClientError]) -> str:
    if not results:
        return "nothing is pending"
    saved = [strip_control(str(result.path)) for result in results if isinstance(result, Task)]
    unsaved = len(results) - len(saved)
    return "\n".join((*saved, f"{len(saved)} saved" + (f", {unsaved} not saved" if unsaved else "")))
