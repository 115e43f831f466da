"""Polling by past durations: seldom where no end is plausible, and whatever the history is, it heals."""

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from gptimage2_video import Journal, JournalWarning, Task, TaskFailed, TaskStatus, VideoClient, WaitTimeout
from gptimage2_video.journal import SubmissionRecord, SubmissionState
from gptimage2_video.polling import PollState, SimilarTasks, adaptive_schedule, fixed_schedule
from gptimage2_video.polling.estimate import keep_last
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
ACCEPTED = reply(200, {"taskId": "tsk_1", "status": 0, "creditsUsed": 9})
PENDING = reply(200, {"status": 0})
DONE = reply(200, {"status": 1, "videoUrl": "https://cdn.example.com/1.mp4"})
FAILED = reply(200, {"status": 2, "creditsRefunded": True})
NARROW = (58.0, 59.0, 60.0, 61.0, 62.0)
SIMILAR = SimilarTasks("https://example.com", "veo3_fast", None, None)


def delay(durations, age, interval=2.0, polls=1):
    return adaptive_schedule(PollState(age, age, polls, interval, tuple(durations)))


def polls(durations, until, interval=2.0):
    """The ages at which a task is polled that does not end before."""
    ages = [0.0]
    while ages[-1] < until:
        ages.append(ages[-1] + delay(durations, ages[-1], interval, len(ages) - 1))
    return ages[1:]


class TestDelays:
    @pytest.mark.parametrize("durations", [(), NARROW[:4]])
    def test_before_there_is_a_history_the_documentation_is_believed(self, durations):
        assert [10, 20, 22, 24] == polls(durations, 24)
        assert [180, 182.5] == polls(durations, 182)[-2:], "its own loop gives up there"

    def test_until_shortly_before_the_earliest_plausible_end_polls_are_rare(self):
        assert [10, 20, 30, 40, 50, 54, 56, 58, 60, 62, 64, 66] == polls(NARROW, 66)

    def test_past_the_last_one_the_schedule_is_the_fixed_one(self):
        late = [after - before for before, after in pairwise(polls(NARROW, 260)) if before >= 66]
        assert ([2.0] * 57, 2.5, 15.0, sorted(late)) == (late[:57], late[57], late[-1], late)

    def test_what_takes_longer_than_documented_is_not_overdue_at_the_documented_time(self):
        slow = polls((290.0, 295.0, 300.0, 305.0, 310.0), 320)
        assert (True, {4.0}) == (272.6 in slow, {after - before for before, after in pairwise(slow) if before > 272})

    def test_between_two_plausible_ends_polls_are_rare(self):
        two = (38.0, 39.0, 40.0, 41.0, 42.0, 98.0, 99.0, 100.0, 101.0, 102.0)
        at = polls(two, 100)
        assert [10, 20, 30, 34, 36, 38, 40, 42, 44, 46, 56, 66, 76, 86] == at[:14]
        assert [2.0] * 3 == [round(after - before, 6) for before, after in pairwise(at[-4:])]

    def test_by_less_than_five_ends_no_stretch_without_ends_is_believed(self):
        assert 2.0 == delay((20.0, *NARROW), 30.0), "one end before it"
        assert 2.0 == delay((*NARROW, 100.0), 80.0), "one end behind it"

    def test_a_model_faster_than_documented_is_polled_from_the_start(self):
        assert [2, 4, 6, 8] == polls((5.0, 6.0, 7.0, 8.0, 9.0), 8)

    def test_of_a_task_of_unknown_age_the_schedule_is_the_fixed_one(self):
        state = PollState(0.0, None, 1, 2.0, NARROW)
        assert (2.0, fixed_schedule(state)) == (adaptive_schedule(state), adaptive_schedule(state))

    @pytest.mark.parametrize("interval", [0.5, 2.0, 7.0])
    def test_no_delay_is_longer_than_five_intervals_before_three_minutes_nor_ever_shorter_than_one(self, interval):
        delays = [delay(NARROW, age / 4, interval) for age in range(720)]
        assert (interval, 5 * interval) == (min(delays), max(delays))


class TestWrongHistory:
    """It costs late polls, no longer than five intervals late, and only a few: late ends never push the estimate up."""

    @staticmethod
    def seen_after(durations, seconds):
        return next(age for age in polls(durations, seconds) if age >= seconds)

    @pytest.mark.parametrize("wrong", [(600.0,) * 32, (100.0,) * 32, (20.0,) * 32, (63.0,) * 32])
    def test_it_heals(self, wrong):
        rng, durations, late = random.Random(1), list(wrong), []
        for _ in range(60):
            seconds = rng.gauss(60, 1)
            durations = [*durations, self.seen_after(durations, seconds)][-32:]
            late.append(durations[-1] - seconds)
        assert (True, True) == (max(late) <= 10, max(late[32:]) <= 2)

    def test_ends_that_are_always_seen_late_do_not_add_up(self):
        """As of waits that are always taken up again late: each is recorded 30 s after the poll that could see it."""
        durations = [60.0] * 32
        for _ in range(200):
            durations = [*durations, self.seen_after(durations, 60.0) + 30.0][-32:]
        assert 10 >= self.seen_after(durations, 60.0) - 60.0
        assert 70.0 + 30.0 >= max(durations)


class TestPastDurations:
    def test_the_last_are_those_that_were_accepted_last(self):
        """Of tasks that began together the longest end last: they alone would mislead."""
        ended = [(accepted_at, 10 * accepted_at) for accepted_at in (5.0, *range(-40, 0), 3.0, 4.0)]
        assert [*range(-29, 0), 3.0, 4.0, 5.0] == [accepted_at for accepted_at, _ in keep_last(ended)]


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal.db")


class TestClients:
    @pytest.fixture
    def schedule(self):
        """The fixed schedule, with the durations that it was given last."""

        def recording(state):
            recording.durations = state.durations
            return fixed_schedule(state)

        return recording

    def test_a_client_without_a_journal_learns_for_its_life(self, clients, clock):
        client = clients()
        for _ in range(6):
            clock.sleeps.clear()
            client.generate(VEO)
        assert [10.0] * 5 == clock.sleeps[:5]
        assert len(clock.sleeps) < 10

    def test_a_failure_teaches_nothing(self, scripted_clients, scripted, schedule):
        scripted.replies = [ACCEPTED, FAILED, ACCEPTED, DONE]
        client = scripted_clients(poll_schedule=schedule)
        with pytest.raises(TaskFailed):
            client.generate(VEO)
        client.generate(VEO)
        assert () == schedule.durations

    def test_a_wait_that_is_resumed_counts_from_acceptance(self, scripted_clients, scripted, clock, schedule):
        scripted.replies = [ACCEPTED, *[PENDING] * 3, DONE, ACCEPTED, DONE]
        client = scripted_clients(poll_schedule=schedule)
        with pytest.raises(WaitTimeout):
            client.generate(VEO, timeout=13.0)
        clock.advance(37)
        client.wait("tsk_1")
        client.generate(VEO)
        assert ([10.0, 2.0, 0.0, 2.0, 10.0], (51.0,)) == (clock.sleeps, schedule.durations)

    def test_clients_that_differ_in_their_journal_alone_learn_together(self, scripted, schedule, journal, clock):
        scripted.replies = [ACCEPTED, DONE]
        with VideoClient("test-key", base_url=scripted.url, poll_schedule=schedule) as client:
            client.generate(VEO)
            scripted.replies += [ACCEPTED, DONE]
            client.with_journal(journal).generate(VEO)
        assert (10.0,) == schedule.durations

    def test_a_video_that_lags_behind_teaches_once(self, scripted_clients, scripted, tmp_path, schedule):
        video = reply(200, b"video", Content_Type="video/mp4")
        done = reply(200, {"status": 1, "videoUrl": f"{scripted.url}/v.mp4"})
        scripted.replies = [ACCEPTED, PENDING, reply(200, {"status": 1}), done, video]
        scripted_clients(poll_schedule=schedule).generate(VEO, save_to=tmp_path / "cup.mp4")
        assert (12.0,) == schedule.durations

    def test_a_task_that_was_submitted_elsewhere_is_polled_every_interval_and_teaches_nothing(
        self, scripted_clients, scripted, clock, schedule
    ):
        scripted.replies = [PENDING, PENDING, DONE]
        scripted_clients(poll_schedule=schedule).wait("tsk_9")
        assert ([0.0, 2.0, 2.0], ()) == (clock.sleeps, schedule.durations)


@pytest.fixture
def record(journal, monkeypatch):
    """Record a completed task that took so many seconds."""
    start = datetime(2026, 11, 28, tzinfo=UTC)

    class Today(datetime):
        seconds = 0.0

        @classmethod
        def now(cls, zone):
            return start + timedelta(seconds=cls.seconds)

    monkeypatch.setattr("gptimage2_video.journal.store.datetime", Today)

    def write(seconds, base_url="https://example.com", state=SubmissionState.COMPLETED, **fields):
        name = str(len(list(journal.submissions())))
        status = TaskStatus.COMPLETED if state == SubmissionState.COMPLETED else TaskStatus.FAILED
        task = Task(name, status)
        Today.seconds = 0.0
        sending = SubmissionRecord(SubmissionState.SENDING, base_url, name, {**VEO, **fields})
        journal.write(sending)
        journal.write(sending.with_state(SubmissionState.PENDING, task=task))
        Today.seconds = seconds
        journal.write(SubmissionRecord(state, base_url, task=task))
        return Today, task

    return write


class TestJournalDurations:
    """They are those of the submissions, which the journal holds anyway."""

    def durations(self, journal, **fields):
        return [round(seconds, 2) for seconds in journal.durations(SIMILAR._replace(**fields))]

    def test_they_are_of_similar_tasks_that_were_completed_oldest_first(self, journal, record):
        record(60.25)
        record(61, duration=8)
        record(62, resolution="720p")
        record(63, model="veo3")
        record(64, base_url="https://other.example")
        record(65, state=SubmissionState.FAILED)
        record(66, prompt="A fox")
        assert [60.25, 66] == self.durations(journal)
        assert [61] == self.durations(journal, duration=8)
        assert [62] == self.durations(journal, resolution="720p")

    def test_they_are_the_last_32(self, journal, record):
        for seconds in range(1, 41):
            record(seconds)
        assert list(range(9, 41)) == self.durations(journal)

    def test_a_video_that_is_saved_later_makes_none_longer(self, journal, record, tmp_path):
        today, task = record(60)
        today.seconds = 90
        saved = Task(task.id, TaskStatus.COMPLETED, path=tmp_path / "cup.mp4")
        journal.write(SubmissionRecord(SubmissionState.COMPLETED, "https://example.com", task=saved))
        assert [(60.0, tmp_path / "cup.mp4")] == [
            ((one.changed_at - one.sent_at).total_seconds(), one.path) for one in journal.submissions()
        ]
        assert [60] == self.durations(journal)

    def test_a_clock_that_was_set_back_gives_none(self, journal, record):
        record(-60)
        record(60)
        assert [60] == self.durations(journal)

    @pytest.mark.parametrize("change", ["request = '['", "request = '[]'", "sent_at = 'soon'"])
    def test_what_makes_no_sense_loses_no_wait(self, clients, journal, change):
        client = clients(journal=journal)
        client.generate(VEO)
        with closing(sqlite3.connect(journal.path)) as plain, plain:
            plain.execute(f"UPDATE submissions SET {change}")  # noqa: S608  (our own text)
        assert clients(journal=journal).generate(VEO).completed

    def test_the_next_process_knows_what_this_one_saw(self, clients, clock, journal, record):
        client = clients(journal=journal)
        for _ in range(5):
            record(60, base_url=client.base_url)
        client.generate(VEO)
        assert [10.0] * 5 == clock.sleeps[:5]
        assert len(clock.sleeps) < 10

    def test_the_journal_is_read_once_for_all_that_a_client_waits_for(self, clients, journal, monkeypatch):
        read = []
        monkeypatch.setattr(Journal, "durations", lambda _, similar: read.append(similar) or [])
        client = clients(journal=journal)
        for _ in range(2):
            client.generate(VEO)
        assert [SimilarTasks(client.base_url, "veo3_fast", None, None)] == read

    def test_a_journal_that_cannot_be_read_costs_no_wait(self, clients, journal):
        client = clients(journal=journal)
        task = client.submit(VEO)
        journal.close()
        journal.path.write_bytes(b"this is no database" * 100)
        with pytest.warns(JournalWarning):
            assert client.wait(task).completed

    @pytest.mark.parametrize("version", [1, 2])
    def test_a_journal_of_an_earlier_version_loses_its_estimates_and_nothing_else(self, journal, record, version):
        record(60)
        before = list(journal.submissions())
        journal.close()
        with closing(sqlite3.connect(journal.path)) as plain, plain:
            if version == 2:
                plain.execute("CREATE TABLE paces (kind TEXT PRIMARY KEY, estimate TEXT NOT NULL)")
            plain.execute(f"PRAGMA user_version = {version}")
        assert before == list(Journal(journal.path).submissions())
        with closing(sqlite3.connect(journal.path)) as plain:
            tables = [name for (name,) in plain.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            assert (["submissions"], (3,)) == (tables, plain.execute("PRAGMA user_version").fetchone())
