"""The fixed schedule, and a schedule of the caller's own in its place."""

import pytest

from gptimage2_video.polling import PollState, SimilarTasks, fixed_schedule
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
ACCEPTED = reply(200, {"taskId": "tsk_1", "status": 0, "creditsUsed": 9})
PENDING = reply(200, {"status": 0})
DONE = reply(200, {"status": 1, "videoUrl": "https://cdn.example.com/1.mp4"})


def fixed(waited, polls=1, interval=2.0):
    return fixed_schedule(PollState(waited, None, polls, interval))


class TestFixedSchedule:
    def test_a_new_task_is_left_alone_for_five_intervals(self):
        assert (10.0, 25.0) == (fixed(0, polls=0), fixed(0, polls=0, interval=5.0))

    def test_then_polls_are_every_interval_and_after_three_minutes_each_delay_is_a_quarter_longer(self):
        delays, waited = [], 178.0
        for _ in range(6):
            delays.append(fixed(waited))
            waited += delays[-1]
        assert [2.0, 2.5, 3.125, 3.90625, 4.8828125, 6.103515625] == delays

    def test_no_delay_is_longer_than_15_s_nor_shorter_than_the_interval(self):
        assert (15.0, 20.0) == (fixed(10_000), fixed(10_000, interval=20.0))


class TestOwnSchedule:
    """`poll_schedule=` decides every delay but those after failures."""

    def test_it_is_told_how_the_wait_stands(self, scripted_clients, scripted, clock):
        states = []

        def schedule(state):
            states.append(state)
            return 7.0

        scripted.replies = [ACCEPTED, PENDING, DONE, ACCEPTED, DONE]
        client = scripted_clients(poll_schedule=schedule, poll_interval=3.0)
        for _ in range(2):
            client.generate(VEO)
        first = [PollState(0.0, 0.0, 0, 3.0), PollState(7.0, 7.0, 1, 3.0)]
        assert ([*first, PollState(0.0, 0.0, 0, 3.0, (14.0,))], [7.0] * 3) == (states, clock.sleeps)

    def test_of_a_task_that_was_submitted_elsewhere_the_age_is_unknown(self, scripted_clients, scripted, clock):
        states = []
        scripted.replies = [PENDING, DONE]
        scripted_clients(poll_schedule=lambda state: states.append(state) or 4.0).wait("tsk_1")
        assert [PollState(0.0, None, 1, 2.0)] == states
        assert [0.0, 4.0] == clock.sleeps

    @pytest.mark.parametrize("delay", [0, -1.0, float("nan")])
    def test_a_delay_that_makes_no_sense_is_an_error_that_names_the_task(self, scripted_clients, scripted, delay):
        scripted.replies = [ACCEPTED]
        with pytest.raises(ValueError, match=r"^poll_schedule must return a number of seconds above 0, not") as caught:
            scripted_clients(poll_schedule=lambda state: delay).generate(VEO)
        assert ["task tsk_1 continues at the service: wait for it again by its id"] == caught.value.__notes__

    def test_what_cannot_be_called_is_refused_before_anything_is_sent(self, scripted_clients):
        with pytest.raises(TypeError, match=r"^poll_schedule must be a function, or None, not 5\.0$"):
            scripted_clients(poll_schedule=5.0)


def test_similar_tasks_have_base_url_model_duration_and_resolution_in_common():
    similar = {
        SimilarTasks.to(base_url, {**VEO, **fields})
        for base_url in ("https://one.example", "https://two.example")
        for fields in ({}, {"duration": 8}, {"resolution": "720p"}, {"model": "veo3"}, {"prompt": "Another"})
    }
    assert 8 == len(similar)
