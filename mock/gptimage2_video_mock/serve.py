"""The server in the foreground: what it prints, and how SIGINT and SIGTERM stop it."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gptimage2_video_mock.api.own_models import read_models
from gptimage2_video_mock.api.state import ServerState
from gptimage2_video_mock.scenarios.registry import SCENARIOS
from gptimage2_video_mock.server import Addresses, listening
from gptimage2_video_mock.server import run as run_server
from gptimage2_video_mock.service.accounts import DEFAULT_ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path
    from types import FrameType

_USAGE = """\
videos come from {cdn}, another host to a client: never send the key there

  export GPTIMAGE2_BASE_URL={api}
  export GPTIMAGE2_API_KEY={key}

keys            {keys}
playground      {api}/ in a browser
API reference   {api}/docs
scenarios       put {api}/scenarios/NAME into GPTIMAGE2_BASE_URL, such as cut-download;
                {api}/mock/scenarios lists all {scenarios}
clock           {clock}

Stop with Ctrl-C."""


def run(
    host: str,
    port: int,
    cdn_port: int,
    *,
    speed: float,
    task_seconds: float,
    accounts: Mapping[str, int],
    models: Path | None,
) -> None:
    """Serve until SIGINT or SIGTERM. Without accounts, there are the default ones; `models` is a models file.

    Raises:
        ValueError: a speed or a duration makes no sense, or the models file has a mistake.
        OSError: the address cannot be listened on.
    """
    accounts = accounts or DEFAULT_ACCOUNTS
    rows = read_models(models) if models else []
    state = ServerState.create(accounts, speed=speed, task_seconds=task_seconds, models=rows)
    if not _loopback(host):
        print(f"warning: listening on {host}, other machines can use this server's keys", file=sys.stderr)
    run_server(_serve(state, accounts, host, port, cdn_port))


async def _serve(state: ServerState, accounts: Mapping[str, int], host: str, port: int, cdn_port: int) -> None:
    stop = asyncio.Event()
    with _stop_on_signals(stop):
        async with listening(state, host, port, cdn_port) as addresses:
            _print(f"listening on {addresses.api}")
            _print(_usage(state, accounts, addresses))
            with _reduced_gc():
                await stop.wait()


@contextmanager
def _reduced_gc() -> Generator[None]:
    """Freeze what stays: the spec, the modules, tasks and ledger entries, which are kept for good.

    A full collection blocks the loop for 60 ms with ten thousand tasks. Young garbage is still collected.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _stop_on_signals(stop: asyncio.Event) -> Generator[None]:
    loop = asyncio.get_running_loop()

    def end(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _usage(state: ServerState, accounts: Mapping[str, int], addresses: Addresses) -> str:
    clock, task_seconds = state.service.clock, state.service.task_seconds
    pace = f"{clock.speed:g} times as fast as real time; a task takes {task_seconds:g} s of it"
    return _USAGE.format(
        api=addresses.api,
        cdn=addresses.cdn,
        key=next(iter(accounts)),
        keys=", ".join(f"{key} ({balance} credits)" for key, balance in accounts.items()),
        scenarios=len(SCENARIOS),
        clock=f'{pace}; POST {addresses.api}/mock/clock {{"advance": SECONDS}} steps it',
    )


def _print(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError:  # broken pipe: nobody reads stdout any more; the server goes on
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
