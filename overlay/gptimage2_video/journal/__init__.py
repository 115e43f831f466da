"""The record of every submission, on disk before it is sent."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .budget import JournalBudget
    from .record import Recorder, SubmissionRecord, SubmissionState
    from .store import Journal
    from .submission import Submission, Totals

__all__ = ["Journal", "JournalBudget", "Recorder", "Submission", "SubmissionRecord", "SubmissionState", "Totals"]

# Loaded at first use, so that whoever imports a record does not load the database.
_LAZY: Final = {
    "Journal": ".store",
    "JournalBudget": ".budget",
    "Recorder": ".record",
    "Submission": ".submission",
    "SubmissionRecord": ".record",
    "SubmissionState": ".record",
    "Totals": ".submission",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name], __name__), name)
