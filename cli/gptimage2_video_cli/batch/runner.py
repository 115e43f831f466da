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
from gptimage2_video_cli.console.options import client_settings, make_folder
from gptimage2_video_cli.console.output import Console, log_stderr

from . import confirm, database, plan, report
from .ledger import Ledger
from .manifest import Line, Problem
from .options import BatchOptions
from .progress import Progress
from .schema import UNSENT, batches
from .summary import Problems
from .worker import Worker, WorkerSettings
from .workers import WorkerRegistry

_NAME_IN_FOLDER: Final = "batch"


def run_batch(console: Console, path: Path, options: BatchOptions) -> int:
    """Run the batch. Returns the exit code."""
    if options["name"] is not None and options["database"] is None:
        raise click.UsageError("--name requires --database; without it there is one batch for each folder")
    lines: list[Line] = []
    # A dry run needs the sums alone, so that a manifest of any length takes no memory.
    sums = confirm.summarize(path, options, keep=_discard if options["dry_run"] else lines.append)
    if options["dry_run"]:
        return confirm.dry_run(console, sums, options)
    with VideoClient(**client_settings(options)) as client:  # checks the key before anything is made
        base_url = client.base_url
    make_folder(options["out"])
    with _open_ledger(path, options) as ledger:
        _register(ledger, base_url)
        registry = WorkerRegistry(ledger) if options["database"] else None
        planned = _plan(ledger, lines, options)
        _ensure_kept(ledger, lines, registry)
        confirm.confirm(console, planned, ledger, options)
        plan.apply(ledger, lines, options["max_credits"], resubmit_uncertain=options["resubmit_uncertain"])
        progress = Progress(console)
        try:
            has_work = planned.to_submit or planned.in_progress or any(row.running for row in ledger.rows())
            failed = _work(Worker(ledger, _settings(ledger, options, progress), registry)) if has_work else 0
        finally:
            progress.end()
            result = _write_report(console, ledger, path, options)
        console.print_result(report.summary(result), result)
        return max(report.exit_code(ledger.rows()), 2 if sums.invalid else 0, failed)


def _discard(_line: Line) -> None:
    pass


def _settings(ledger: Ledger, options: BatchOptions, progress: Progress) -> WorkerSettings:
    client = client_settings(options)
    journal = client.pop("journal")
    group = f"batch {ledger.name}" if options["database"] else f"the batch in {options['out'].absolute()}"
    concurrency, rate, timeout = options["concurrency"], options["rate"], options["timeout"]
    return WorkerSettings(options["out"], client, journal, group, concurrency, rate, timeout, progress.show)


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
    if url is not None and name is None:
        raise click.UsageError("--database requires --name, the name of the batch")
    if url is None and folder and not (folder / database.STATE_FOLDER).is_dir():
        raise click.ClickException(f"there is no batch in {folder}")
    engine = database.open_postgres(url) if url else database.open_sqlite(folder or Path())
    with _closing(Ledger(engine, name if url and name else _NAME_IN_FOLDER)) as ledger:
        ledger.create_tables()
        if not _is_registered(ledger):
            raise click.ClickException(f"there is no batch {f'called {name}' if url else f'in {folder}'}")
        yield ledger


@contextmanager
def _closing(ledger: Ledger) -> Generator[Ledger]:
    try:
        yield ledger
    except SQLAlchemyError as error:
        raise click.ClickException(f"{database.FAILED}: {database.driver_message(error)}") from None
    finally:
        ledger.engine.dispose()


@contextmanager
def _open_ledger(path: Path, options: BatchOptions) -> Generator[Ledger]:
    """The ledger of this batch, which no other process uses unless it is in a shared database."""
    folder, url = options["out"], options["database"]
    if url is not None:
        with _closing(Ledger(database.open_postgres(url), options["name"] or path.stem)) as ledger:
            ledger.create_tables()
            yield ledger
        return
    with _closing(Ledger(database.open_sqlite(folder), _NAME_IN_FOLDER)) as ledger, database.exclusive_lock(folder):
        ledger.create_tables()
        ledger.mark_interrupted()  # no other process is at work, so whatever is in flight has lost its own
        _remove_part_files(folder, ledger)
        yield ledger


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


def _plan(ledger: Ledger, lines: Sequence[Line], options: BatchOptions) -> plan.Plan:
    planned = plan.compare(lines, ledger.rows(), resubmit_uncertain=options["resubmit_uncertain"])
    limited = options["max_credits"] is not None or ledger.batch().max_credits is not None
    existing = [
        Problem(line.number, f"{options['out'] / line.file} exists already; nothing is overwritten")
        for line in planned.to_submit
        if os.path.lexists(options["out"] / line.file)
    ]
    unpriced = confirm.unpriced(planned.to_submit, options, limited=limited)
    confirm.reject(Problems.of([*planned.problems, *existing, *unpriced]))
    return planned


def _ensure_kept(ledger: Ledger, lines: Sequence[Line], registry: WorkerRegistry | None) -> None:
    """Keep the lines that other workers attempt. Raises click.ClickException where this manifest would drop any."""
    keys = {line.key for line in lines}
    dropped = sum(row.state in UNSENT and row.key not in keys for row in ledger.rows())
    if dropped and registry and registry.alive():
        raise click.ClickException(
            f"another worker runs the batch {ledger.name}, with {dropped} lines that are not in this manifest;"
            " use the same manifest, or another --name"
        )


def _write_report(console: Console, ledger: Ledger, path: Path, options: BatchOptions) -> dict[str, Any]:
    result = report.report_json(ledger, ledger.rows())
    try:
        console.info(f"report: {report.write(options['out'], result, manifest=path)}")
    except OSError as error:
        log_stderr(f"warning: cannot write the report: {error.strerror or error}")
    return result
