"""From openapi.yaml to generated/: the client of openapi-python-client, and the model table as a Python module.

Lives here: running the generator away from its traps, and rendering the table. Not here: any fact of the API.

    python -m tools.generate           wipe generated/gptimage2_video_api and write it anew
    python -m tools.generate --check   generate elsewhere and fail on any difference, an added file included

Either looks first whether openapi.yaml itself has what follows from its rows, and writes it there or fails.
"""

import argparse
import filecmp
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from tools.model_rows import InvalidSpecError, durations, load_yaml
from tools.request_fields import RequestField, read_fields
from tools.spec_rows import fill

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "openapi.yaml"
PACKAGE = ROOT / "generated" / "gptimage2_video_api"

TABLE_HEAD = '''"""The model table of openapi.yaml (`x-model-table`), as Python. Generated; never edited.

Each fact says how well it is known: "page", "docs", "inferred" or "unknown" (see the description in openapi.yaml), and
"user" in a row of the user's own.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

Known = Literal["page", "docs", "inferred", "unknown", "user"]


class Price(NamedTuple):
    """What a clip of `duration` seconds costs at `resolution`; None is for requests that name no resolution."""

    duration: int
    resolution: str | None
    credits: int


class Note(NamedTuple):
    """What else is known of a model, and how well; `date` (YYYY-MM-DD) is that of what it tells."""

    text: str
    known: Literal["sure", "likely", "inferred"]
    date: str | None = None

    def __str__(self) -> str:
        return f"{self.text} ({', '.join(filter(None, (self.date, self.known)))})"


class Model(NamedTuple):
    """One row: what a model takes and costs. Durations in whole seconds, values or a range; empty where unknown."""

    id: str
    family: str
    label: str
    modes: tuple[str, ...]
    modes_known: Known
    durations: Sequence[int]
    durations_known: Known
    resolutions: tuple[str, ...]
    resolutions_known: Known
    prices: tuple[Price, ...]
    prices_known: Known
    note: Note | None = None


'''


FIELDS_HEAD = '''"""The fields of a request in openapi.yaml, as Python. Generated; never edited."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypedDict

if TYPE_CHECKING:
    from .models.image_to_video_model import ImageToVideoModel
    from .models.text_to_video_model import TextToVideoModel


class Field(NamedTuple):
    """What a value of one field must be: its JSON type, and limits where the schema has some.

    `keyword` is the name in Python, `description` says what it is for. The items of an array are strings.
    """

    name: str
    keyword: str
    type: Literal["string", "integer", "number", "boolean", "array"]
    description: str
    example: Any = None
    required: bool = False
    nullable: bool = False
    enum: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None


'''
# Whose keywords are written by hand, as they mean more than their field.
BY_HAND = ("prompt", "inputMode", "inputImageUrls")


def generate(target: Path) -> None:
    """Write the whole package to `target`, which must not exist. Raises CalledProcessError when the generator fails."""
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--path", str(SPEC), "--meta", "none"),
        *("--config", str(ROOT / "tools" / "openapi-python-client.yaml")),
        *("--custom-template-path", str(ROOT / "tools" / "templates")),
        *("--output-path", str(target), "--fail-on-warning"),
    ]
    scripts = sysconfig.get_path("scripts")  # the post hooks call ruff by name
    subprocess.run(command, check=True, env={**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"})
    (target / "py.typed").touch()
    text = SPEC.read_text("utf-8")
    modules = {
        target / "model_table.py": TABLE_HEAD + render_table(yaml.safe_load(text)),
        target / "request_fields.py": FIELDS_HEAD + render_fields(read_fields(load_yaml(text))),
    }
    for path, source in modules.items():
        path.write_text(source, "utf-8")
    subprocess.run([f"{scripts}/ruff", "format", "--isolated", "--no-cache", "--quiet", *modules], check=True)


def render_fields(fields: list[RequestField]) -> str:
    """The fields of a request, and the keywords that follow from them, as Python source."""
    rows = "".join(
        f"{field.name!r}: Field({', '.join(f'{key}={value!r}' for key, value in field.facts().items())}),\n"
        for field in fields
    )
    keywords = [field for field in fields if field.name not in BY_HAND]
    types = {field.keyword: f"{field.python_type} | None" for field in keywords}
    types["model"] = "'TextToVideoModel | ImageToVideoModel | str'"
    return (
        f"FIELDS: Final[dict[str, Field]] = {{\n{rows}}}\n\n\n"
        "class FieldKeywords(TypedDict, total=False):\n"
        '    """The keywords of a request that are fields and nothing more; None leaves one out.\n\n    Attributes:\n'
        + "".join(f"        {field.keyword}: {field.description}\n" for field in keywords)
        + '    """\n\n'
        + "".join(f"    {keyword}: {annotation}\n" for keyword, annotation in types.items())
    )


def render_table(spec: dict[str, Any]) -> str:
    """The facts of the spec that a schema cannot say, or that a generator drops, as Python source."""
    table, schemas = spec["x-model-table"], spec["components"]["schemas"]
    rows = "".join(f"{row['id']!r}: {render_model(row)},\n" for row in table["models"])
    return (
        f"MODELS: Final[dict[str, Model]] = {{\n{rows}}}\n\n"
        f"COMMON_DURATIONS: Final = {tuple(table['commonDurations']['values'])!r}\n"
        f"PRICED_FIELDS: Final = {tuple(table['pricedFields'])!r}\n"
        f"IMAGE_URL_PATTERN: Final = {schemas['ImageUrl']['pattern']!r}\n"
    )


def render_model(row: dict[str, Any]) -> str:
    """One row of the table as a call of `Model`."""
    facts = {key: row[key] for key in ("id", "family", "label")}
    for name in ("modes", "durations", "resolutions"):
        values = durations(row[name]) if name == "durations" else tuple(row[name]["values"])
        facts |= {name: values, f"{name}_known": row[name]["known"]}
    prices = [(p["duration"], p.get("resolution"), p["credits"]) for p in row["credits"]["rows"]]
    shown = "(" + "".join(f"Price({d!r}, {r!r}, {c!r})," for d, r, c in prices) + ")"
    arguments = ", ".join(f"{key}={value!r}" for key, value in facts.items())
    note = row.get("note")
    said = f", note=Note({', '.join(f'{key}={value!r}' for key, value in note.items())})" if note else ""
    return f"Model({arguments}, prices={shown}, prices_known={row['credits']['known']!r}{said})"


def fill_spec(spec: Path, *, write: bool) -> bool:
    """Whether a spec lacks what follows from its rows; on demand it is written. Raises InvalidSpecError."""
    present = spec.read_text("utf-8")
    filled = fill(present)
    read_fields(load_yaml(filled))  # so that nothing is written where a field is wrong
    if filled != present and write:
        spec.write_text(filled, "utf-8")
    return filled != present


def differences(left: Path, right: Path) -> Iterator[str]:
    """Every file that is in one folder alone or differs between the two, as a path relative to both."""
    names = {p.relative_to(top) for top in (left, right) for p in top.rglob("*") if p.is_file()}
    for name in sorted(names):
        pair = left / name, right / name
        if "__pycache__" not in name.parts and not (
            all(p.is_file() for p in pair) and filecmp.cmp(*pair, shallow=False)
        ):
            yield str(name)


def write_or_check(about: str | None, write: Callable[[Path], None], target: Path, command: str) -> int:
    """What a generator does when run: write the spec and its folder anew, or compare; 1 on a difference."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with what is committed instead of writing")
    arguments = parser.parse_args()
    try:
        stale = fill_spec(SPEC, write=not arguments.check)
    except InvalidSpecError as error:
        print(f"{SPEC.name}, {error}", file=sys.stderr)
        return 1
    if stale and arguments.check:
        print(f"{SPEC.name} is not what its model table gives: run `make generate`", file=sys.stderr)
        return 1
    where = target.relative_to(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / target.name
        write(fresh)
        if arguments.check:
            changed = list(differences(fresh, target))
            print(*(f"differs: {where / name}" for name in changed), sep="\n", file=sys.stderr)
            print(f"{where} is stale: run `{command}`" if changed else f"{where} is what openapi.yaml gives")
            return bool(changed)
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(fresh, target)
    return 0


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, generate, PACKAGE, "make generate"))
