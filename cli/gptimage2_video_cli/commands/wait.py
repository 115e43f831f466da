"""`wait`: resume the wait for a task, and save its video."""

from typing import Unpack

import click

from gptimage2_video_cli.console.completion import task_ids
from gptimage2_video_cli.console.current_task import CurrentTask, pass_current_task
from gptimage2_video_cli.console.json_output import task_json
from gptimage2_video_cli.console.options import (
    SaveOptions,
    client_options,
    make_client,
    output_options,
    save_options,
    wait_arguments,
)
from gptimage2_video_cli.console.output import Console
from gptimage2_video_cli.console.progress import VideoProgress


@click.command(
    short_help="Wait for a task, and save its video.",
    epilog="""\b
Examples:
  gptimage2-video wait tsk_01J9XA5M2R9W4QZC4PYJF3N7ND -o cup.mp4
  gptimage2-video wait "$id" --timeout 180 --json

\b
Exit codes: 0 done; 1 the task failed; 3 the API refused; 4 safe to retry; 6 download failed, retry it;
124 timeout, still pending; 130 interrupted. Waiting and downloading are free.""",
)
@click.argument("task_id", shell_complete=task_ids)
@save_options
@client_options
@output_options
@pass_current_task
@click.pass_obj
def wait(console: Console, current: CurrentTask, /, task_id: str, **options: Unpack[SaveOptions]) -> None:
    """Wait until the task TASK_ID is done, and save its video to FILE.

    Prints the path of the video on stdout, or its URL without -o.
    """
    current.id, current.wait_arguments = task_id, wait_arguments(options)
    with make_client(options) as client, VideoProgress(console, task_id) as progress:
        task = client.wait(
            task_id,
            save_to=options["output"],
            overwrite=options["force"],
            timeout=options["timeout"],
            on_update=progress.on_update,
            on_progress=progress.on_bytes,
        )
    if task.path:
        console.info(f"saved: {task.path}")
    console.print_result(str(task.path or task.video_url or task.id), task_json(task))
