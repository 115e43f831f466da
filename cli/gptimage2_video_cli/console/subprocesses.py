"""Child processes, which never outlive the command that started them."""

import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

_TERMINATE_TIMEOUT: Final = 10.0  # seconds
_INTERRUPT_TIMEOUT: Final = 3.0  # seconds in which a child that Ctrl-C reached as well exits by itself


@contextmanager
def child(module: str, arguments: Sequence[str], **settings: Any) -> Generator[subprocess.Popen[str]]:
    """Run `python -m module` with these arguments, by this interpreter; it is terminated on exit."""
    command = [sys.executable, "-P", "-m", module, *arguments]  # -P: nothing in the current folder is imported
    with subprocess.Popen(command, text=True, **settings) as process:  # noqa: S603  the command is this package's own
        try:
            yield process
        finally:
            _terminate(process)


def wait_for_exit(
    process: subprocess.Popen[str],
    interrupt_timeout: float = _INTERRUPT_TIMEOUT,
    terminate_timeout: float = _TERMINATE_TIMEOUT,
) -> int:
    """Wait for a child and return its exit code. An interruption is passed on where it did not reach the child.

    A terminal interrupts a command and its children; SIGTERM is for one process, and is passed on at once.
    """
    try:
        code = process.wait()
    except KeyboardInterrupt as interruption:
        exit_timeout = 0.0 if interruption.args == (signal.SIGTERM,) else interrupt_timeout
        _terminate(process, exit_timeout, terminate_timeout)
        code = process.wait()
    return code if code >= 0 else 128 - code  # as a shell shows that a signal ended it


def _terminate(
    process: subprocess.Popen[str], exit_timeout: float = 0.0, terminate_timeout: float = _TERMINATE_TIMEOUT
) -> None:
    """Let it exit by itself, then terminate it, then kill it."""
    for step, seconds in ((process.poll, exit_timeout), (process.terminate, terminate_timeout), (process.kill, None)):
        step()
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return
