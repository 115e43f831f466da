"""What the tests share, as fixtures: the mock server, a clock that passes without waiting, and both clients."""

import functools
import signal
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import gptimage2_video.clock
import gptimage2_video_cli.contract.clock
from gptimage2_video_mock import MockServer
from support.clients import KINDS, Clients, FakeClock
from support.commandline import CommandLine
from support.scripted import ScriptedServer

# What `-m "not long"` leaves out is said at the end. Workers of pytest-xdist collect, and their boss tells.
_left_out = pytest.StashKey[int]()


def pytest_deselected(items: list[pytest.Item]) -> None:
    config = items[0].config
    long = sum(item.get_closest_marker("long") is not None for item in items)
    config.stash[_left_out] = getattr(config, "workeroutput", {})["left out"] = long


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[_left_out] = getattr(node, "workeroutput", {}).get("left out", 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.option.markexpr and (long := config.stash.get(_left_out, 0)):
        terminalreporter.write_line(f"left out: {long} tests marked long; `make test-all` runs them")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock()
    for name in ("now", "pause", "async_pause"):
        monkeypatch.setattr(gptimage2_video.clock, name, getattr(fake, name))
    for name in ("now", "pause"):
        monkeypatch.setattr(gptimage2_video_cli.contract.clock, name, getattr(fake, name))
    return fake


@pytest.fixture
def server(clock: FakeClock) -> Iterator[MockServer]:
    with MockServer() as running:
        clock.followers.append(running.clock.advance)
        yield running


@pytest.fixture
def scripted(clock: FakeClock) -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture(params=KINDS)
def clients(request: pytest.FixtureRequest, server: MockServer) -> Iterator[Clients]:
    with ExitStack() as stack:
        yield Clients(request.param, server.url, stack)


@pytest.fixture(params=["sync", "async"])
def httpx_clients(request: pytest.FixtureRequest, server: MockServer) -> Iterator[Clients]:
    """Those that take an httpx client of the caller's own."""
    with ExitStack() as stack:
        yield Clients(request.param, server.url, stack)


@pytest.fixture(params=KINDS)
def scripted_clients(request: pytest.FixtureRequest, scripted: ScriptedServer) -> Iterator[Clients]:
    with ExitStack() as stack:
        yield Clients(request.param, scripted.url, stack)


@pytest.fixture
def client(clients: Clients) -> Any:
    return clients()


@pytest.fixture(autouse=True, scope="session")
def _certificates_are_read_once() -> Iterator[None]:
    """Reading them takes a client 0.1 s, and no test speaks TLS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(autouse=True, scope="session")
def _signals_as_in_a_terminal() -> Iterator[None]:
    """Whoever runs the tests in the background has them ignore Ctrl-C, and every program that they start."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGHUP)}
    for number, handler in before.items():
        if handler is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _no_settings_of_mine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The key, base URL and journal of the person who runs the tests stay out of them."""
    for name in ("GPTIMAGE2_API_KEY", "GPTIMAGE2_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GPTIMAGE2_JOURNAL", str(tmp_path_factory.getbasetemp() / f"journal-{uuid4().hex}.db"))


@pytest.fixture
def service() -> Iterator[Any]:
    """A mock that serves each prompt of a batch as the test instructs."""
    from support.batches import scripted_mock  # here, as it loads DBOS

    with scripted_mock() as running:
        yield running


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The current folder, with a manifest to be written."""
    from support.batches import Folder, fast_forward

    monkeypatch.chdir(tmp_path)
    fast_forward(monkeypatch)
    return Folder()


@pytest.fixture
def run(service: Any, batch: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`batch run` against that mock, with more options where given."""
    command = CommandLine(capsys, monkeypatch).against(service.url)
    return lambda *more: command(*batch.arguments(*more))
