"""The pages of the Python API: every public name, on the page of its kind, told by its docstring.

Lives here: which name is on which page. Not here: what is said of it; mkdocstrings reads that from the source.
"""

from typing import Final, NamedTuple

import gptimage2_video
from gptimage2_video import polling


class Page(NamedTuple):
    """One page of the reference.

    Attributes:
        title: Its title.
        about: What it is for.
        names: The public names on it.
        beside: Names of other modules on it.
        bases: Whether it tells what each class derives from.
    """

    title: str
    about: str
    names: tuple[str, ...]
    beside: tuple[str, ...] = ()
    bases: bool = False


PAGES: Final = {
    "api/clients.md": Page(
        "Clients",
        "The two clients, whose methods are the same, those of `AsyncVideoClient` awaited; a budget for many of them.",
        ("VideoClient", "AsyncVideoClient"),
        beside=("journal.JournalBudget", "notebook.Progress"),
    ),
    "api/requests.md": Page(
        "Requests and prices",
        "What a request may hold, whether it would be sent, and what it will cost: without a key, and without asking "
        "anybody.",
        (
            *("check", "Violation", "quote", "Quote", "prepare", "PreparedRequest", "build_request", "Request"),
            "RequestOptions",
            *("TextToVideoRequest", "ImageToVideoRequest", "MODELS", "Model", "Price", "VideoRequestWarning"),
        ),
        beside=("budget.ensure_affordable",),
    ),
    "api/tasks.md": Page("Tasks", "What the service says of a task, in either spelling.", ("Task", "TaskStatus")),
    "api/errors.md": Page(
        "Errors",
        "The tree of what can go wrong. Each error says in one sentence what happened and what to do; "
        "[which of them may have cost you credits](../errors.md) is a page of its own.",
        (
            *("VideoClientError", "InvalidRequest", "BudgetExceeded", "JournalFailed"),
            *("APIError", "BadRequest", "Unauthorized", "InsufficientCredits", "Forbidden", "TaskNotFound"),
            *("RateLimited", "ServerError", "ConnectionFailed", "UnexpectedReply", "SubmissionUncertain"),
            *("TaskFailed", "WaitTimeout", "DownloadFailed"),
        ),
        bases=True,
    ),
    "api/journal.md": Page(
        "Journal",
        "Where submissions are written down, how to read them, and what a recorder of your own must offer.",
        ("Journal", "JournalWarning"),
        beside=tuple(
            f"journal.{n}" for n in ("Submission", "Totals", "SubmissionRecord", "Recorder", "SubmissionState")
        ),
    ),
    "api/polling.md": Page(
        "Polling",
        "Polls per second for many waits, and who keeps what was learned of how long tasks take.",
        (),
        beside=tuple(f"polling.{name}" for name in polling.__all__),
    ),
}

# Names that are neither a class nor a function, and so have no docstring.
NOTES: Final = {
    "MODELS": "The models of openapi.yaml by id: what each takes and costs, and how well that is known.",
    "Request": "What a request may be: a generated request, or a mapping in the names of the API.",
}


def reference() -> dict[str, str]:
    """The pages, by their path. Raises ValueError where a public name is on none of them, or a name is not public."""
    told = [name for page in PAGES.values() for name in page.names]
    strange = set(gptimage2_video.__all__) ^ set(told)
    if strange or len(told) != len(set(told)):
        raise ValueError(
            f"each public name belongs on one page of tools/docs/reference.py: {', '.join(sorted(strange))}"
        )
    return {path: _page(page) for path, page in PAGES.items()}


def _page(page: Page) -> str:
    options = f"    options:\n      show_bases: {str(page.bases).lower()}\n"
    told = (f"::: gptimage2_video.{name}\n{options}\n{NOTES.get(name, '')}\n\n" for name in (*page.names, *page.beside))
    return f"# {page.title}\n\n{page.about}\n\n{''.join(told)}"
