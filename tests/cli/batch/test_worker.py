"""Signals and kills, from outside: a batch that is stopped at any moment pays for nothing twice and forgets nothing."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gptimage2_video import Journal
from gptimage2_video_mock.scenarios.scenario import Scenario
from support.batches import BlockedResponse
from support.commandline import CommandLine

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(os.name == "nt", reason="signals are another matter there"),
]
CUPS = tuple(f"cup-{number}" for number in range(4))
SIGNALS = [signal.SIGINT, signal.SIGTERM]


@pytest.fixture
def blocked(service):
    """The response for cup-0 is blocked back, the task being made."""
    block = BlockedResponse()
    service.instructions["cup-0"] = block.scenario
    yield block
    block.released.set()


def end(process):
    """Its exit code, stdout and stderr."""
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def stopping(process):
    """It has logged that it stops once one submission has been answered."""
    return "stopping once 1 submissions have been answered; again to stop at once\n" in iter(
        process.stderr.readline, ""
    )


class TestFirstSignal:
    @pytest.mark.parametrize("number", SIGNALS)
    def test_the_response_in_flight_is_received_and_nothing_is_lost(self, run, batch, service, blocked, number):
        batch.write(*CUPS)
        with batch.spawn(service) as process:
            assert blocked.arrived.wait(60)
            service.await_polls(*CUPS[1:])
            process.send_signal(number)
            assert stopping(process)
            blocked.released.set()
            code, out, err = end(process)
        assert (130, "", "error: interrupted; run it again to continue") == (code, out, err.splitlines()[-1])
        assert ("pending", service.accepted["cup-0"][0]) == (
            batch.report["lines"][0]["state"],
            batch.report["lines"][0]["task_id"],
        )
        outcome = run()
        assert (0, {"saved": 4}) == (outcome.code, batch.report["counts"])
        assert dict.fromkeys(CUPS, 1) == {prompt: len(tasks) for prompt, tasks in service.accepted.items()}

    def test_what_has_not_left_does_not_leave_any_more(self, run, batch, service, blocked):
        batch.write(*CUPS)
        with batch.spawn(service, "--concurrency", "1") as process:
            assert blocked.arrived.wait(60)
            process.send_signal(signal.SIGINT)
            assert stopping(process)
            blocked.released.set()
            assert 130 == end(process)[0]
        assert (["cup-0"], "planned") == (service.posts, batch.states["cup-1"])
        assert (0, 4) == (run().code, len(service.posts))

    def test_while_tasks_are_pending_it_ends_at_once(self, run, batch, service):
        service.instructions = dict.fromkeys(CUPS, "poll-500-always")
        batch.write(*CUPS)
        with batch.spawn(service, "--json") as process:
            service.await_polls(*CUPS)
            process.send_signal(signal.SIGINT)
            code, out, err = end(process)
        assert (130, 1, 0) == (code, out.count("\n"), err.count("Traceback"))
        assert '"type": "KeyboardInterrupt"' in out
        service.instructions.clear()
        assert (0, 4) == (run().code, len(service.posts))

    def test_a_signal_that_its_parent_ignores_stays_ignored(self, batch, service, blocked):
        batch.write("cup-0")
        ignoring = {"preexec_fn": lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)}
        with batch.spawn(service, **ignoring) as process:
            assert blocked.arrived.wait(60)
            process.send_signal(signal.SIGHUP)
            blocked.released.set()
            assert 0 == end(process)[0]


class TestSecondSignal:
    def test_ends_at_once_and_the_line_is_uncertain(self, run, batch, service, blocked):
        batch.write(*CUPS[:2])
        with batch.spawn(service) as process:
            assert blocked.arrived.wait(60)
            service.await_polls("cup-1")
            process.send_signal(signal.SIGINT)
            assert stopping(process)
            process.send_signal(signal.SIGINT)
            code, out, err = end(process)
        assert (130, "", "stopped at once; run it again to continue") == (code, out, err.splitlines()[-1])
        assert 0 == err.count("Traceback")
        blocked.released.set()
        outcome = run()
        assert (5, "uncertain", "saved") == (outcome.code, batch.states["cup-0"], batch.states["cup-1"])
        assert (1, 2) == (len(service.accepted["cup-0"]), len(service.posts))


class TestKilled:
    def kill(self, process):
        process.send_signal(signal.SIGKILL)
        process.wait()

    def test_while_a_submission_is_in_flight_the_line_is_uncertain_and_never_sent_again(
        self, run, batch, service, blocked
    ):
        batch.write(*CUPS)
        with batch.spawn(service) as process:
            assert blocked.arrived.wait(60)
            service.await_polls(*CUPS[1:])
            self.kill(process)
        blocked.released.set()
        for _ in range(2):
            outcome = run()
            assert (5, {"uncertain": 1, "saved": 3}) == (outcome.code, batch.report["counts"])
        line = batch.report["lines"][0]
        assert ("cup-0", 5, "the program ended while it was being submitted") == (
            line["id"],
            line["exit_code"],
            line["reason"],
        )
        assert dict.fromkeys(CUPS, 1) == {prompt: len(tasks) for prompt, tasks in service.accepted.items()}
        assert ["sending"] == [entry.state for entry in Journal().submissions() if entry.task_id is None]

    def test_its_report_shows_it_before_it_is_run_again(self, run, batch, service, blocked, capsys, monkeypatch):
        batch.write("cup-0")
        with batch.spawn(service) as process:
            assert blocked.arrived.wait(60)
            self.kill(process)
        result = CommandLine(capsys, monkeypatch)("batch", "report", "videos")
        assert (5, "line 1: cup-0 sending\n1 lines: 1 sending\n") == (result.code, result.out[:41])

    def test_while_its_tasks_are_pending_the_next_run_continues(self, run, batch, service):
        service.instructions = dict.fromkeys(CUPS, "poll-500-always")
        batch.write(*CUPS)
        with batch.spawn(service) as process:
            service.await_polls(*CUPS)
            self.kill(process)
        service.instructions.clear()
        outcome = run()
        assert (0, {"saved": 4}, 4) == (outcome.code, batch.report["counts"], len(service.posts))
        assert "4 in progress" in outcome.err

    def test_during_a_download_no_half_video_has_its_name_and_the_next_run_fetches_it(self, run, batch, service):
        halfway = threading.Event()

        async def half(exchange):
            halfway.set()
            return await exchange.stall(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 9\r\n\r\nhalf")

        service.instructions["cup-0"] = Scenario(name="half", about="", download=half)
        batch.write("cup-0")
        with batch.spawn(service) as process:
            assert halfway.wait(20)
            self.kill(process)
        assert [] == batch.videos
        service.instructions.clear()
        assert (0, ["cup-0.mp4"], 1) == (run().code, batch.videos, len(service.posts))
        assert b"ftyp" == Path("videos/cup-0.mp4").read_bytes()[4:8]
        assert [] == list(Path("videos").glob("*.part"))


class TestWhileItRuns:
    def test_a_second_process_in_the_same_folder_is_refused(self, run, batch, service, blocked):
        batch.write("cup-0")
        with batch.spawn(service) as process:
            assert blocked.arrived.wait(60)
            outcome = run()
            assert (2, "error: another process works on the batch in videos\n") == (outcome.code, outcome.err)
            blocked.released.set()
            assert 0 == end(process)[0]
        assert ["cup-0"] == service.posts

    def test_its_status_can_be_shown_meanwhile(self, batch, service, blocked, capsys, monkeypatch):
        batch.write("cup-0")
        with batch.spawn(service) as process:
            assert blocked.arrived.wait(60)
            result = CommandLine(capsys, monkeypatch)("batch", "status", "videos", "--json")
            assert (0, {"sending": 1}) == (result.code, result.object["counts"])
            blocked.released.set()
            assert 0 == end(process)[0]

    def test_a_broken_pipe_costs_no_video(self, batch, service):
        batch.write("cup-0")
        with batch.spawn(service) as process:
            process.stdout.close()
            process.stderr.read()
            assert 141 == process.wait()
        assert ["cup-0.mp4"] == batch.videos

    def test_a_full_disk_is_an_error_in_one_sentence_and_nothing_is_sent(self, batch, service, monkeypatch):
        """A limit on the size of files stands in for the disk."""
        monkeypatch.setenv("GPTIMAGE2_BASE_URL", service.url)
        monkeypatch.setenv("GPTIMAGE2_API_KEY", "test-key")
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # whose file the limit would cut as well
        batch.write("cup-0")
        for blocks in ("8", "80", "160"):
            command = ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", sys.executable, "-m", "gptimage2_video_cli"]
            done = subprocess.run([*command, *batch.arguments()], capture_output=True, text=True, timeout=60)
            assert ([], 1) == (service.posts, done.stderr.count("error:")), done.stderr
            assert "error: cannot write the batch database: " in done.stderr
            assert (True, 0) == (done.returncode in (2, 4), done.stderr.count("Traceback"))
