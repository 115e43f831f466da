"""Child processes: each ends with its command, and its exit code is passed on."""

import os
import subprocess
import sys

import pytest

from gptimage2_video_cli.console.subprocesses import child, wait_for_exit

pytestmark = pytest.mark.process


class TestChildren:
    def spawn(self, script, **settings):
        return subprocess.Popen([sys.executable, "-c", script], text=True, stdout=subprocess.PIPE, **settings)

    @pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
    def test_one_that_a_signal_ended_has_the_exit_code_of_a_shell(self):
        with self.spawn("import os, signal; os.kill(os.getpid(), signal.SIGKILL)") as process:
            assert 137 == wait_for_exit(process)

    def test_one_left_behind_is_terminated(self):
        with child("gptimage2_video_mock", ["--port", "0"], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
        assert process.returncode is not None

    @pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
    def test_one_that_ignores_signals_is_killed(self):
        stubborn = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; print(); time.sleep(60)"
        with self.spawn(stubborn) as process:
            process.stdout.readline()
            waits = iter([KeyboardInterrupt])
            wait = process.wait

            def interrupted(*arguments):
                for error in waits:
                    raise error
                return wait(*arguments)

            process.wait = interrupted
            assert 137 == wait_for_exit(process, interrupt_timeout=0.01, terminate_timeout=0.01)
