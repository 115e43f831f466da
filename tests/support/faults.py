"""What a client must do under each scenario of the mock: one table, for the library and the command line alike.

Lives here: the reading of `vectors/scenarios.json`, and the exit code of the command line for each way to end. Not
here: the walk through it (`test_faults`), and what a scenario does (the mock's own tables).
"""

import json
from typing import Final, NamedTuple

from support.paths import VECTORS

_FILE: Final = VECTORS / "scenarios.json"
_EXITS: Final = {
    "Completed": 0,
    "TaskFailed": 1,
    "APIError": 3,
    "Forbidden": 3,
    "InsufficientCredits": 3,
    "UnexpectedReply": 4,
    "SubmissionUncertain": 5,
    "DownloadFailed": 6,
    "WaitTimeout": 124,
}


class Expected(NamedTuple):
    """One row of the table.

    Attributes:
        ends_as: `Completed`, or the class of the error.
        exit: Of the command line.
        posts: Submissions that the server sees; more than one only where none but the last can have been accepted.
        accepted: Submissions that the server debits.
        id: Whether the client knows the task's id; then every error carries it and every way out prints it.
        file: Whether the video is saved; else nothing at all is.
    """

    scenario: str
    ends_as: str
    exit: int
    posts: int
    accepted: int
    id: bool
    file: bool


def _row(scenario: str, *, ends: str, submissions: int, accepted: int, taskKnown: bool, saved: bool) -> Expected:  # noqa: N803  (the key of the vectors)
    return Expected(scenario, ends, _EXITS[ends], submissions, accepted, taskKnown, saved)


EXPECTED = [
    _row(case["given"]["scenario"], **case["expected"]) for case in json.loads(_FILE.read_text("utf-8"))["cases"]
]
