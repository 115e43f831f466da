"""`batch status` and `batch report`."""

import re
import sys
from pathlib import Path

import pytest

from support.batches import refuses

pytestmark = pytest.mark.slow


class TestStatusAndReport:
    def test_show_its_state_without_a_key_and_without_sending(self, cli, run, batch, service, monkeypatch):
        service.instructions["boat"] = "failed"
        batch.write("cup", "boat")
        run()
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        seen = len(service.server.requests)
        sums = "2 lines: 1 saved, 1 failed\n10 credits spent, 5 refunded\n"
        result = cli("batch", "status", "videos")
        assert (0, sums, "") == result
        line = f"line 2: boat failed {service.accepted['boat'][0]} (EMPTY_RESULT: The provider reported success but"
        result = cli("batch", "report", "videos")
        assert (1, True, True, "") == (result.code, result.out.startswith(line), result.out.endswith(sums), result.err)
        facts = batch.report
        assert facts["lines"] == cli("batch", "report", "videos", "--json").object["lines"]
        assert facts["counts"] == cli("batch", "status", "videos", "--json").object["counts"]
        assert seen == len(service.server.requests)

    def test_status_is_a_table_on_a_terminal(self, cli, run, batch, monkeypatch):
        batch.write("cup")
        run()
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in cli("batch", "status", "videos").out.splitlines()]
        assert ["state lines", "saved 1"] == [" ".join(line.split()) for line in (lines[1], lines[3])]
        assert "5 credits spent, 0 refunded" == lines[-1]

    @pytest.mark.parametrize("command", ["status", "report"])
    def test_need_a_batch(self, cli, command):
        Path("empty/.batch").mkdir(parents=True)
        for arguments, why in (
            ((), "pass the folder of the batch, or --database and --name"),
            ((".", "--database", "postgresql://me@db/videos"), "pass the folder of the batch, or"),
            (("--database", "postgresql://me@db/videos"), "--database requires --name"),
            (("nowhere",), "'nowhere' does not exist"),
            ((".",), "there is no batch in ."),
            (("empty",), "there is no batch in empty"),
        ):
            outcome = cli("batch", command, *arguments)
            assert (2, "", True) == (outcome.code, outcome.out, why in outcome.err), outcome.err

    def test_text_of_the_service_cannot_control_the_terminal(self, cli, run, batch, service):
        service.instructions["cup"] = refuses(400, '{"error": "bad \\u001b[2J luck"}')
        batch.write("cup")
        run()
        result = cli("batch", "report", "videos").out
        assert (False, True) == ("\x1b" in result, "bad \ufffd[2J luck" in result)
