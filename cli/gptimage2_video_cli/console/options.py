"""The options that commands share, and the client that they configure."""

import logging
import math
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from .output import Console, log_stderr

if TYPE_CHECKING:
    from gptimage2_video import Journal, VideoClient

F = TypeVar("F", bound=Callable[..., Any])


class ConnectionOptions(TypedDict):
    """The values of `connection_options`."""

    base_url: str | None
    allow_plain_http: bool
    request_timeout: float


class ClientOptions(ConnectionOptions):
    """The values of `client_options`."""

    poll_interval: float
    steady_polling: bool


class SaveOptions(ClientOptions):
    """The values of `save_options` and `client_options`."""

    output: Path | None
    force: bool
    timeout: float


def _positive(_context: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    """A finite number above 0, or none. Raises click.BadParameter."""
    if value is not None and not (math.isfinite(value) and value > 0):
        raise click.BadParameter(f"{value:g} is not a number above 0")
    return value


def positive_option(*names: str, metavar: str = "S", **settings: Any) -> Callable[[F], F]:
    """An option for seconds, or another number above 0, that shows its default."""
    return click.option(*names, type=float, callback=_positive, metavar=metavar, show_default=True, **settings)


def folder_option(*names: str, **settings: Any) -> Callable[[F], F]:
    """An option for a folder, which need not exist."""
    return click.option(*names, type=click.Path(file_okay=False, path_type=Path), metavar="DIR", **settings)


def credits_option(**settings: Any) -> Callable[[F], F]:
    """The option for a limit in credits."""
    return click.option("--max-credits", type=click.IntRange(min=0), metavar="N", show_default=True, **settings)


def _set_flag(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    setattr(context.ensure_object(Console), parameter.name or "", value)


def _verbose(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    _set_flag(context, parameter, value)
    if value:
        context.with_resource(log_requests())


@contextmanager
def log_requests() -> Generator[None]:
    """Print each request of the library; what is logged holds no key, and of a video URL no query."""

    class LogHandler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            log_stderr(record.getMessage())

    logger, handler = logging.getLogger("gptimage2_video"), LogHandler()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)


def compose(*declarations: Callable[[F], F]) -> Callable[[F], F]:
    """Several declarations as one, in the order in which the help shows them."""

    def declare(function: F) -> F:
        for declaration in reversed(declarations):
            function = declaration(function)
        return function

    return declare


output_options = compose(
    click.option(
        "--json",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_set_flag,
        help="Print exactly one JSON object on stdout, on failure too.",
    ),
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=_set_flag,
        help="Print only the result, warnings and errors.",
    ),
)

connection_options = compose(
    positive_option("--request-timeout", default=30.0, help="Timeout of each step of a request: connect, write, read."),
    click.option("--base-url", metavar="URL", help="Base URL of the API; default: GPTIMAGE2_BASE_URL."),
    click.option(
        "--allow-plain-http", is_flag=True, help="Allow plain HTTP to other hosts; the key is sent unencrypted."
    ),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_verbose,
        help="Log each request with its status and duration.",
    ),
)

client_options = compose(
    positive_option("--poll-interval", default=2.0, help="Minimum polling interval in seconds."),
    click.option(
        "--steady-polling",
        is_flag=True,
        help="Poll at a fixed interval instead of adapting to earlier tasks.",
    ),
    connection_options,
)

timeout_option = positive_option("--timeout", default=900.0, help="Timeout of the wait, in seconds.")

save_options = compose(
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Save the video to FILE; by default its URL is printed.",
    ),
    click.option("--force", is_flag=True, help="Overwrite an existing FILE."),
    timeout_option,
)


def make_client(options: ConnectionOptions, **budget: Any) -> "VideoClient":
    """The client that the options configure; the key comes from the environment."""
    from gptimage2_video import VideoClient

    return VideoClient(**client_settings(options), **budget)


def client_settings(options: ClientOptions | ConnectionOptions) -> dict[str, Any]:
    """The keyword arguments of a client, sync or async."""
    return {
        "base_url": options["base_url"],
        "allow_plain_http": options["allow_plain_http"],
        "poll_interval": options.get("poll_interval", 2.0),
        "adaptive_polling": not options.get("steady_polling", False),
        "request_timeout": options["request_timeout"],
        "journal": configured_journal(),
    }


def configured_journal() -> "Journal | None":
    """The journal, unless the environment turns it off."""
    from gptimage2_video import Journal

    return None if os.environ.get("GPTIMAGE2_JOURNAL") == "off" else Journal()


def wait_arguments(options: SaveOptions) -> tuple[str, ...]:
    """The options of this command that a later `wait` needs again, as arguments."""
    output = () if options["output"] is None else ("-o", str(options["output"]))
    force = ("--force",) if options["force"] else ()
    return (*output, *force, *connection_arguments(options))


def connection_arguments(options: ConnectionOptions) -> tuple[str, ...]:
    """The options that lead to the same API, as arguments."""
    base_url = () if options["base_url"] is None else ("--base-url", options["base_url"])
    return (*base_url, "--allow-plain-http") if options["allow_plain_http"] else base_url
