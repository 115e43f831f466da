"""`doctor`: checks of the installation, key, network, clock and journal, for bug reports.

The key is never shown, nor the user and password of a proxy.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Unpack

import click

from gptimage2_video import (
    InvalidRequest,
    JournalFailed,
    TaskNotFound,
    Unauthorized,
    VideoClientError,
    __version__,
)
from gptimage2_video_cli.console.options import (
    ConnectionOptions,
    configured_journal,
    connection_options,
    output_options,
)
from gptimage2_video_cli.console.output import PROGRAM, Console, strip_control

if TYPE_CHECKING:
    import httpx

    from gptimage2_video.transport.network import NetworkSettings

# A larger skew is reported; a bad clock drifts by a few seconds a day.
_MAX_SKEW: Final = timedelta(seconds=60)
_NO_SUCH_TASK: Final = "doctor-no-such-task"
_NO_KEY: Final = "no-key"  # to test the service where there is none; it rejects this one
_PACKAGE: Final = re.compile(r"[\w.-]+")


class Finding(NamedTuple):
    """The result of one check: an `error` prevents making a video, a `note` may explain something."""

    name: str
    state: Literal["ok", "note", "error"]
    message: str


@click.command(
    short_help="Diagnose installation, key, network, clock and journal.",
    epilog=f"""\b
Examples:
  {PROGRAM} doctor
  {PROGRAM} doctor --json | jq -r '.findings[] | select(.state == "error") | .message'

\b
Requests a task that does not exist, free of charge, to test whether the service responds and accepts the key.
Exit codes: 0 no errors; 1 errors found.""",
)
@connection_options
@output_options
@click.pass_obj
def doctor(console: Console, /, **options: Unpack[ConnectionOptions]) -> int:
    """Diagnose the installation, the API key, the network, the clock, the journal and the extras.

    Never shows the key. Attach the output to a bug report.
    """
    findings = [*_installation(), *_network(options), *_journal(), *_extras()]
    ok = all(finding.state != "error" for finding in findings)
    width = max(len(finding.name) for finding in findings)
    lines = (f"{finding.state:5}  {finding.name.ljust(width)}  {finding.message}" for finding in findings)
    data = [{"name": finding.name, "state": finding.state, "message": finding.message} for finding in findings]
    console.print_result(strip_control("\n".join(lines)), {"ok": ok, "findings": data})
    return 0 if ok else 1


def _installation() -> Iterator[Finding]:
    import platform

    system = f"{platform.system()} {platform.machine()}"
    yield Finding("version", "ok", f"{PROGRAM} {__version__}, Python {platform.python_version()}, {system}")


def _network(options: ConnectionOptions) -> Iterator[Finding]:
    """The key and the base URL; the way to the service and the videos; whether the service responds, and its clock."""
    import httpx

    from gptimage2_video.transport.httpx import default_client
    from gptimage2_video.transport.network import NetworkSettings

    connection: dict[str, Any] = {name: options[name] for name in ("base_url", "allow_plain_http", "request_timeout")}
    key_error, _ = _client(base_url="http://localhost")
    url_error, base_url = _client(api_key=_NO_KEY, **connection)
    yield Finding("key", "error" if key_error else "ok", key_error or "GPTIMAGE2_API_KEY is set")
    if url_error:
        yield Finding("service", "error", url_error)
    try:
        network = NetworkSettings.of_environment()
        http = default_client(httpx.Client, f"{PROGRAM}/{__version__} doctor", network)
    except InvalidRequest as error:
        yield Finding("network", "error", str(error))
        return
    yield from _way(network, base_url)
    if not url_error:
        dates: list[str] = []
        http.event_hooks = {"response": [_collect_dates(dates)]}
        with http:
            yield _response(http, _NO_KEY if key_error else None, connection)
        yield from _clock(dates)


def _client(**settings: Any) -> tuple[str, str]:
    """Why these settings make no client, and its base URL; either is empty. The network's settings play no part."""
    import httpx

    from gptimage2_video import VideoClient

    with httpx.Client(trust_env=False) as http:
        try:
            return "", VideoClient(http_client=http, **settings).base_url
        except InvalidRequest as error:
            return str(error), ""


def _way(network: "NetworkSettings", base_url: str) -> Iterator[Finding]:
    """Which proxy and certificates requests use, and which variable says so. The host of a video is not known yet."""
    to_service = network.proxy_for(base_url) if base_url else None
    to_videos = network.proxies.get("https") or network.proxies.get("all")
    unless = ", unless NO_PROXY has their host" if to_videos and network.exceptions else ""
    state: Literal["ok", "note"] = "note" if network.proxies else "ok"
    yield Finding("proxy", state, f"API: {to_service or 'none'}; videos: {to_videos or 'none'}{unless}")
    path, variable = network.certificates or ("those of the package certifi", "")
    yield Finding("certificates", "note" if variable else "ok", f"{path} ({variable})" if variable else path)


def _collect_dates(dates: list[str]) -> "Callable[[httpx.Response], None]":
    return lambda response: dates.append(response.headers.get("date", ""))


def _response(http: "httpx.Client", key: str | None, connection: dict[str, Any]) -> Finding:
    from gptimage2_video import VideoClient

    client = VideoClient(key, http_client=http, **connection)
    responds = f"{client.base_url} responds"
    try:
        client.get(_NO_SUCH_TASK)
    except TaskNotFound:
        return Finding("service", "ok", f"{responds} and accepts the key")
    except Unauthorized:
        if key:
            return Finding("service", "ok", responds)
        return Finding("service", "error", f"{responds}, but rejects the key")
    except VideoClientError as error:
        return Finding("service", "error", f"{client.base_url}: {error.summary}")
    return Finding("service", "note", f"{responds}, but returns a task that does not exist")


def _clock(dates: Sequence[str]) -> Iterator[Finding]:
    """This machine's clock against the `Date` of the response, where there is one."""
    from email.utils import parsedate_to_datetime

    try:
        skew = datetime.now(UTC) - parsedate_to_datetime(dates[-1])
    except (IndexError, ValueError, TypeError):  # TypeError: a date without a zone
        return
    if abs(skew) < _MAX_SKEW:
        yield Finding("clock", "ok", f"in sync with the service, within {_MAX_SKEW.total_seconds():.0f} s")
    else:
        direction = "ahead of" if skew > timedelta() else "behind"
        yield Finding(
            "clock", "note", f"{abs(skew).total_seconds():.0f} s {direction} the service; no timeout depends on it"
        )


def _journal() -> Iterator[Finding]:
    journal = configured_journal()
    if journal is None:
        yield Finding("journal", "note", "GPTIMAGE2_JOURNAL is off: a lost task id cannot be recovered")
        return
    try:
        journal.check_writable()
        submissions = list(journal.submissions())
    except JournalFailed as error:
        yield Finding("journal", "error", str(error))
        return
    yield Finding("journal", "ok", f"{journal.path}, {len(submissions)} submissions")
    uncertain = sum(submission.uncertain for submission in submissions)
    if uncertain:
        yield Finding("journal", "note", f"{uncertain} uncertain, may have been charged: `tasks --uncertain`")


def _extras() -> Iterator[Finding]:
    """Which extras are installed, by the metadata of the package."""
    from importlib.metadata import metadata, requires

    requirements = [one for one in requires(PROGRAM) or () if "extra ==" in one]
    for extra in metadata(PROGRAM).get_all("Provides-Extra") or ():
        matches = [_PACKAGE.match(one) for one in requirements if re.search(rf"extra == ['\"]{extra}['\"]", one)]
        missing = [match[0] for match in matches if match and not _is_installed(match[0])]
        if missing:
            message = f"not installed: {', '.join(missing)}; run pip install '{PROGRAM}[{extra}]'"
            yield Finding(f"[{extra}]", "note", message)
        else:
            yield Finding(f"[{extra}]", "ok", "installed")


def _is_installed(name: str) -> bool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
