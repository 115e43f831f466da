"""Progress: that a call which takes its time is still at work.

Lives here: the ticks. Not here: what is worked at (`desk`), and whether a client asked to hear of it, which
the protocol's own session knows.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import anyio

T = TypeVar("T")

# Is called with how far it is, how far it will be where that is known, and a sentence.
Report = Callable[[float, float | None, str], Awaitable[None]]

# Some hosts begin their patience anew at each report, and the least patient have half a minute; in seconds.
INTERVAL: Final = 5.0


async def reported(work: Callable[[], Awaitable[T]], report: Report, what: str, seconds: float | None = None) -> T:
    """The result of the work, of which is reported meanwhile; `seconds` is how long it takes at most."""
    outcome: T | Exception = RuntimeError("it was called off")
    async with anyio.create_task_group() as group:
        group.start_soon(_tick, report, what, seconds)
        try:
            outcome = await work()
        except Exception as problem:  # not through the group, which would wrap it
            outcome = problem
        group.cancel_scope.cancel()
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def _tick(report: Report, what: str, seconds: float | None) -> None:
    begun = anyio.current_time()
    while True:
        await report(anyio.current_time() - begun, seconds, what)
        await anyio.sleep(INTERVAL)
