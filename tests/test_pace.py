"""The pace of polling: pauses are long only where the ends of earlier tasks say so, and one late look ends that."""

import json
import math
import sqlite3
from contextlib import closing
from datetime import datetime
from itertools import pairwise

import pytest

from gptimage2_video import DurationEstimate, InMemoryEstimates, Journal, JournalWarning, TaskFailed, WaitTimeout
from gptimage2_video.pace import Estimate, Lesson, kind, read_estimate
from gptimage2_video.record import SubmissionRecord, SubmissionState
from gptimage2_video.schedule import Polling
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
RECEIPT = reply(200, {"taskId": "tsk_1", "status": 0, "creditsUsed": 9})
PENDING = reply(200, {"status": 0})
DONE = reply(200, {"status": 1, "videoUrl": "https://cdn.example.com/1.mp4"})
FAILED = reply(200, {"status": 2, "creditsRefunded": True})
NARROW = Estimate((58.0, 59.0, 60.0, 61.0, 62.0))
POLLING = Polling()


def looks(estimate, until, polling=POLLING):
    """The seconds at which a task is looked at that does not end."""
    seen, pause = [0.0], polling.interval
    while seen[-1] < until:
        pause = estimate.pause(polling, seen[-1], pause)
        seen.append(seen[-1] + pause)
    return seen[1:]


class TestPauses:
    def test_before_there_is_a_history_the_documentation_is_believed(self):
        assert [10, 20, 22, 24] == looks(Estimate(), 24)
        assert [180, 184] == looks(Estimate(), 184)[-2:], "its own loop gives up there"

    def test_most_of_the_time_is_waited_out_and_the_likely_end_is_looked_at_every_interval(self):
        assert [10, 20, 30, 40, 50, 55, 57, 59, 61, 63, 65] == looks(NARROW, 65)

    def test_past_it_looks_are_rarer_and_long_past_it_rarer_and_rarer(self):
        late = looks(NARROW, 260)
        assert {4.0} == {after - before for before, after in pairwise(late) if 65 <= before < 180}
        rest = [after - before for before, after in pairwise(late) if before >= 184]
        assert (sorted(rest), 15.0) == (rest, rest[-1])

    def test_what_takes_longer_than_documented_is_not_overdue_at_the_documented_time(self):
        slow = looks(Estimate((295.0, 300.0, 305.0)), 400)
        assert 4.0 == slow[-1] - slow[-2]

    def test_between_two_likely_ends_nobody_looks_often(self):
        two = Estimate((39.0, 40.0, 41.0, 109.0, 110.0, 111.0))
        assert [(36, 44), (106, 114)] == two.zones
        assert [10, 20, 30, 36, 38, 40, 42, 44, 54, 64, 74, 84, 94, 104, 106, 108] == looks(two, 108)

    @pytest.mark.parametrize("trust", [0, 1, 4])
    def test_no_pause_is_longer_than_trust_allows_nor_shorter_than_the_interval(self, trust):
        for interval in (0.5, 2.0, 7.0):
            polling = Polling(interval)
            pauses = [Estimate(NARROW.ends, trust).pause(polling, at / 4, interval) for at in range(700)]
            assert (interval, interval * (1 + trust)) == (min(pauses), max(pauses))


class TestLearning:
    def test_an_end_that_is_seen_late_takes_all_trust_and_close_ones_earn_it_again(self):
        estimate = NARROW.after(None, 0.0)
        assert (0, NARROW.ends) == (estimate.trust, estimate.ends)
        trusts = []
        for i in range(6):
            estimate = estimate.after(60.0, 100.0 * i)
            trusts.append(estimate.trust)
        assert [1, 2, 3, 4, 4, 4] == trusts

    def test_only_the_last_ends_count(self):
        estimate = NARROW
        for i in range(32):
            estimate = estimate.after(100.0, 100.0 * i)
        assert (100.0,) * 32 == estimate.ends

    def test_of_tasks_that_ended_together_some_are_taken_in(self):
        """Else a thousand that began together would leave the longest of them alone."""
        estimate = Estimate()
        for i in range(1000):
            estimate = estimate.after(30 + 90 * i / 1000, 30 + 90 * i / 1000)
        assert (30, True) == (estimate.ends[0], len(estimate.ends) < 32)

    def test_a_clock_that_was_set_back_stops_no_learning(self):
        assert (60.0, 61.0) == Estimate().after(60.0, 1000.0).after(61.0, 10.0).ends

    def test_an_estimate_goes_through_json(self):
        for estimate in (Estimate(), NARROW.after(None, 5.0), NARROW.after(63.0, 5.0)):
            assert estimate == read_estimate(json.loads(json.dumps(estimate.as_json(), allow_nan=False)))

    @pytest.mark.parametrize("ends", [[-1], [math.inf], [math.nan], ["soon"], None])
    def test_what_makes_no_sense_is_no_estimate(self, ends):
        with pytest.raises((ValueError, TypeError)):
            read_estimate({"ends": ends, "trust": 1, "at": None})

    def test_tasks_are_of_one_kind_where_service_model_duration_and_resolution_are_the_same(self):
        kinds = {
            kind(base_url, {**VEO, **fields})
            for base_url in ("https://one.example", "https://two.example")
            for fields in ({}, {"duration": 8}, {"resolution": "720p"}, {"model": "veo3"}, {"prompt": "Another"})
        }
        assert 8 == len(kinds)


class Keeper:
    """A recorder of one's own that keeps paces too."""

    def __init__(self, estimate=None):
        self.lessons, self.estimate, self.paces = [], estimate or Estimate(), {}

    def write(self, record):
        if record.state not in (SubmissionState.SENDING, SubmissionState.PENDING):
            self.lessons.append(record.lesson and record.lesson.took)

    async def write_async(self, record):
        self.write(record)

    def recall(self, key):
        return self.paces.setdefault(key, DurationEstimate(key, self.estimate))

    async def recall_async(self, key):
        return self.recall(key)


class TestWhatAWaitTeaches:
    """Ends that were seen closely are learned, and one that a long pause missed costs trust; nothing else is either."""

    def test_an_end_between_two_looks_is_learned_in_their_middle(self, scripted_clients, scripted):
        scripted.replies = [RECEIPT, PENDING, PENDING, DONE]
        keeper = Keeper()
        scripted_clients(journal=keeper).generate(VEO)
        (pace,) = keeper.paces.values()
        assert ([21.0], (21.0,)) == (keeper.lessons, pace.estimate.ends)

    def test_an_end_that_a_long_pause_missed_costs_trust(self, scripted_clients, scripted):
        keeper = Keeper(NARROW)
        scripted.replies = [RECEIPT, PENDING, DONE]
        scripted_clients(journal=keeper).generate(VEO)
        (pace,) = keeper.paces.values()
        assert ([None], 0) == (keeper.lessons, pace.estimate.trust)

    def test_and_so_the_next_wait_looks_every_interval(self, scripted_clients, scripted, clock):
        scripted.replies = [RECEIPT, PENDING, DONE, RECEIPT, PENDING, PENDING, PENDING, DONE]
        client = scripted_clients()
        for _ in range(2):
            client.generate(VEO)
        assert [10, 10, 2, 2, 2, 2] == clock.pauses

    def test_a_lost_look_leaves_open_when_it_was(self, scripted_clients, scripted, clock):
        scripted.replies = [RECEIPT, PENDING, b"", b"", b"", b"", b"", b"", DONE]
        keeper = Keeper()
        scripted_clients(journal=keeper).generate(VEO)
        assert [None] == keeper.lessons
        (pace,) = keeper.paces.values()
        assert Estimate() == pace.estimate

    def test_a_failure_teaches_nothing(self, scripted_clients, scripted):
        keeper = Keeper()
        scripted.replies = [RECEIPT, PENDING, PENDING, FAILED]
        with pytest.raises(TaskFailed):
            scripted_clients(journal=keeper).generate(VEO)
        (pace,) = keeper.paces.values()
        assert Estimate() == pace.estimate

    def test_a_wait_that_began_late_teaches_nothing(self, scripted_clients, scripted, clock):
        scripted.replies = [RECEIPT, DONE]
        keeper = Keeper()
        client = scripted_clients(journal=keeper)
        task = client.submit(VEO)
        clock.advance(300)
        client.wait(task)
        (pace,) = keeper.paces.values()
        assert ([None], Estimate()) == (keeper.lessons, pace.estimate)

    def test_a_wait_that_is_taken_up_again_knows_how_long_the_task_has_been_at_work(
        self, scripted_clients, scripted, clock
    ):
        scripted.replies = [RECEIPT, *[PENDING] * 3, DONE]
        keeper = Keeper(NARROW)
        client = scripted_clients(journal=keeper)
        with pytest.raises(WaitTimeout):
            client.generate(VEO, timeout=21.0)
        clock.advance(37)
        clock.pauses.clear()
        client.wait("tsk_1")
        assert ([0.0, 2.0], [58.0]) == (clock.pauses, keeper.lessons)

    def test_a_task_of_somebody_else_is_looked_at_every_interval_and_teaches_nothing(
        self, scripted_clients, scripted, clock
    ):
        scripted.replies = [PENDING, PENDING, DONE]
        keeper = Keeper(NARROW)
        scripted_clients(journal=keeper).wait("tsk_9")
        assert ([0.0, 2.0, 2.0], [None], {}) == (clock.pauses, keeper.lessons, keeper.paces)

    def test_a_video_that_lags_behind_teaches_once(self, scripted_clients, scripted, tmp_path):
        keeper = Keeper()
        video = reply(200, b"video", Content_Type="video/mp4")
        done = reply(200, {"status": 1, "videoUrl": f"{scripted.url}/v.mp4"})
        scripted.replies = [RECEIPT, PENDING, PENDING, reply(200, {"status": 1}), done, video]
        scripted_clients(journal=keeper).generate(VEO, save_to=tmp_path / "cup.mp4")
        assert [21.0] == [took for took in keeper.lessons if took]


class TestKept:
    """Beside the journal, written with the outcome; without one, in memory."""

    def test_a_client_without_a_journal_learns_for_its_life(self, clients, clock):
        client = clients()
        for _ in range(4):
            clock.pauses.clear()
            client.generate(VEO)
        assert [10.0] * 5 == clock.pauses[:5]
        assert len(clock.pauses) < 10

    def test_the_next_process_reads_what_this_one_learned(self, clients, clock, tmp_path, monkeypatch):
        class Today(datetime):
            @classmethod
            def now(cls, zone):
                return datetime.fromtimestamp(clock.seconds, zone)

        monkeypatch.setattr("gptimage2_video.journal.datetime", Today)
        for _ in range(4):
            clock.pauses.clear()
            book = Journal(tmp_path / "journal.db")
            clients(journal=book).generate(VEO)
            book.close()
        assert len(clock.pauses) < 10

    def test_clients_that_share_a_journal_share_what_was_learned(self, clients, tmp_path):
        book = Journal(tmp_path / "journal.db")
        assert book.recall("k") is book.recall("k")
        one, other = clients(journal=book), clients(journal=book)
        one.generate(VEO)
        other.generate(VEO)
        assert 2 == len(book.recall(kind(one.base_url, VEO)).estimate.ends)

    def test_the_outcome_and_what_it_teaches_are_one_transaction(self, tmp_path, monkeypatch):
        book = Journal(tmp_path / "journal.db")
        sending = SubmissionRecord(SubmissionState.SENDING, "https://example.com", "e1", VEO)
        book.write(sending)
        monkeypatch.setattr("gptimage2_video.journal._learn", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            book.write(
                SubmissionRecord(SubmissionState.REFUSED, "https://example.com", "e1", VEO, lesson=Lesson("k", 60.0))
            )
        assert [SubmissionState.SENDING] == [entry.state for entry in book.submissions()]

    @pytest.mark.parametrize("kept", ["", "[]", "{}", '{"ends": ["soon"], "trust": 1, "at": null}', '{"ends": 3}'])
    def test_an_estimate_that_makes_no_sense_loses_no_outcome(self, clients, tmp_path, kept):
        book = Journal(tmp_path / "journal.db")
        client = clients(journal=book)
        assert [] == list(book.submissions())
        with closing(sqlite3.connect(book.path)) as plain, plain:
            plain.execute("INSERT INTO paces VALUES (?, ?)", (kind(client.base_url, VEO), kept))
        client.generate(VEO)
        assert [SubmissionState.COMPLETED] == [entry.state for entry in book.submissions()]
        assert [1] == [len(estimate["ends"]) for estimate in estimates(book)]

    def test_a_journal_that_cannot_be_read_costs_no_wait(self, clients, tmp_path, monkeypatch):
        book = Journal(tmp_path / "journal.db")
        client = clients(journal=book)
        task = client.submit(VEO)
        book.close()
        book.path.write_bytes(b"this is no database" * 100)
        with pytest.warns(JournalWarning):
            assert client.wait(task).completed

    def test_a_journal_of_the_first_version_is_taken_over_with_all_that_is_in_it(self, clients, tmp_path):
        book = Journal(tmp_path / "journal.db")
        clients(journal=book).generate(VEO)
        before = list(book.submissions())
        book.close()
        with closing(sqlite3.connect(book.path)) as plain, plain:
            plain.execute("DROP TABLE paces")
            plain.execute("PRAGMA user_version = 1")
        again = Journal(book.path)
        clients(journal=again).generate(VEO)
        assert before == list(again.submissions())[:1]
        assert 1 == len(estimates(again))

    def test_paces_in_memory_are_those_of_all_who_ask(self):
        paces = InMemoryEstimates()
        assert paces.recall("k") is paces.recall("k")


def estimates(book):
    """What is kept of the pace of tasks, as it is on disk."""
    with closing(sqlite3.connect(book.path)) as plain:
        return [json.loads(kept) for (kept,) in plain.execute("SELECT estimate FROM paces")]
