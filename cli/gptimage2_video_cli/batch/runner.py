"""A run of a batch, from its manifest to its report."""

import asyncio
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import click
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from gptimage2_video import VideoClient
from gptimage2_video_cli.console.files import make_folder
from gptimage2_video_cli.console.options import client_settings
from gptimage2_video_cli.console.output import Console, log_stderr

from . import confirm, database, plan, report
from .ledger import Ledger
from .manifest import Line, Problem
from .options import BatchOptions
from .progress import BatchProgress
from .schema import UNSENT, batches
from .summary import Problems, unpriced
from .worker import Worker
from .workers import WorkerRegistry

_NAME_IN_FOLDER: Final = "batch"


def run_batch(console: Console, options: BatchOptions) -> int:
    """Run the batch. Returns the exit code."""
    if options.name is not None and options.database is None:
        raise click.UsageError("--name requires --database; without it there is one batch for each folder")
    lines: list[Line] = []
    # A dry run needs the sums alone, so that a manifest of any length takes no memory.
    sums = confirm.summarize(options, None if options.dry_run else lines)
    if options.dry_run:
        return confirm.dry_run(console, sums, options)
    settings = client_settings(options.client)
    with VideoClient(**settings) as client:  # checks the key before anything is made
        base_url = client.base_url
    make_folder(options.out)
    with _open_ledger(options) as ledger:
        _register(ledger, base_url)
        registry = WorkerRegistry(ledger) if options.database else None
        planned = _plan(ledger, registry, lines, options)
        confirm.confirm(console, planned, ledger, options)
        plan.apply(ledger, lines, options.max_credits, resubmit_uncertain=options.resubmit_uncertain)
        has_work = planned.to_submit or planned.in_progress or any(row.running for row in ledger.rows())
        try:
            with BatchProgress(console) as progress:
                failed = _work(Worker(ledger, options, settings, registry, progress.show)) if has_work else 0
        finally:
            result = _write_report(console, ledger, options)
        console.print_result(report.summary(result), result)
        return max(report.exit_code(ledger.rows()), 2 if sums.invalid else 0, failed)


def _work(worker: Worker) -> int:
    """Run the worker. Returns an exit code where the database fails: no line of it is lost or sent twice."""
    try:
        asyncio.run(worker.run())
    except SQLAlchemyError as error:
        log_stderr(f"error: {database.FAILED}: {database.driver_message(error)}; run it again to continue")
        return 4
    except KeyboardInterrupt as interruption:
        interruption.add_note("run it again to continue")
        raise
    return 0


@contextmanager
def open_existing(folder: Path | None, url: str | None, name: str | None) -> Generator[Ledger]:
    """The ledger of a batch that was run before. Raises click.ClickException where there is none."""
    if (folder is None) == (url is None):
        raise click.UsageError("pass the folder of the batch, or --database and --name")
    if url is not None and name is None:
        raise click.UsageError("--database requires --name, the name of the batch")
    missing = click.ClickException(f"there is no batch {f'called {name}' if url else f'in {folder}'}")
    if folder and not (folder / database.STATE_FOLDER).is_dir():
        raise missing
    with _open(folder or Path(), url, name or "") as ledger:
        if not _is_registered(ledger):
            raise missing
        yield ledger


@contextmanager
def _open_ledger(options: BatchOptions) -> Generator[Ledger]:
    """The ledger of this batch, which no other process uses unless it is in a shared database."""
    with _open(options.out, options.database, options.name or options.manifest.stem) as ledger:
        if options.database is not None:
            yield ledger
            return
        with database.exclusive_lock(options.out):
            ledger.mark_interrupted()  # no other process is at work, so whatever is in flight has lost its own
            _remove_part_files(options.out, ledger)
            yield ledger


@contextmanager
def _open(folder: Path, url: str | None, name: str) -> Generator[Ledger]:
    """The ledger in the folder, or that of this name in the database, which may be new."""
    engine = database.open_sqlite(folder) if url is None else database.open_postgres(url)
    ledger = Ledger(engine, _NAME_IN_FOLDER if url is None else name)
    try:
        ledger.create_tables()
        yield ledger
    except SQLAlchemyError as error:
        raise click.ClickException(f"{database.FAILED}: {database.driver_message(error)}") from None
    finally:
        engine.dispose()


def _remove_part_files(folder: Path, ledger: Ledger) -> None:
    """Remove what a kill has left of downloads."""
    files = {row.file for row in ledger.rows()}
    for part in folder.glob("*.part"):
        if part.name.rpartition(".part")[0].rpartition(".")[0] in files:
            part.unlink()


def _is_registered(ledger: Ledger) -> bool:
    query = sa.select(sa.func.count()).where(batches.c.name == ledger.name)
    return bool(ledger.transact(lambda c: c.execute(query).scalar()))


def _register(ledger: Ledger, base_url: str) -> None:
    """Register a new batch. Raises click.UsageError where it belongs to another service."""
    if not _is_registered(ledger):
        with suppress(IntegrityError):  # another machine was faster
            ledger.transact(lambda c: c.execute(sa.insert(batches).values(name=ledger.name, base_url=base_url)))
    registered = ledger.batch().base_url
    if registered != base_url:
        raise click.UsageError(f"this batch was begun at {registered}, and this is {base_url}")


def _plan(ledger: Ledger, registry: WorkerRegistry | None, lines: Sequence[Line], options: BatchOptions) -> plan.Plan:
    """What this run is about to do. Raises click.ClickException where it may not, or would drop others' lines."""
    rows = ledger.rows()
    planned = plan.compare(lines, rows, resubmit_uncertain=options.resubmit_uncertain)
    existing = [
        Problem(line.number, f"{options.out / line.file} exists already; nothing is overwritten")
        for line in planned.to_submit
        if os.path.lexists(options.out / line.file)
    ]
    limited = options.max_credits is not None or ledger.batch().max_credits is not None
    must_be_priced = limited and not options.allow_unknown_price
    without_price = [unpriced(line) for line in planned.to_submit if must_be_priced and line.quote is None]
    confirm.reject(Problems([*planned.problems, *existing, *without_price]))
    dropped = {row.key for row in rows if row.state in UNSENT} - {line.key for line in lines}
    if dropped and registry and registry.alive():
        raise click.ClickException(
            f"another worker runs the batch {ledger.name}, with {len(dropped)} lines that are not in this manifest;"
            " use the same manifest, or another --name"
        )
    return planned


def _write_report(console: Console, ledger: Ledger, options: BatchOptions) -> dict[str, Any]:
    result = report.report_json(ledger, ledger.rows())
    try:
        console.info(f"report: {report.write(options.out, result, manifest=options.manifest)}")
    except OSError as error:
        log_stderr(f"warning: cannot write the report: {error.strerror or error}")
    return result
