"""From clients/typescript to the playground of the mock: the modules that the page needs, compiled for browsers.

So the page has the rules, prices and messages of the client, and submits and waits as it does. One module comes from
openapi.yaml: the names of fields in Python and on the command line, for the snippets.

    python -m tools.generate_playground           wipe static/playground/client and write it anew
    python -m tools.generate_playground --check   compile elsewhere and fail on any difference

`npm ci` in clients/typescript comes first; make does that.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.generate import ROOT, SPEC, write_or_check
from tools.model_rows import load_yaml
from tools.request_fields import read_fields

CLIENT: Final = ROOT / "clients" / "typescript"
TARGET: Final = ROOT / "mock" / "gptimage2_video_mock" / "static" / "playground" / "client"

# What the page imports; their own imports follow. The clock is the page's own.
ENTRIES: Final = ("budget.js", "flow/submit.js", "flow/wait.js", "transport/fetch.js", "request.js")
OPTIONS: Final = ("--removeComments", "--sourceMap", "false", "--declaration", "false", "--declarationMap", "false")
HEAD: Final = "// Compiled from clients/typescript by `make generate-typescript`; never edited.\n"
KEYWORDS_HEAD: Final = "// The keywords in Python of the fields in openapi.yaml. Generated; never edited.\n"
_IMPORT: Final = re.compile(r'^(?:import|export) .*?from "(\.[^"]+)";$', re.MULTILINE | re.DOTALL)


def generate(target: Path) -> None:
    """Write the whole folder to `target`. Raises CalledProcessError when the compiler fails."""
    keywords = {field.name: field.keyword for field in read_fields(load_yaml(SPEC.read_text("utf-8")))}
    with tempfile.TemporaryDirectory() as folder:
        compiler = CLIENT / "node_modules" / ".bin" / "tsc"
        command: list[str | Path] = [compiler, "--project", "tsconfig.build.json", "--outDir", folder, *OPTIONS]
        subprocess.run(command, cwd=CLIENT, check=True)
        compiled = Path(folder).resolve()
        for module in sorted(modules(compiled)):
            name = module.relative_to(compiled)
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_text(HEAD + module.read_text("utf-8"), "utf-8")
    source = f"{KEYWORDS_HEAD}export const KEYWORDS = {json.dumps(keywords)};\n"
    (target / "generated" / "keywords.js").write_text(source, "utf-8")


def modules(compiled: Path) -> set[Path]:
    """The entries and everything that they import, in the folder of the compiler's output."""
    reached: set[Path] = set()
    new = {compiled / name for name in ENTRIES}
    while new:
        reached |= new
        new = {imported for module in new for imported in imports(module)} - reached
    return reached


def imports(module: Path) -> Iterator[Path]:
    """The imports of a compiled module."""
    for name in _IMPORT.findall(module.read_text("utf-8")):
        yield (module.parent / name).resolve()


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, generate, TARGET, "make generate-typescript"))
