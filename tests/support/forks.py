"""Children of a fork of this process, as a program has them: what each returned, or raised, comes back."""

import os
import pickle
import warnings
from collections.abc import Callable
from typing import Any


class Child:
    """A child that has begun; it ends without a word to anything that it inherited."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._results, results = os.pipe()
        with warnings.catch_warnings():
            # Since Python 3.12: a program with threads that forks is what is tried here.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid:
            os.close(results)
            return
        try:
            outcome = (True, work())
        except BaseException as error:
            outcome = (False, error)
        with os.fdopen(results, "wb") as stream:
            pickle.dump(outcome, stream)
        os._exit(0)

    def result(self) -> Any:
        """What the work returned; what it raised is raised."""
        with os.fdopen(self._results, "rb") as stream:
            succeeded, value = pickle.load(stream)
        os.waitpid(self._pid, 0)
        if not succeeded:
            raise value
        return value
