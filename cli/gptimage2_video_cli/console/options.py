"""The options that commands share: where the API is, where the video goes; and the client that they ask for.

Lives here: click's declarations and types of arguments. Not here: the options that describe a video (`request`), and
anything that one command alone takes.
"""

import logging
import math
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict, TypeVar

import click

from .output import Run, say

if TYPE_CHECKING:
    from gptimage2_video import Journal, VideoClient

# As the library has it: unencrypted the key goes to this machine alone, so no proxy of the environment stands between.
DIRECT: Final[dict[str, None]] = {"http://localhost": None, "http://127.0.0.1": None, "http://[::1]": None}

F = TypeVar("F", bound=Callable[..., Any])


class ConnectionGiven(TypedDict):
    """What the options of `connection_options` were given."""

    base_url: str | None
    allow_plain_http: bool
    request_timeout: float


class ClientGiven(ConnectionGiven):
    """What the options of `client_options` were given."""

    poll_interval: float
    steady_polling: bool


class SaveGiven(ClientGiven):
    """What the options of `save_options` and `client_options` were given."""

    output: Path | None
    force: bool
    timeout: float


def positive(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    """Seconds that make sense. Raises click.BadParameter."""
    if not (math.isfinite(value) and value > 0):
        raise click.BadParameter(f"{value:g} is not a number of seconds above 0")
    return value


def _for_the_run(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    setattr(context.ensure_object(Run), parameter.name or "", value)


def _verbose(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    _for_the_run(context, parameter, value)
    if value:
        context.with_resource(requests_said())


@contextmanager
def requests_said() -> Generator[None]:
    """Each request of the library is said; what is logged holds no key, and of a video's address no query."""

    class Said(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            say(record.getMessage())

    log, handler = logging.getLogger("gptimage2_video"), Said()
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        log.setLevel(before)
        log.removeHandler(handler)


def options(*declared: Callable[[F], F]) -> Callable[[F], F]:
    """Several declarations as one, in the order in which the help shows them."""

    def declare(function: F) -> F:
        for declaration in reversed(declared):
            function = declaration(function)
        return function

    return declare


output_options = options(
    click.option(
        "--json",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_for_the_run,
        help="Print exactly one JSON object on stdout, on failure too.",
    ),
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=_for_the_run,
        help="Say nothing but errors and warnings beside the result.",
    ),
)

connection_options = options(
    click.option(
        "--request-timeout",
        type=float,
        callback=positive,
        default=30.0,
        show_default=True,
        metavar="S",
        help="Seconds for each step of a request.",
    ),
    click.option("--base-url", metavar="URL", help="Where the API is; default: GPTIMAGE2_BASE_URL."),
    click.option("--allow-plain-http", is_flag=True, help="Let the key go unencrypted to another machine."),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_verbose,
        help="Say each request, with its status and its seconds.",
    ),
)

client_options = options(
    click.option(
        "--poll-interval",
        type=float,
        callback=positive,
        default=2.0,
        show_default=True,
        metavar="S",
        help="Least seconds between looks.",
    ),
    click.option("--steady-polling", is_flag=True, help="Look every S seconds, however long such tasks have taken."),
    connection_options,
)

save_options = options(
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Save the video here; else its URL is printed.",
    ),
    click.option("--force", is_flag=True, help="Overwrite an existing FILE."),
    click.option(
        "--timeout",
        type=float,
        callback=positive,
        default=600.0,
        show_default=True,
        metavar="S",
        help="Seconds to wait.",
    ),
)


def client_for(given: ClientGiven | ConnectionGiven, **budget: Any) -> "VideoClient":
    """The client that the options ask for; the key comes from the environment."""
    from gptimage2_video import VideoClient

    return VideoClient(**client_settings(given), **budget)


def client_settings(given: ClientGiven | ConnectionGiven) -> dict[str, Any]:
    """What the options say to a client of either kind."""
    return {
        "base_url": given["base_url"],
        "allow_plain_http": given["allow_plain_http"],
        "poll_interval": given.get("poll_interval", 2.0),
        "adaptive_polling": not given.get("steady_polling", False),
        "request_timeout": given["request_timeout"],
        "journal": journal(),
    }


def journal() -> "Journal | None":
    """The journal, unless the environment turns it off."""
    from gptimage2_video import Journal

    return None if os.environ.get("GPTIMAGE2_JOURNAL") == "off" else Journal()


def wait_settings(given: SaveGiven) -> tuple[str, ...]:
    """The options of this command that a later `wait` needs again."""
    words: list[str] = []
    if given["output"] is not None:
        words += ["-o", str(given["output"])]
    if given["force"]:
        words.append("--force")
    return (*words, *connection_settings(given))


def connection_settings(given: ConnectionGiven) -> tuple[str, ...]:
    """The options that lead to the same API."""
    words = [] if given["base_url"] is None else ["--base-url", given["base_url"]]
    return (*words, "--allow-plain-http") if given["allow_plain_http"] else tuple(words)


def make_folder(folder: Path) -> None:
    """Make the folder where it is missing. Raises click.UsageError where that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise click.UsageError(f"{folder} cannot be made: {problem.strerror}") from None
