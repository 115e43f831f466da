"""The command `gptimage2-video mock`: its options, and the message where its packages are missing.

Only click may be imported on import; the server comes in `serve`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

_EXTRA = {"aiohttp", "av", "jsonschema_rs", "yaml"}
_KEY = re.compile(r"[!-~]+")  # what a header can carry
_CREDITS = re.compile(r"[0-9]{1,9}")
_MISSING_PACKAGES = "the mock server needs more packages: pip install 'gptimage2-video[mock]'"


def _accounts(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    """Credits by key, from `KEY=CREDITS`; a key may contain `=`."""
    accounts: dict[str, int] = {}
    for value in values:
        key, _equals, number = value.rpartition("=")
        if not _KEY.fullmatch(key) or not _CREDITS.fullmatch(number):
            raise click.BadParameter(f"{value!r} is not KEY=CREDITS, such as test-key=1000")
        accounts[key] = int(number)
    return accounts


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  gptimage2-video mock
  gptimage2-video mock --port 0 --speed 60 --key test-key=5000
  gptimage2-video mock --models models.json
  GPTIMAGE2_BASE_URL=http://127.0.0.1:4010 GPTIMAGE2_API_KEY=test-key gptimage2-video generate "A cup" --model veo3_fast

\b
Exit codes: 0 interrupted, after a clean end; 1 the address is taken; 2 a wrong option, or packages are missing.""",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=4010, show_default=True, help="Port; 0 is any free one.")
@click.option(
    "--cdn-port", type=click.IntRange(0, 65535), default=0, help="Port of the videos; any free one by default."
)
@click.option("--speed", type=float, default=10.0, show_default=True, help="Seconds of its clock per real second.")
@click.option("--task-seconds", type=float, default=60.0, show_default=True, help="Seconds of its clock per task.")
@click.option(
    "--key",
    "accounts",
    multiple=True,
    callback=_accounts,
    metavar="KEY=CREDITS",
    help="A key and its credits, in place of the test keys.",
)
@click.option(
    "--models",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Offer the models of this file as well, in the format of GPTIMAGE2_MODELS.",
)
def main(
    host: str,
    port: int,
    cdn_port: int,
    speed: float,
    task_seconds: float,
    accounts: dict[str, int],
    models: Path | None,
) -> None:
    """Run a mock server of the video generation API, free of charge.

    The base URL chooses a scenario: http://127.0.0.1:4010/scenarios/NAME. Where the documentation knows no price, the
    mock invents one: 2 credits per second of video.
    """
    try:
        from gptimage2_video_mock.serve import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        click.echo(_MISSING_PACKAGES, err=True)
        sys.exit(2)
    try:
        run(host, port, cdn_port, speed=speed, task_seconds=task_seconds, accounts=accounts, models=models)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        click.echo(f"{error.strerror}; choose another --port or --host", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name="gptimage2-video mock")
