"""`quote`: what a video will probably cost.

Lives here: the command. Not here: prices, which are the library's.
"""

from typing import Unpack

import click

from gptimage2_video_cli.console.json_output import quote_json
from gptimage2_video_cli.console.options import output_options
from gptimage2_video_cli.console.output import Run
from gptimage2_video_cli.requests import RequestGiven, priced, request_options, wire_request


@click.command(
    short_help="Say what a video will cost.",
    epilog="""\b
Examples:
  gptimage2-video quote "A lighthouse" --model sora-2-text-to-video --duration 10 --resolution 720p
  gptimage2-video quote "A lighthouse" --model veo3 --json | jq .credits

\b
Exit codes: 0, also where the price is unknown; 2 the request breaks a rule.""",
)
@request_options
@output_options
@click.pass_obj
def quote(run: Run, /, **given: Unpack[RequestGiven]) -> None:
    """Say what a request will probably cost. Sends nothing and needs no key."""
    price = priced(wire_request(given))
    cost = "unknown" if price.credits is None else f"about {price.credits} credits"
    run.tell(f"{cost} ({price.note})", quote_json(price))
