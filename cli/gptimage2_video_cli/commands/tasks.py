"""`tasks`: what the journal knows of every submission, and what they cost.

Lives here: the command, its lines and its totals. Not here: the journal, which is the library's; waiting (`resume`).
"""

from collections.abc import Iterable, Sequence
from typing import Final

import click

from gptimage2_video import Submission, SubmissionState, Totals
from gptimage2_video_cli.console.json_output import submission_json, totals_json
from gptimage2_video_cli.console.options import journal, output_options
from gptimage2_video_cli.console.output import Run, printable

_PROMPT_CHARACTERS: Final = 40


@click.command(
    short_help="List the tasks that were submitted, and their cost.",
    epilog="""\b
Examples:
  gptimage2-video tasks --last 20
  gptimage2-video tasks --uncertain
  gptimage2-video tasks --json | jq -r '.tasks[] | select(.state == "failed") | .task_id'

\b
The journal is the file of GPTIMAGE2_JOURNAL, else journal.db in the user's state directory; it never holds the key.
Exit codes: 0 listed; 2 the journal cannot be read.""",
)
@click.option("--pending", is_flag=True, help="Only those of which something is still to come; `resume` fetches it.")
@click.option("--uncertain", is_flag=True, help="Only those that may have been charged although no receipt came.")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the latest N.")
@output_options
@click.pass_obj
def tasks(run: Run, /, pending: bool, uncertain: bool, last: int | None) -> None:
    """List what was submitted from this account of this machine, oldest first, with the credits spent and refunded.

    A line tells when it was submitted, how it stands, its credits, its task id, model and prompt, and its file. Sends
    nothing and needs no key.
    """
    book = journal()
    if book is None:
        raise click.UsageError("GPTIMAGE2_JOURNAL is off, so nothing was written down")
    wanted = [entry for entry in book.submissions() if _wanted(entry, pending, uncertain)]
    entries = wanted[-last:] if last else wanted
    sums = totals(entries)
    run.remark(f"journal: {book.path}")
    lines = (*map(_line, entries), *(_sum(url, total, entries) for url, total in sums.items()))
    facts = {
        "journal": book.path,
        "tasks": [submission_json(entry) for entry in entries],
        "totals": {url: totals_json(total) for url, total in sums.items()},
    }
    run.tell("\n".join(map(printable, lines)) or "no tasks", facts)


def _wanted(entry: Submission, pending: bool, uncertain: bool) -> bool:
    if not (pending or uncertain):
        return True
    return (pending and entry.unfinished) or (uncertain and entry.uncertain)


def totals(entries: Iterable[Submission]) -> dict[str, Totals]:
    """What the entries cost, by base URL: the credits of a mock are no credits."""
    sums: dict[str, Totals] = {}
    for entry in entries:
        sums[entry.base_url] = sums.get(entry.base_url, Totals()).add(entry)
    return sums


def _line(entry: Submission) -> str:
    prompt = str(entry.request.get("prompt", ""))
    shown = prompt if len(prompt) <= _PROMPT_CHARACTERS else f"{prompt[: _PROMPT_CHARACTERS - 1]}…"
    facts = (
        f"{entry.sent_at.astimezone():%Y-%m-%d %H:%M:%S}",
        _state(entry),
        _cost(entry),
        entry.task_id or "no task",
        str(entry.request.get("model", "")),
        f'"{shown}"',
        str(entry.path or entry.target or ""),
    )
    return "  ".join(filter(None, facts)).replace("\n", " ")  # one line, whatever a prompt or the service says


def _state(entry: Submission) -> str:
    refund = (
        {True: ", refunded", False: ", not refunded yet", None: ""}[entry.refunded]
        if entry.state == SubmissionState.FAILED
        else ""
    )
    unsaved = ", not saved" if entry.unfinished and entry.state == SubmissionState.COMPLETED else ""
    why = f" ({entry.reason})" if entry.reason else ""
    return f"{entry.state}{refund}{unsaved}{why}"


def _cost(entry: Submission) -> str:
    if entry.credits_used is not None:
        return f"{entry.credits_used} credits"
    return "price unknown" if entry.quote is None else f"about {entry.quote} credits"


def _sum(url: str, total: Totals, entries: Sequence[Submission]) -> str:
    here = [entry for entry in entries if entry.base_url == url]
    unknown = sum(entry.uncertain for entry in here)
    doubt = f"; {unknown} uncertain, of about {total.uncertain} credits: look in the dashboard" if unknown else ""
    count = "1 submission" if len(here) == 1 else f"{len(here)} submissions"
    return f"{url}: {count}, {total.spent} credits spent, {total.refunded} refunded{doubt}"
