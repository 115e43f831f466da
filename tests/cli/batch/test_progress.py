"""The progress of a batch: one line that changes on a terminal, a line now and then elsewhere."""

import os

import pytest

from gptimage2_video_cli.batch import progress
from gptimage2_video_cli.batch.progress import Progress
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


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(progress, "is_terminal", lambda: True)


class TestWithoutTerminal:
    def test_a_change_is_logged_every_ten_seconds(self, clock, capsys):
        shown, later = Progress(Console()), {("completed", False, True): 17}
        for seconds, counts in ((9, COUNTS), (1, COUNTS), (1, later), (10, later), (60, later)):
            clock[0] += seconds
            shown.show(counts)
        shown.end()
        assert f"{SUMS}; 10 s\n17 of 17 done: 17 saved; 21 s\n" == capsys.readouterr().err

    def test_what_was_logged_is_not_logged_again(self, clock, capsys):
        shown = Progress(Console())
        for _ in range(3):
            clock[0] += 60
            shown.show(COUNTS)
        assert f"{SUMS}; 60 s\n" == capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
class TestTerminal:
    def test_one_line_is_redrawn_and_cleared_at_the_end(self, clock, capsys):
        shown = Progress(Console())
        shown.show({("planned", True, False): 2})
        clock[0] += 1
        shown.show({("completed", False, True): 2})
        shown.end()
        drawn = "\r\x1b[K0 of 2 done; 0 s\r\x1b[K2 of 2 done: 2 saved; 1 s\r\x1b[K"
        assert ("", drawn) == capsys.readouterr()

    def test_it_never_fills_the_last_column(self, clock, capsys, monkeypatch):
        monkeypatch.setattr(progress, "get_terminal_size", lambda: os.terminal_size((20, 5)))
        Progress(Console()).show(COUNTS)
        assert "\r\x1b[K" + SUMS[:19] == capsys.readouterr().err
