"""The rate limit of polls: never exceeded, no poll held up that fits it, and first come, first served."""

import heapq
from itertools import count

import pytest

from gptimage2_video import InvalidRequest, WaitTimeout
from gptimage2_video.polling import PollRateLimiter
from support.scripted import reply

PENDING = reply(200, {"status": 0})
DONE = reply(200, {"status": 1, "videoUrl": "https://cdn.example.com/1.mp4"})


class Simulation:
    """Flows side by side on one clock: each continues when the sleep that it asked for is over."""

    def __init__(self):
        self.seconds, self.polled, self._order, self._asleep = 0.0, [], count(), []

    def now(self):
        return self.seconds

    def poll(self, limiter, name, allows=lambda delay: True):
        """Begin a poll at once."""
        self._resume(name, limiter.acquire(self.now, allows))

    def run(self, late=0.0):
        """Until every poll was made: names and times, in order; each wakes so much late."""
        while self._asleep:
            due, _, name, flow = heapq.heappop(self._asleep)
            self.seconds = due + late
            self._resume(name, flow)
        return self.polled

    def _resume(self, name, flow):
        try:
            delay = next(flow).seconds
        except StopIteration:
            self.polled.append((name, round(self.seconds, 3)))
        else:
            heapq.heappush(self._asleep, (self.seconds + delay, next(self._order), name, flow))


@pytest.fixture
def simulation():
    return Simulation()


class TestAcquire:
    def test_a_poll_is_made_at_once_while_the_rate_allows_it(self, simulation):
        limiter = PollRateLimiter(1)
        for second in range(5):
            simulation.seconds = float(second)
            simulation.poll(limiter, second)
        assert [(second, second) for second in range(5)] == simulation.polled

    def test_polls_go_in_the_order_in_which_they_were_due(self, simulation):
        limiter = PollRateLimiter(10)
        for name in range(20):
            simulation.poll(limiter, name)
        assert list(range(20)) == [name for name, _ in simulation.run()]

    def test_a_rate_that_was_not_used_long_ago_is_not_made_up_for(self, simulation):
        limiter = PollRateLimiter(10)
        simulation.seconds = 100.0
        for name in range(30):
            simulation.poll(limiter, name)
        assert 102.9 == simulation.run()[-1][1]

    def test_those_that_wake_a_little_late_are_no_rarer_for_it(self, simulation):
        limiter = PollRateLimiter(10)
        for name in range(20):
            simulation.poll(limiter, name)
        assert 1.95 == simulation.run(late=0.05)[-1][1]

    def test_one_that_does_not_wake_holds_up_no_other(self, simulation):
        limiter = PollRateLimiter(1)
        simulation.poll(limiter, "first")
        asleep = limiter.acquire(simulation.now, lambda delay: True)
        assert 1.0 == next(asleep).seconds
        simulation.poll(limiter, "next")
        assert [("first", 0.0), ("next", 2.0)] == simulation.run()

    def test_one_that_would_not_be_in_time_is_made_at_once_and_counts(self, simulation):
        limiter = PollRateLimiter(1)
        simulation.poll(limiter, "first")
        simulation.poll(limiter, "last of its wait", allows=lambda delay: False)
        simulation.poll(limiter, "next")
        assert [("first", 0.0), ("last of its wait", 0.0), ("next", 2.0)] == simulation.run()

    def test_one_that_is_cancelled_leaves_its_place(self, simulation):
        limiter = PollRateLimiter(1)
        simulation.poll(limiter, "first")
        cancelled = limiter.acquire(simulation.now, lambda delay: True)
        next(cancelled)
        cancelled.close()
        simulation.poll(limiter, "next")
        assert [("first", 0.0), ("next", 1.0)] == simulation.run()

    @pytest.mark.parametrize("per_second", [0, -1, float("nan")])
    def test_a_rate_of_nothing_is_refused(self, per_second):
        with pytest.raises(InvalidRequest, match=r"^per_second must be a number of polls above 0, not"):
            PollRateLimiter(per_second)


class TestClientsWithALimiter:
    def test_the_waits_of_a_client_stay_within_the_rate(self, scripted_clients, scripted, clock):
        scripted.replies = [PENDING, PENDING, PENDING, DONE]
        scripted_clients(poll_rate_limiter=PollRateLimiter(0.2)).wait("tsk_1")
        assert [0, 2, 3, 2, 3, 2, 3] == [round(delay, 6) for delay in clock.sleeps]

    def test_clients_share_one(self, scripted_clients, scripted, clock):
        scripted.replies = [DONE]
        limiter = PollRateLimiter(0.2)
        for task in ("tsk_1", "tsk_2", "tsk_3"):
            scripted_clients(poll_rate_limiter=limiter).wait(task)
        assert [0, 0, 5, 0, 5] == [round(delay, 6) for delay in clock.sleeps]

    def test_it_holds_no_wait_beyond_its_deadline(self, scripted_clients, scripted, clock):
        scripted.replies = [PENDING]
        start = clock.now()
        with pytest.raises(WaitTimeout):
            scripted_clients(poll_rate_limiter=PollRateLimiter(0.01)).wait("tsk_1", timeout=30)
        assert 30 >= clock.now() - start

    def test_it_comes_on_top_of_the_schedule(self, scripted_clients, scripted, clock):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 0}), PENDING, PENDING, DONE]
        request = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
        assert scripted_clients(poll_rate_limiter=PollRateLimiter(0.2)).generate(request).completed
        assert [10, 10, 2, 3] == [round(delay, 6) for delay in clock.sleeps]
