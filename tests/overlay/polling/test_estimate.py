"""Adaptive polling: delays are long only where earlier tasks say so, and one end that is seen late ends that."""

import json
import math
import sqlite3
from contextlib import closing
from datetime import datetime
from itertools import pairwise

import pytest

from gptimage2_video import Journal, JournalWarning, TaskFailed, WaitTimeout
from gptimage2_video.journal import SubmissionRecord, SubmissionState
from gptimage2_video.polling import DurationEstimate, InMemoryEstimates, Sample
from gptimage2_video.polling.estimate import _likely_windows, estimate_key
from gptimage2_video.polling.schedule import Polling
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
ACCEPTED = reply(200, {"taskId": "tsk_1", "status": 0, "creditsUsed": 9})
PENDING = reply(200, {"status": 0})
DONE = reply(200, {"status": 1, "videoUrl": "https://cdn.example.com/1.mp4"})
FAILED = reply(200, {"status": 2, "creditsRefunded": True})
NARROW = (58.0, 59.0, 60.0, 61.0, 62.0)
POLLING = Polling()


def estimate(durations=(), **confidence):
    return DurationEstimate("k", durations, **confidence)


def fields(one):
    return one.durations, one.confidence, one.updated_at


def polls(durations, until, polling=POLLING):
    """The seconds at which a task is polled that does not end."""
    at, delay = [0.0], polling.interval
    while at[-1] < until:
        delay = estimate(durations).next_delay(polling, at[-1], delay)
        at.append(at[-1] + delay)
    return at[1:]


class TestDelays:
    def test_before_there_is_a_history_the_documentation_is_believed(self):
        assert [10, 20, 22, 24] == polls((), 24)
        assert [180, 184] == polls((), 184)[-2:], "its own loop gives up there"

    def test_most_of_the_time_is_waited_out_and_around_the_likely_end_polls_are_every_interval(self):
        assert [10, 20, 30, 40, 50, 55, 57, 59, 61, 63, 65] == polls(NARROW, 65)

    def test_past_it_polls_are_rarer_and_long_past_it_rarer_and_rarer(self):
        late = polls(NARROW, 260)
        assert {4.0} == {after - before for before, after in pairwise(late) if 65 <= before < 180}
        rest = [after - before for before, after in pairwise(late) if before >= 184]
        assert (sorted(rest), 15.0) == (rest, rest[-1])

    def test_what_takes_longer_than_documented_is_not_overdue_at_the_documented_time(self):
        slow = polls((295.0, 300.0, 305.0), 400)
        assert 4.0 == slow[-1] - slow[-2]

    def test_between_two_likely_ends_polls_are_rare(self):
        two = (39.0, 40.0, 41.0, 109.0, 110.0, 111.0)
        assert [(36, 44), (106, 114)] == _likely_windows(two)
        assert [10, 20, 30, 36, 38, 40, 42, 44, 54, 64, 74, 84, 94, 104, 106, 108] == polls(two, 108)

    @pytest.mark.parametrize("confidence", [0, 1, 4])
    def test_no_delay_is_longer_than_confidence_allows_nor_shorter_than_the_interval(self, confidence):
        for interval in (0.5, 2.0, 7.0):
            polling, one = Polling(interval), estimate(NARROW, confidence=confidence)
            delays = [one.next_delay(polling, at / 4, interval) for at in range(700)]
            assert (interval, interval * (1 + confidence)) == (min(delays), max(delays))


class TestLearning:
    def test_an_end_that_is_seen_late_takes_all_confidence_and_close_ones_earn_it_again(self):
        one = estimate(NARROW)
        one.add(Sample("k", None), 0.0)
        assert (0, NARROW) == (one.confidence, one.durations)
        confidences = []
        for i in range(6):
            one.add(Sample("k", 60.0), 100.0 * i)
            confidences.append(one.confidence)
        assert [1, 2, 3, 4, 4, 4] == confidences

    def test_only_the_last_durations_count(self):
        one = estimate(NARROW)
        for i in range(32):
            one.add(Sample("k", 100.0), 100.0 * i)
        assert (100.0,) * 32 == one.durations

    def test_of_tasks_that_ended_together_some_are_taken_in(self):
        """Else a thousand that began together would leave the longest of them alone."""
        one = estimate()
        for i in range(1000):
            one.add(Sample("k", 30 + 90 * i / 1000), 30 + 90 * i / 1000)
        assert (30, True) == (one.durations[0], len(one.durations) < 32)

    def test_a_clock_that_was_set_back_stops_no_learning(self):
        one = estimate()
        one.add(Sample("k", 60.0), 1000.0)
        one.add(Sample("k", 61.0), 10.0)
        assert (60.0, 61.0) == one.durations

    @pytest.mark.parametrize("duration", [None, 63.0])
    @pytest.mark.parametrize("durations", [(), NARROW])
    def test_an_estimate_goes_through_json(self, durations, duration):
        one = estimate(durations)
        for _ in range(2):
            data = json.loads(json.dumps(one.to_json(), allow_nan=False))
            assert fields(one) == fields(DurationEstimate.from_json("k", data))
            one.add(Sample("k", duration), 5.0)

    def test_as_json_it_has_the_keys_that_journals_have(self):
        one = estimate()
        one.add(Sample("k", 63.04), 5.0)
        assert {"ends": [63.0], "trust": 4, "at": 5.0} == one.to_json()

    @pytest.mark.parametrize("ends", [[-1], [math.inf], [math.nan], ["soon"], None])
    def test_what_makes_no_sense_is_no_estimate(self, ends):
        with pytest.raises((ValueError, TypeError)):
            DurationEstimate.from_json("k", {"ends": ends, "trust": 1, "at": None})

    def test_tasks_share_an_estimate_where_service_model_duration_and_resolution_are_the_same(self):
        keys = {
            estimate_key(base_url, {**VEO, **fields})
            for base_url in ("https://one.example", "https://two.example")
            for fields in ({}, {"duration": 8}, {"resolution": "720p"}, {"model": "veo3"}, {"prompt": "Another"})
        }
        assert 8 == len(keys)


class OwnStore:
    """A recorder of one's own that keeps estimates too."""

    def __init__(self, durations=()):
        self.samples, self.durations, self.estimates = [], durations, {}

    def write(self, record):
        if record.state not in (SubmissionState.SENDING, SubmissionState.PENDING):
            self.samples.append(record.sample and record.sample.duration)

    async def write_async(self, record):
        self.write(record)

    def load_estimate(self, key):
        return self.estimates.setdefault(key, DurationEstimate(key, self.durations))

    async def load_estimate_async(self, key):
        return self.load_estimate(key)


class TestSamples:
    """Ends that were seen closely are learned, and one that a long delay missed costs confidence; nothing else is."""

    def test_an_end_between_two_polls_is_learned_in_their_middle(self, scripted_clients, scripted):
        scripted.replies = [ACCEPTED, PENDING, PENDING, DONE]
        store = OwnStore()
        scripted_clients(journal=store).generate(VEO)
        (one,) = store.estimates.values()
        assert ([21.0], (21.0,)) == (store.samples, one.durations)

    def test_an_end_that_a_long_delay_missed_costs_confidence(self, scripted_clients, scripted):
        store = OwnStore(NARROW)
        scripted.replies = [ACCEPTED, PENDING, DONE]
        scripted_clients(journal=store).generate(VEO)
        (one,) = store.estimates.values()
        assert ([None], 0) == (store.samples, one.confidence)

    def test_and_so_the_next_wait_polls_every_interval(self, scripted_clients, scripted, clock):
        scripted.replies = [ACCEPTED, PENDING, DONE, ACCEPTED, PENDING, PENDING, PENDING, DONE]
        client = scripted_clients()
        for _ in range(2):
            client.generate(VEO)
        assert [10, 10, 2, 2, 2, 2] == clock.sleeps

    def test_a_failed_poll_leaves_open_when_it_was(self, scripted_clients, scripted, clock):
        scripted.replies = [ACCEPTED, PENDING, b"", b"", b"", b"", b"", b"", DONE]
        store = OwnStore()
        scripted_clients(journal=store).generate(VEO)
        assert [None] == store.samples
        (one,) = store.estimates.values()
        assert ((), 4, None) == fields(one)

    def test_a_failure_teaches_nothing(self, scripted_clients, scripted):
        store = OwnStore()
        scripted.replies = [ACCEPTED, PENDING, PENDING, FAILED]
        with pytest.raises(TaskFailed):
            scripted_clients(journal=store).generate(VEO)
        (one,) = store.estimates.values()
        assert ((), 4, None) == fields(one)

    def test_a_wait_that_began_late_teaches_nothing(self, scripted_clients, scripted, clock):
        scripted.replies = [ACCEPTED, DONE]
        store = OwnStore()
        client = scripted_clients(journal=store)
        task = client.submit(VEO)
        clock.advance(300)
        client.wait(task)
        (one,) = store.estimates.values()
        assert ([None], ((), 4, None)) == (store.samples, fields(one))

    def test_a_wait_that_is_resumed_counts_from_acceptance(self, scripted_clients, scripted, clock):
        scripted.replies = [ACCEPTED, *[PENDING] * 3, DONE]
        store = OwnStore(NARROW)
        client = scripted_clients(journal=store)
        with pytest.raises(WaitTimeout):
            client.generate(VEO, timeout=21.0)
        clock.advance(37)
        clock.sleeps.clear()
        client.wait("tsk_1")
        assert ([0.0, 2.0], [58.0]) == (clock.sleeps, store.samples)

    def test_a_task_that_was_submitted_elsewhere_is_polled_every_interval_and_teaches_nothing(
        self, scripted_clients, scripted, clock
    ):
        scripted.replies = [PENDING, PENDING, DONE]
        store = OwnStore(NARROW)
        scripted_clients(journal=store).wait("tsk_9")
        assert ([0.0, 2.0, 2.0], [None], {}) == (clock.sleeps, store.samples, store.estimates)

    def test_a_video_that_lags_behind_teaches_once(self, scripted_clients, scripted, tmp_path):
        store = OwnStore()
        video = reply(200, b"video", Content_Type="video/mp4")
        done = reply(200, {"status": 1, "videoUrl": f"{scripted.url}/v.mp4"})
        scripted.replies = [ACCEPTED, PENDING, PENDING, reply(200, {"status": 1}), done, video]
        scripted_clients(journal=store).generate(VEO, save_to=tmp_path / "cup.mp4")
        assert [21.0] == [duration for duration in store.samples if duration]


class TestEstimateStore:
    """Beside the journal, written with the outcome; without one, in memory."""

    def test_a_client_without_a_journal_learns_for_its_life(self, clients, clock):
        client = clients()
        for _ in range(4):
            clock.sleeps.clear()
            client.generate(VEO)
        assert [10.0] * 5 == clock.sleeps[:5]
        assert len(clock.sleeps) < 10

    def test_the_next_process_reads_what_this_one_learned(self, clients, clock, tmp_path, monkeypatch):
        class Today(datetime):
            @classmethod
            def now(cls, zone):
                return datetime.fromtimestamp(clock.seconds, zone)

        monkeypatch.setattr("gptimage2_video.journal.store.datetime", Today)
        for _ in range(4):
            clock.sleeps.clear()
            journal = Journal(tmp_path / "journal.db")
            clients(journal=journal).generate(VEO)
            journal.close()
        assert len(clock.sleeps) < 10

    def test_clients_that_share_a_journal_share_what_was_learned(self, clients, tmp_path):
        journal = Journal(tmp_path / "journal.db")
        assert journal.load_estimate("k") is journal.load_estimate("k")
        one, other = clients(journal=journal), clients(journal=journal)
        one.generate(VEO)
        other.generate(VEO)
        assert 2 == len(journal.load_estimate(estimate_key(one.base_url, VEO)).durations)

    def test_the_outcome_and_what_it_teaches_are_one_transaction(self, tmp_path, monkeypatch):
        journal = Journal(tmp_path / "journal.db")
        sending = SubmissionRecord(SubmissionState.SENDING, "https://example.com", "e1", VEO)
        journal.write(sending)
        monkeypatch.setattr("gptimage2_video.journal.store._learn", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            journal.write(
                SubmissionRecord(SubmissionState.REFUSED, "https://example.com", "e1", VEO, sample=Sample("k", 60.0))
            )
        assert [SubmissionState.SENDING] == [entry.state for entry in journal.submissions()]

    @pytest.mark.parametrize("kept", ["", "[]", "{}", '{"ends": ["soon"], "trust": 1, "at": null}', '{"ends": 3}'])
    def test_an_estimate_that_makes_no_sense_loses_no_outcome(self, clients, tmp_path, kept):
        journal = Journal(tmp_path / "journal.db")
        client = clients(journal=journal)
        assert [] == list(journal.submissions())
        with closing(sqlite3.connect(journal.path)) as plain, plain:
            plain.execute("INSERT INTO paces VALUES (?, ?)", (estimate_key(client.base_url, VEO), kept))
        client.generate(VEO)
        assert [SubmissionState.COMPLETED] == [entry.state for entry in journal.submissions()]
        assert [1] == [len(estimate["ends"]) for estimate in estimates(journal)]

    def test_a_journal_that_cannot_be_read_costs_no_wait(self, clients, tmp_path, monkeypatch):
        journal = Journal(tmp_path / "journal.db")
        client = clients(journal=journal)
        task = client.submit(VEO)
        journal.close()
        journal.path.write_bytes(b"this is no database" * 100)
        with pytest.warns(JournalWarning):
            assert client.wait(task).completed

    def test_a_journal_of_the_first_version_is_taken_over_with_all_that_is_in_it(self, clients, tmp_path):
        journal = Journal(tmp_path / "journal.db")
        clients(journal=journal).generate(VEO)
        before = list(journal.submissions())
        journal.close()
        with closing(sqlite3.connect(journal.path)) as plain, plain:
            plain.execute("DROP TABLE paces")
            plain.execute("PRAGMA user_version = 1")
        again = Journal(journal.path)
        clients(journal=again).generate(VEO)
        assert before == list(again.submissions())[:1]
        assert 1 == len(estimates(again))

    def test_estimates_in_memory_are_shared_by_all_waits(self):
        store = InMemoryEstimates()
        assert store.load_estimate("k") is store.load_estimate("k")


def estimates(journal):
    """The estimates on disk."""
    with closing(sqlite3.connect(journal.path)) as plain:
        return [json.loads(kept) for (kept,) in plain.execute("SELECT estimate FROM paces")]
