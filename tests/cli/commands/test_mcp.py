"""`mcp`: what keeps it from starting, and how a host is configured."""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from support.commandline import CommandLine
from support.paths import ROOT

pytestmark = pytest.mark.process


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against("http://127.0.0.1:9")


class TestRefused:
    def last_line(self, outcome):
        assert (2, "") == (outcome.code, outcome.out)
        return outcome.err.splitlines()[-1]

    def test_without_a_budget(self, cli):
        expected = "Error: an MCP server spends automatically, so it needs a budget: set --max-credits"
        assert expected == self.last_line(cli("mcp"))

    def test_with_a_negative_budget(self, cli):
        assert "Invalid value for '--max-credits'" in self.last_line(cli("mcp", "--max-credits", "-1"))

    def test_without_a_key(self, cli, monkeypatch):
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        assert self.last_line(cli("mcp", "--max-credits", "9")).startswith(
            "error: there is no API key; set GPTIMAGE2_API_KEY"
        )

    def test_without_a_journal_as_the_budget_is_kept_there(self, cli, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")
        expected = "Error: GPTIMAGE2_JOURNAL is off, and the budget is kept in the journal"
        assert expected == self.last_line(cli("mcp", "--max-credits", "9"))

    def test_with_a_journal_that_cannot_be_read(self, cli, monkeypatch, tmp_path):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", str(tmp_path))
        assert f"error: the journal {tmp_path} cannot be used: " in self.last_line(cli("mcp", "--max-credits", "9"))

    def test_with_a_folder_that_cannot_be_created(self, cli):
        Path("notes").write_text("mine")
        line = self.last_line(cli("mcp", "--max-credits", "9", "--out", "notes/videos"))
        assert line.startswith("Error: ")
        assert "cannot be made" in line

    @pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 101])
    def test_with_an_invalid_name(self, cli, name):
        assert "a name has 1 to 100 printable characters" in self.last_line(
            cli("mcp", "--max-credits", "9", "--name", name)
        )

    def test_without_the_extra(self, cli, monkeypatch):
        monkeypatch.setattr("gptimage2_video_cli.commands.mcp.find_spec", lambda _: None)
        expected = "error: an MCP server needs more packages: pip install 'gptimage2-video[mcp]'"
        assert expected == self.last_line(cli("mcp", "--max-credits", "9"))

    @pytest.mark.parametrize("stream", ["stdin", "stdout"])
    def test_with_stdin_or_stdout_closed(self, cli, monkeypatch, stream):
        with monkeypatch.context() as patch:
            patch.setattr(f"sys.{stream}", None)
            outcome = cli("mcp", "--max-credits", "9")
        assert (2, "") == (outcome.code, outcome.out)
        assert "an MCP server needs stdin and stdout, and one of them is closed" in outcome.err


class TestConfiguration:
    """The configurations in README and in the help work as they are."""

    def configurations(self, cli):
        texts = (cli("mcp", "--help").out, (ROOT / "README.md").read_text("utf-8"))
        starts = [(text, match.start()) for text in texts for match in re.finditer(r'\{\s*"mcpServers"', text)]
        return [json.JSONDecoder().raw_decode(text[start:])[0]["mcpServers"] for text, start in starts]

    def test_each_starts_a_server(self, cli, server, tmp_path, monkeypatch):
        configurations = self.configurations(cli)
        assert configurations, "there is one in the help"
        for servers in configurations:
            for settings in servers.values():
                path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
                overrides = {"PATH": path, "HOME": str(tmp_path), "GPTIMAGE2_BASE_URL": server.url}
                environment = os.environ | overrides | settings["env"]
                asyncio.run(self.list_tools(StdioServerParameters(**settings | {"env": environment})))
        assert (tmp_path / "Videos").is_dir()

    async def list_tools(self, parameters):
        async with Client(parameters) as client:
            assert "generate" in [tool.name for tool in (await client.list_tools()).tools]


def test_the_help_loads_no_protocol():
    script = "import sys; from gptimage2_video_cli.main import main; main(['mcp', '--help']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert set() == {"mcp", "pydantic", "httpx", "anyio"} & set(loaded.splitlines()[-1].split())
