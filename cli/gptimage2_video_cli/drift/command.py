"""`drift`: the command; its options, and how a comparison becomes an exit code.

Lives here: click's declarations. Everything else is loaded when the command runs: it needs the packages of the extra
`[drift]`, which the other commands do not.
"""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import click

from gptimage2_video_cli.console.options import output_options
from gptimage2_video_cli.console.output import Console, strip_control

from .statement import KINDS, Kind
from .trouble import NotDocumentation

if TYPE_CHECKING:
    from .reader import Reading
    from .spec import Beliefs

_EXTRA: Final = ("markdown_it", "selectolax", "yaml")
_MISSING: Final = "the comparison with the documentation needs more packages: pip install 'gptimage2-video[drift]'"
_WORDS: Final[Mapping[str, Kind]] = {kind.replace(" ", "-"): kind for kind in KINDS}


@click.command(
    short_help="Hold the documentation's pages against the spec.",
    epilog="""\b
Examples:
  gptimage2-video drift https://gptimage2api.org/docs/api-reference/video-generation https://gptimage2api.org/docs/pricing
  gptimage2-video drift generate-video.html pricing.md --json
  cat tasks.html | gptimage2-video drift - --require status --ignore 'error code/*'

\b
Exit codes: 0 no difference in what was compared; 1 a difference; 2 usage, or a page that cannot be read;
4 nobody answers, or the server is ill: safe to repeat; 65 a page is not the documentation, or does not cover what
--require names. A CI job reads 1 as news, and every other code as a failure of its own.""",
)
@click.argument("pages", metavar="PAGE...", nargs=-1, required=True)
@click.option(
    "--ignore",
    multiple=True,
    metavar="KEY",
    help="A difference to pass over, by its key; * stands for anything. Repeatable.",
)
@click.option(
    "--require",
    multiple=True,
    type=click.Choice(list(_WORDS)),
    help="A kind of which the pages must cover at least half, so that a page which lost it is noticed. Repeatable.",
)
@output_options
@click.pass_obj
def drift(run: Console, /, pages: tuple[str, ...], ignore: tuple[str, ...], require: tuple[str, ...]) -> int:
    """Say what the public documentation states that the spec does not, and the reverse.

    Each PAGE is an http or https URL, a saved HTML or Markdown file, or - for stdin; give together those that belong
    together, as what one does not say another may. Compared are model ids, modes, durations, prices, fields,
    statuses and error codes. What no page covers is told as such and is no difference. Needs no key and sends none.
    """
    if not all(find_spec(name) for name in _EXTRA):
        raise click.ClickException(_MISSING)
    if len(set(pages)) < len(pages):
        raise click.UsageError("a page was given twice")
    return _hold(run, pages, ignore, require)


def _hold(run: Console, pages: Sequence[str], ignore: Sequence[str], require: Sequence[str]) -> int:
    from gptimage2_video_cli.contract.openapi import document

    from .compare import compare, coverage
    from .report import facts_of, summary
    from .spec import beliefs

    known = beliefs(document())
    readings = [_read(page, known) for page in pages]
    _must_be_documentation(readings)
    statements = [one for reading in readings for one in reading.statements]
    found = compare(statements, frozenset[str]().union(*(reading.words for reading in readings)), known)
    compared = coverage(statements, known)
    if missing := [word for word in require if 2 * compared[_WORDS[word]].seen < compared[_WORDS[word]].facts]:
        raise NotDocumentation(f"the pages cover less than half of what --require names: {', '.join(missing)}")
    ignored = [one for one in found if any(fnmatchcase(one.key, pattern) for pattern in ignore)]
    differences = [one for one in found if one not in ignored]
    report = facts_of(readings, differences, ignored, compared)
    run.print_result(strip_control(summary(report)), report)
    return 1 if differences else 0


def _read(page: str, known: "Beliefs") -> "Reading":
    from .fetch import fetch
    from .page import looks_like_html
    from .page import read as parts
    from .reader import read

    text, markdown = fetch(page)
    if markdown is None:
        markdown = not looks_like_html(text)
    return read(parts("stdin" if page == "-" else page, text, markdown=markdown), known)


def _must_be_documentation(readings: Sequence["Reading"]) -> None:
    """Raises NotDocumentation. Nothing is compared then: what that page did not say would be told as removed."""
    others = [reading.page for reading in readings if not reading.is_documentation]
    if others:
        names = ", ".join(others)
        raise NotDocumentation(
            f"{names}: this does not look like the documentation of the API, so nothing was compared; "
            "it may be another page, a login, or one that a browser must draw first (save it from there)"
        )
