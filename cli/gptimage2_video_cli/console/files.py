"""Folders that a command makes, and files that it writes whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import click


def make_folder(folder: Path) -> None:
    """Create the folder where it is missing. Raises click.UsageError where that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"{folder} cannot be made: {error.strerror}") from None


def replace_file(path: Path, content: bytes) -> None:
    """Write a file atomically, replacing an earlier one. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)  # everybody may read it, unlike a temporary file
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
