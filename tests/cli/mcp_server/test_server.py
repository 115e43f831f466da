"""The server as a process: real pipes, restarts, two at once, and how it ends."""

import asyncio
import json
import signal
from pathlib import Path

import anyio
import pytest

from gptimage2_video.journal import SubmissionState
from gptimage2_video_mock import MockServer
from support.agents import BlockedServer, call, server_parameters, started, submissions
from support.commandline import spawn
from support.scripted import reply

KEY = "sk-needle-0f9d3c71"
CUP = {"prompt": "A cup", "model": "veo3_fast"}  # 9 credits
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}
HINT = "`gptimage2-video tasks` lists what was submitted"


@pytest.fixture
def stderr(tmp_path):
    """Where a server's stderr goes."""
    return tmp_path / "stderr"


@pytest.mark.process
class TestServed:
    @pytest.mark.parametrize("mode", ["auto", "legacy"])
    def test_from_a_prompt_to_a_file_over_real_pipes(self, server, tmp_path, stderr, mode):
        async def use():
            arguments = ("--max-credits", "20", "--out", str(tmp_path / "videos"))
            async with started(server_parameters(server.url, *arguments), stderr, mode) as client:
                task_id = (await call(client, "generate", **CUP)).data["task_id"]
                server.clock.advance(60)
                assert (await call(client, "wait", task_id=task_id)).data["done"]
                return await call(client, "download", task_id=task_id, file="cup.mp4")

        result = asyncio.run(use())
        assert (str(tmp_path / "videos" / "cup.mp4"), 11) == (result.data["path"], result.left)
        assert b"ftyp" == Path(result.data["path"]).read_bytes()[4:8]

    def test_a_restart_continues_with_the_same_budget(self, server, stderr):
        async def generate():
            async with started(
                server_parameters(server.url, "--max-credits", "10", "--name", "films"), stderr
            ) as client:
                return await call(client, "generate", **CUP, allow_duplicate=True)

        first, second = (asyncio.run(generate()) for _ in range(2))
        assert [(False, 1), (True, 1)] == [(result.is_error, result.left) for result in (first, second)]
        lines = [line.partition(";")[0] for line in stderr.read_text().splitlines()]
        assert [f"MCP server films: {left} of 10 credits left" for left in (10, 1)] == lines

    def test_two_servers_do_not_exceed_the_budget_together(self, server, stderr):
        async def use():
            results = []
            parameters = server_parameters(server.url, "--max-credits", "40")
            async with started(parameters, stderr) as one, started(parameters, stderr) as other:

                async def generate(client, number):
                    results.append(await call(client, "generate", prompt=f"Cup {number}", model="veo3_fast"))

                async with anyio.create_task_group() as group:
                    for number in range(8):
                        group.start_soon(generate, (one, other)[number % 2], number)
            return results

        results = asyncio.run(use())
        assert [False] * 4 + [True] * 4 == sorted(answer.is_error for answer in results)
        assert {"BudgetExceeded"} == {answer.data["error"]["type"] for answer in results if answer.is_error}
        assert 1000 - 36 == server.balance("test-key")

    def test_the_key_is_in_no_output(self, clock, stderr):
        async def use(url):
            results = []
            async with started(server_parameters(url, "--max-credits", "90", key=KEY), stderr) as client:
                results.append((await client.list_tools()).model_dump_json())
                results.append(str(client.instructions))
                results += [str(await call(client, name, **CUP)) for name in ("check", "quote", "generate")]
                results += [str(await call(client, "status")), str(await call(client, "status", task_id="tsk_1"))]
                results.append(str(await call(client, "nonsense")))
            return results

        with MockServer({KEY: 1000}) as service:
            outputs = asyncio.run(use(service.url))
        assert KEY not in "".join((*outputs, stderr.read_text()))


@pytest.mark.process
class TestEnd:
    def test_a_submission_in_flight_keeps_its_task_id_when_the_host_leaves(self, stderr):
        """The host cancels it, and leaves while it may still be unanswered."""

        async def use():
            async with started(server_parameters(service.url, "--max-credits", "9"), stderr) as client:
                async with anyio.create_task_group() as group:
                    group.start_soon(client.call_tool, "generate", CUP)
                    await anyio.to_thread.run_sync(service.received.wait, 30)
                    group.cancel_scope.cancel()
                await call(client, "list_models")  # so that the server has read that the call is cancelled
                service.release.set()

        with BlockedServer(reply(200, RECEIPT)) as service:
            asyncio.run(use())
        assert [(SubmissionState.PENDING, "tsk_1")] == [(it.state, it.task_id) for it in submissions()]

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_it_while_stdin_is_open(self, number):
        with spawn("mcp", "--max-credits", "9", stdin=-1) as server:
            assert server.stderr.readline().startswith("MCP server mcp: 9 of 9 credits left; journal: ")
            server.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
            server.stdin.flush()
            server.stdout.readline()
            server.send_signal(number)
            assert (f"error: interrupted; {HINT}\n", 130) == (server.stderr.read(), server.wait())

    def test_closing_stdin_ends_it_and_stdout_has_nothing_but_the_protocol(self):
        with spawn("mcp", "--max-credits", "9", stdin=-1) as server:
            server.stdin.write('no json\n{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
            server.stdin.flush()
            response = server.stdout.readline()
            rest, _ = server.communicate("the last line has no end")
        assert ({"jsonrpc": "2.0", "id": 1, "result": {}}, "", 0) == (json.loads(response), rest, server.returncode)

    def test_a_closed_stdout_is_no_traceback(self):
        with spawn("mcp", "--max-credits", "9", stdin=-1) as server:
            server.stdout.close()
            server.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
            server.stdin.flush()
            lines = server.stderr.read().splitlines()
            assert (141, 1) == (server.wait(), len(lines))
