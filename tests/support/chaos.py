"""The mock with every fault that its scenarios know, now and then, and a book of what it accepted: for soak tests."""

import asyncio
import json
from collections import defaultdict
from dataclasses import replace
from random import Random

from gptimage2_video_mock.api.snapshots import reference
from gptimage2_video_mock.scenarios.faults import pass_through
from gptimage2_video_mock.scenarios.registry import DEFAULT, SCENARIOS
from gptimage2_video_mock.scenarios.scenario import Scenario
from gptimage2_video_mock.service.tasks import COMPLETED

# Whoever meets one of these waits for the client's own patience to end, in real time.
STALLING = ("slow", "endless")


class Chaos:
    """A scenario in which a share of all requests meets a fault of another one, chosen by a seed.

    Receipts come late, by up to so many seconds, so that a kill finds submissions that are on their way.

    Attributes:
        accepted: The ids of the tasks that were accepted, by prompt.
    """

    name = "chaos"

    def __init__(self, seed: int, *, share: float, late: float, stalling: bool = True) -> None:
        self._dice, self._share, self._late = Random(seed), share, late
        self.accepted: dict[str, list[str]] = defaultdict(list)
        self._faulty = [
            scenario
            for scenario in SCENARIOS.values()
            if scenario.name != DEFAULT and (stalling or not any(word in scenario.name for word in STALLING))
        ]

    def scenario(self) -> Scenario:
        """The row for the mock's table."""
        phases = {phase: self._now_and_then(phase) for phase in ("submit", "poll", "download")}
        return Scenario(name=self.name, about="Now and then a fault of another scenario.", **phases)

    def _now_and_then(self, phase):
        kinds = [scenario for scenario in self._faulty if _touches(scenario, phase)]

        async def hook(exchange):
            met = self._dice.choice(kinds) if self._dice.random() < self._share else None
            late = self._dice.uniform(0, self._late) if phase == "submit" else 0
            changes = {"scenario": met.name, "outcome": met.outcome, "serialize": met.serialize} if met else {}
            met_exchange = replace(exchange, **changes, default_handler=self._noting(exchange, late))
            return await (getattr(met, phase) if met else pass_through)(met_exchange)

        return hook

    def _noting(self, exchange, late):
        async def answer(asked):
            response = await exchange.default_handler(asked)
            if exchange.request.method == "POST" and response.status == 200:
                self.accepted[json.loads(exchange.body)["prompt"]].append(json.loads(response.body)["taskId"])
            await asyncio.sleep(late)
            return response

        return answer


def _touches(scenario, phase):
    if getattr(scenario, phase) is not pass_through:
        return True
    if phase == "submit":
        return scenario.outcome != COMPLETED
    return phase == "poll" and scenario.serialize is not reference
