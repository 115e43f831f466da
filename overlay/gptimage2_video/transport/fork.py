"""A fork of the process: in the child a client goes on with connections of its own, and leaves its parent's alone.

Two processes on one connection would read each other's responses. So in the child whatever keeps connections or locks
is told to begin anew; and its copies of the parent's sockets lead nowhere, as even closing one may write to it, or take
it out of the parent's event loop.
"""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """What has to begin anew in the child of a fork."""

    def after_fork(self) -> None:
        """In the child, before anything else runs there: forget connections, and locks that other threads held."""


# Windows has no fork, and its sockets are no files.
_IS_FORKING: Final = hasattr(os, "register_at_fork")
_FORKABLE: Final[WeakSet[Forkable]] = WeakSet()
# The inode of each connection by its descriptor, which the system gives to another file once it is closed.
_CONNECTIONS: Final[dict[int, int]] = {}


def renew_after_fork(*parts: Forkable | None) -> None:
    """Have each told of a fork, in the child, for as long as it lives."""
    _FORKABLE.update(part for part in parts if part is not None)


def cut_after_fork(descriptor: int) -> None:
    """Have a connection lead nowhere in the child of a fork, for as long as it is open."""
    if _IS_FORKING:
        _CONNECTIONS[descriptor] = os.fstat(descriptor).st_ino


def _in_child() -> None:
    nowhere, other = socket.socketpair()
    other.close()
    with nowhere:
        for descriptor, inode in _CONNECTIONS.items():
            with suppress(OSError):  # closed since
                if os.fstat(descriptor).st_ino == inode:
                    os.dup2(nowhere.fileno(), descriptor, inheritable=False)
    _CONNECTIONS.clear()
    for part in list(_FORKABLE):
        part.after_fork()


_register: Final[Callable[..., object]] = getattr(os, "register_at_fork", dict)  # `dict` takes any keywords
_register(after_in_child=_in_child)
