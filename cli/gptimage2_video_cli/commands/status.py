"""`status`: the current state of a task, in one line."""

from typing import Unpack

import click

from gptimage2_video_cli.console.completion import task_ids
from gptimage2_video_cli.console.current_task import CurrentTask, pass_current_task
from gptimage2_video_cli.console.json_output import task_json
from gptimage2_video_cli.console.options import (
    ConnectionOptions,
    connection_arguments,
    connection_options,
    make_client,
    output_options,
)
from gptimage2_video_cli.console.output import Console, strip_control
from gptimage2_video_cli.console.text import describe_task


@click.command(
    short_help="Show the status of a task.",
    epilog="""\b
Examples:
  gptimage2-video status tsk_01J9XA5M2R9W4QZC4PYJF3N7ND
  gptimage2-video status "$id" --json | jq -r .status_name

\b
Exit codes: 0 the task could be read, also where it failed; 3 the API refused; 4 safe to retry.""",
)
@click.argument("task_id", shell_complete=task_ids)
@connection_options
@output_options
@pass_current_task
@click.pass_obj
def status(console: Console, current: CurrentTask, /, task_id: str, **options: Unpack[ConnectionOptions]) -> None:
    """Show the current status of the task TASK_ID, in one line."""
    current.id, current.wait_arguments = task_id, connection_arguments(options)
    with make_client(options) as client:
        task = client.get(task_id)
    console.print_result(strip_control(describe_task(task)), task_json(task))
