"""SIGTERM, and SIGHUP or SIGBREAK, end a command as Ctrl-C does, unless the parent process ignores them.

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

# Those of Ctrl-C, of a stop, and of a closed terminal (SIGBREAK on Windows), as far as this system has them.
SIGNALS: Final = [
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if name in signal.Signals.__members__
]


@contextmanager
def interruptible() -> Generator[None]:
    """Each of these signals raises KeyboardInterrupt within; its argument is the signal, unless that is SIGINT."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            # An event loop takes over Ctrl-C only where it finds Python's own handler.
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: object) -> None:
    raise KeyboardInterrupt(number)


def ignore_interrupts() -> None:
    """Ignore them from now on."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def handled_signals(handler: Callable[[], object], signals: list[signal.Signals] = SIGNALS) -> Generator[None]:
    """Call the handler in the running loop at each of these signals that this process does not ignore."""
    import asyncio  # here, as most commands need no loop

    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in signals}
    handled = [number for number in signals if before[number] is not signal.SIG_IGN]
    try:
        with suppress(NotImplementedError):  # Windows, where KeyboardInterrupt stays what ends the loop
            for number in handled:
                loop.add_signal_handler(number, handler)
        yield
    finally:
        with suppress(NotImplementedError):
            for number in handled:
                loop.remove_signal_handler(number)
                signal.signal(number, before[number])


def run_interruptible(function: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    """Await `function` with these arguments in a new loop. Raises KeyboardInterrupt where a signal ended it."""
    import anyio

    return anyio.run(_cancel_on_signal, partial(function, *arguments))


async def _cancel_on_signal(function: Callable[[], Awaitable[T]]) -> T:
    import asyncio

    task = cast("asyncio.Task[T]", asyncio.current_task())
    interrupted = False

    def cancel() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()

    try:
        with handled_signals(cancel, [number for number in SIGNALS if number != signal.SIGINT]):
            return await function()
    except asyncio.CancelledError:
        if not interrupted:
            raise
        raise KeyboardInterrupt from None
