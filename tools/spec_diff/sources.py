"""The documents to compare, and the versions that must move together.

Lives here: git, files and YAML. Not here: any opinion on what stands in them.
"""

import re
import subprocess
from pathlib import Path
from typing import Any, cast

import yaml
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from referencing.exceptions import Unresolvable

from .changes import refuse

SPEC = "openapi.yaml"
Document = dict[str, Any]


def newest_release() -> str | None:
    """The newest tag of a version that leads to what is checked out, None before the first release."""
    return next(iter(_git("tag", "--merged", "HEAD", "--list", "v*", "--sort=-version:refname").split()), None)


def from_revision(revision: str) -> Document:
    """The spec as a git revision has it."""
    _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", what=revision)
    return _document(_git("show", f"{revision}:{SPEC}", what=f"{SPEC} in {revision}"), f"{SPEC} in {revision}")


def from_file(path: Path) -> Document:
    """The spec in a file."""
    try:
        return _document(path.read_text("utf-8"), str(path))
    except OSError as error:
        refuse(f"{path} cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        refuse(f"{path} is not text in UTF-8")


def package_version(path: Path) -> str:
    """`__version__` as the package's source says it."""
    found = re.search(r'^__version__ = "(.*)"$', path.read_text("utf-8") if path.is_file() else "", re.MULTILINE)
    return found[1] if found else refuse(f'{path} has no line __version__ = "..."')


def _git(*command: str, what: str = "this folder's history") -> str:
    try:
        run = subprocess.run(["git", *command], capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S607
    except OSError as error:
        refuse(f"git cannot be run: {error.strerror}")
    return run.stdout if run.returncode == 0 else refuse(f"git does not know {what}; name a revision that it has")


def _document(text: str, name: str) -> Document:
    try:
        found = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        refuse(f"{name} is not YAML: {' '.join(str(error).split())}")
    if not isinstance(found, dict):
        refuse(f"{name} is not an OpenAPI document")
    document = cast("Document", found)
    if not str(document.get("openapi")).startswith("3."):
        refuse(f"{name} is not an OpenAPI 3 document")
    try:
        validate(document)
    except OpenAPIValidationError as error:
        where = "/".join(map(str, error.absolute_path)) or "the top"
        refuse(f"{name} is not a valid OpenAPI document: at {where}, {error.message.splitlines()[0]}")
    except Unresolvable as error:
        refuse(f"{name} has a reference that leads nowhere: {error.ref}")
    return document
