"""`mcp` as a process: what keeps it from starting, real pipes, restarts, two at once, and how it ends."""

import asyncio
import json
import os
import re
import signal
import sys
import threading
from pathlib import Path

import anyio
import pytest
from mcp import Client, StdioServerParameters

from gptimage2_video.journal import SubmissionState
from gptimage2_video_mock import MockServer
from support.agents import ask, command, entries, started
from support.commandline import CommandLine, spawn
from support.paths import ROOT
from support.scripted import ScriptedServer, reply

KEY = "sk-needle-0f9d3c71"
CUP = {"prompt": "A cup", "model": "veo3_fast"}  # 9 credits
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}
WAY_OUT = "`gptimage2-video tasks` tells what was submitted"


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against("http://127.0.0.1:9")


@pytest.fixture
def said(tmp_path):
    """Where a server's stderr goes."""
    return tmp_path / "stderr"


class Held(ScriptedServer):
    """Answers only when it may, and tells that it has been asked."""

    def __init__(self):
        super().__init__()
        self.may, self.asked = threading.Event(), threading.Event()
        self.replies = [reply(200, RECEIPT)]

    def _answer(self, connection):
        self.asked.set()
        self.may.wait(30)
        super()._answer(connection)


class TestItDoesNotStart:
    def told(self, outcome):
        assert (2, "") == (outcome.code, outcome.out)
        return outcome.err.splitlines()[-1]

    def test_without_a_budget(self, cli):
        expected = (
            "Error: an MCP server spends by itself, so it needs a budget: give the credits that it may by --max-credits"
        )
        assert expected == self.told(cli("mcp"))

    def test_with_a_budget_below_nothing(self, cli):
        assert "Invalid value for '--max-credits'" in self.told(cli("mcp", "--max-credits", "-1"))

    def test_without_a_key(self, cli, monkeypatch):
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        assert self.told(cli("mcp", "--max-credits", "9")).startswith(
            "error: there is no API key; set GPTIMAGE2_API_KEY"
        )

    def test_without_a_journal_as_the_budget_is_kept_there(self, cli, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "off")
        expected = "Error: GPTIMAGE2_JOURNAL is off, and a budget that lasts is kept in the journal"
        assert expected == self.told(cli("mcp", "--max-credits", "9"))

    def test_with_a_journal_that_cannot_be_read(self, cli, monkeypatch, tmp_path):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", str(tmp_path))
        assert f"error: the journal {tmp_path} cannot be used: " in self.told(cli("mcp", "--max-credits", "9"))

    def test_with_a_folder_that_cannot_be_made(self, cli):
        Path("notes").write_text("mine")
        told = self.told(cli("mcp", "--max-credits", "9", "--out", "notes/videos"))
        assert told.startswith("Error: ")
        assert "cannot be made" in told

    @pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 101])
    def test_with_a_name_that_is_none(self, cli, name):
        assert "a name has 1 to 100 characters" in self.told(cli("mcp", "--max-credits", "9", "--name", name))

    def test_without_the_extra_there_is_one_clear_sentence(self, cli, monkeypatch):
        monkeypatch.setattr("gptimage2_video_cli.commands.mcp.find_spec", lambda _: None)
        expected = "error: an MCP server needs more packages: pip install 'gptimage2-video[mcp]'"
        assert expected == self.told(cli("mcp", "--max-credits", "9"))

    @pytest.mark.parametrize("stream", ["stdin", "stdout"])
    def test_where_a_stream_of_the_protocol_is_closed(self, cli, monkeypatch, stream):
        with monkeypatch.context() as patch:
            patch.setattr(f"sys.{stream}", None)
            outcome = cli("mcp", "--max-credits", "9")
        assert (2, "") == (outcome.code, outcome.out)
        assert "an MCP server talks on stdin and stdout, and one of them is closed" in outcome.err


@pytest.mark.long
class TestServed:
    @pytest.mark.parametrize("mode", ["auto", "legacy"])
    def test_from_a_prompt_to_a_file_over_real_pipes(self, server, tmp_path, said, mode):
        async def conversation():
            words = ("--max-credits", "20", "--out", str(tmp_path / "videos"))
            async with started(command(server.url, *words), said, mode) as client:
                task_id = (await ask(client, "generate", **CUP)).facts["task_id"]
                server.clock.advance(60)
                assert (await ask(client, "wait", task_id=task_id)).facts["done"]
                return await ask(client, "download", task_id=task_id, file="cup.mp4")

        told = asyncio.run(conversation())
        assert (str(tmp_path / "videos" / "cup.mp4"), 11) == (told.facts["path"], told.left)
        assert b"ftyp" == Path(told.facts["path"]).read_bytes()[4:8]

    def test_a_restart_goes_on_where_the_budget_stood(self, server, said):
        async def generate():
            async with started(command(server.url, "--max-credits", "10", "--name", "films"), said) as client:
                return await ask(client, "generate", **CUP, again=True)

        first, second = (asyncio.run(generate()) for _ in range(2))
        assert [(False, 1), (True, 1)] == [(told.is_error, told.left) for told in (first, second)]
        told = [line.partition(";")[0] for line in said.read_text().splitlines()]
        assert [f"MCP server films: {left} of 10 credits are left" for left in (10, 1)] == told

    def test_two_at_once_do_not_exceed_the_budget_together(self, server, said):
        async def conversation():
            told = []
            parameters = command(server.url, "--max-credits", "40")
            async with started(parameters, said) as one, started(parameters, said) as other:

                async def generate(client, number):
                    told.append(await ask(client, "generate", prompt=f"Cup {number}", model="veo3_fast"))

                async with anyio.create_task_group() as group:
                    for number in range(8):
                        group.start_soon(generate, (one, other)[number % 2], number)
            return told

        told = asyncio.run(conversation())
        assert [False] * 4 + [True] * 4 == sorted(answer.is_error for answer in told)
        assert {"BudgetExceeded"} == {answer.facts["error"]["type"] for answer in told if answer.is_error}
        assert 1000 - 36 == server.balance("test-key")

    def test_the_key_is_in_nothing_that_it_says(self, clock, said):
        async def conversation(url):
            told = []
            async with started(command(url, "--max-credits", "90", key=KEY), said) as client:
                told.append((await client.list_tools()).model_dump_json())
                told.append(str(client.instructions))
                told += [str(await ask(client, name, **CUP)) for name in ("check", "quote", "generate")]
                told += [str(await ask(client, "status")), str(await ask(client, "status", task_id="tsk_1"))]
                told.append(str(await ask(client, "nonsense")))
            return told

        with MockServer({KEY: 1000}) as service:
            told = asyncio.run(conversation(service.url))
        assert KEY not in "".join((*told, said.read_text()))


@pytest.mark.long
class TestTheEnd:
    def test_a_submission_that_is_on_its_way_when_the_host_leaves_keeps_its_task(self, said):
        """The host gives up on it, and leaves while it may still be unanswered."""

        async def conversation():
            async with started(command(service.url, "--max-credits", "9"), said) as client:
                async with anyio.create_task_group() as group:
                    group.start_soon(client.call_tool, "generate", CUP)
                    await anyio.to_thread.run_sync(service.asked.wait, 30)
                    group.cancel_scope.cancel()
                await ask(client, "list_models")  # so that the server has read that the call is given up
                service.may.set()

        with Held() as service:
            asyncio.run(conversation())
        assert [(SubmissionState.PENDING, "tsk_1")] == [(entry.state, entry.task_id) for entry in entries()]

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_it_while_stdin_is_open(self, number):
        with spawn("mcp", "--max-credits", "9", stdin=-1) as server:
            assert server.stderr.readline().startswith("MCP server mcp: 9 of 9 credits are left; journal: ")
            server.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
            server.stdin.flush()
            server.stdout.readline()
            server.send_signal(number)
            assert (f"error: interrupted; {WAY_OUT}\n", 130) == (server.stderr.read(), server.wait())

    def test_a_host_that_closes_stdin_ends_it_and_nothing_but_the_protocol_was_on_stdout(self):
        with spawn("mcp", "--max-credits", "9", stdin=-1) as server:
            server.stdin.write('no json\n{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
            server.stdin.flush()
            reply = server.stdout.readline()
            rest, _ = server.communicate("the last line has no end")
        assert ({"jsonrpc": "2.0", "id": 1, "result": {}}, "", 0) == (json.loads(reply), rest, server.returncode)

    def test_a_host_that_reads_no_more_is_no_traceback(self):
        with spawn("mcp", "--max-credits", "9", stdin=-1) as server:
            server.stdout.close()
            server.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
            server.stdin.flush()
            told = server.stderr.read()
            assert (141, 1) == (server.wait(), len(told.splitlines()))


class TestConfiguration:
    """What README and the help tell a host works as it stands."""

    def found(self, cli):
        texts = (cli("mcp", "--help").out, (ROOT / "README.md").read_text("utf-8"))
        starts = [(text, match.start()) for text in texts for match in re.finditer(r'\{\s*"mcpServers"', text)]
        return [json.JSONDecoder().raw_decode(text[start:])[0]["mcpServers"] for text, start in starts]

    def test_each_of_them_starts_a_server(self, cli, server, tmp_path, monkeypatch):
        found = self.found(cli)
        assert found, "there is one in the help"
        for servers in found:
            for settings in servers.values():
                path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
                ours = {"PATH": path, "HOME": str(tmp_path), "GPTIMAGE2_BASE_URL": server.url}
                environment = os.environ | ours | settings["env"]
                asyncio.run(self.listed(StdioServerParameters(**settings | {"env": environment})))
        assert (tmp_path / "Videos").is_dir()

    async def listed(self, parameters):
        async with Client(parameters) as client:
            assert "generate" in [tool.name for tool in (await client.list_tools()).tools]
