"""The matrix as a table, and the reports beside it.

Lives here: a language's row, and how it is shown. Not here: how it came about (`polyglot`).
"""

import json
import sys
from dataclasses import asdict, dataclass, field

from matrix import BUILD, ROOT, STEPS


@dataclass(slots=True)
class Row:
    """What the table says of a language."""

    name: str
    language: str
    generator: str
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    lines: int | None = None
    agreed: int | None = None
    claimed: int | None = None
    refused: int | None = None
    notes: str = ""
    skipped: str = ""
    problems: list[str] = field(default_factory=list[str])


def table(rows: list[Row]) -> str:
    """The matrix, as a table of Markdown."""
    head = ("language", "generator", "generate", "compile", "refused", "run", "vectors", "quickstart", "notes")
    lines = [head, ("---",) * len(head), *(_cells(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(row: Row) -> tuple[str, ...]:
    seconds = {step: f"{row.seconds[step]:.1f} s" if step in row.seconds else "" for step in STEPS}
    return (
        row.language,
        row.generator,
        seconds["generate"],
        seconds["compile"],
        "" if row.refused is None else str(row.refused),
        seconds["conversation"],
        "" if row.claimed is None else f"{row.agreed} of {row.claimed}",
        "" if row.lines is None else f"{row.lines} lines",
        "FAILED" if row.problems else f"skipped: {row.skipped}" if row.skipped else row.notes,
    )


def report(rows: list[Row]) -> int:
    """Print the table and what went wrong, and write the reports; the exit code comes back."""
    failed = [row for row in rows if row.problems]
    (BUILD / "report.json").write_text(json.dumps([asdict(row) for row in rows], indent=2), "utf-8")
    (BUILD / "report.md").write_text(f"{table(rows)}\n", "utf-8")
    print(table(rows))
    for row in failed:
        print(f"\n{row.language}:", *row.problems, sep="\n  ", file=sys.stderr)
    judged = [row for row in rows if row.claimed]
    agreed, claimed = sum(row.agreed or 0 for row in judged), sum(row.claimed or 0 for row in judged)
    print(
        f"\nvectors: {agreed} of {claimed} verdicts agreed in {len(judged)} languages; logs: {BUILD.relative_to(ROOT)}"
    )
    ran = sum(not row.problems and not row.skipped for row in rows)
    print(f"{ran} passed, {len(failed)} failed, {sum(bool(row.skipped) for row in rows)} skipped")
    return 1 if failed else 0
