"""The progress of a batch: a bar on a terminal, a line now and then elsewhere."""

import re
import sys

import pytest

from gptimage2_video_cli.batch import progress
from gptimage2_video_cli.batch.progress import BatchProgress
from gptimage2_video_cli.console.output import Console

COUNTS = {
    ("completed", False, True): 3,
    ("completed", True, False): 1,
    ("failed", False, False): 2,
    ("uncertain", False, False): 1,
    ("refused", False, False): 1,
    ("pending", True, False): 4,
    ("planned", True, False): 5,
}
SUMS = "7 of 17 done: 3 saved, 2 failed, 1 uncertain, 1 refused, 4 pending"


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when a test says so."""
    seconds = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: seconds[0])
    return seconds


class TestWithoutTerminal:
    def test_a_change_is_logged_every_ten_seconds(self, clock, capsys):
        shown, later = BatchProgress(Console()), {("completed", False, True): 17}
        for seconds, counts in ((9, COUNTS), (1, COUNTS), (1, later), (10, later), (60, later)):
            clock[0] += seconds
            shown.show(counts, 0, None)
        assert f"{SUMS}; 10 s\n17 of 17 done: 17 saved; 21 s\n" == capsys.readouterr().err

    def test_what_was_logged_is_not_logged_again(self, clock, capsys):
        shown = BatchProgress(Console())
        for _ in range(3):
            clock[0] += 60
            shown.show(COUNTS, 0, None)
        assert f"{SUMS}; 60 s\n" == capsys.readouterr().err


class TestTerminal:
    @pytest.mark.parametrize("columns", ["40", "120"])
    def test_a_bar_counts_lines_and_credits_on_one_line(self, capsys, monkeypatch, columns):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", columns)
        with BatchProgress(Console()) as shown:
            shown.show(COUNTS, 35, 100)
        drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err).rstrip().splitlines()[-1]
        expected = "35 of 100 credits, 3 saved, 2 failed, 1 uncertain, 1 refused, 4 pending"
        assert (True, True) == ("7/17" in drawn, len(drawn) < int(columns)), drawn
        assert expected[: 20 if columns == "40" else None].rstrip(" ,") in drawn.replace("…", "")
