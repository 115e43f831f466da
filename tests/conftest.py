"""What the tests share, as fixtures: the mock server, a clock that passes without waiting, and both clients."""

import functools
import signal
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

import gptimage2_video.transport.clock
import gptimage2_video_cli.contract.clock
import gptimage2_video_cli.contract.rules  # its rules are made of the catalogue, before a test has models of its own
from gptimage2_video_cli.console.signals import SIGNALS
from gptimage2_video_mock import MockServer
from support.clients import VARIANTS, ClientUnderTest, FakeClock
from support.commandline import CommandLine
from support.own_models import SPEC, installed
from support.scripted import ScriptedServer

# What a test needs that makes it one for CI: `make test` deselects these, and the last line counts them.
_EXPENSIVE: Final = ("slow", "process", "browser", "postgres")
# Workers of pytest-xdist collect, and their controller reports.
_deselected = pytest.StashKey[dict[str, int]]()


def pytest_deselected(items: list[pytest.Item]) -> None:
    config = items[0].config
    counts = Counter(marker for item in items for marker in _EXPENSIVE if item.get_closest_marker(marker))
    config.stash[_deselected] = getattr(config, "workeroutput", {})["deselected"] = dict(counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[_deselected] = getattr(node, "workeroutput", {}).get("deselected", {})


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.option.markexpr and (counts := config.stash.get(_deselected, {})):
        marked = ", ".join(f"{counts[marker]} {marker}" for marker in _EXPENSIVE if marker in counts)
        terminalreporter.write_line(f"left out: tests marked {marked}; `make test-all` runs them")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock()
    for name in ("now", "sleep", "async_sleep"):
        monkeypatch.setattr(gptimage2_video.transport.clock, name, getattr(fake, name))
    for name in ("now", "sleep"):
        monkeypatch.setattr(gptimage2_video_cli.contract.clock, name, getattr(fake, name))
    return fake


# Of these the catalogue is the subject, or they start programs that know no other.
_OF_THE_CATALOGUE: Final = {"browser", "contract", "docs", "polyglot", "soak", "tools", "vectors"}


@pytest.fixture(autouse=True, scope="module")
def _models_of_our_own(request: pytest.FixtureRequest) -> Iterator[None]:
    """A model that is added, removed or repriced is no concern of these tests."""
    folders = request.path.relative_to(Path(__file__).parent).parts
    with nullcontext() if _OF_THE_CATALOGUE.intersection(folders) else installed(SPEC):
        yield


@pytest.fixture
def server(clock: FakeClock) -> Iterator[MockServer]:
    with MockServer() as running:
        clock.followers.append(running.clock.advance)
        yield running


@pytest.fixture
def scripted(clock: FakeClock) -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


# `make test` tries each case with the sync client and with aiohttp; that on httpx is left to `make test-all`.
EACH_VARIANT: Final = [pytest.param(name, marks=pytest.mark.slow) if name == "async" else name for name in VARIANTS]


@pytest.fixture(params=EACH_VARIANT)
def clients(request: pytest.FixtureRequest, server: MockServer) -> Iterator[ClientUnderTest]:
    with ExitStack() as stack:
        yield ClientUnderTest(request.param, server.url, stack)


@pytest.fixture(params=["sync", "async"])
def httpx_clients(request: pytest.FixtureRequest, server: MockServer) -> Iterator[ClientUnderTest]:
    """Those that take an httpx client of the caller's own."""
    with ExitStack() as stack:
        yield ClientUnderTest(request.param, server.url, stack)


@pytest.fixture(params=EACH_VARIANT)
def scripted_clients(request: pytest.FixtureRequest, scripted: ScriptedServer) -> Iterator[ClientUnderTest]:
    with ExitStack() as stack:
        yield ClientUnderTest(request.param, scripted.url, stack)


@pytest.fixture
def client(clients: ClientUnderTest) -> Any:
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
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _no_settings_of_mine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The key, base URL and journal of the person who runs the tests stay out of them."""
    for name in ("GPTIMAGE2_API_KEY", "GPTIMAGE2_BASE_URL", "GPTIMAGE2_MODELS"):
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
