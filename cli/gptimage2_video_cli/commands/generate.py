"""`generate`: from a prompt to a video.

Lives here: the options of this command alone, and the order of its steps. Not here: any rule, price or repetition,
which are the library's.
"""

import json
import warnings
from typing import Any, Unpack

import click

from gptimage2_video import BudgetExceeded, Quote, Task, VideoRequestWarning
from gptimage2_video_cli.console.json_output import quote_json, task_json
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
from gptimage2_video_cli.requests import RequestGiven, priced, request_options, wire_request


class Given(RequestGiven, SaveGiven):
    """What the options of this command were given."""

    no_wait: bool
    max_credits: int | None
    allow_unknown_price: bool
    dry_run: bool


@click.command(
    short_help="Make a video from a prompt.",
    epilog="""\b
Examples:
  gptimage2-video generate "A paper boat on a flooded street" --model veo3_fast -o boat.mp4
  gptimage2-video generate "Steam rises" --model kling/v2-1-standard --image https://example.com/cup.png -o steam.mp4
  gptimage2-video generate "A lighthouse" --model sora-2-text-to-video --duration 10 --resolution 720p --dry-run
  id=$(gptimage2-video generate "A fox in the snow" --model veo3_lite --max-credits 5 --no-wait)

\b
Exit codes: 0 done; 1 the task failed; 2 nothing was sent; 3 the API refused; 4 safe to repeat;
5 it may have been charged; 6 download it again; 124 still pending; 130 interrupted.""",
)
@request_options
@save_options
@click.option("--no-wait", is_flag=True, help="Submit only, and print the task id.")
@click.option("--max-credits", type=click.IntRange(min=0), metavar="N", help="Send nothing that would cost more.")
@click.option("--allow-unknown-price", is_flag=True, help="With --max-credits: send it even if nobody knows the price.")
@click.option("--dry-run", is_flag=True, help="Show the request and its price; send nothing, need no key.")
@client_options
@output_options
@click.pass_obj
def generate(run: Run, /, **given: Unpack[Given]) -> None:
    """Make a video from PROMPT: check it, submit it once, wait for it, and save it to FILE.

    Prints the path of the video on stdout; its URL without -o; the task id with --no-wait. Progress is on stderr. The
    key comes from GPTIMAGE2_API_KEY and from nowhere else, as arguments show in the list of processes.
    """
    if given["no_wait"] and given["output"]:
        raise click.UsageError("with --no-wait nothing is saved; drop -o here and give it to `gptimage2-video wait`")
    request = wire_request(given)
    price = priced(request)
    run.settings = wait_settings(given)
    if given["dry_run"]:
        _rehearse(run, request, price, given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VideoRequestWarning)  # `priced` has said them
        task = _submit(run, request, given) if given["no_wait"] else _generate(run, request, given)
    told = task.id if given["no_wait"] else str(task.path or task.video_url or task.id)
    run.tell(told, task_json(task) | {"quote": quote_json(price)})


def _rehearse(run: Run, request: dict[str, Any], price: Quote, given: Given) -> None:
    _hold_to_budget(price, given)
    cost = "unknown" if price.credits is None else f"about {price.credits} credits"
    run.remark(f"price: {cost} ({price.note})")
    run.tell(json.dumps(request, indent=2, ensure_ascii=False), {"request": request, "quote": quote_json(price)})


def _hold_to_budget(price: Quote, given: Given) -> None:
    """As the client would, which a rehearsal has none of for want of a key."""
    limit = given["max_credits"]
    if limit is None:
        return
    unknown = price.credits is None and not (given["allow_unknown_price"] and limit)
    if unknown or (price.credits or 0) > limit:
        raise BudgetExceeded(needed=price.credits, left=limit, note=price.note)


def _submit(run: Run, request: dict[str, Any], given: Given) -> Task:
    with client_for(given, **_budget(given)) as client, progress(run) as shown:
        task = client.submit(request, timeout=given["timeout"])
        shown.update(task)
    return task


def _generate(run: Run, request: dict[str, Any], given: Given) -> Task:
    with client_for(given, **_budget(given)) as client, progress(run) as shown:
        task = client.generate(
            request,
            save_to=given["output"],
            overwrite=given["force"],
            timeout=given["timeout"],
            on_update=shown.update,
            on_progress=shown.received,
        )
    if task.path:
        run.remark(f"saved: {task.path}")
    return task


def _budget(given: Given) -> dict[str, Any]:
    return {"max_credits": given["max_credits"], "allow_unknown_price": given["allow_unknown_price"]}
