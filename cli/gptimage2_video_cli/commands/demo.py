"""`demo`: two videos from the mock server, through the real command line.

The mock server and `generate` run as child processes against loopback with a test key, whatever the environment says: a
demo never spends a credit.
"""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO, Final

import click

from gptimage2_video_cli.console.files import make_folder
from gptimage2_video_cli.console.options import folder_option
from gptimage2_video_cli.console.output import PROGRAM, Console, log_stderr
from gptimage2_video_cli.console.subprocesses import child, wait_for_exit

# A task takes the mock's 60 s at this speed: half a second; the first poll comes five intervals after submission.
_SPEED: Final = "120"
_POLLING: Final = ("--poll-interval", "0.1", "--force")
_NO_PROXY: Final = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
_LISTENING: Final = "listening on "


def _examples(url: str, folder: Path) -> tuple[tuple[str, ...], ...]:
    cup = (
        "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film",
        *("--model", "hailuo/02-text-to-video-standard", "--aspect-ratio", "16:9", "--duration", "5"),
        *("-o", str(folder / "demo-cup.mp4")),
    )
    steam = (
        "Steam rises slowly from the cup",
        *("--model", "hailuo/02-image-to-video-standard", "--image", f"{url}/assets/cup.png", "--duration", "5"),
        *("-o", str(folder / "demo-steam.mp4")),
    )
    return cup, steam


@click.command(
    short_help="Make two videos with the mock server, free of charge.",
    epilog="""\b
Examples:
  gptimage2-video demo
  gptimage2-video demo --out /tmp""",
)
@folder_option(
    "--out", default=Path(), help="Folder of the videos, created where it is missing; default: the current one."
)
@click.pass_obj
def demo(console: Console, /, out: Path) -> int:
    """Make two videos with a mock server on this machine: no API key, no credits, no network.

    Leaves demo-cup.mp4 (text to video) and demo-steam.mp4 (image to video), replacing those of an earlier demo.
    """
    make_folder(out)
    code = make_videos(out)
    if code == 0:
        console.print_result(_summary(out), {})
    return code


def make_videos(folder: Path, speed: str = _SPEED, polling: Sequence[str] = _POLLING) -> int:
    """Run each example against a mock server of this speed. Returns the exit code of the first process that fails."""
    with child("gptimage2_video_mock", ("--port", "0", "--speed", speed), stdout=PIPE) as server:
        url = _read_url(server.stdout)
        if url is None:
            return wait_for_exit(server) or 1
        settings = {
            "GPTIMAGE2_BASE_URL": url,
            "GPTIMAGE2_API_KEY": "test-key",
            "GPTIMAGE2_JOURNAL": "off",
            "GPTIMAGE2_MODELS": "",
        }
        environment = os.environ | _NO_PROXY | settings
        for example in _examples(url, folder):
            code = _generate((*example, *polling), environment)
            if code:
                return code
    return 0


def _read_url(stdout: IO[str] | None) -> str | None:
    line = stdout.readline() if stdout else ""
    return line.removeprefix(_LISTENING).strip() if line.startswith(_LISTENING) else None


def _generate(arguments: tuple[str, ...], environment: Mapping[str, str]) -> int:
    log_stderr(f"$ {shlex.join((PROGRAM, 'generate', *arguments))}")
    with child("gptimage2_video_cli", ("generate", *arguments), env=environment, stdout=DEVNULL) as process:
        return wait_for_exit(process)


def _summary(out: Path) -> str:
    videos = " and ".join(str(out / name) for name in ("demo-cup.mp4", "demo-steam.mp4"))
    return (
        f"two videos: {videos}\n"
        "Against the real service the first command needs only GPTIMAGE2_API_KEY (leave out --poll-interval)."
    )
