"""Child processes, which never outlive the command that started them.

Lives here: starting, waiting for and ending one. Not here: what it runs (`mock`, `demo`).
"""

import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

_GRACE: Final = 10.0  # seconds in which a child that was asked to end does so
_ITS_OWN: Final = 1.0  # seconds in which a child that Ctrl-C came to as well ends by itself


@contextmanager
def child(module: str, arguments: Sequence[str], **settings: Any) -> Generator[subprocess.Popen[str]]:
    """`python -m module` with these arguments, by the interpreter that runs this; ended at the end."""
    words = [sys.executable, "-P", "-m", module, *arguments]  # -P: nothing in the current folder is imported
    with subprocess.Popen(words, text=True, **settings) as process:  # noqa: S603  the words are this package's own
        try:
            yield process
        finally:
            _end(process)


def exit_code(process: subprocess.Popen[str]) -> int:
    """Wait for a child. An interruption is the child's to answer; it goes on to it where it has not come to both."""
    try:
        code = process.wait()
    except KeyboardInterrupt:
        _end(process, patience=_ITS_OWN)
        code = process.wait()
    return code if code >= 0 else 128 - code  # as a shell tells that a signal ended it


def _end(process: subprocess.Popen[str], patience: float = 0.0) -> None:
    """Let it end by itself, ask it to, or make it: with each, more patience."""
    for end, seconds in ((process.poll, patience), (process.terminate, _GRACE), (process.kill, None)):
        end()
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return
