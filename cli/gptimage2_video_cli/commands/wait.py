"""`wait`: take up the wait for a task again, and save its video.

Lives here: the command. Not here: schedules and repetitions, which are the library's.
"""

from typing import Unpack

import click

from gptimage2_video_cli.console.completion import task_ids
from gptimage2_video_cli.console.json_output import task_json
from gptimage2_video_cli.console.options import (
    SaveGiven,
    client_for,
    client_options,
    output_options,
    save_options,
    wait_settings,
)
from gptimage2_video_cli.console.output import Run
from gptimage2_video_cli.console.progress import progress


@click.command(
    short_help="Wait for a task, and save its video.",
    epilog="""\b
Examples:
  gptimage2-video wait tsk_01J9XA5M2R9W4QZC4PYJF3N7ND -o cup.mp4
  gptimage2-video wait "$id" --timeout 180 --json

\b
Exit codes: 0 done; 1 the task failed; 3 the API refused; 4 safe to repeat; 6 download it again;
124 still pending; 130 interrupted. Waiting and downloading cost nothing.""",
)
@click.argument("task_id", shell_complete=task_ids)
@save_options
@client_options
@output_options
@click.pass_obj
def wait(run: Run, /, task_id: str, **given: Unpack[SaveGiven]) -> None:
    """Wait until the task TASK_ID has ended, and save its video to FILE; at once where it is done already.

    Prints the path of the video on stdout, or its URL without -o.
    """
    run.task_id, run.settings = task_id, wait_settings(given)
    with client_for(given) as client, progress(run) as shown:
        task = client.wait(
            task_id,
            save_to=given["output"],
            overwrite=given["force"],
            timeout=given["timeout"],
            on_update=shown.update,
            on_progress=shown.received,
        )
    if task.path:
        run.remark(f"saved: {task.path}")
    run.tell(str(task.path or task.video_url or task.id), task_json(task))
