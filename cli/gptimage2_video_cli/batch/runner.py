"""A run of a batch, from its manifest to its report.

Lives here: the order of things. Not here: each of these things.
"""

import asyncio
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from gptimage2_video import VideoClient
from gptimage2_video_cli.console.options import client_settings, make_folder
from gptimage2_video_cli.console.output import Run, say

from . import confirm as consent
from . import database as store
from . import plan, report
from .ledger import Ledger
from .manifest import Line, Trouble
from .progress import Progress
from .schema import FREE, batches
from .summary import Troubles
from .worker import Settings, Worker
from .workers import Crew

if TYPE_CHECKING:
    from gptimage2_video_cli.commands.batch import Given

_IN_FOLDER: Final = "batch"


def run_batch(run: Run, path: Path, given: "Given") -> int:
    """Run it. Returns the exit code."""
    if given["name"] is not None and given["database"] is None:
        raise click.UsageError("--name goes with --database; without it there is one batch for each folder")
    lines: list[Line] = []
    tally = consent.read(path, given, keep=_forget if given["dry_run"] else lines.append)
    if given["dry_run"]:
        return consent.dry_run(run, tally, given)
    with VideoClient(**client_settings(given)) as probe:  # the key is tried before anything is made
        base_url = probe.base_url
    make_folder(given["out"])
    with _books(path, given) as ledger:
        _open(ledger, base_url)
        crew = Crew(ledger) if given["database"] else None
        planned = _plan(ledger, lines, given)
        _agree(ledger, lines, crew)
        consent.ask(run, planned, ledger, given)
        plan.apply(ledger, lines, given["max_credits"], resubmit_uncertain=given["resubmit_uncertain"])
        shown = Progress(run)
        try:
            due = planned.fresh or planned.going_on or any(row.running for row in ledger.rows())
            ill = _work(Worker(ledger, _settings(ledger, given, shown), crew)) if due else 0
        finally:
            shown.end()
            found = _report(run, ledger, path, given)
        run.tell(report.summary(found), found)
        return max(report.exit_code(ledger.rows()), 2 if tally.bad else 0, ill)


def _forget(_line: Line) -> None:
    """A rehearsal needs the sums alone."""


def _settings(ledger: Ledger, given: "Given", shown: Progress) -> Settings:
    client = client_settings(given)
    journal = client.pop("journal")
    label = f"batch {ledger.name}" if given["database"] else f"the batch in {given['out'].absolute()}"
    return Settings(
        given["out"], client, journal, label, given["concurrency"], given["rate"], given["timeout"], shown.show
    )


def _work(worker: Worker) -> int:
    """Have the worker work. Returns an exit code for a database that fails: no line of it is lost or sent twice."""
    try:
        asyncio.run(worker.run())
    except SQLAlchemyError as problem:
        say(f"error: {store.FAILED}: {store.words(problem)}; run it again to go on")
        return 4
    except KeyboardInterrupt as interruption:
        interruption.add_note("run it again to go on")
        raise
    return 0


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
    except SQLAlchemyError as problem:
        raise click.ClickException(f"{store.FAILED}: {store.words(problem)}") from None
    finally:
        ledger.engine.dispose()


def _known(ledger: Ledger) -> bool:
    query = sa.select(sa.func.count()).where(batches.c.name == ledger.name)
    return bool(ledger.transact(lambda c: c.execute(query).scalar()))


@contextmanager
def _books(path: Path, given: "Given") -> Generator[Ledger]:
    """The books of this batch, and nobody else's hands on them unless they are in a database."""
    if given["database"] is None:
        with _closing(Ledger(store.in_folder(given["out"]), _IN_FOLDER)) as ledger, store.alone(given["out"]):
            ledger.prepare()
            ledger.cut_off()  # nobody else can be at work, so what is on its way has lost its process
            _sweep(given["out"], ledger)
            yield ledger
    else:
        with _closing(Ledger(store.at(given["database"]), given["name"] or path.stem)) as ledger:
            ledger.prepare()
            yield ledger


def _sweep(folder: Path, ledger: Ledger) -> None:
    """Remove what a kill has left of downloads."""
    ours = {row.file for row in ledger.rows()}
    for part in folder.glob("*.part"):
        if part.name.rpartition(".part")[0].rpartition(".")[0] in ours:
            part.unlink()


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
    there = [
        Trouble(line.number, f"{given['out'] / line.file} exists already; nothing is overwritten")
        for line in planned.fresh
        if os.path.lexists(given["out"] / line.file)
    ]
    unpriced = consent.unpriced(planned.fresh, given, limited=limited)
    consent.refuse(Troubles.of([*planned.troubles, *there, *unpriced]))
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


def _report(run: Run, ledger: Ledger, path: Path, given: "Given") -> dict[str, Any]:
    found = report.facts(ledger, ledger.rows())
    try:
        run.remark(f"report: {report.write(given['out'], found, manifest=path)}")
    except OSError as problem:
        say(f"warning: the report could not be written: {problem.strerror or problem}")
    return found
