"""Batches as tests run them: a service that does to each prompt what the test says, and a folder with a manifest."""

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gptimage2_video_cli.batch import attempt as line
from gptimage2_video_cli.batch import queue as durable
from gptimage2_video_cli.batch import worker
from gptimage2_video_mock import MockServer
from gptimage2_video_mock.scenarios.faults import reply
from gptimage2_video_mock.scenarios.registry import DEFAULT, SCENARIOS
from gptimage2_video_mock.scenarios.scenario import Scenario
from support.commandline import spawn

PRICE = 5  # credits of one veo3_lite
SPEED = 600  # a task takes 0.1 s
PACE = ("--poll-interval", "0.02", "--request-timeout", "5")
_NAME = "puppet"


class Puppet:
    """A mock server on whose scenario each prompt meets what the test says, phase by phase, and may change it.

    Attributes:
        meets: The name of a scenario, or one made by the test, by prompt; others are served well.
        accepted: The ids of the tasks that were accepted, by prompt.
        posts: The prompts of all submissions, in their order.
        looked: The prompts whose task was looked at, so that its receipt has been written down.
    """

    def __init__(self, server: MockServer) -> None:
        self.server, self.url = server, server.scenario_url(_NAME)
        self.meets: dict[str, Scenario | str] = {}
        self.accepted: dict[str, list[str]] = defaultdict(list)
        self.posts: list[str] = []
        self.looked: set[str] = set()
        self._news = threading.Condition()

    def scenario(self) -> Scenario:
        phases = {phase: self._hook(phase) for phase in ("submit", "poll", "download")}
        return Scenario(name=_NAME, about="Does to each prompt what a test says.", **phases)

    def await_looks(self, *prompts: str) -> None:
        """Until the tasks of these prompts have been looked at."""
        with self._news:
            assert self._news.wait_for(lambda: set(prompts) <= self.looked, timeout=20)

    def _hook(self, phase):
        async def hook(exchange):
            prompt = self._prompt(exchange)
            if phase == "submit":
                self.posts.append(prompt)
            if phase == "poll":
                with self._news:
                    self.looked.add(prompt)
                    self._news.notify_all()
            met = self.meets.get(prompt, DEFAULT)
            scenario = SCENARIOS[met] if isinstance(met, str) else met
            changes = {"scenario": scenario.name, "outcome": scenario.outcome, "serialize": scenario.serialize}
            noting = self._noting(exchange.default_handler)
            return await getattr(scenario, phase)(replace(exchange, **changes, default_handler=noting))

        return hook

    def _prompt(self, exchange):
        task_id = exchange.request.match_info.get("id")
        if task_id is None:
            return json.loads(exchange.body)["prompt"]
        return next((prompt for prompt, tasks in self.accepted.items() if task_id in tasks), None)

    def _noting(self, answer):
        async def noting(exchange):
            response = await answer(exchange)
            if exchange.request.method == "POST" and response.status == 200:
                self.accepted[json.loads(exchange.body)["prompt"]].append(json.loads(response.body)["taskId"])
            return response

        return noting

    @property
    def debits(self):
        return [entry for entry in self.server.ledger("test-key") if entry.kind == "debit"]


@contextmanager
def puppet(**settings) -> Iterator[Puppet]:
    with MockServer(**{"speed": SPEED, **settings}) as server:
        strings = Puppet(server)
        SCENARIOS[_NAME] = strings.scenario()
        try:
            yield strings
        finally:
            del SCENARIOS[_NAME]


class Held:
    """Keeps every reply of one phase back until it is let go, the request having been served."""

    def __init__(self, phase: str = "submit") -> None:
        self.arrived, self.let_go = threading.Event(), threading.Event()
        self.scenario = Scenario(name=f"held-{phase}", about="", **{phase: self._hook})

    async def _hook(self, exchange):
        response = await exchange.answer()
        self.arrived.set()
        while not self.let_go.is_set() and exchange.connected:  # noqa: ASYNC110 - the test is another thread
            await asyncio.sleep(0.01)
        return response


def refuses(status: int, text: str = '{"error": "Invalid request", "details": {}}', **headers: str) -> Scenario:
    return Scenario(name=f"refuses-{status}", about="", submit=reply(status, text, **headers))


class Folder:
    """The manifest shots.jsonl, and the batch in `videos`, in the current folder."""

    state = Path("videos/.batch")

    def write(self, *rows) -> None:
        """A row is a request, or the prompt of one whose id it is, too."""
        full = ({"id": row, "prompt": row, "model": "veo3_lite"} if isinstance(row, str) else row for row in rows)
        Path("shots.jsonl").write_text("".join(json.dumps(row) + "\n" for row in full))

    def words(self, *more: str) -> tuple[str, ...]:
        return ("batch", "run", "shots.jsonl", "--out", "videos", *PACE, *more)

    def spawn(self, service: Puppet, *more: str, **settings):
        return spawn(*self.words(*more), url=service.url, **settings)

    @property
    def report(self):
        return json.loads(Path("videos/report.json").read_text())

    @property
    def states(self):
        """How each line stands, by its id."""
        return {line["id"]: line["state"] for line in self.report["lines"]}

    @property
    def videos(self):
        return sorted(path.name for path in Path("videos").iterdir() if path.name.endswith(".mp4"))


def hurry(monkeypatch) -> None:
    """The pauses that keep a batch calm would make the tests long."""
    monkeypatch.setattr(worker, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(durable, "_DEQUEUE_SECONDS", 0.05)
    monkeypatch.setattr(line, "_PAUSES", (0.01, 0.01))
