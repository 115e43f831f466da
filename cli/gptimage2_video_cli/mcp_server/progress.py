"""Progress reports while a call is at work."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import anyio

T = TypeVar("T")

# Called with the progress, the total where it is known, and a message.
ProgressCallback = Callable[[float, float | None, str], Awaitable[None]]

# In seconds. Some hosts restart their timeout at each report, and the shortest timeout is half a minute.
INTERVAL: Final = 5.0


async def with_progress(
    work: Callable[[], Awaitable[T]],
    report_progress: ProgressCallback,
    message: str,
    seconds: float | None = None,
    *,
    interval: float = INTERVAL,
) -> T:
    """The result of the work, with progress reports meanwhile; `seconds` is its timeout."""
    outcome: T | Exception = RuntimeError("it was cancelled")
    async with anyio.create_task_group() as group:
        group.start_soon(_report, report_progress, message, seconds, interval)
        try:
            outcome = await work()
        except Exception as error:  # not through the group, which would wrap it
            outcome = error
        group.cancel_scope.cancel()
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def _report(report_progress: ProgressCallback, message: str, seconds: float | None, interval: float) -> None:
    start = anyio.current_time()
    while True:
        await report_progress(anyio.current_time() - start, seconds, message)
        await anyio.sleep(interval)
