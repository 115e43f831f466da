"""A second server of the API, written from the documentation alone, and the faults that it can be told."""

from .faults import FAULTS, Fault
from .server import SecondServer

__all__ = ["FAULTS", "Fault", "SecondServer"]
