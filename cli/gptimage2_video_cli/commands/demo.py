"""`demo`: two videos from the mock server, through the real command line.

Lives here: the two examples, and the order of things. Not here: the mock server and `generate`, which run as child
processes against loopback with a test key, whatever the environment says: a demo never spends a credit.
"""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO, Final

import click

from gptimage2_video_cli.console.options import make_folder
from gptimage2_video_cli.console.output import PROGRAM, Run, say
from gptimage2_video_cli.console.subprocesses import child, exit_code

# A task takes the mock's 60 s at this speed: half a second; and the first look comes five intervals after submission.
_SPEED: Final = "120"
_PACE: Final = ("--poll-interval", "0.1", "--force")
_NO_PROXY: Final = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
_LISTENING: Final = "listening on "


def _examples(url: str, folder: Path) -> tuple[tuple[str, ...], ...]:
    cup = (
        "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film",
        *("--model", "sora-2-text-to-video", "--aspect-ratio", "16:9", "--duration", "5", "--resolution", "720p"),
        *("-o", str(folder / "demo-cup.mp4")),
    )
    steam = (
        "Steam rises slowly from the cup",
        *("--model", "kling/v2-1-standard", "--image", f"{url}/assets/cup.png", "--duration", "5"),
        *("-o", str(folder / "demo-steam.mp4")),
    )
    return cup, steam


@click.command(
    short_help="Make two videos with the mock, at no cost.",
    epilog="""\b
Examples:
  gptimage2-video demo
  gptimage2-video demo --out /tmp""",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where the videos go; made where it is missing; default: here.",
)
@click.pass_obj
def demo(run: Run, /, out: Path) -> int:
    """Make two videos with a mock of the service on this machine: no key, no credits, no network.

    Leaves demo-cup.mp4 (text to video) and demo-steam.mp4 (image to video), replacing those of an earlier demo.
    """
    make_folder(out)
    with child("gptimage2_video_mock", ("--port", "0", "--speed", _SPEED), stdout=PIPE) as server:
        url = _address(server.stdout)
        if url is None:
            return exit_code(server) or 1
        ours = {"GPTIMAGE2_BASE_URL": url, "GPTIMAGE2_API_KEY": "test-key", "GPTIMAGE2_JOURNAL": "off"}
        environment = os.environ | _NO_PROXY | ours
        for example in _examples(url, out):
            code = _generate(example, environment)
            if code:
                return code
    run.tell(_goodbye(out), {})
    return 0


def _address(stdout: IO[str] | None) -> str | None:
    line = stdout.readline() if stdout else ""
    return line.removeprefix(_LISTENING).strip() if line.startswith(_LISTENING) else None


def _generate(example: tuple[str, ...], environment: Mapping[str, str]) -> int:
    arguments = ("generate", *example, *_PACE)
    say(f"$ {shlex.join((PROGRAM, *arguments))}")
    with child("gptimage2_video_cli", arguments, env=environment, stdout=DEVNULL) as process:
        return exit_code(process)


def _goodbye(out: Path) -> str:
    videos = " and ".join(str(out / name) for name in ("demo-cup.mp4", "demo-steam.mp4"))
    return (
        f"two videos: {videos}\n"
        "Against the real service the first command needs only GPTIMAGE2_API_KEY (leave out --poll-interval)."
    )
