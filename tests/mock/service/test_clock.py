"""The clock of the mock."""

import time

import pytest

from gptimage2_video_mock.service.clock import Clock, iso


@pytest.fixture
def clock():
    return Clock(0.0)


class TestClock:
    def test_a_frozen_clock_moves_only_when_stepped(self):
        real = iter(range(100))
        clock = Clock(0.0, monotonic=lambda: next(real))
        before = clock.now()
        assert clock.now() == before
        assert clock.advance(60) == before + 60
        assert clock.now() == before + 60

    def test_a_fast_clock_multiplies_real_seconds_from_now_on(self):
        real = [1000.0]
        clock = Clock(10.0, monotonic=lambda: real[0])
        assert clock.now() == pytest.approx(time.time(), abs=5)
        before = clock.now()
        real[0] += 2
        assert clock.now() - before == pytest.approx(20)

    @pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e15])
    def test_it_goes_neither_back_nor_out_of_the_calendar(self, clock, seconds):
        with pytest.raises(ValueError, match="cannot be advanced"):
            clock.advance(seconds)

    @pytest.mark.parametrize("speed", [-1, float("nan"), float("inf")])
    def test_a_speed_that_is_no_speed_is_refused(self, speed):
        with pytest.raises(ValueError, match="speed"):
            Clock(speed)

    def test_times_are_written_as_the_documentation_writes_them(self):
        assert iso(1776848400.0) == "2026-04-22T09:00:00.000Z"
        assert iso(1776848400.25) == "2026-04-22T09:00:00.250Z"
