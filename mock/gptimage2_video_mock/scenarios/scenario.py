"""A scenario: hooks around the operations, the outcome of tasks, and their serializer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gptimage2_video_mock.api.snapshots import reference
from gptimage2_video_mock.scenarios.faults import pass_through
from gptimage2_video_mock.service.tasks import COMPLETED, Outcome

if TYPE_CHECKING:
    from gptimage2_video_mock.api.exchange import Hook
    from gptimage2_video_mock.api.snapshots import Serializer


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How the service behaves under one base URL."""

    name: str
    about: str
    submit: Hook = pass_through
    poll: Hook = pass_through
    download: Hook = pass_through
    outcome: Outcome = COMPLETED
    serialize: Serializer = reference

    @property
    def phase(self) -> str:
        """What of a call the fault is about: `submit`, `poll` or `download`; empty where it is about no one of them."""
        faulty = [name for name in ("submit", "poll", "download") if getattr(self, name) is not pass_through]
        return faulty[0] if len(faulty) == 1 else ""
