"""The record of every submission, on disk before it is sent."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from .record import Recorder, Submission, SubmissionRecord, SubmissionState, Totals

if TYPE_CHECKING:
    from .budget import JournalBudget
    from .store import Journal, storable_text

__all__ = [
    "Journal",
    "JournalBudget",
    "Recorder",
    "Submission",
    "SubmissionRecord",
    "SubmissionState",
    "Totals",
    "storable_text",
]

# Loaded at first use, so that whoever imports a record does not load the database.
_LAZY: Final = {"Journal": ".store", "JournalBudget": ".budget", "storable_text": ".store"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name], __name__), name)
