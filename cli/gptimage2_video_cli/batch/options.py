"""The options of `batch run`, as everything behind the command receives them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gptimage2_video_cli.console.options import ClientOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """One run of a batch: the options of the command line, and the intervals that tests shorten.

    Attributes:
        manifest: The file of requests.
        client: The options of the client that all lines share.
        out: The folder of the videos.
        database: The URL of a shared PostgreSQL database; None for a file in that folder.
        concurrency: Lines attempted at once, over all workers.
        rate: Submissions per second, over all workers; None for no limit.
        timeout: Seconds to wait for a task.
        allow_unknown_model: Whether every line may name a model that is in no table.
        refresh_interval: Seconds between two queries of the ledger.
        dequeue_interval: Seconds between two polls of the work queue.
        retry_delays: Seconds before each retry of what was not accepted; they outlast an outage of minutes.
    """

    manifest: Path
    client: ClientOptions
    out: Path
    database: str | None
    name: str | None
    max_credits: int | None
    allow_unknown_price: bool
    allow_unknown_model: bool
    concurrency: int
    rate: float | None
    timeout: float
    skip_invalid: bool
    resubmit_uncertain: bool
    dry_run: bool
    yes: bool
    refresh_interval: float = 0.5
    dequeue_interval: float = 0.2
    retry_delays: Sequence[float] = (5.0, 15.0, 30.0, 60.0, 120.0)
