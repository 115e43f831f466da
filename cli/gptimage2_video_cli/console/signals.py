"""SIGTERM and SIGHUP end a command as Ctrl-C does, unless the parent process ignores them.

Python's own loop cancels for Ctrl-C alone; a KeyboardInterrupt inside a loop leaves tasks behind, which the loop then
reports on stderr.
"""

import signal
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

_INTERRUPTS: Final = [
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__
]


def interrupts() -> list[signal.Signals]:
    """The signals that interrupt a command, those left out that the parent process ignores."""
    return [number for number in _INTERRUPTS if signal.getsignal(number) is not signal.SIG_IGN]


@contextmanager
def interruptible() -> Generator[None]:
    """Each of these signals raises KeyboardInterrupt within."""
    before = {number: signal.getsignal(number) for number in _INTERRUPTS}
    for number in interrupts():
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_interrupts() -> None:
    """Ignore them from now on."""
    for number in _INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)


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

    # Python cancels for Ctrl-C by itself.
    before = {number: signal.getsignal(number) for number in interrupts() if number != signal.SIGINT}
    try:
        with suppress(NotImplementedError):  # Windows, which has Ctrl-C alone
            for number in before:
                loop.add_signal_handler(number, cancel)
        return await function()
    except asyncio.CancelledError:
        if not interrupted:
            raise
        raise KeyboardInterrupt from None
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
