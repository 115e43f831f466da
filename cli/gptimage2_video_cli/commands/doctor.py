"""`doctor`: what a report of a problem must tell, and what most problems come from.

Lives here: the looks at this machine and at the service, and their words. Not here: the rules about keys and addresses,
which are the library's. The key is never shown, nor is anything of a proxy but that there is one.
"""

import os
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
from gptimage2_video_cli.console.options import DIRECT, ConnectionGiven, connection_options, journal, output_options
from gptimage2_video_cli.console.output import PROGRAM, Run, printable

if TYPE_CHECKING:
    import httpx

# Further apart than this, clocks are worth a word; a day's drift of a bad one is a few seconds.
_APART: Final = timedelta(seconds=60)
_NO_SUCH_TASK: Final = "doctor-no-such-task"
_NO_KEY: Final = "no-key"  # to see whether the service answers where there is none; it refuses this one
_NAME: Final = re.compile(r"[\w.-]+")
_PROXIES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


class Finding(NamedTuple):
    """What one look found: `error` keeps a video from being made, `note` may explain something."""

    about: str
    state: Literal["ok", "note", "error"]
    words: str


@click.command(
    short_help="Say what is set up here, and what is not.",
    epilog=f"""\b
Examples:
  {PROGRAM} doctor
  {PROGRAM} doctor --json | jq -r '.findings[] | select(.state == "error") | .message'

\b
Asks the service for a task that does not exist, which costs nothing, to see whether it answers and takes the key.
Exit codes: 0 nothing is in the way; 1 something is.""",
)
@connection_options
@output_options
@click.pass_obj
def doctor(run: Run, /, **given: Unpack[ConnectionGiven]) -> int:
    """Say what is set up here, and what is not: the version, the key, the service, the clock, the journal, the extras.

    Never shows the key. What it prints is what a report of a problem should hold.
    """
    found = [*_program(), *_service(given), *_journal(), *_extras()]
    good = all(finding.state != "error" for finding in found)
    width = max(len(finding.about) for finding in found)
    lines = (f"{finding.state:5}  {finding.about.ljust(width)}  {finding.words}" for finding in found)
    facts = [{"name": finding.about, "state": finding.state, "message": finding.words} for finding in found]
    run.tell(printable("\n".join(lines)), {"ok": good, "findings": facts})
    return 0 if good else 1


def _program() -> Iterator[Finding]:
    import platform

    system = f"{platform.system()} {platform.machine()}"
    yield Finding("version", "ok", f"{PROGRAM} {__version__}, Python {platform.python_version()}, {system}")
    proxies = [name for name in _PROXIES if os.environ.get(name) or os.environ.get(name.lower())]
    if proxies:
        yield Finding("proxy", "note", f"requests go through the one that {' and '.join(proxies)} names")


def _service(given: ConnectionGiven) -> Iterator[Finding]:
    """The key, whether the service answers, and its clock."""
    import httpx

    manner: dict[str, Any] = {name: given[name] for name in ("base_url", "allow_plain_http", "request_timeout")}
    unfit_key = _unfit(base_url="http://localhost")
    unfit_address = _unfit(api_key=_NO_KEY, **manner)
    yield Finding("key", "error" if unfit_key else "ok", unfit_key or "GPTIMAGE2_API_KEY is set")
    if unfit_address:
        yield Finding("service", "error", unfit_address)
        return
    dates: list[str] = []
    with httpx.Client(mounts=DIRECT, event_hooks={"response": [_noting(dates)]}) as http:
        yield _answer(http, _NO_KEY if unfit_key else None, manner)
    yield from _clock(dates)


def _unfit(**settings: Any) -> str:
    """Why no client can be made of these settings; empty where one can."""
    from gptimage2_video import VideoClient

    try:
        VideoClient(**settings).close()
    except InvalidRequest as problem:
        return str(problem)
    return ""


def _noting(dates: list[str]) -> "Callable[[httpx.Response], None]":
    return lambda response: dates.append(response.headers.get("date", ""))


def _answer(http: "httpx.Client", key: str | None, manner: dict[str, Any]) -> Finding:
    from gptimage2_video import VideoClient

    client = VideoClient(key, http_client=http, **manner)
    where = f"{client.base_url} answers"
    try:
        client.get(_NO_SUCH_TASK)
    except TaskNotFound:
        return Finding("service", "ok", f"{where}, and takes the key")
    except Unauthorized:
        return Finding("service", "ok", where) if key else Finding("service", "error", f"{where}, and refuses the key")
    except VideoClientError as problem:
        return Finding("service", "error", f"{client.base_url}: {problem.summary}")
    return Finding("service", "note", f"{where}, and knows a task that nobody made")


def _clock(dates: Sequence[str]) -> Iterator[Finding]:
    """This machine's clock against the service's, where that told it."""
    from email.utils import parsedate_to_datetime

    try:
        theirs = parsedate_to_datetime(dates[-1])
        ahead = datetime.now(UTC) - theirs
    except (IndexError, ValueError, TypeError):  # TypeError: a date without a zone
        return
    if abs(ahead) < _APART:
        yield Finding("clock", "ok", "as the service's, within a minute")
    else:
        way = "ahead of" if ahead > timedelta() else "behind"
        yield Finding("clock", "note", f"{abs(ahead).total_seconds():.0f} s {way} the service's; no wait depends on it")


def _journal() -> Iterator[Finding]:
    book = journal()
    if book is None:
        yield Finding("journal", "note", "GPTIMAGE2_JOURNAL is off: a task whose id is lost stays lost")
        return
    try:
        book.try_write()
        entries = list(book.submissions())
    except JournalFailed as problem:
        yield Finding("journal", "error", str(problem))
        return
    yield Finding("journal", "ok", f"{book.path}, {len(entries)} submissions")
    uncertain = sum(entry.uncertain for entry in entries)
    if uncertain:
        yield Finding("journal", "note", f"{uncertain} may have been charged without a receipt: `tasks --uncertain`")


def _extras() -> Iterator[Finding]:
    """Which extras are installed, by what the package says of itself."""
    from importlib.metadata import metadata, requires

    needs = [need for need in requires(PROGRAM) or () if "extra ==" in need]
    for extra in metadata(PROGRAM).get_all("Provides-Extra") or ():
        named = [_NAME.match(need) for need in needs if re.search(rf"extra == ['\"]{extra}['\"]", need)]
        missing = [found[0] for found in named if found and not _installed(found[0])]
        if missing:
            words = f"lacks {', '.join(missing)}: pip install '{PROGRAM}[{extra}]'"
            yield Finding(f"[{extra}]", "note", words)
        else:
            yield Finding(f"[{extra}]", "ok", "installed")


def _installed(name: str) -> bool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
