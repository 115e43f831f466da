"""Child processes: each ends with its command, and its exit code is passed on."""

import os
import subprocess
import sys

import pytest

from gptimage2_video_cli.console.subprocesses import child, exit_code


class TestChildren:
    def run(self, script, **settings):
        return subprocess.Popen([sys.executable, "-c", script], text=True, stdout=subprocess.PIPE, **settings)

    @pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
    def test_one_that_a_signal_ended_has_the_code_that_a_shell_gives_it(self):
        with self.run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)") as process:
            assert 137 == exit_code(process)

    def test_one_left_behind_is_ended(self):
        with child("gptimage2_video_mock", ["--port", "0"], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
        assert process.returncode is not None

    @pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
    def test_one_that_will_not_end_is_made_to(self, monkeypatch):
        monkeypatch.setattr("gptimage2_video_cli.console.subprocesses._GRACE", 0.01)
        monkeypatch.setattr("gptimage2_video_cli.console.subprocesses._ITS_OWN", 0.01)
        stubborn = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; print(); time.sleep(60)"
        with self.run(stubborn) as process:
            process.stdout.readline()
            waits = iter([KeyboardInterrupt])
            wait = process.wait

            def interrupted(*arguments):
                for problem in waits:
                    raise problem
                return wait(*arguments)

            process.wait = interrupted
            assert 137 == exit_code(process)
