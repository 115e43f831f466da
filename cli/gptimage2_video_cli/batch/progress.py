"""The progress of a batch: a bar on a terminal, a line now and then elsewhere."""

from time import monotonic
from typing import Final

from gptimage2_video.journal import SubmissionState
from gptimage2_video_cli.console.output import Console
from gptimage2_video_cli.console.progress import ProgressDisplay

_LINE_INTERVAL: Final = 10.0  # seconds between two lines where there is no terminal

Counts = dict[tuple[str, bool, bool], int]


class BatchProgress(ProgressDisplay):
    """The progress of a run: lines done, credits committed, and what became of the lines."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._start = self._logged_at = monotonic()
        self._logged = ""

    def show(self, counts: Counts, committed: int, max_credits: int | None) -> None:
        """Show the counts of the ledger, and the credits committed of its budget."""
        total = sum(counts.values())
        done = sum(number for (_, running, _), number in counts.items() if not running)
        sums = _sums(counts)
        if self.drawn:
            budget = "" if max_credits is None else f" of {max_credits}"
            self.drawn.count(done, total, ", ".join((f"{committed}{budget} credits", *sums)))
            return
        text = f"{done} of {total} done" + (f": {', '.join(sums)}" if sums else "")
        if text != self._logged and monotonic() - self._logged_at >= _LINE_INTERVAL:
            self.console.info(f"{text}; {monotonic() - self._start:.0f} s")
            self._logged_at, self._logged = monotonic(), text


def _sums(counts: Counts) -> list[str]:
    def count(state: str, *, running: bool | None = None, saved: bool | None = None) -> int:
        return sum(
            number
            for (its_state, its_running, its_saved), number in counts.items()
            if its_state == state and running in (None, its_running) and saved in (None, its_saved)
        )

    sums = {
        "saved": count(SubmissionState.COMPLETED, saved=True),
        "failed": count(SubmissionState.FAILED),
        "uncertain": count(SubmissionState.UNCERTAIN),
        "refused": count(SubmissionState.REFUSED, running=False),
        "pending": count(SubmissionState.PENDING, running=True),
    }
    return [f"{number} {state}" for state, number in sums.items() if number]
