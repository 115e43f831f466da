"""The task that the running command submits or waits for: an interrupted command prints how to resume it."""

import shlex
from dataclasses import dataclass
from typing import Final

from click.decorators import pass_meta_key

from .output import PROGRAM

CURRENT_TASK: Final = f"{PROGRAM}.current_task"  # the key under which a click context holds it


@dataclass
class CurrentTask:
    """State of a command, which `main` reads when the command fails.

    Attributes:
        id: The task id, as soon as it is known.
        wait_arguments: What `wait` needs besides, to do what this command would have done.
    """

    id: str | None = None
    wait_arguments: tuple[str, ...] = ()

    def resume_command(self) -> str:
        """The command that resumes the wait."""
        return shlex.join((PROGRAM, "wait", self.id or "TASK_ID", *self.wait_arguments))


pass_current_task = pass_meta_key(CURRENT_TASK)
