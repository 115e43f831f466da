"""`tasks`: every submission in the journal, and what they cost."""

from collections.abc import Iterable, Sequence
from typing import Final

import click

from gptimage2_video.journal import Submission, SubmissionState, Totals
from gptimage2_video_cli.console.json_output import submission_json, totals_json
from gptimage2_video_cli.console.options import configured_journal, output_options
from gptimage2_video_cli.console.output import Console, strip_control

_PROMPT_CHARACTERS: Final = 40
_HEADINGS: Final = ("sent", "state", "cost", "task id", "model", "prompt", "file")


@click.command(
    short_help="List submissions and their cost.",
    epilog="""\b
Examples:
  gptimage2-video tasks --last 20
  gptimage2-video tasks --uncertain
  gptimage2-video tasks --json | jq -r '.tasks[] | select(.state == "failed") | .task_id'

\b
The journal is the file that GPTIMAGE2_JOURNAL names, else journal.db in the user's state directory; it never holds
the API key.
Exit codes: 0 listed; 2 the journal cannot be read.""",
)
@click.option("--pending", is_flag=True, help="Only unfinished tasks, which `resume` waits for and downloads.")
@click.option("--uncertain", is_flag=True, help="Only submissions that may have been accepted and charged.")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the last N.")
@output_options
@click.pass_obj
def tasks(console: Console, /, pending: bool, uncertain: bool, last: int | None) -> None:
    """List the submissions of this user on this machine, oldest first, with the credits spent and refunded.

    Each line has the time, state, credits, task id, model, prompt and file. Sends nothing; needs no API key.
    """
    journal = configured_journal()
    if journal is None:
        raise click.UsageError("GPTIMAGE2_JOURNAL is off: no submissions are recorded")
    selected = [one for one in journal.submissions() if _is_selected(one, pending, uncertain)]
    submissions = selected[-last:] if last else selected
    totals = _totals(submissions)
    console.info(f"journal: {journal.path}")
    rows = [_cells(submission) for submission in submissions]
    sums = "\n".join(_total_line(url, total, submissions) for url, total in totals.items())
    lines = (*("  ".join(filter(None, row)) for row in rows), *filter(None, [sums]))
    data = {
        "journal": journal.path,
        "tasks": [submission_json(submission) for submission in submissions],
        "totals": {url: totals_json(total) for url, total in totals.items()},
    }
    text = "\n".join(map(strip_control, lines)) or "no tasks"
    console.print_table(_HEADINGS, rows, text, data, footer=sums)


def _is_selected(submission: Submission, pending: bool, uncertain: bool) -> bool:
    if not (pending or uncertain):
        return True
    return (pending and submission.unfinished) or (uncertain and submission.uncertain)


def _totals(submissions: Iterable[Submission]) -> dict[str, Totals]:
    """What the submissions cost, by base URL: the credits of a mock are no credits."""
    totals: dict[str, Totals] = {}
    for submission in submissions:
        totals[submission.base_url] = totals.get(submission.base_url, Totals()).add(submission)
    return totals


def _cells(submission: Submission) -> list[str]:
    """Each on one line, whatever a prompt or the service says."""
    prompt = str(submission.request.get("prompt", ""))
    shown = prompt if len(prompt) <= _PROMPT_CHARACTERS else f"{prompt[: _PROMPT_CHARACTERS - 1]}…"
    cells = (
        f"{submission.sent_at.astimezone():%Y-%m-%d %H:%M:%S}",
        _state(submission),
        _cost(submission),
        submission.task_id or "no task",
        str(submission.request.get("model", "")),
        f'"{shown}"',
        str(submission.path or submission.target or ""),
    )
    return [cell.replace("\n", " ") for cell in cells]


def _state(submission: Submission) -> str:
    refund = (
        {True: ", refunded", False: ", not refunded yet", None: ""}[submission.refunded]
        if submission.state == SubmissionState.FAILED
        else ""
    )
    unsaved = ", not saved" if submission.unfinished and submission.state == SubmissionState.COMPLETED else ""
    reason = f" ({submission.reason})" if submission.reason else ""
    return f"{submission.state}{refund}{unsaved}{reason}"


def _cost(submission: Submission) -> str:
    if submission.credits_used is not None:
        return f"{submission.credits_used} credits"
    return "price unknown" if submission.quote is None else f"about {submission.quote} credits"


def _total_line(url: str, total: Totals, submissions: Sequence[Submission]) -> str:
    here = [submission for submission in submissions if submission.base_url == url]
    uncertain = sum(submission.uncertain for submission in here)
    warning = f"; {uncertain} uncertain, of about {total.uncertain} credits: look in the dashboard" if uncertain else ""
    count = "1 submission" if len(here) == 1 else f"{len(here)} submissions"
    return f"{url}: {count}, {total.spent} credits spent, {total.refunded} refunded{warning}"
