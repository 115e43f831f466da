"""What is said of a manifest, and asked, before anything is spent.

Lives here: mistakes, costs, the budget, consent. Not here: how mistakes are found (`manifest`, `plan`), and what is
said afterwards (`report`).
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gptimage2_video_cli.output import Run, say

from . import manifest as manifests
from .ledger import Ledger
from .manifest import Line, Trouble
from .plan import Plan

if TYPE_CHECKING:
    from .command import Given

_SHOWN_TROUBLES: Final = 100


def read(path: Path, given: "Given") -> tuple[list[Line], int]:
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


def dry_run(run: Run, lines: Sequence[Line], bad: int, given: "Given") -> int:
    """Tell what the manifest would cost in a folder of its own. Returns what a run would exit with at once, or 0."""
    refuse(unpriced(lines, given, limited=given["max_credits"] is not None))
    _say_cost(lines, given["max_credits"])
    run.tell(f"{len(lines)} good lines, {bad} bad", {"lines": len(lines), "bad": bad, "quote": _quote(lines)})
    return 2 if bad else 0


def unpriced(lines: Sequence[Line], given: "Given", *, limited: bool) -> list[Trouble]:
    """The lines that a budget keeps from being sent, as nobody knows what they cost."""
    words = "a budget is set and the price of this line is unknown"
    refused = limited and not given["allow_unknown_price"]
    return [Trouble(line.number, words) for line in lines if refused and line.quote is None]


def refuse(troubles: Sequence[Trouble]) -> None:
    """Say them. Raises click.ClickException where there is any."""
    if troubles:
        _say_troubles(troubles)
        raise click.ClickException(f"{len(troubles)} lines cannot be sent; nothing was sent")


def ask(planned: Plan, ledger: Ledger, given: "Given") -> None:
    """Say what is about to happen and what it costs; ask, where a person is there to answer."""
    counts = {
        "to submit": len(planned.fresh),
        "to go on with": planned.going_on,
        "done": planned.done,
        "uncertain and left alone": planned.uncertain,
    }
    say(", ".join(f"{count} {words}" for words, count in counts.items() if count))
    if not planned.fresh:
        return
    books = ledger.batch()
    limit = books.max_credits if given["max_credits"] is None else given["max_credits"]
    _say_cost(planned.fresh, limit, books.committed)
    if not given["yes"] and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() and not _confirmed():
        raise click.ClickException("nothing was sent")


def _confirmed() -> bool:
    try:
        return click.confirm("Submit them?", err=True)
    except click.Abort:  # click's word for Ctrl-C
        raise KeyboardInterrupt from None


def _say_cost(lines: Sequence[Line], limit: int | None, committed: int = 0) -> None:
    unknown = sum(line.quote is None for line in lines)
    doubt = f", and {unknown} of unknown price" if unknown else ""
    say(f"cost: about {_quote(lines)} credits for {len(lines) - unknown} lines{doubt}")
    if limit is not None:
        left = max(limit - committed, 0)
        say(f"budget: {limit} credits, of which {left} are left")
        if _quote(lines) > left:
            say("warning: that is not enough for all; lines that do not fit are not sent")


def _quote(lines: Sequence[Line]) -> int:
    return sum(line.quote or 0 for line in lines)


def _say_troubles(troubles: Sequence[Trouble]) -> None:
    for trouble in troubles[:_SHOWN_TROUBLES]:
        say(f"{trouble.severity}: {trouble}")
    if len(troubles) > _SHOWN_TROUBLES:
        say(f"… and {len(troubles) - _SHOWN_TROUBLES} more")
