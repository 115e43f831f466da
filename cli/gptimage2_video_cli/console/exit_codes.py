"""Which error means which exit code.

Lives here: the table; main's help says it in words. Not here: what is printed (`main`).
"""

from typing import Final

import click

from gptimage2_video import (
    APIError,
    BudgetExceeded,
    ConnectionFailed,
    DownloadFailed,
    InvalidRequest,
    JournalFailed,
    RateLimited,
    ServerError,
    SubmissionUncertain,
    TaskFailed,
    UnexpectedReply,
    WaitTimeout,
)
from gptimage2_video_cli.drift.trouble import NotDocumentation, PageUnreachable

from .output import OutputLost

# The first row that an error is an instance of tells its exit code.
EXIT_CODES: Final[tuple[tuple[type[BaseException], int], ...]] = (
    (click.ClickException, 2),
    (InvalidRequest, 2),
    (BudgetExceeded, 2),
    (JournalFailed, 2),
    (SubmissionUncertain, 5),
    (TaskFailed, 1),
    (WaitTimeout, 124),
    (DownloadFailed, 6),
    (ConnectionFailed, 4),
    (RateLimited, 4),
    (ServerError, 4),
    (UnexpectedReply, 4),
    (APIError, 3),
    (KeyboardInterrupt, 130),
    (OutputLost, 74),
    (PageUnreachable, 4),
    (NotDocumentation, 65),
)
UNEXPECTED: Final = 70


def exit_code(error: BaseException) -> int:
    """What a command that ends with this error exits with."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), UNEXPECTED)
