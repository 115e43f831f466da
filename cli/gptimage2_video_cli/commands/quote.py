"""`quote`: the estimated price of a video."""

from typing import Unpack

import click

from gptimage2_video_cli.console.json_output import quote_json
from gptimage2_video_cli.console.options import output_options
from gptimage2_video_cli.console.output import Console
from gptimage2_video_cli.console.text import describe_quote
from gptimage2_video_cli.requests import VideoOptions, prepare, video_options


@click.command(
    short_help="Estimate the price of a video.",
    epilog="""\b
Examples:
  gptimage2-video quote "A lighthouse" --model hailuo/02-text-to-video-pro --duration 10
  gptimage2-video quote "A lighthouse" --model veo3 --json | jq .credits

\b
Exit codes: 0, also where the price is unknown; 2 invalid request.""",
)
@video_options
@output_options
@click.pass_obj
def quote(console: Console, /, **options: Unpack[VideoOptions]) -> None:
    """Estimate the price of a request. Sends nothing; needs no API key."""
    price = prepare(options).quote
    console.print_result(describe_quote(price), quote_json(price))
