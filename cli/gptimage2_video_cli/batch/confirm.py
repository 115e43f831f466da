"""What is said of a manifest, and asked, before anything is spent.

Lives here: mistakes, costs, the budget, consent. Not here: how mistakes are found (`manifest`, `plan`) and
counted (`tally`), and what is said afterwards (`report`).
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gptimage2_video_cli.console.output import Run, say

from . import manifest as manifests
from . import summary as tallies
from .ledger import Ledger
from .manifest import Line, Trouble
from .plan import Plan
from .summary import Cost, Tally, Troubles

if TYPE_CHECKING:
    from gptimage2_video_cli.commands.batch import Given


def read(path: Path, given: "Given", keep: Callable[[Line], object]) -> Tally:
    """What the manifest comes to; every mistake is said, and each good line is kept as the caller likes."""
    tally = Tally()
    try:
        for found in manifests.each(path):
            tally.add(found)
            if isinstance(found, Line):
                keep(found)
    except (OSError, ValueError) as problem:
        raise click.ClickException(f"{path} cannot be read: {problem}") from None
    _say(tally.troubles)
    good, bad = tally.cost.lines, tally.bad
    if bad and not given["skip_invalid"]:
        raise click.ClickException(
            f"{bad} of {bad + good} lines are bad; nothing was sent; mend them, or --skip-invalid"
        )
    if not good:
        raise click.ClickException(f"there is no good line in {path}; nothing was sent")
    return tally


def dry_run(run: Run, tally: Tally, given: "Given") -> int:
    """Tell what the manifest would cost in a folder of its own. Returns what a run would exit with at once, or 0."""
    if _must_be_priced(given, limited=given["max_credits"] is not None):
        refuse(tally.unpriced)
    _say_cost(run, tally.cost, given["max_credits"])
    good, bad = tally.cost.lines, tally.bad
    facts = {"valid_lines": good, "invalid_lines": bad, "quote": tally.cost.credits}
    run.tell(f"{good} good lines, {bad} bad", facts)
    return 2 if bad else 0


def unpriced(lines: Sequence[Line], given: "Given", *, limited: bool) -> list[Trouble]:
    """The lines that a budget keeps from being sent, as nobody knows what they cost."""
    refused = _must_be_priced(given, limited=limited)
    return [tallies.unpriced(line) for line in lines if refused and line.quote is None]


def _must_be_priced(given: "Given", *, limited: bool) -> bool:
    return limited and not given["allow_unknown_price"]


def refuse(troubles: Troubles) -> None:
    """Say them. Raises click.ClickException where there is any."""
    if troubles.count:
        _say(troubles)
        raise click.ClickException(f"{troubles.count} lines cannot be sent; nothing was sent")


def ask(run: Run, planned: Plan, ledger: Ledger, given: "Given") -> None:
    """Say what is about to happen and what it costs; ask, where a person is there to answer."""
    counts = {
        "to submit": len(planned.fresh),
        "to go on with": planned.going_on,
        "done": planned.done,
        "uncertain and left alone": planned.uncertain,
    }
    run.remark(", ".join(f"{count} {words}" for words, count in counts.items() if count))
    if not planned.fresh:
        return
    books = ledger.batch()
    limit = books.max_credits if given["max_credits"] is None else given["max_credits"]
    _say_cost(run, Cost.of(planned.fresh), limit, books.committed)
    if not given["yes"] and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() and not _confirmed():
        raise click.ClickException("nothing was sent")


def _confirmed() -> bool:
    try:
        return click.confirm("Submit them?", err=True)
    except click.Abort:  # click's word for Ctrl-C
        raise KeyboardInterrupt from None


def _say_cost(run: Run, cost: Cost, limit: int | None, committed: int = 0) -> None:
    run.remark(f"cost: {cost}")
    if limit is not None:
        left = max(limit - committed, 0)
        run.remark(f"budget: {limit} credits, of which {left} are left")
        if cost.credits > left:
            say("warning: that is not enough for all; lines that do not fit are not sent")


def _say(troubles: Troubles) -> None:
    for line in troubles.told():
        say(line)
