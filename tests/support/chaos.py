"""The mock with random faults of its scenarios, and a record of what it accepted: for soak tests."""

import asyncio
import json
from collections import defaultdict
from dataclasses import replace
from random import Random

from gptimage2_video_mock.faults import behave
from gptimage2_video_mock.scenario import Scenario
from gptimage2_video_mock.scenarios import DEFAULT, SCENARIOS
from gptimage2_video_mock.service import COMPLETES
from gptimage2_video_mock.snapshots import reference

# With one of these the client waits for its own timeout, in real time.
STALLING = ("slow", "endless")


class Chaos:
    """A scenario in which a share of all requests has a fault of another one, chosen by a seed.

    Responses are delayed by up to `delay` seconds, so that a kill finds submissions in flight.

    Attributes:
        accepted: The ids of the tasks that were accepted, by prompt.
    """

    name = "chaos"

    def __init__(self, seed: int, *, share: float, delay: float, stalling: bool = True) -> None:
        self._random, self._share, self._delay = Random(seed), share, delay
        self.accepted: dict[str, list[str]] = defaultdict(list)
        self._faulty = [
            scenario
            for scenario in SCENARIOS.values()
            if scenario.name != DEFAULT and (stalling or not any(word in scenario.name for word in STALLING))
        ]

    def scenario(self) -> Scenario:
        """The row for the mock's table."""
        phases = {phase: self._hook(phase) for phase in ("submit", "poll", "download")}
        return Scenario(name=self.name, about="Random faults of other scenarios.", **phases)

    def _hook(self, phase):
        faulty = [scenario for scenario in self._faulty if _touches(scenario, phase)]

        async def hook(exchange):
            scenario = self._random.choice(faulty) if self._random.random() < self._share else exchange.scenario
            delay = self._random.uniform(0, self._delay) if phase == "submit" else 0
            changed = replace(exchange, scenario=scenario, well_behaved=self._recording(exchange, delay))
            return await (behave if scenario is exchange.scenario else getattr(scenario, phase))(changed)

        return hook

    def _recording(self, exchange, delay):
        async def handle(changed):
            response = await exchange.well_behaved(changed)
            if exchange.request.method == "POST" and response.status == 200:
                self.accepted[json.loads(exchange.body)["prompt"]].append(json.loads(response.body)["taskId"])
            await asyncio.sleep(delay)
            return response

        return handle


def _touches(scenario, phase):
    if getattr(scenario, phase) is not behave:
        return True
    if phase == "submit":
        return scenario.course != COMPLETES
    return phase == "poll" and scenario.spelling is not reference
