"""Before anything is spent: problems, cost and budget are shown, and a person is asked to confirm."""

import sys

import click

from gptimage2_video_cli.console.output import Console, log_stderr
from gptimage2_video_cli.model_table import model_table

from .ledger import Ledger
from .manifest import Line, iter_lines
from .options import BatchOptions
from .plan import Plan, is_affordable
from .summary import Estimate, ManifestSummary, Problems


def summarize(options: BatchOptions, lines: list[Line] | None) -> ManifestSummary:
    """Read the manifest, log every problem and add the valid ones to `lines`. Raises click.ClickException."""
    path, sums, models = options.manifest, ManifestSummary(options.max_credits), model_table()
    try:
        for item in iter_lines(path, models, allow_unknown_model=options.allow_unknown_model):
            sums.add(item)
            if lines is not None and isinstance(item, Line):
                lines.append(item)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path} cannot be read: {error}") from None
    _log(sums.problems)
    if sums.invalid and not options.skip_invalid:
        counts = f"{sums.invalid} of {sums.valid + sums.invalid} lines"
        raise click.ClickException(f"{counts} are invalid; nothing was sent; fix them, or use --skip-invalid")
    if not sums.valid:
        raise click.ClickException(f"{path} has no valid line; nothing was sent")
    return sums


def dry_run(console: Console, sums: ManifestSummary, options: BatchOptions) -> int:
    """Print what the manifest would cost in a folder of its own. Returns the exit code."""
    if options.max_credits is not None and not options.allow_unknown_price:
        reject(sums.unpriced)
    _log_cost(console, sums.estimate, options.max_credits)
    for line in sums.cost_lines():
        console.info(line)
    by_model = [
        {"model": model, "lines": cost.lines, "credits": cost.credits, "unpriced_lines": cost.unknown}
        for model, cost in sums.by_model.items()
    ]
    totals = {
        "valid_lines": sums.valid,
        "invalid_lines": sums.invalid,
        "quote": sums.estimate.credits,
        "by_model": by_model,
        "dearest": [{"line": line.number, "credits": line.quote} for line in sums.dearest],
        "affordable_lines": None if sums.limit is None else sums.affordable,
    }
    console.print_result(f"{sums.valid} valid lines, {sums.invalid} invalid", totals)
    return 2 if sums.invalid else 0


def reject(problems: Problems) -> None:
    """Log them. Raises click.ClickException where there is any."""
    if problems.count:
        _log(problems)
        raise click.ClickException(f"{problems.count} lines cannot be sent; nothing was sent")


def confirm(console: Console, plan: Plan, ledger: Ledger, options: BatchOptions) -> None:
    """Show what is about to happen and its cost; on a terminal, ask. Raises click.ClickException for a no."""
    counts = {
        "to submit": len(plan.to_submit),
        "in progress": plan.in_progress,
        "done": plan.done,
        "uncertain, not submitted again": plan.uncertain,
    }
    console.info(", ".join(f"{count} {text}" for text, count in counts.items() if count))
    if not plan.to_submit:
        return
    batch = ledger.batch()
    limit = batch.max_credits if options.max_credits is None else options.max_credits
    _log_cost(console, Estimate(plan.to_submit), limit, batch.committed)
    interactive = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    if interactive and not options.yes and not _is_confirmed():
        raise click.ClickException("nothing was sent")


def _is_confirmed() -> bool:
    try:
        return click.confirm("Submit them?", err=True)
    except click.Abort:  # raised by click for Ctrl-C
        raise KeyboardInterrupt from None


def _log_cost(console: Console, estimate: Estimate, limit: int | None, committed: int = 0) -> None:
    console.info(f"cost: {estimate}")
    if limit is not None:
        left = max(limit - committed, 0)
        console.info(f"budget: {limit} credits, {left} left")
        if not is_affordable(estimate.credits, left):
            log_stderr("warning: the budget does not cover all lines; those over budget are not sent")


def _log(problems: Problems) -> None:
    for message in problems.messages():
        log_stderr(message)
