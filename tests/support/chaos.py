"""The mock with random faults of its scenarios, and a record of what it accepted: for soak tests."""

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
            scenario = self._random.choice(faulty) if self._random.random() < self._share else None
            delay = self._random.uniform(0, self._delay) if phase == "submit" else 0
            changes = (
                {"scenario": scenario.name, "outcome": scenario.outcome, "serialize": scenario.serialize}
                if scenario
                else {}
            )
            changed = replace(exchange, **changes, default_handler=self._recording(exchange, delay))
            return await (getattr(scenario, phase) if scenario else pass_through)(changed)

        return hook

    def _recording(self, exchange, delay):
        async def handle(changed):
            response = await exchange.default_handler(changed)
            if exchange.request.method == "POST" and response.status == 200:
                self.accepted[json.loads(exchange.body)["prompt"]].append(json.loads(response.body)["taskId"])
            await asyncio.sleep(delay)
            return response

        return handle


def _touches(scenario, phase):
    if getattr(scenario, phase) is not pass_through:
        return True
    if phase == "submit":
        return scenario.outcome != COMPLETED
    return phase == "poll" and scenario.serialize is not reference
