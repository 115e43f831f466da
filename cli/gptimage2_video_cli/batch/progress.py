"""The progress of a batch: one line that changes on a terminal, a line now and then elsewhere."""

import sys
from shutil import get_terminal_size
from time import monotonic
from typing import Final

from gptimage2_video.journal import SubmissionState
from gptimage2_video_cli.console.output import Console, is_terminal
from gptimage2_video_cli.console.progress import draw

_LINE_INTERVAL: Final = 10.0  # seconds between two lines where there is no terminal

Counts = dict[tuple[str, bool, bool], int]


class Progress:
    """The progress of a run. As the last thing, `end` it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._start = self._logged_at = monotonic()
        self._terminal = is_terminal(sys.stderr) and not (console.quiet or console.verbose)
        self._logged = ""

    def show(self, counts: Counts) -> None:
        """Show the counts of the ledger."""
        text = _sums(counts)
        seconds = monotonic() - self._start
        if self._terminal:
            draw(f"{text}; {seconds:.0f} s"[: get_terminal_size().columns - 1])
        elif text != self._logged and monotonic() - self._logged_at >= _LINE_INTERVAL:
            self._console.info(f"{text}; {seconds:.0f} s")
            self._logged_at, self._logged = monotonic(), text

    def end(self) -> None:
        """Clear the line."""
        if self._terminal:
            draw("")


def _sums(counts: Counts) -> str:
    def count(state: str, *, running: bool | None = None, saved: bool | None = None) -> int:
        return sum(
            number
            for (its_state, its_running, its_saved), number in counts.items()
            if its_state == state and running in (None, its_running) and saved in (None, its_saved)
        )

    total = sum(counts.values())
    done = sum(number for (_, running, _), number in counts.items() if not running)
    sums = {
        "saved": count(SubmissionState.COMPLETED, saved=True),
        "failed": count(SubmissionState.FAILED),
        "uncertain": count(SubmissionState.UNCERTAIN),
        "refused": count(SubmissionState.REFUSED, running=False),
        "pending": count(SubmissionState.PENDING, running=True),
    }
    shown = ", ".join(f"{number} {state}" for state, number in sums.items() if number)
    return f"{done} of {total} done" + (f": {shown}" if shown else "")
