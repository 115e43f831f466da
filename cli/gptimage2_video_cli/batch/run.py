"""A run of a batch, from its manifest to its report.

Lives here: the order of things, and what is asked and said before anything is spent. Not here: each of these things.
"""

import asyncio
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gptimage2_video import VideoClient
from gptimage2_video_cli.options import client_settings, make_folder
from gptimage2_video_cli.output import Run, say

from . import manifest as manifests
from . import plan, report, store
from .crew import Crew
from .ledger import Ledger
from .manifest import Line, Trouble
from .progress import Progress
from .tables import FREE, batches
from .worker import Settings, Worker

if TYPE_CHECKING:
    from .command import Given

_IN_FOLDER: Final = "batch"
_SHOWN_TROUBLES: Final = 100


def run_batch(run: Run, path: Path, given: "Given") -> int:
    """Run it. Returns the exit code."""
    lines, bad = _read(path, given)
    if given["dry_run"]:
        _say_cost(lines)
        run.tell(f"{len(lines)} good lines, {bad} bad", {"lines": len(lines), "bad": bad, "quote": _quote(lines)})
        return 0
    client = client_settings(given)
    journal = client.pop("journal")
    with VideoClient(**client) as probe:  # the key is tried before anything is made
        base_url = probe.base_url
    make_folder(given["out"])
    with _books(path, given) as ledger:
        _open(ledger, base_url)
        crew = Crew(ledger) if given["database"] else None
        planned = _plan(ledger, lines, given)
        _agree(ledger, lines, crew)
        _consent(planned, ledger, given)
        plan.apply(ledger, lines, given["max_credits"], resubmit_uncertain=given["resubmit_uncertain"])
        label = f"batch {ledger.name}" if given["database"] else f"the batch in {given['out'].absolute()}"
        shown = Progress()
        settings = Settings(
            given["out"], client, journal, label, given["concurrency"], given["rate"], given["timeout"], shown.show
        )
        try:
            if planned.fresh or planned.going_on or any(row.running for row in ledger.rows()):
                asyncio.run(Worker(ledger, settings, crew).run())
        finally:
            shown.end()
            found = _report(ledger, path, given)
        run.tell(report.summary(found), found)
        return max(report.exit_code(ledger.rows()), 2 if bad else 0)


@contextmanager
def existing(folder: Path | None, database: str | None, name: str | None) -> Generator[Ledger]:
    """The books of a batch that was run before. Raises click.ClickException where there are none."""
    if database is not None and name is None:
        raise click.UsageError("with --database, name the batch by --name")
    if database is None and folder and not (folder / store.STATE_FOLDER).is_dir():
        raise click.ClickException(f"there is no batch in {folder}")
    engine = store.at(database) if database else store.in_folder(folder or Path())
    with _closing(Ledger(engine, name if database and name else _IN_FOLDER)) as ledger:
        ledger.prepare()
        if not _known(ledger):
            raise click.ClickException(f"there is no batch {f'called {name}' if database else f'in {folder}'}")
        yield ledger


@contextmanager
def _closing(ledger: Ledger) -> Generator[Ledger]:
    try:
        yield ledger
    finally:
        ledger.engine.dispose()


def _known(ledger: Ledger) -> bool:
    query = sa.select(sa.func.count()).where(batches.c.name == ledger.name)
    return bool(ledger.transact(lambda c: c.execute(query).scalar()))


def _read(path: Path, given: "Given") -> tuple[list[Line], int]:
    """The good lines and the number of bad ones; every mistake is said."""
    try:
        lines, troubles = manifests.read(path)
    except (OSError, ValueError) as problem:
        raise click.ClickException(f"{path} cannot be read: {problem}") from None
    errors = [trouble for trouble in troubles if trouble.severity == "error"]
    _say_troubles(troubles)
    if errors and not given["skip_invalid"]:
        raise click.ClickException(
            f"{len(errors)} of {len(errors) + len(lines)} lines are bad; nothing was sent; mend them, or --skip-invalid"
        )
    if not lines:
        raise click.ClickException(f"there is no good line in {path}; nothing was sent")
    return lines, len(errors)


def _say_troubles(troubles: Sequence[Trouble]) -> None:
    for trouble in troubles[:_SHOWN_TROUBLES]:
        say(f"{trouble.severity}: {trouble}")
    if len(troubles) > _SHOWN_TROUBLES:
        say(f"… and {len(troubles) - _SHOWN_TROUBLES} more")


@contextmanager
def _books(path: Path, given: "Given") -> Generator[Ledger]:
    """The books of this batch, and nobody else's hands on them unless they are in a database."""
    if given["database"] is None:
        if given["name"] is not None:
            raise click.UsageError("--name goes with --database; without it there is one batch for each folder")
        with _closing(Ledger(store.in_folder(given["out"]), _IN_FOLDER)) as ledger, store.alone(given["out"]):
            ledger.prepare()
            ledger.cut_off()  # nobody else can be at work, so what is on its way has lost its process
            yield ledger
    else:
        with _closing(Ledger(store.at(given["database"]), given["name"] or path.stem)) as ledger:
            ledger.prepare()
            yield ledger


def _open(ledger: Ledger, base_url: str) -> None:
    """Open the books where they are new. Raises click.UsageError where they are those of another service."""
    if not _known(ledger):
        with suppress(IntegrityError):  # another machine was faster
            ledger.transact(lambda c: c.execute(sa.insert(batches).values(name=ledger.name, base_url=base_url)))
    theirs = ledger.batch().base_url
    if theirs != base_url:
        raise click.UsageError(f"this batch was begun at {theirs}, and this is {base_url}")


def _plan(ledger: Ledger, lines: Sequence[Line], given: "Given") -> plan.Plan:
    planned = plan.compare(lines, ledger.rows(), resubmit_uncertain=given["resubmit_uncertain"])
    limited = given["max_credits"] is not None or ledger.batch().max_credits is not None
    troubles = list(planned.troubles)
    for line in planned.fresh:
        if (given["out"] / line.file).exists():
            troubles.append(Trouble(line.number, f"{given['out'] / line.file} exists already; nothing is overwritten"))
        if line.quote is None and limited and not given["allow_unknown_price"]:
            troubles.append(Trouble(line.number, "a budget is set and the price of this line is unknown"))
    if troubles:
        _say_troubles(troubles)
        raise click.ClickException(f"{len(troubles)} lines cannot be sent; nothing was sent")
    return planned


def _agree(ledger: Ledger, lines: Sequence[Line], crew: Crew | None) -> None:
    """What others are at work on stays in the books. Raises click.ClickException where this manifest would drop it."""
    ours = {line.key for line in lines}
    dropped = sum(row.state in FREE and row.key not in ours for row in ledger.rows())
    if dropped and crew and crew.others():
        raise click.ClickException(
            f"another worker is at work on the batch {ledger.name}, with {dropped} lines that are not in this manifest;"
            " use the same manifest, or another --name"
        )


def _consent(planned: plan.Plan, ledger: Ledger, given: "Given") -> None:
    """Say what is about to happen and what it costs; ask, where a person is there to answer."""
    counts = {
        "to submit": len(planned.fresh),
        "to go on with": planned.going_on,
        "done": planned.done,
        "uncertain and left alone": planned.uncertain,
    }
    say(", ".join(f"{count} {words}" for words, count in counts.items() if count))
    _say_cost(planned.fresh)
    books = ledger.batch()
    limit = books.max_credits if given["max_credits"] is None else given["max_credits"]
    if limit is not None:
        left = max(limit - books.committed, 0)
        say(f"budget: {limit} credits, of which {left} are left")
        if _quote(planned.fresh) > left:
            say("warning: that is not enough for all; lines that do not fit are not sent")
    asked = planned.fresh and not given["yes"] and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    if asked and not click.confirm("Submit them?", err=True):
        raise click.ClickException("nothing was sent")


def _say_cost(lines: Sequence[Line]) -> None:
    unknown = sum(line.quote is None for line in lines)
    doubt = f", and {unknown} of unknown price" if unknown else ""
    say(f"cost: about {_quote(lines)} credits for {len(lines) - unknown} lines{doubt}")


def _quote(lines: Sequence[Line]) -> int:
    return sum(line.quote or 0 for line in lines)


def _report(ledger: Ledger, path: Path, given: "Given") -> dict[str, Any]:
    found = report.facts(ledger, ledger.rows())
    try:
        say(f"report: {report.write(given['out'], found, manifest=path)}")
    except OSError as problem:
        say(f"warning: the report could not be written: {problem.strerror or problem}")
    return found
