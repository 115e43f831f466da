"""`quote`: the estimated price of a video, with one model or with each that can make it."""

from typing import Unpack

import click

from gptimage2_video_cli.console.json_output import quote_json
from gptimage2_video_cli.console.options import output_options
from gptimage2_video_cli.console.output import Console
from gptimage2_video_cli.console.text import describe_quote
from gptimage2_video_cli.requests import VideoOptions, compare, prepare, quote_options


@click.command(
    short_help="Estimate the price of a video.",
    epilog="""\b
Examples:
  gptimage2-video quote --model hailuo/02-text-to-video-pro --duration 10
  gptimage2-video quote --duration 5 --image
  gptimage2-video quote --model veo3 --json | jq .credits

\b
Exit codes: 0, also where the price is unknown; 2 invalid request.""",
)
@quote_options
@output_options
@click.pass_obj
def quote(console: Console, /, **options: Unpack[VideoOptions]) -> None:
    """Estimate the price of a request; without --model, of each model that can make it, cheapest first.

    Neither a prompt nor the URL of an image is needed: --image alone stands for any. Sends nothing; needs no API key.
    """
    if options.get("model"):
        price = prepare(options).quote
        console.print_result(describe_quote(price), quote_json(price))
        return
    quotes = compare(options)
    rows = [(model.id, "unknown" if price.credits is None else str(price.credits)) for model, price in quotes]
    width = max(len(name) for name, _ in rows)
    text = "\n".join(f"{name.ljust(width)}  {credits_}" for name, credits_ in rows)
    console.print_table(
        ("model", "credits"), rows, text, [{"model": it.id} | quote_json(price) for it, price in quotes]
    )
