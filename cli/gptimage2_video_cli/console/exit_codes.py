"""Which error means which exit code; main's help lists them."""

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

# The errors of others: the first row that an error is an instance of has its exit code. Those of the command line
# carry their own, as the class attribute `exit_code`.
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
)
UNEXPECTED: Final = 70


def exit_code(error: BaseException) -> int:
    """The exit code of a command that ends with this error."""
    for type_, code in EXIT_CODES:
        if isinstance(error, type_):
            return code
    own_code: int = getattr(error, "exit_code", UNEXPECTED)
    return own_code
