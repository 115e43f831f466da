"""Batches as tests run them: a mock that serves each prompt as the test instructs, and a folder with a manifest."""

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from gptimage2_video_cli.batch.options import BatchOptions
from gptimage2_video_mock import MockServer
from gptimage2_video_mock.scenarios.faults import reply
from gptimage2_video_mock.scenarios.registry import DEFAULT, SCENARIOS
from gptimage2_video_mock.scenarios.scenario import Scenario
from support.commandline import spawn

PRICE = 5  # credits of one veo3_lite
SPEED = 600  # a task takes 0.1 s
FAST = ("--poll-interval", "0.02", "--request-timeout", "5")
_NAME = "scripted"


class ScriptedMock:
    """A mock server with a scenario in which each prompt is served as the test instructs, phase by phase.

    Attributes:
        instructions: The scenario, or its name, by prompt; other prompts are served by the default one.
        accepted: The ids of the accepted tasks, by prompt.
        posts: The prompts of all submissions, in their order.
        polled: The prompts whose task was polled, so that its receipt has been recorded.
    """

    def __init__(self, server: MockServer) -> None:
        self.server, self.url = server, server.scenario_url(_NAME)
        self.instructions: dict[str, Scenario | str] = {}
        self.accepted: dict[str, list[str]] = defaultdict(list)
        self.posts: list[str] = []
        self.polled: set[str] = set()
        self._changed = threading.Condition()

    def scenario(self) -> Scenario:
        phases = {phase: self._hook(phase) for phase in ("submit", "poll", "download")}
        return Scenario(name=_NAME, about="Serves each prompt as a test instructs.", **phases)

    def await_polls(self, *prompts: str) -> None:
        """Until the tasks of these prompts have been polled."""
        with self._changed:
            assert self._changed.wait_for(lambda: set(prompts) <= self.polled, timeout=60)

    def _hook(self, phase):
        async def hook(exchange):
            prompt = self._prompt(exchange)
            if phase == "submit":
                self.posts.append(prompt)
            if phase == "poll":
                with self._changed:
                    self.polled.add(prompt)
                    self._changed.notify_all()
            instruction = self.instructions.get(prompt, DEFAULT)
            scenario = SCENARIOS[instruction] if isinstance(instruction, str) else instruction
            changes = {"scenario": scenario.name, "outcome": scenario.outcome, "serialize": scenario.serialize}
            recorded = self._recording(exchange.default_handler)
            return await getattr(scenario, phase)(replace(exchange, **changes, default_handler=recorded))

        return hook

    def _prompt(self, exchange):
        task_id = exchange.request.match_info.get("id")
        if task_id is None:
            return json.loads(exchange.body)["prompt"]
        return next((prompt for prompt, tasks in self.accepted.items() if task_id in tasks), None)

    def _recording(self, handler):
        async def handle(exchange):
            response = await handler(exchange)
            if exchange.request.method == "POST" and response.status == 200:
                self.accepted[json.loads(exchange.body)["prompt"]].append(json.loads(response.body)["taskId"])
            return response

        return handle

    @property
    def debits(self):
        return [entry for entry in self.server.ledger("test-key") if entry.kind == "debit"]


@contextmanager
def scripted_mock(**settings) -> Iterator[ScriptedMock]:
    with MockServer(**{"speed": SPEED, **settings}) as server:
        mock = ScriptedMock(server)
        SCENARIOS[_NAME] = mock.scenario()
        try:
            yield mock
        finally:
            del SCENARIOS[_NAME]


class BlockedResponse:
    """Holds back every response of one phase until it is released, the request having been served."""

    def __init__(self, phase: str = "submit") -> None:
        self.arrived, self.released = threading.Event(), threading.Event()
        self.scenario = Scenario(name=f"blocked-{phase}", about="", **{phase: self._hook})

    async def _hook(self, exchange):
        response = await exchange.answer()
        self.arrived.set()
        while not self.released.is_set() and exchange.connected:  # noqa: ASYNC110 - the test is another thread
            await asyncio.sleep(0.01)
        return response


def refuses(status: int, text: str = '{"error": "Invalid request", "details": {}}', **headers: str) -> Scenario:
    return Scenario(name=f"refuses-{status}", about="", submit=reply(status, text, **headers))


class Folder:
    """The manifest shots.jsonl, and the batch in `videos`, in the current folder."""

    state = Path("videos/.batch")

    def write(self, *rows) -> None:
        """A row is a request, or a prompt, which is the id as well."""
        requests = ({"id": row, "prompt": row, "model": "veo3_lite"} if isinstance(row, str) else row for row in rows)
        Path("shots.jsonl").write_text("".join(json.dumps(request) + "\n" for request in requests))

    def arguments(self, *more: str) -> tuple[str, ...]:
        return ("batch", "run", "shots.jsonl", "--out", "videos", *FAST, *more)

    def spawn(self, mock: ScriptedMock, *more: str, **settings):
        return spawn(*self.arguments(*more), url=mock.url, **settings)

    @property
    def report(self):
        return json.loads(Path("videos/report.json").read_text())

    @property
    def states(self):
        """The state of each line, by its id."""
        return {line["id"]: line["state"] for line in self.report["lines"]}

    @property
    def videos(self):
        return sorted(path.name for path in Path("videos").iterdir() if path.name.endswith(".mp4"))


def attempt_starts(engine: sa.Engine) -> list[int]:
    """When the queue of DBOS let each attempt of all batches start, in ms of the database's clock, in order."""
    schema = "dbos" if engine.dialect.name == "postgresql" else None
    statuses = sa.table("workflow_status", sa.column("started_at_epoch_ms"), schema=schema)
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(statuses.c.started_at_epoch_ms).order_by(sa.text("1"))))


def fast_forward(monkeypatch) -> None:
    """The intervals and delays that keep a batch calm would make the tests long."""
    fast = {"refresh_interval": 0.05, "dequeue_interval": 0.05, "retry_delays": (0.01, 0.01)}
    monkeypatch.setattr("gptimage2_video_cli.commands.batch.BatchOptions", partial(BatchOptions, **fast))
