"""`generate`: from a prompt to a video."""

import json
from typing import Unpack

import click

from gptimage2_video import PreparedRequest, Task
from gptimage2_video.budget import ensure_affordable
from gptimage2_video_cli.console.current_task import CurrentTask, pass_current_task
from gptimage2_video_cli.console.json_output import quote_json, task_json
from gptimage2_video_cli.console.options import (
    SaveOptions,
    client_options,
    credits_option,
    make_client,
    output_options,
    save_options,
    wait_arguments,
)
from gptimage2_video_cli.console.output import Console
from gptimage2_video_cli.console.progress import VideoProgress
from gptimage2_video_cli.console.text import describe_quote
from gptimage2_video_cli.requests import VideoOptions, prepare, video_options


class GenerateOptions(VideoOptions, SaveOptions):
    """The options of this command."""

    no_wait: bool
    max_credits: int | None
    allow_unknown_price: bool
    dry_run: bool


@click.command(
    short_help="Make a video from a prompt.",
    epilog="""\b
Examples:
  gptimage2-video generate "A paper boat on a flooded street" --model veo3_fast -o boat.mp4
  gptimage2-video generate "Steam rises" --model veo3_lite --image https://example.com/cup.png -o steam.mp4
  gptimage2-video generate "A lighthouse" --model hailuo/02-text-to-video-pro --duration 10 --dry-run
  id=$(gptimage2-video generate "A fox in the snow" --model veo3_lite --max-credits 5 --no-wait)

\b
Exit codes: 0 done; 1 the task failed; 2 nothing was sent; 3 the API refused; 4 safe to retry;
5 it may have been charged; 6 download failed, retry it; 124 timeout, still pending; 130 interrupted.""",
)
@video_options
@save_options
@click.option("--no-wait", is_flag=True, help="Submit only, and print the task id.")
@credits_option(help="Budget: send no request that costs more than N.")
@click.option("--allow-unknown-price", is_flag=True, help="With --max-credits: send a request whose price is unknown.")
@click.option("--dry-run", is_flag=True, help="Print the request and its price; send nothing. Needs no API key.")
@client_options
@output_options
@pass_current_task
@click.pass_obj
def generate(console: Console, current: CurrentTask, /, **options: Unpack[GenerateOptions]) -> None:
    """Make a video from PROMPT: check the request, submit it once, wait, and save the video to FILE.

    Prints the path of the video on stdout; its URL without -o; the task id with --no-wait. Progress is on stderr. The
    key comes from GPTIMAGE2_API_KEY and from nowhere else, as arguments show in the list of processes.
    """
    if options["no_wait"] and options["output"]:
        raise click.UsageError("--no-wait saves nothing; pass -o to `gptimage2-video wait` instead")
    request = prepare(options)
    if options["dry_run"]:
        _dry_run(console, request, options)
        return
    current.wait_arguments = wait_arguments(options)
    task = _submit_and_wait(console, current, request, options)
    data = task_json(task) | {"quote": quote_json(request.quote)}
    if task.path:
        console.info(f"saved: {task.path}")
    result = task.id if options["no_wait"] else str(task.path or task.video_url or task.id)
    console.print_result(result, data)


def _dry_run(console: Console, request: PreparedRequest, options: GenerateOptions) -> None:
    if options["max_credits"] is not None:
        ensure_affordable(request.quote, options["max_credits"], allow_unknown=options["allow_unknown_price"])
    console.info(f"price: {describe_quote(request.quote)}")
    text = json.dumps(request.body, indent=2, ensure_ascii=False)
    console.print_result(text, {"request": request.body, "quote": quote_json(request.quote)})


def _submit_and_wait(
    console: Console, current: CurrentTask, request: PreparedRequest, options: GenerateOptions
) -> Task:
    budget = {"max_credits": options["max_credits"], "allow_unknown_price": options["allow_unknown_price"]}
    with make_client(options, **budget) as client, VideoProgress(console) as progress:

        def on_update(task: Task) -> None:
            current.id = task.id
            progress.on_update(task)

        if options["no_wait"]:
            task = client.submit(request, timeout=options["timeout"])
            on_update(task)
            return task
        return client.generate(
            request,
            save_to=options["output"],
            overwrite=options["force"],
            timeout=options["timeout"],
            on_update=on_update,
            on_progress=progress.on_bytes,
        )
