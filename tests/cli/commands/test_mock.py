"""`mock`: a child process that never outlives its command."""

import os
import signal

import httpx
import pytest

from gptimage2_video_cli.main import main
from support.commandline import spawn

pytestmark = pytest.mark.process


class TestMock:
    def test_help_is_the_mocks_own(self, capfd):
        assert 0 == main(["mock", "--help"])
        help_text = capfd.readouterr().out
        assert (True, True) == ("--task-seconds" in help_text, "Examples:\n" in help_text)

    def test_a_wrong_option_ends_with_the_mocks_code(self, capfd):
        assert 2 == main(["mock", "--speed", "fast"])
        assert "'fast' is not a valid float" in capfd.readouterr().err

    @pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
    @pytest.mark.parametrize(
        ("send", "number"),
        [
            pytest.param("killpg", signal.SIGINT, id="by the terminal, both"),
            pytest.param("kill", signal.SIGTERM, id="by a supervisor, the command alone"),
        ],
    )
    def test_serves_until_interrupted_and_ends_cleanly(self, send, number):
        with spawn("mock", "--port", "0", start_new_session=True) as process:
            url = process.stdout.readline().removeprefix("listening on ").strip()
            assert 200 == httpx.get(f"{url}/openapi.yaml").status_code
            getattr(os, send)(process.pid, number)
            assert 0 == process.wait()
            assert "" == process.stderr.read()
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
