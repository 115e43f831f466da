"""The journal: every submission is on disk before it is sent, and what became of it after."""

import asyncio
import json
import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gptimage2_video import (
    APIError,
    BudgetExceeded,
    ConnectionFailed,
    InvalidRequest,
    Journal,
    JournalFailed,
    RateLimited,
    SubmissionUncertain,
    TaskFailed,
)
from gptimage2_video.journal import Submission, SubmissionState, Totals
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}
VIDEO = bytes(range(256)) * 40
ENTRY = Submission(
    id="e1",
    state=SubmissionState.PENDING,
    sent_at=datetime(2026, 11, 24, 10, tzinfo=UTC),
    changed_at=datetime(2026, 11, 24, 10, tzinfo=UTC),
    base_url="https://example.com",
    request=VEO,
    quote=9,
    target=None,
    task_id=None,
    credits_used=None,
    refunded=None,
    reason="",
    path=None,
    group="",
)
REFUSED, SENDING, UNCERTAIN = SubmissionState.REFUSED, SubmissionState.SENDING, SubmissionState.UNCERTAIN
PENDING, COMPLETED, FAILED = SubmissionState.PENDING, SubmissionState.COMPLETED, SubmissionState.FAILED


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal.db")


def only(journal):
    """The one entry there is, as somebody else reads it from the disk."""
    (entry,) = Journal(journal.path).submissions()
    return entry


class Arrivals(list):
    """The requests that a scripted server saw; tells what stands in the journal while it still holds the answer."""

    def __init__(self, journal):
        super().__init__()
        self.read = []
        self._book = journal

    def append(self, seen):
        self.read += [(seen.method, only(self._book))]
        super().append(seen)


@pytest.fixture
def arrivals(scripted, journal):
    scripted.seen = Arrivals(journal)
    return scripted.seen.read


class TestJournalBeforeSending:
    def test_sending_is_on_disk_when_the_request_arrives(self, scripted_clients, scripted, journal, arrivals, tmp_path):
        target = tmp_path / "cup.mp4"
        done = {"status": 1, "videoUrl": f"{scripted.url}/v.mp4"}
        scripted.replies = [reply(200, RECEIPT), reply(200, done), reply(200, VIDEO, Content_Type="video/mp4")]
        scripted_clients(journal=journal).generate(VEO, save_to=target)
        method, entry = arrivals[0]
        assert ("POST", SENDING, VEO, 9, target) == (method, entry.state, entry.request, entry.quote, entry.target)
        assert (None, None, scripted.url) == (entry.task_id, entry.credits_used, entry.base_url)
        assert abs(datetime.now(UTC) - entry.sent_at) < timedelta(minutes=5)
        assert [SENDING, PENDING, COMPLETED] == [entry.state for _, entry in arrivals]
        assert [None, None, None, target] == [*(entry.path for _, entry in arrivals), only(journal).path]

    def test_a_target_is_written_down_whole_whatever_the_folder_is_later(
        self, scripted_clients, scripted, journal, arrivals, tmp_path, monkeypatch
    ):
        monkeypatch.chdir(tmp_path)
        scripted.replies = [reply(200, RECEIPT), reply(404)]
        with pytest.raises(APIError):
            scripted_clients(journal=journal).generate(VEO, save_to="cup.mp4")
        assert tmp_path / "cup.mp4" == only(journal).target

    def test_what_is_never_sent_is_not_written_down(self, clients, server, journal):
        for request, error in (({**VEO, "duration": 5}, InvalidRequest), (VEO, BudgetExceeded)):
            with pytest.raises(error):
                clients(journal=journal, max_credits=1).submit(request)
        assert [] == list(journal.submissions())

    def test_an_unknown_price_is_no_number(self, client, clients, journal):
        clients(journal=journal).submit({**VEO, "model": "wan/2-6-text-to-video"})
        assert only(journal).quote is None

    def test_a_client_without_a_journal_writes_nothing(self, client, tmp_path):
        client.generate(VEO)
        assert not Path(os.environ["GPTIMAGE2_JOURNAL"]).exists()


class TestJournalAfterSending:
    def test_a_receipt_makes_it_pending_with_its_id_and_price(self, scripted_clients, scripted, journal):
        scripted.replies = [reply(200, {**RECEIPT, "creditsUsed": 12})]
        task = scripted_clients(journal=journal).submit(VEO)
        entry = only(journal)
        assert (PENDING, task.id, 12, 9, "") == (
            entry.state,
            entry.task_id,
            entry.credits_used,
            entry.quote,
            entry.reason,
        )
        assert entry.sent_at <= entry.changed_at

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (reply(402, {"error": "Insufficient credits"}), "402: Insufficient credits"),
            (reply(400, {"error": "Invalid request"}), "400: Invalid request"),
            (reply(403), "403"),
        ],
    )
    def test_a_refusal_is_written_down_with_its_reason(self, scripted_clients, scripted, journal, answer, reason):
        scripted.replies = [answer]
        with pytest.raises(APIError):
            scripted_clients(journal=journal).submit(VEO)
        entry = only(journal)
        assert (REFUSED, None, True) == (entry.state, entry.task_id, reason in entry.reason)

    @pytest.mark.parametrize(
        ("answer", "named"),
        [
            (reply(500, {"error": "oops", "taskId": "tsk_1"}), "tsk_1"),
            (reply(500, {"error": "oops"}), None),
            (reply(200, "<html>hello</html>"), None),
            (reply(302, Location="https://example.com/"), None),
            (b"HTTP/1.1 200 OK\r\nContent-", None),
            (b"", None),
        ],
    )
    def test_what_is_neither_is_uncertain_with_the_task_that_the_response_names(
        self, scripted_clients, scripted, journal, answer, named
    ):
        scripted.replies = [answer]
        with pytest.raises(SubmissionUncertain) as caught:
            scripted_clients(journal=journal).submit(VEO)
        entry = only(journal)
        assert (UNCERTAIN, named, caught.value.cause.summary) == (entry.state, entry.task_id, entry.reason)
        assert (True, named is not None) == (entry.uncertain, entry.unfinished)

    def test_a_wait_for_a_task_that_was_only_named_settles_it(self, scripted_clients, scripted, journal):
        scripted.replies = [reply(500, {"taskId": "tsk_1"}), reply(200, {"status": 1, "creditsUsed": 9})]
        client = scripted_clients(journal=journal)
        with pytest.raises(SubmissionUncertain):
            client.submit(VEO)
        client.wait("tsk_1")
        entry = only(journal)
        assert (COMPLETED, 9, "", False) == (entry.state, entry.credits_used, entry.reason, entry.uncertain)


class TestJournalRetries:
    """What is sent again is one submission, and one entry."""

    def test_during_the_backoff_it_is_refused_and_in_flight_it_is_sending(
        self, scripted_clients, scripted, journal, arrivals, clock
    ):
        scripted.replies = [reply(429, {"error": "Slow down"}, Retry_After="7"), reply(200, RECEIPT)]
        paused = []
        clock.followers.append(lambda _: paused.append(only(journal)))
        scripted_clients(journal=journal).submit(VEO)
        assert [(REFUSED, True)] == [(entry.state, "Slow down" in entry.reason) for entry in paused]
        assert [(SENDING, ""), (SENDING, "")] == [(entry.state, entry.reason) for _, entry in arrivals]
        assert (PENDING, paused[0].id, paused[0].sent_at) == (
            only(journal).state,
            only(journal).id,
            only(journal).sent_at,
        )

    def test_when_the_last_try_is_refused_so_is_the_submission(self, scripted_clients, scripted, journal):
        scripted.replies = [reply(429)]
        with pytest.raises(RateLimited):
            scripted_clients(journal=journal).submit(VEO)
        assert (4, REFUSED) == (len(scripted.seen), only(journal).state)

    def test_a_connection_that_was_never_made_is_no_doubt(self, clients, clock, journal):
        paused = []
        clock.followers.append(lambda _: paused.append(only(journal).state))
        with pytest.raises(ConnectionFailed) as caught:
            clients(journal=journal, base_url="http://127.0.0.1:9").submit(VEO)
        assert [REFUSED] * 3 == paused
        assert (REFUSED, caught.value.summary) == (only(journal).state, only(journal).reason)

    def test_two_submissions_of_the_same_request_are_two(self, clients, journal):
        client = clients(journal=journal)
        ids = [client.submit(VEO).id for _ in range(2)]
        entries = list(journal.submissions())
        assert ids == [entry.task_id for entry in entries]
        assert entries[0].id != entries[1].id


class TestJournalTaskEnded:
    def test_a_video_that_was_saved_is_completed_with_its_path(self, clients, journal, tmp_path):
        task = clients(journal=journal).generate(VEO, save_to=tmp_path / "cup.mp4")
        entry = only(journal)
        assert (COMPLETED, task.id, 9, "") == (entry.state, entry.task_id, entry.credits_used, entry.reason)
        assert (tmp_path / "cup.mp4", tmp_path / "cup.mp4", False) == (entry.path, entry.target, entry.unfinished)

    def test_a_video_that_is_not_to_be_saved_is_finished(self, clients, journal):
        clients(journal=journal).generate(VEO)
        assert (COMPLETED, None, False) == (only(journal).state, only(journal).path, only(journal).unfinished)

    def test_a_later_download_is_written_down_where_it_went(self, clients, journal, tmp_path):
        client = clients(journal=journal)
        client.download(client.generate(VEO).id, tmp_path / "late.mp4")
        assert tmp_path / "late.mp4" == only(journal).path

    def test_what_was_saved_stays_so_when_the_task_is_polled_again(self, clients, journal, tmp_path):
        client = clients(journal=journal)
        task = client.generate(VEO, save_to=tmp_path / "cup.mp4")
        before = only(journal)
        client.get(task.id)
        assert before == only(journal)

    def test_a_bare_url_belongs_to_no_submission(self, clients, journal, tmp_path):
        client = clients(journal=journal)
        client.download(client.generate(VEO).video_url, tmp_path / "cup.mp4")
        assert only(journal).path is None

    def test_a_failed_task_tells_why_and_that_it_was_refunded(self, clients, server, journal):
        with pytest.raises(TaskFailed):
            clients(journal=journal, base_url=server.scenario_url("failed")).generate(VEO)
        entry = only(journal)
        assert (FAILED, True, 9, False) == (entry.state, entry.refunded, entry.credits_used, entry.unfinished)
        assert entry.reason.startswith("EMPTY_RESULT: ")
        assert Totals(spent=9, refunded=9) == Totals().add(entry)

    def test_a_late_refund_is_written_down_when_it_is_seen(self, clients, server, clock, journal):
        client = clients(journal=journal, base_url=server.scenario_url("failed-late-refund"))
        task = client.submit(VEO)
        clock.advance(60)
        client.get(task)
        assert (FAILED, False, True) == (only(journal).state, only(journal).refunded, only(journal).unfinished)
        clock.advance(3600)
        client.get(task)
        assert (FAILED, True, False) == (only(journal).state, only(journal).refunded, only(journal).unfinished)

    def test_a_task_from_elsewhere_is_not_taken_in(self, clients, journal):
        clients(journal=journal).wait(clients().submit(VEO))
        assert [] == list(journal.submissions())

    def test_the_same_id_at_another_base_url_is_another_task(self, scripted_clients, scripted, journal):
        scripted.replies = [reply(200, RECEIPT), reply(200, {"status": 1})]
        client = scripted_clients(journal=journal)
        client.submit(VEO)
        scripted_clients(journal=journal, base_url=f"{scripted.url}/v2").get("tsk_1")
        assert PENDING == only(journal).state


@pytest.mark.parametrize(
    ("state", "facts", "uncertain", "unfinished"),
    [
        (SENDING, {}, True, False),
        (UNCERTAIN, {}, True, False),
        (UNCERTAIN, {"task_id": "t"}, True, True),
        (REFUSED, {}, False, False),
        (PENDING, {"task_id": "t"}, False, True),
        (COMPLETED, {"task_id": "t"}, False, False),
        (COMPLETED, {"task_id": "t", "target": Path("a")}, False, True),
        (COMPLETED, {"task_id": "t", "target": Path("a"), "path": Path("b")}, False, False),
        (FAILED, {"task_id": "t", "target": Path("a")}, False, False),
        (FAILED, {"task_id": "t", "refunded": False}, False, True),
        (FAILED, {"task_id": "t", "refunded": True}, False, False),
    ],
)
def test_what_is_uncertain_and_what_is_unfinished(state, facts, uncertain, unfinished):
    entry = altered(state=state, **facts)
    assert (uncertain, unfinished) == (entry.uncertain, entry.unfinished)


@pytest.mark.parametrize(
    ("facts", "totals"),
    [
        ({"state": SENDING}, Totals(uncertain=9)),
        ({"state": UNCERTAIN, "task_id": "t"}, Totals(uncertain=9)),
        ({"state": SENDING, "quote": None}, Totals()),
        ({"state": REFUSED}, Totals()),
        ({"task_id": "t"}, Totals(spent=9)),
        ({"task_id": "t", "credits_used": 12}, Totals(spent=12)),
        ({"task_id": "t", "credits_used": 0}, Totals()),
        ({"task_id": "t", "quote": None}, Totals()),
        ({"state": FAILED, "task_id": "t", "credits_used": 12, "refunded": True}, Totals(spent=12, refunded=12)),
        ({"state": FAILED, "task_id": "t", "refunded": False}, Totals(spent=9)),
    ],
)
def test_what_an_entry_adds_to_the_totals(facts, totals):
    assert totals == Totals().add(altered(**facts))
    doubled = Totals(2 * totals.spent, 2 * totals.refunded, 2 * totals.uncertain)
    assert doubled == totals.add(altered(**facts))


def altered(**facts):
    return Submission(**{name: getattr(ENTRY, name) for name in Submission.__dataclass_fields__} | facts)


class TestJournalFile:
    @pytest.mark.skipif(os.name == "nt", reason="no such modes there")
    def test_it_and_its_folder_are_the_owners_alone(self, clients, tmp_path):
        before = os.umask(0)
        try:
            journal = Journal(tmp_path / "deep" / "state" / "journal.db")
            clients(journal=journal).submit(VEO)
        finally:
            os.umask(before)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in journal.path.parent.iterdir()}
        assert {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600} == modes
        assert 0o700 == stat.S_IMODE(journal.path.parent.stat().st_mode)

    def test_it_is_where_the_environment_says_else_in_the_state_folder(self, monkeypatch, tmp_path):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", str(tmp_path / "mine.db"))
        assert tmp_path / "mine.db" == Journal().path
        assert tmp_path / "other.db" == Journal(tmp_path / "other.db").path
        monkeypatch.delenv("GPTIMAGE2_JOURNAL")
        monkeypatch.setattr("gptimage2_video.journal.store.user_state_path", lambda name, appauthor: tmp_path / name)
        assert tmp_path / "gptimage2-video" / "journal.db" == Journal().path
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")
        assert tmp_path / "gptimage2-video" / "journal.db" == Journal().path, "that word is for the command line"
        assert [] == list(tmp_path.iterdir()), "nothing is made before it is needed"

    def test_whether_it_can_be_written_is_found_out_without_writing(self, journal):
        journal.check_writable()
        assert [] == list(journal.submissions())
        with closing(sqlite3.connect(journal.path)) as plain:
            plain.execute("PRAGMA user_version = 99")
        with pytest.raises(JournalFailed, match="newer version"):
            Journal(journal.path).check_writable()

    def test_a_change_of_folder_leads_to_no_other_file(self, clients, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        journal = Journal("journal.db")
        clients(journal=journal).submit(VEO)
        journal.close()
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert PENDING == only(journal).state

    def test_it_opens_itself_again(self, clients, journal):
        client = clients(journal=journal)
        for _ in range(2):
            client.submit(VEO)
            journal.close()
            journal.close()
        assert 2 == len(list(journal.submissions()))

    def test_a_path_that_makes_no_sense_is_refused_at_once(self):
        with pytest.raises(TypeError):
            Journal(5)

    def test_a_power_cut_takes_back_nothing_that_was_written(self, journal, monkeypatch):
        """Only FULL syncs every transaction of a file that is shared like this one."""
        made = []
        connect = sqlite3.connect
        monkeypatch.setattr(
            sqlite3, "connect", lambda *given, **named: made.append(connect(*given, **named)) or made[-1]
        )
        assert [] == list(journal.submissions())
        settings = [made[0].execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        assert ["wal", 2] == settings

    def test_its_name_is_shown_and_nothing_else(self, journal):
        assert f"Journal({str(journal.path)!r})" == repr(journal)

    def test_the_key_is_nowhere_in_it(self, clients, server, journal, tmp_path):
        client = clients("test-key", journal=journal)
        client.generate(VEO, save_to=tmp_path / "cup.mp4")
        for scenario in ("failed", "submit-403", "submit-500-with-id", "lost-reply"):
            with pytest.raises(Exception, match=r"failed|refused|accepted"):
                clients("test-key", journal=journal, base_url=server.scenario_url(scenario)).generate(VEO)
        files = [path.read_bytes() for path in tmp_path.iterdir() if "journal" in path.name]
        assert 3 == len(files)
        assert not [content for content in files if b"test-key" in content]
        assert "test-key" not in repr((client, journal, *journal.submissions()))

    def test_what_was_read_is_plain_sqlite_for_everybody(self, clients, journal):
        """Systems with Python 3.11 have SQLite from 3.34 on, which knows no STRICT tables."""
        clients(journal=journal).submit(VEO)
        with closing(sqlite3.connect(journal.path)) as plain:
            (request,) = plain.execute("SELECT request FROM submissions").fetchone()
            (made,) = plain.execute("SELECT sql FROM sqlite_master WHERE name = 'submissions'").fetchone()
        assert (VEO, False) == (json.loads(request), "STRICT" in made)


class Interrupting:
    """A recorder of one's own that is interrupted once, at one state."""

    def __init__(self, state, interruption):
        self.states = []
        self._at, self._interruption = state, interruption

    def write(self, record):
        if record.state == self._at:
            self._at = None
            raise self._interruption
        self.states.append((record.state, record.task and record.task.id))

    async def write_async(self, record):
        self.write(record)


class TestJournalInterrupted:
    @pytest.fixture
    def interruption(self, scripted_clients):
        return KeyboardInterrupt() if scripted_clients.variant == "sync" else asyncio.CancelledError()

    def test_while_a_receipt_is_written_down_it_is_written_all_the_same(self, scripted_clients, scripted, interruption):
        scripted.replies = [reply(200, RECEIPT)]
        recorder = Interrupting(PENDING, interruption)
        with pytest.raises(type(interruption)) as caught:
            scripted_clients(journal=recorder).submit(VEO)
        assert [(SENDING, None), (PENDING, "tsk_1")] == recorder.states
        assert ["task tsk_1 continues at the service: wait for it again by its id"] == caught.value.__notes__

    def test_while_sending_is_written_down_nothing_is_sent(self, scripted_clients, scripted, interruption):
        with pytest.raises(type(interruption)) as caught:
            scripted_clients(journal=Interrupting(SENDING, interruption)).submit(VEO)
        assert ([], ["nothing was accepted"]) == (scripted.seen, caught.value.__notes__)
