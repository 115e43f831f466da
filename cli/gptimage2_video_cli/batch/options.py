"""The options of the `batch` commands, as `run` and its rooms receive them."""

from pathlib import Path
from typing import TypedDict

from gptimage2_video_cli.console.options import ClientOptions


class LocationOptions(TypedDict):
    """Where the state of a batch is, unless it is beside the videos."""

    database: str | None
    name: str | None


class BatchOptions(ClientOptions, LocationOptions):
    """The options of `batch run`."""

    out: Path
    max_credits: int | None
    allow_unknown_price: bool
    concurrency: int
    rate: float | None
    timeout: float
    skip_invalid: bool
    resubmit_uncertain: bool
    dry_run: bool
    yes: bool
