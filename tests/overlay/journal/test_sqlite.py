"""The journal when things break: its file, the process, the call. What may have been charged is never forgotten."""

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import anyio
import anyio.from_thread
import anyio.to_thread
import httpx
import pytest

from gptimage2_video import AsyncVideoClient, Journal, JournalFailed, JournalWarning, SubmissionUncertain, TaskFailed
from gptimage2_video.journal import SubmissionRecord, SubmissionState
from support.commandline import CommandLine, spawn
from support.scripted import ScriptedServer, reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}
VIDEO = bytes(range(256)) * 400
PENDING, SENDING, COMPLETED, UNCERTAIN = (
    SubmissionState.PENDING,
    SubmissionState.SENDING,
    SubmissionState.COMPLETED,
    SubmissionState.UNCERTAIN,
)
POSIX = pytest.mark.skipif(os.name == "nt", reason="processes are another matter there")


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal.db")


def only(journal):
    (entry,) = Journal(journal.path).submissions()
    return entry


def sending(name):
    return SubmissionRecord(SENDING, "https://example.com", name, VEO, 9)


def sql(path, statement):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


class OnArrival(list):
    """The requests that a scripted server saw; does something while it still holds the answer to the first."""

    def __init__(self, act):
        super().__init__()
        self._act = act

    def append(self, seen):
        super().append(seen)
        if len(self) == 1:
            self._act()


def a_folder(path):
    path.mkdir()


def no_database(path):
    path.write_bytes(b"my notes, which are no database at all\n" * 100)


def of_a_newer_version(path):
    sql(path, "PRAGMA user_version = 4")


class TestJournalUnusable:
    @pytest.mark.parametrize(
        ("spoil", "reason"),
        [
            (a_folder, "Is a directory"),
            (no_database, "file is not a database"),
            (of_a_newer_version, r"it is of a newer version of this program \(4\)"),
        ],
    )
    @POSIX
    def test_without_a_journal_that_works_nothing_is_sent(self, clients, server, journal, spoil, reason):
        spoil(journal.path)
        client = clients(journal=journal, max_credits=20)
        with pytest.raises(JournalFailed, match=reason) as caught:
            client.submit(VEO)
        assert ([], 0, str(journal.path)) == (server.requests, client.credits_committed, caught.value.path)
        with pytest.raises(JournalFailed, match=reason):
            journal.submissions()

    @pytest.mark.parametrize("where", ["notes.txt/journal.db", "a\0b"])
    @POSIX
    def test_nor_where_no_file_can_be(self, clients, server, tmp_path, where):
        (tmp_path / "notes.txt").write_text("mine")
        with pytest.raises(JournalFailed):
            clients(journal=Journal(tmp_path / where)).submit(VEO)
        assert [] == server.requests

    def test_nor_in_a_place_that_is_only_for_reading(self, clients, server, journal, monkeypatch):
        def refuse(*_):
            raise OSError(30, "Read-only file system")

        monkeypatch.setattr("gptimage2_video.journal.sqlite.os.open", refuse)
        with pytest.raises(JournalFailed, match="Read-only file system"):
            clients(journal=journal).submit(VEO)
        assert [] == server.requests

    @pytest.mark.parametrize("damage", ["state = 'strange'", "request = '{'", "sent_at = 'noon'"])
    def test_a_row_that_makes_no_sense_is_an_error(self, clients, journal, damage):
        clients(journal=journal).submit(VEO)
        sql(journal.path, f"UPDATE submissions SET {damage}")  # noqa: S608  the words are of this file
        with pytest.raises(JournalFailed):
            journal.submissions()

    def test_a_locked_journal_is_not_waited_for_without_end(self, clients, server, journal, monkeypatch):
        journal.write(sending("first"))
        journal.close()
        monkeypatch.setattr("gptimage2_video.journal.sqlite._BUSY_TIMEOUT", 0.01)
        with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(JournalFailed, match="database is locked"):
                clients(journal=journal).submit(VEO)
            other.execute("COMMIT")
        assert [] == server.requests
        clients(journal=journal).submit(VEO)
        assert ["sending", "pending"] == [entry.state for entry in journal.submissions()]

    @POSIX
    def test_a_full_disk_keeps_it_from_being_sent_and_the_journal_whole(self, clients, server, journal):
        """A limit on the size of files stands in for the disk."""
        client = clients(journal=journal, max_credits=20)
        journal.write(sending("first"))

        def fill():
            for number in range(100):
                journal.write(sending(f"filling-{number}"))

        with files_limited_to(33 * 1024), pytest.raises(JournalFailed):
            fill()
        filled = len(list(journal.submissions()))
        with files_limited_to(1), pytest.raises(JournalFailed):
            client.submit(VEO)
        assert ([], 0, filled) == (server.requests, client.credits_committed, len(list(journal.submissions())))
        client.submit(VEO)
        assert PENDING == list(journal.submissions())[-1].state


@contextmanager
def files_limited_to(size):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestJournalFailsAfterAcceptance:
    """A task that was paid for goes on; that its entry lags behind is said."""

    @pytest.fixture
    def client(self, scripted_clients, scripted, journal):
        scripted.seen = OnArrival(lambda: sql(journal.path, "ALTER TABLE submissions RENAME TO away"))
        return scripted_clients(journal=journal, max_credits=20)

    def entry(self, journal):
        sql(journal.path, "ALTER TABLE away RENAME TO submissions")
        return only(journal)

    def test_the_task_comes_back_and_the_entry_stays_in_doubt(self, client, scripted, journal):
        scripted.replies = [reply(200, RECEIPT)]
        with pytest.warns(JournalWarning, match="no such table"):
            assert "tsk_1" == client.submit(VEO).id
        assert (SENDING, True) == (self.entry(journal).state, only(journal).uncertain)
        assert 9 == client.credits_committed

    def test_a_warning_that_is_an_error_carries_the_task_id(self, client, scripted, journal):
        scripted.replies = [reply(200, RECEIPT)]
        with pytest.raises(JournalWarning) as caught:  # as pytest is told to make of each
            client.submit(VEO)
        assert ["task tsk_1 continues at the service: wait for it again by its id"] == caught.value.__notes__
        assert SENDING == self.entry(journal).state

    def test_the_wait_and_the_download_go_on(self, client, scripted, journal, tmp_path):
        done = {"status": 1, "videoUrl": f"{scripted.url}/v.mp4"}
        scripted.replies = [reply(200, RECEIPT), reply(200, done), reply(200, VIDEO, Content_Type="video/mp4")]
        with pytest.warns(JournalWarning):
            client.generate(VEO, save_to=tmp_path / "cup.mp4")
        assert VIDEO == (tmp_path / "cup.mp4").read_bytes()

    def test_doubt_stays_the_error_that_is_raised(self, client, scripted, journal):
        scripted.replies = [reply(500)]
        with pytest.warns(JournalWarning), pytest.raises(SubmissionUncertain):
            client.submit(VEO)
        assert SENDING == self.entry(journal).state


class TestJournalOddValues:
    """What the service or a file system brings that a database cannot keep costs no record."""

    def test_half_a_character_in_an_id(self, scripted_clients, scripted, journal):
        scripted.replies = [reply(200, {**RECEIPT, "taskId": "tsk_\ud800"})]
        assert "tsk_\ud800" == scripted_clients(journal=journal).submit(VEO).id
        assert (PENDING, "tsk_?") == (only(journal).state, only(journal).task_id)

    def test_half_a_character_in_a_reason(self, scripted_clients, scripted, journal):
        failed = {"status": 2, "errorCode": "\ud800", "errorMessage": "a\udcffb", "creditsRefunded": True}
        scripted.replies = [reply(200, RECEIPT), reply(200, failed)]
        with pytest.raises(TaskFailed):
            scripted_clients(journal=journal).generate(VEO)
        assert ("?: a?b", True) == (only(journal).reason, only(journal).refunded)

    @pytest.mark.parametrize("credits_used", [2**63, -(2**70), 10**400])
    def test_a_price_beyond_all_numbers_keeps_the_task_id(self, scripted_clients, scripted, journal, credits_used):
        body = json.dumps({**RECEIPT, "creditsUsed": 0}).replace("0}", f"{credits_used}}}")
        scripted.replies = [reply(200, body)]
        scripted_clients(journal=journal).submit(VEO)
        assert (PENDING, "tsk_1", None) == (only(journal).state, only(journal).task_id, only(journal).credits_used)

    @pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
    def test_a_file_name_that_is_no_text(self, clients, journal, tmp_path):
        target = tmp_path / os.fsdecode(b"cup-\xff.mp4")
        clients(journal=journal).generate(VEO, save_to=target)
        assert (target, target) == (only(journal).target, only(journal).path)


class TestJournalShared:
    def test_threads_lose_nothing(self, journal):
        def write(thread):
            for number in range(20):
                journal.write(sending(f"{thread}-{number}"))

        threads = [threading.Thread(target=write, args=(thread,)) for thread in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expected = {f"{thread}-{number}" for thread in range(8) for number in range(20)}
        assert expected == {entry.id for entry in journal.submissions()}

    @pytest.mark.process
    def test_processes_that_begin_a_file_at_once_lose_nothing(self, journal):
        script = """
import sys
from gptimage2_video.journal import Journal, SubmissionRecord, SubmissionState
from gptimage2_video.journal.store import Journal
print("ready", flush=True)
sys.stdin.readline()
journal = Journal(sys.argv[1])
for number in range(10):
    journal.write(SubmissionRecord(SubmissionState.SENDING, "https://example.com", f"{sys.argv[2]}-{number}"))
"""
        crowd = [running(script, journal.path, str(number), stdin=subprocess.PIPE) for number in range(8)]
        assert {"ready\n"} == {process.stdout.readline() for process in crowd}
        for process in crowd:
            process.stdin.write("\n")
            process.stdin.flush()
        assert [""] * len(crowd) == [process.communicate()[1] for process in crowd]
        expected = {f"{process}-{number}" for process in range(len(crowd)) for number in range(10)}
        assert expected == {entry.id for entry in journal.submissions()}

    def test_to_begin_a_file_waits_for_others_who_do_the_same(self, journal, monkeypatch):
        """SQLite does not, where a writer keeps it from letting many in."""
        with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
            other.execute("CREATE TABLE mine (number INTEGER)")
            other.execute("BEGIN IMMEDIATE")
            monkeypatch.setattr("gptimage2_video.journal.sqlite.time.sleep", lambda _: other.execute("COMMIT"))
            journal.write(sending("first"))
        assert ["first"] == [entry.id for entry in journal.submissions()]

    def test_but_not_without_end(self, journal, monkeypatch):
        monkeypatch.setattr("gptimage2_video.journal.sqlite._BUSY_TIMEOUT", 0.01)
        with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
            other.execute("CREATE TABLE mine (number INTEGER)")
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(JournalFailed, match="database is locked"):
                journal.write(sending("first"))

    @pytest.mark.process
    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
    def test_after_a_fork_both_can_write_and_neither_takes_the_file_from_the_other(self, journal):
        script = """
import os, sys
from gptimage2_video.journal import Journal, SubmissionRecord, SubmissionState
journal = Journal(sys.argv[1])
write = lambda name: journal.write(SubmissionRecord(SubmissionState.SENDING, "https://example.com", name))
write("parent-1")
told, tell = os.pipe()
heard, say = os.pipe()
if os.fork() == 0:
    write("child-1")
    os.write(tell, b".")
    os.read(heard, 1)
    write("child-2")
    os._exit(0)
os.read(told, 1)
write("parent-2")
journal.close()
os.write(say, b".")
print(os.wait()[1])
"""
        assert ("0\n", "") == running(script, journal.path).communicate()
        assert ["parent-1", "child-1", "parent-2", "child-2"] == [entry.id for entry in journal.submissions()]

    @pytest.mark.process
    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
    def test_a_fork_while_another_thread_writes_leaves_no_lock_behind(self, journal):
        script = """
import os, sys, threading, warnings
from gptimage2_video.journal import Journal, SubmissionRecord, SubmissionState
warnings.simplefilter("ignore", DeprecationWarning)
journal = Journal(sys.argv[1])
write = lambda name: journal.write(SubmissionRecord(SubmissionState.SENDING, "https://example.com", name))
done, begun = threading.Event(), threading.Event()
def busy():
    number = 0
    while not done.is_set():
        write(f"thread-{number}")
        number += 1
        begun.set()
thread = threading.Thread(target=busy)
thread.start()
begun.wait()
for child in range(5):
    if os.fork() == 0:
        write(f"child-{child}")
        os._exit(0)
    assert os.wait()[1] == 0
done.set()
thread.join()
"""
        assert ("", "") == running(script, journal.path).communicate()
        children = {entry.id for entry in journal.submissions() if entry.id.startswith("child")}
        assert {f"child-{number}" for number in range(5)} == children


def running(script, *words, **streams):
    """A program in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **streams,
    )


def receive(listener):
    """The connection of a request that has come whole, and its body. Nobody answers it."""
    connection, _ = listener.accept()
    stream = connection.makefile("rb")
    lines = list(iter(lambda: stream.readline().decode().lower().strip(), ""))
    length = next((line for line in lines if line.startswith("content-length:")), ":0").partition(":")[2]
    return connection, stream.read(int(length))


class TestJournalCancelled:
    """An async call that is cancelled, in each of the ways there are."""

    @pytest.fixture(autouse=True)
    def _no_thread_stays(self, monkeypatch):
        """Trio keeps its own for ten seconds, and other tests count them."""
        before = set(threading.enumerate())
        monkeypatch.setattr("trio._core._thread_cache.IDLE_TIMEOUT", 0.001)
        yield
        for thread in set(threading.enumerate()) - before:
            thread.join()

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_by_a_scope_while_it_is_in_flight_it_stays_in_doubt(self, journal, backend):
        async def main():
            async with AsyncVideoClient("test-key", base_url=url(listener), journal=journal) as client:
                async with anyio.create_task_group() as group:
                    group.start_soon(client.submit, VEO)
                    connection, _ = await anyio.to_thread.run_sync(receive, listener)
                    group.cancel_scope.cancel()
                connection.close()

        with socket.create_server(("127.0.0.1", 0)) as listener:
            anyio.run(main, backend=backend)
        assert SENDING == only(journal).state

    def test_by_asyncio_while_it_is_in_flight_it_stays_in_doubt(self, journal):
        async def main():
            async with AsyncVideoClient("test-key", base_url=url(listener), journal=journal) as client:
                call = asyncio.ensure_future(client.submit(VEO))
                connection, _ = await asyncio.to_thread(receive, listener)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
                connection.close()

        with socket.create_server(("127.0.0.1", 0)) as listener:
            asyncio.run(main())
        assert SENDING == only(journal).state

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_by_a_scope_while_the_receipt_is_written_down_it_is_pending(self, scripted, tmp_path, backend):
        class Cancelling(Journal):
            def write(self, record):
                if record.state == PENDING:
                    anyio.from_thread.run_sync(scope.cancel)
                super().write(record)

        async def main():
            nonlocal scope
            journal = Cancelling(tmp_path / "journal.db")
            async with AsyncVideoClient("test-key", base_url=scripted.url, journal=journal) as client:
                with anyio.CancelScope() as scope:
                    await client.generate(VEO)
                assert scope.cancelled_caught

        scope = None
        scripted.replies = [reply(200, RECEIPT), reply(200, {"status": 0})]
        anyio.run(main, backend=backend)
        (entry,) = Journal(tmp_path / "journal.db").submissions()
        assert (PENDING, "tsk_1", 1) == (entry.state, entry.task_id, len(scripted.seen))

    def test_by_asyncio_while_the_receipt_is_written_down_it_is_pending(self, scripted, tmp_path):
        class Cancelling(Journal):
            def write(self, record):
                if record.state == PENDING and not call.cancelling():
                    cancelled = threading.Event()
                    loop.call_soon_threadsafe(lambda: (call.cancel(), cancelled.set()))
                    cancelled.wait()
                super().write(record)

        async def main():
            nonlocal loop, call
            loop = asyncio.get_running_loop()
            journal = Cancelling(tmp_path / "journal.db")
            async with AsyncVideoClient("test-key", base_url=scripted.url, journal=journal) as client:
                call = asyncio.ensure_future(client.generate(VEO))
                with pytest.raises(asyncio.CancelledError):
                    await call

        loop = call = None
        scripted.replies = [reply(200, RECEIPT), reply(200, {"status": 0})]
        asyncio.run(main())
        (entry,) = Journal(tmp_path / "journal.db").submissions()
        assert (PENDING, "tsk_1") == (entry.state, entry.task_id)


def url(listener):
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@POSIX
def test_what_was_acknowledged_is_there_after_a_sudden_end(journal):
    script = """
import sys
from itertools import count
from gptimage2_video.journal import Journal, SubmissionRecord, SubmissionState
journal = Journal(sys.argv[1])
for number in count():
    journal.write(SubmissionRecord(SubmissionState.SENDING, "https://example.com", str(number)))
    print(number, flush=True)
"""
    with running(script, journal.path) as process:
        acknowledged = [process.stdout.readline().strip() for _ in range(50)]
        process.kill()
        acknowledged += process.stdout.read().split()
    assert acknowledged == [entry.id for entry in journal.submissions()][: len(acknowledged)]


@pytest.mark.process
@POSIX
@pytest.mark.parametrize("number", [getattr(signal, "SIGKILL", None), signal.SIGINT], ids=["killed", "interrupted"])
class TestJournalAfterSignal:
    """The command line, ended at each stage; then `tasks` says how it stands, and `resume` finishes it at no cost."""

    WORDS = ("generate", "A cup", "--model", "veo3_fast", "-o", "cup.mp4", "--poll-interval", "0.01")

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

    @pytest.fixture
    def cli(self, capsys, monkeypatch):
        return CommandLine(capsys, monkeypatch)

    def task(self, cli):
        (found,) = cli("tasks", "--json").object["tasks"]
        return found

    def test_while_it_is_submitted_it_is_uncertain_and_never_sent_again(self, cli, server, number):
        with (
            socket.create_server(("127.0.0.1", 0)) as listener,
            spawn(*self.WORDS, url=url(listener)) as process,
        ):
            connection, body = receive(listener)
            key = {"Authorization": "Bearer test-key", "Content-Type": "application/json"}
            assert 200 == httpx.post(f"{server.url}/api/ai/video/generate", content=body, headers=key).status_code
            process.send_signal(number)
            process.communicate()
            connection.close()
            command = cli.against(url(listener))
            task = self.task(command)
            assert ("sending", True, False, None) == (
                task["state"],
                task["uncertain"],
                task["unfinished"],
                task["task_id"],
            )
            assert (0, "nothing is pending\n") == command("resume")[:2]
            assert "1 uncertain, of about 9 credits: look in the dashboard" in command("tasks").out
        assert ["debit"] == [entry.kind for entry in server.ledger("test-key")]

    def test_while_it_waits_it_is_pending_and_resumed(self, cli, server, number):
        with spawn(*self.WORDS, url=server.url) as process:
            task_id = re.search(r"tsk_\w+", process.stderr.readline())[0]
            process.send_signal(number)
            process.communicate()
        cli.against(server.url)
        task = self.task(cli)
        assert ("pending", task_id, False, True) == (
            task["state"],
            task["task_id"],
            task["uncertain"],
            task["unfinished"],
        )
        assert (0, f"{Path.cwd() / 'cup.mp4'}\n1 saved\n") == cli("resume")[:2]
        assert b"ftyp" == Path("cup.mp4").read_bytes()[4:8]
        assert ("completed", False) == (self.task(cli)["state"], self.task(cli)["unfinished"])
        assert ["debit"] == [entry.kind for entry in server.ledger("test-key")]

    def test_while_it_downloads_it_is_completed_but_not_saved_and_fetched_again(self, cli, clock, number):
        with ScriptedServer() as service, socket.create_server(("127.0.0.1", 0)) as cdn:
            done = {"status": 1, "videoUrl": f"{url(cdn)}/v.mp4"}
            service.replies = [reply(200, RECEIPT), reply(200, done)]
            with spawn(*self.WORDS, url=service.url) as process:
                connection, _ = receive(cdn)
                connection.sendall(reply(200, VIDEO[:5000], length=len(VIDEO), Content_Type="video/mp4"))
                process.send_signal(number)
                process.communicate()
                connection.close()
            task = self.task(cli.against(service.url))
            assert ("completed", "tsk_1", True, None) == (
                task["state"],
                task["task_id"],
                task["unfinished"],
                task["path"],
            )
            again = {"status": 1, "videoUrl": f"{service.url}/v.mp4"}
            service.replies += [reply(200, again), reply(200, VIDEO, Content_Type="video/mp4")]
            assert 0 == cli("resume").code
            assert ["POST", "GET", "GET", "GET"] == [seen.method for seen in service.seen]
        assert VIDEO == Path("cup.mp4").read_bytes()
        assert str(Path.cwd() / "cup.mp4") == self.task(cli)["path"]
