"""From clients/typescript to the playground of the mock: what both need of the client, compiled for browsers.

So the page has the rules, prices and sentences of the client, and submits and waits as it does, and nothing is written
twice. Lives here: compiling, and the choice of modules. Not here: the page itself (`static/playground` of the mock).

    python -m tools.generate_playground           wipe static/playground/client and write it anew
    python -m tools.generate_playground --check   compile elsewhere and fail on any difference

`npm ci` in clients/typescript comes first; make does that.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.generate import ROOT, write_or_check

CLIENT: Final = ROOT / "clients" / "typescript"
TARGET: Final = ROOT / "mock" / "gptimage2_video_mock" / "static" / "playground" / "client"

# What the page imports; what these import comes along.
ENTRIES: Final = ("flow/wait.js", "transport/fetch.js", "rules.js", "pricing.js", "request.js")
# Time is the page's own: that of the mock's clock.
REPLACED: Final = {"transport/clock.js": 'export { clock } from "../../clock.js";\n'}
OPTIONS: Final = ("--removeComments", "--sourceMap", "false", "--declaration", "false", "--declarationMap", "false")
HEAD: Final = "// Compiled from clients/typescript by `make generate-typescript`; never edited.\n"
_IMPORT: Final = re.compile(r'^(?:import|export) .*?from "(\.[^"]+)";$', re.MULTILINE | re.DOTALL)


def generate(target: Path) -> None:
    """Write the whole folder to `target`. Raises CalledProcessError when the compiler fails."""
    with tempfile.TemporaryDirectory() as folder:
        compiler = CLIENT / "node_modules" / ".bin" / "tsc"
        command: list[str | Path] = [compiler, "--project", "tsconfig.build.json", "--outDir", folder, *OPTIONS]
        subprocess.run(command, cwd=CLIENT, check=True)
        compiled = Path(folder).resolve()
        for module in sorted(modules(compiled)):
            name = module.relative_to(compiled)
            text = REPLACED.get(name.as_posix()) or module.read_text("utf-8")
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_text(HEAD + text, "utf-8")


def modules(compiled: Path) -> set[Path]:
    """The entries and all that they import, among what was compiled into a folder."""
    found: set[Path] = set()
    new = {compiled / name for name in ENTRIES}
    while new:
        found |= new
        new = {imported for module in new for imported in imports(module)} - found
    return found


def imports(module: Path) -> Iterator[Path]:
    """What a compiled module imports."""
    for name in _IMPORT.findall(module.read_text("utf-8")):
        yield (module.parent / name).resolve()


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, generate, TARGET, "make generate-typescript"))
