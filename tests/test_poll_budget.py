"""The budget of looks: no more leave than it has, none that could is held up, and the likeliest end goes first."""

import heapq
from itertools import count

import pytest

from gptimage2_video import InvalidRequest, PollRateLimiter, WaitTimeout
from gptimage2_video.pace import Estimate
from support.scripted import reply

PENDING = reply(200, {"status": 0})
DONE = reply(200, {"status": 1, "videoUrl": "https://cdn.example.com/1.mp4"})
NARROW = Estimate((58.0, 59.0, 60.0, 61.0, 62.0))


class Simulation:
    """Conversations side by side on one clock: each goes on when the pause it asked for is over."""

    def __init__(self):
        self.seconds, self.left, self._order, self._asleep = 0.0, [], count(), []

    def now(self):
        return self.seconds

    def wants(self, budget, name, likelihood=0.5, fits=lambda pause: True):
        """Begin a look at once, and return its conversation."""
        turn = budget.turn(self.now, lambda: likelihood, fits)
        self._go_on(name, turn)
        return turn

    def run(self, late=0.0):
        """Until every look has left: names and times, in order; each wakes so much late."""
        while self._asleep:
            due, _, name, turn = heapq.heappop(self._asleep)
            self.seconds = due + late
            self._go_on(name, turn)
        return self.left

    def _go_on(self, name, turn):
        try:
            pause = next(turn).seconds
        except StopIteration:
            self.left.append((name, round(self.seconds, 3)))
        else:
            heapq.heappush(self._asleep, (self.seconds + pause, next(self._order), name, turn))


@pytest.fixture
def simulation():
    return Simulation()


class TestTurns:
    def test_of_looks_that_are_due_together_the_likeliest_leaves_first(self, simulation):
        budget = PollRateLimiter(2)
        for name, likelihood in (("first", 0.0), ("low", 0.1), ("high", 0.9), ("middle", 0.5)):
            simulation.wants(budget, name, likelihood)
        assert [("first", 0.0), ("high", 0.5), ("middle", 1.0), ("low", 1.5)] == simulation.run()

    def test_a_look_leaves_at_once_while_the_budget_lasts(self, simulation):
        budget = PollRateLimiter(1)
        for second in range(5):
            simulation.seconds = float(second)
            simulation.wants(budget, second)
        assert [(second, second) for second in range(5)] == simulation.left

    def test_equally_likely_ones_leave_in_the_order_in_which_they_came(self, simulation):
        budget = PollRateLimiter(10)
        for name in range(20):
            simulation.wants(budget, name)
        assert list(range(20)) == [name for name, _ in simulation.run()]

    def test_what_was_not_spent_long_ago_is_not_made_up_for(self, simulation):
        budget = PollRateLimiter(10)
        simulation.seconds = 100.0
        for name in range(30):
            simulation.wants(budget, name)
        assert 102.9 == simulation.run()[-1][1]

    def test_those_that_wake_a_little_late_leave_no_rarer_for_it(self, simulation):
        budget = PollRateLimiter(10)
        for name in range(20):
            simulation.wants(budget, name)
        assert 1.95 == simulation.run(late=0.05)[-1][1]

    def test_a_likelier_one_that_does_not_wake_holds_up_nobody(self, simulation):
        budget = PollRateLimiter(1)
        simulation.wants(budget, "first")
        asleep = budget.turn(simulation.now, lambda: 0.9, lambda pause: True)
        assert 1.0 == next(asleep).seconds
        simulation.wants(budget, "next", 0.1)
        assert [("first", 0.0), ("next", 2.0)] == simulation.run()

    def test_one_that_would_not_be_in_time_is_made_at_once_and_counts(self, simulation):
        budget = PollRateLimiter(1)
        simulation.wants(budget, "first")
        simulation.wants(budget, "last of its wait", fits=lambda pause: False)
        simulation.wants(budget, "next")
        assert [("first", 0.0), ("last of its wait", 0.0), ("next", 2.0)] == simulation.run()

    def test_one_that_is_cancelled_leaves_its_place(self, simulation):
        budget = PollRateLimiter(1)
        simulation.wants(budget, "first")
        cancelled = budget.turn(simulation.now, lambda: 0.9, lambda pause: True)
        next(cancelled)
        cancelled.close()
        simulation.wants(budget, "next", 0.1)
        assert [("first", 0.0), ("next", 1.0)] == simulation.run()

    @pytest.mark.parametrize("per_second", [0, -1, float("nan")])
    def test_a_budget_of_nothing_is_refused(self, per_second):
        with pytest.raises(InvalidRequest, match=r"^per_second must be a number of looks above 0, not"):
            PollRateLimiter(per_second)


class TestLikelihood:
    def test_grows_with_the_time_that_nobody_looked(self):
        for estimate in (Estimate(), NARROW):
            found = [estimate.likelihood(10, 10 + seconds) for seconds in (0, 1, 10, 40, 100, 1000)]
            assert (0.0, sorted(set(found)), True) == (found[0], found, found[-1] <= 1)

    def test_is_far_higher_where_earlier_tasks_ended(self):
        assert NARROW.likelihood(57, 60) > 10 * NARROW.likelihood(20, 23)

    def test_a_task_that_outlived_all_others_is_like_one_of_an_unknown_kind(self):
        assert Estimate().likelihood(70, 80) == NARROW.likelihood(70, 80)


class TestClients:
    def test_the_waits_of_a_client_spend_no_more_than_the_budget(self, scripted_clients, scripted, clock):
        scripted.replies = [PENDING, PENDING, PENDING, DONE]
        scripted_clients(poll_rate_limiter=PollRateLimiter(0.2)).wait("tsk_1")
        assert [0, 2, 3, 2, 3, 2, 3] == [round(pause, 6) for pause in clock.pauses]

    def test_clients_share_one(self, scripted_clients, scripted, clock):
        scripted.replies = [DONE]
        budget = PollRateLimiter(0.2)
        for task in ("tsk_1", "tsk_2", "tsk_3"):
            scripted_clients(poll_rate_limiter=budget).wait(task)
        assert [0, 0, 5, 0, 5] == [round(pause, 6) for pause in clock.pauses]

    def test_it_holds_no_wait_beyond_its_deadline(self, scripted_clients, scripted, clock):
        scripted.replies = [PENDING]
        start = clock.now()
        with pytest.raises(WaitTimeout):
            scripted_clients(poll_rate_limiter=PollRateLimiter(0.01)).wait("tsk_1", timeout=30)
        assert 30 >= clock.now() - start

    def test_a_task_that_was_submitted_here_is_as_likely_done_as_its_kind_says(self, scripted_clients, scripted, clock):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 0}), PENDING, PENDING, DONE]
        request = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
        assert scripted_clients(poll_rate_limiter=PollRateLimiter(0.2)).generate(request).completed
        assert [10, 10, 2, 3] == [round(pause, 6) for pause in clock.pauses]
