"""An event loop that every signal ends as Ctrl-C does: by cancelling what runs in it.

Lives here: the running of it. Not here: which signals interrupt a command (`main`). Python's own loop cancels for
Ctrl-C alone; a KeyboardInterrupt in the midst of a loop leaves tasks behind, of which the loop then tells on stderr.
"""

import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

_SIGNALS: Final = [signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if name in signal.Signals.__members__]


def run(work: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    """Await `work` with these arguments in a loop of its own. Raises KeyboardInterrupt where a signal ended it."""
    import anyio

    return anyio.run(_stoppable, partial(work, *arguments))


async def _stoppable(work: Callable[[], Awaitable[T]]) -> T:
    import asyncio  # here, as most commands need no loop

    loop, task = asyncio.get_running_loop(), cast("asyncio.Task[T]", asyncio.current_task())
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        task.cancel()

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    ours = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    try:
        with suppress(NotImplementedError):  # Windows, which has Ctrl-C alone
            for number in ours:
                loop.add_signal_handler(number, stop)
        return await work()
    except asyncio.CancelledError:
        if not stopped:
            raise
        raise KeyboardInterrupt from None
    finally:
        for number in ours:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
