"""How far a batch is, while it works: one line that changes on a terminal, a line now and then elsewhere.

Lives here: what a person sees. Not here: the counts (`ledger`), and the summary (`report`).
"""

from shutil import get_terminal_size
from time import monotonic
from typing import Final

from gptimage2_video import SubmissionState
from gptimage2_video_cli.console.output import Run, is_terminal
from gptimage2_video_cli.console.progress import draw

# Elsewhere than on a terminal a line comes so often at most, in seconds.
_QUIET_SECONDS: Final = 10.0

Counts = dict[tuple[str, bool, bool], int]


class Progress:
    """The progress of a run. As the last thing, `end` it."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._start = self._said = monotonic()
        self._terminal = is_terminal() and not (run.quiet or run.verbose)
        self._before = ""

    def show(self, counts: Counts) -> None:
        """These are the counts now."""
        words = _words(counts)
        seconds = monotonic() - self._start
        if self._terminal:
            draw(f"{words}; {seconds:.0f} s"[: get_terminal_size().columns - 1])
        elif words != self._before and monotonic() - self._said >= _QUIET_SECONDS:
            self._run.remark(f"{words}; {seconds:.0f} s")
            self._said, self._before = monotonic(), words

    def end(self) -> None:
        """Leave the line."""
        if self._terminal:
            draw("")


def _words(counts: Counts) -> str:
    def sum_of(*, running: bool | None = None, state: str | None = None, saved: bool | None = None) -> int:
        return sum(
            count
            for (its_state, its_running, its_saved), count in counts.items()
            if running in (None, its_running) and state in (None, its_state) and saved in (None, its_saved)
        )

    total, left = sum(counts.values()), sum_of(running=True)
    facts = {
        "saved": sum_of(state=SubmissionState.COMPLETED, saved=True),
        "failed": sum_of(state=SubmissionState.FAILED),
        "uncertain": sum_of(state=SubmissionState.UNCERTAIN),
        "refused": sum_of(state=SubmissionState.REFUSED, running=False),
        "being made": sum_of(state=SubmissionState.PENDING, running=True),
    }
    shown = ", ".join(f"{count} {word}" for word, count in facts.items() if count)
    return f"{total - left} of {total} done" + (f": {shown}" if shown else "")
