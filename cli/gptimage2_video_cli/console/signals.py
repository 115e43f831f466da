"""An event loop that SIGTERM and SIGHUP end as Ctrl-C does: by cancelling what runs in it.

Python's own loop cancels for Ctrl-C alone; a KeyboardInterrupt inside a loop leaves tasks behind, which the loop then
reports on stderr.
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


def run_interruptible(function: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    """Await `function` with these arguments in a new loop. Raises KeyboardInterrupt where a signal ended it."""
    import anyio

    return anyio.run(_cancel_on_signal, partial(function, *arguments))


async def _cancel_on_signal(function: Callable[[], Awaitable[T]]) -> T:
    import asyncio  # here, as most commands need no loop

    loop, task = asyncio.get_running_loop(), cast("asyncio.Task[T]", asyncio.current_task())
    interrupted = False

    def cancel() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    handled = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    try:
        with suppress(NotImplementedError):  # Windows, which has Ctrl-C alone
            for number in handled:
                loop.add_signal_handler(number, cancel)
        return await function()
    except asyncio.CancelledError:
        if not interrupted:
            raise
        raise KeyboardInterrupt from None
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
