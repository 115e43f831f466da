"""`status`: a task as it stands.

Lives here: the command and its one line. Not here: reading a task, which is the library's.
"""

from typing import Unpack

import click

from gptimage2_video import Task
from gptimage2_video_cli.console.completion import task_ids
from gptimage2_video_cli.console.json_output import task_json
from gptimage2_video_cli.console.options import (
    ConnectionGiven,
    client_for,
    connection_options,
    connection_settings,
    output_options,
)
from gptimage2_video_cli.console.output import Run, printable


@click.command(
    short_help="Show a task as it stands.",
    epilog="""\b
Examples:
  gptimage2-video status tsk_01J9XA5M2R9W4QZC4PYJF3N7ND
  gptimage2-video status "$id" --json | jq -r .status_name

\b
Exit codes: 0 the task could be read, whatever became of it; 3 the API refused; 4 safe to repeat.""",
)
@click.argument("task_id", shell_complete=task_ids)
@connection_options
@output_options
@click.pass_obj
def status(run: Run, /, task_id: str, **given: Unpack[ConnectionGiven]) -> None:
    """Show the task TASK_ID as it stands, in one line."""
    run.task_id, run.settings = task_id, connection_settings(given)
    with client_for(given) as client:
        task = client.get(task_id)
    run.tell(printable(line(task)), task_json(task))


def line(task: Task) -> str:
    """A task in one line, with why it failed and whether its credits are back."""
    why = ": ".join(part for part in (task.error_code, task.error_message) if part)
    refund = {True: "refunded", False: "not refunded yet", None: ""}[task.refunded] if task.failed else ""
    return "; ".join(part for part in (str(task), why, refund) if part)
