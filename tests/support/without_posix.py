"""The command line without what Windows does not have: `python -m support.without_posix`, with the words of a command.

All that others need of it is loaded before it goes: they have branches of their own, by `sys.platform` and `os.name`.
These stay, and what ours do by them type checkers judge.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp  # noqa: F401
import av  # noqa: F401
import click
import dbos  # noqa: F401
import httpx  # noqa: F401
import mcp  # noqa: F401
import platformdirs.unix  # noqa: F401
import rich.progress  # noqa: F401
import uvloop  # noqa: F401

MODULES = ("fcntl", "termios", "tty", "pty", "pwd", "grp", "syslog", "posix")
SIGNALS = ("SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGWINCH")
OF_OS = (
    *("fork", "forkpty", "register_at_fork", "openpty", "setsid", "getpgid", "killpg", "wait", "mkfifo", "nice"),
    *("getuid", "geteuid", "getgid", "chown", "lchown", "fchown", "getloadavg", "sync", "pread"),
    *("O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_SYNC", "WNOHANG"),
)


def _open(path: Any, flags: int, *more: Any, **options: Any) -> int:
    if Path(path).is_dir():
        raise PermissionError(13, "Permission denied", path)
    return _OPEN(path, flags, *more, **options)


def _replace(path: Path, target: Path) -> Path:
    """Windows renames no open file, nor anything onto one."""
    descriptors = Path("/proc/self/fd").iterdir()
    for descriptor in descriptors:
        with suppress(OSError):
            if descriptor.resolve() in (path.resolve(), Path(target).resolve()):
                raise PermissionError(13, "The process cannot access the file", str(path))
    return _REPLACE(path, target)


def _no_signal_handler(*_: object) -> bool:
    """What the event loops of Windows have for this."""
    raise NotImplementedError


_OPEN, _REPLACE = os.open, Path.replace


def remove() -> None:
    """Take it all away."""
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]  # an import of it fails
    for name in SIGNALS:
        delattr(signal, name)
        signal.Signals._member_map_.pop(name)
    for name in OF_OS:
        delattr(os, name)
    multiprocessing.set_start_method("spawn")
    loop = asyncio.SelectorEventLoop
    loop.add_signal_handler = loop.remove_signal_handler = _no_signal_handler  # type: ignore[assignment,method-assign]
    os.open, Path.replace = _open, _replace  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    click.echo("", nl=False)  # its console of Windows is not there
    remove()
    from gptimage2_video_cli.main import main

    sys.exit(main())
