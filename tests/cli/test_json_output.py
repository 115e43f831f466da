"""Every machine-readable output, whole: each key, in its order, as tests/cli/golden holds it.

Sentences for people are left out, as they may change; so are all but the first of rows that the spec brings.
"""

import asyncio
import json
import re
from pathlib import Path

import pytest

from gptimage2_video import (
    APIError,
    BadRequest,
    BudgetExceeded,
    ConnectionFailed,
    DownloadFailed,
    Forbidden,
    InsufficientCredits,
    InvalidRequest,
    Journal,
    JournalFailed,
    RateLimited,
    ServerError,
    SubmissionUncertain,
    Task,
    TaskFailed,
    TaskNotFound,
    TaskStatus,
    Unauthorized,
    UnexpectedReply,
    VideoClientError,
    Violation,
    WaitTimeout,
)
from gptimage2_video.journal import SubmissionRecord, SubmissionState
from gptimage2_video_cli.console.json_output import error_json
from gptimage2_video_cli.console.output import to_jsonable
from gptimage2_video_mock.api.handlers import json_response
from support.agents import Agent, call
from support.batches import refuses
from support.broken_servers import charging, scenario
from support.commandline import CommandLine
from support.scripted import reply

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).with_name("golden")
VEO = ("generate", "A cup", "--model", "veo3_fast")
CUP = {"prompt": "A cup", "model": "veo3_fast"}
SENTENCES = "message|reason|title|note|statement|how|edit|text|next|suggestion"
VOLATILE = (
    (rf'"({SENTENCES})": "(?:[^"\\]|\\.)+"', r'"\1": "SENTENCE"'),
    (r"http://127\.0\.0\.1:\d+", "http://mock"),
    (r"\btsk_[0-9A-Z]{26}\b", "TASK"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|\+00:00)", "TIME"),
    (r'"[0-9a-f]{32}"', '"SUBMISSION"'),
    (r"#/x-model-table/models/\d+", "#/x-model-table/models/1"),
    (r'"requests": \d+', '"requests": 150'),  # of which some are polls
    (r'"/[^"]*/(journal|cup)[^"/]*(\.\w+)"', r'"/FOLDER/\1\2"'),
)


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against(server.url)


def stable(value):
    """As text, with a name for what differs from run to run."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    for pattern, name in VOLATILE:
        text = re.sub(pattern, name, text)
    return text


def golden(name):
    return GOLDEN.joinpath(f"{name}.json").read_text("utf-8").rstrip("\n")


def first(rows):
    """The first row, as an example of all of them."""
    assert {tuple(rows[0])} == {tuple(row) for row in rows}
    return rows[:1]


def submit(cli, *more):
    return cli(*VEO, "--no-wait", *more).out.strip()


class TestTasks:
    def test_generate(self, cli):
        assert golden("generate") == stable(cli(*VEO, "-o", "cup.mp4", "--json").object)

    def test_generate_that_does_not_wait(self, cli):
        assert golden("generate-no-wait") == stable(cli(*VEO, "--no-wait", "--json").object)

    def test_generate_that_sends_nothing(self, cli):
        assert golden("generate-dry-run") == stable(cli(*VEO, "--dry-run", "--json").object)

    def test_status_of_a_task_with_a_status_that_is_unknown(self, cli, scripted):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 7, "creditsUsed": 9, "new": True})]
        assert golden("status") == stable(cli.against(scripted.url)("status", "tsk_1", "--json").object)

    def test_wait(self, cli):
        assert golden("wait") == stable(cli("wait", submit(cli), "--json").object)

    def test_resume_of_one_that_is_saved_and_one_that_fails(self, cli, server):
        submit(cli)
        url = server.url
        with_journal(SubmissionRecord(SubmissionState.SENDING, url, "e2", CUP, 9), Task("tsk_gone", TaskStatus.PENDING))
        assert golden("resume") == stable(cli("resume", "--json").object)

    def test_tasks(self, cli, server):
        cli(*VEO, "-o", "cup.mp4")
        submit(cli)
        cli.against(server.scenario_url("lost-reply"))(*VEO, "--no-wait")
        assert golden("tasks") == stable(cli("tasks", "--json").object)


def with_journal(sent, task):
    book = Journal()
    book.write(sent)
    book.write(sent.with_state(SubmissionState.PENDING, task=task))
    book.close()


class TestRequests:
    def test_models(self, cli):
        assert golden("models") == stable(first(cli("models", "--json").object))

    def test_quote(self, cli):
        assert golden("quote") == stable(cli("quote", "A cup", "--model", "veo3_fast", "--json").object)

    def test_check_of_a_request(self, cli):
        Path("cup.json").write_text(json.dumps({**CUP, "inputMode": "text_to_video", "resolution": "9p"}))
        assert golden("check") == stable(cli("check", "cup.json", "--json").object)

    def test_check_of_a_request_that_breaks_a_rule(self, cli):
        Path("cup.json").write_text(json.dumps({**CUP, "duration": 5}))
        assert golden("check-invalid") == stable(cli("check", "cup.json", "--json").object)

    def test_check_of_a_manifest(self, cli):
        Path("shots.jsonl").write_text("\n".join(map(json.dumps, (CUP, {**CUP, "duration": 5}))))
        assert golden("check-manifest") == stable(cli("check", "shots.jsonl", "--json").object)


class TestErrors:
    TASK = Task("tsk_1", TaskStatus.FAILED, credits_used=9, refunded=True, error_code="EMPTY_RESULT")
    LOST = ConnectionFailed("the connection broke")
    EACH = (
        VideoClientError("it went wrong", "mend it"),
        InvalidRequest([Violation("prompt_empty", "prompt", "the prompt is empty")]),
        BudgetExceeded(needed=9, left=1),
        JournalFailed("disk I/O error", path="/state/journal.db"),
        LOST,
        UnexpectedReply("gave no task id", status=200, body="<html>"),
        SubmissionUncertain(request={"prompt": "A cup"}, cause=LOST),
        TaskFailed(TASK),
        WaitTimeout("tsk_1", waited=float("inf"), status=TaskStatus(7), last_error=LOST),
        WaitTimeout("tsk_1", waited=600.0, status=None, last_error=None),
        DownloadFailed("the disk is full", task_id="tsk_1", url="https://cdn.example.com/1.mp4"),
        APIError(status=418, message="teapot", body={"error": "teapot"}, request_id="r1"),
        BadRequest(status=400, message="Invalid request", field_errors={"prompt": ["Prompt is required"]}),
        Unauthorized(status=401, message="Unauthorized"),
        InsufficientCredits(status=402, message="Insufficient credits", required=12),
        Forbidden(status=403, task_id="tsk_1"),
        TaskNotFound(status=404, task_id="tsk_1"),
        RateLimited(status=429, retry_after=3.0),
        ServerError(status=503, body="<html>", task_id="tsk_1"),
    )

    def test_each(self):
        assert golden("errors") == stable([to_jsonable(error_json(error)) for error in self.EACH])

    def test_none_of_the_library_is_left_out(self):
        def below(error_class):
            return {error_class}.union(*map(below, error_class.__subclasses__()))

        tree = {error for error in below(VideoClientError) if error.__module__.startswith("gptimage2_video.")}
        assert tree == {type(error) for error in self.EACH}

    def test_a_command_that_the_library_ends(self, cli):
        assert golden("error") == stable(cli(*VEO, "--duration", "5", "--json").object)

    def test_a_command_that_is_misused(self, cli):
        assert golden("error-usage") == stable(cli("generate", "--json").object)


def test_doctor_but_for_the_extras_that_are_installed_here(cli, monkeypatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.delenv("GPTIMAGE2_API_KEY")
    found = cli("doctor", "--json").object
    assert golden("doctor") == stable({**found, "findings": found["findings"][:6]})


class TestBatch:
    @pytest.fixture
    def done(self, run, batch, service):
        """A batch of which one line is saved and one refused."""
        service.instructions["boat"] = refuses(403)
        batch.write("cup", "boat")
        return run("--max-credits", "20", "--json")

    def test_run(self, done):
        assert golden("batch") == stable(done.object)

    def test_the_file_beside_the_videos(self, done, batch):
        assert golden("batch-file") == stable(batch.report)

    def test_report(self, done, cli_here):
        assert golden("batch") == stable(cli_here("batch", "report", "videos", "--json").object)

    def test_status(self, done, cli_here):
        assert golden("batch-status") == stable(cli_here("batch", "status", "videos", "--json").object)

    def test_dry_run(self, run, batch):
        batch.write("cup", "boat")
        assert golden("batch-dry-run") == stable(run("--dry-run", "--json").object)

    @pytest.fixture
    def cli_here(self, capsys, monkeypatch):
        return CommandLine(capsys, monkeypatch)


class TestContract:
    def test_findings_of_each_severity_and_submissions(self, cli, server, monkeypatch):
        url = scenario(monkeypatch, server, submit=charges_too_much_and_tells_more)
        monkeypatch.setattr("gptimage2_video_cli.contract.runner.generate", lambda *_: [])
        found = cli.against(url)("contract", "--max-credits", "12", "--json", "--report", "out").object
        example = {**found, "checks": first(found["checks"]), "not_reached": found["not_reached"][:1]}
        severities = {it["severity"]: it for it in found["findings"]}
        assert golden("contract") == stable({**example, "findings": list(severities.values())})
        assert found == json.loads(Path("out", "report.json").read_text())


async def charges_too_much_and_tells_more(exchange):
    response = await charging(3)(exchange)
    more = {"eta": 3} if response.status == 200 else {}
    return json_response(response.status, json.loads(response.body) | more)


class TestMcp:
    @pytest.fixture
    def agent(self, server, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        return Agent(server.url, out=Path("videos"))

    def test_each_tool(self, agent, server):
        Path("videos").mkdir()

        async def calls():
            async with agent.server() as client:
                yield "list_models", await call(client, "list_models", mode="image_to_video")
                yield "check", await call(client, "check", **CUP, duration=5)
                yield "quote", await call(client, "quote", **CUP)
                yield "generate", await call(client, "generate", **CUP, aspectRatio="wide")
                task_id = answers[-1][1].data["task_id"]
                yield "generate again", await call(client, "generate", **CUP, aspectRatio="wide")
                yield "wait", await call(client, "wait", task_id=task_id, seconds=1)
                server.clock.advance(60)
                yield "wait", await call(client, "wait", task_id=task_id)
                yield "download", await call(client, "download", task_id=task_id, file="cup.mp4")
                yield "status", await call(client, "status", task_id=task_id)
                yield "status", await call(client, "status")
                yield "status of none", await call(client, "status", task_id="tsk_none")
                yield "invalid", await call(client, "generate", prompt="", model="veo3_fast")

        answers = []

        async def collect():
            async for name, answer in calls():
                answers.append((name, answer))

        asyncio.run(collect())
        answers[0][1].data["models"] = first(answers[0][1].data["models"])
        assert golden("mcp") == stable([{"call": name, "result": answer.data} for name, answer in answers])
