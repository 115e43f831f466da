"""The one openapi-generator that many folders share; run in the build folder of one of them.

Lives here: installing it, holding its warnings to those that are known, and looking for models that it left out. Not
here: what a folder asks of it, and how what it wrote is compiled.

    openapi_generator.py install                 once for all, beside the build folders
    openapi_generator.py generate [OPTION...]    writes client/ anew
    openapi_generator.py models FOLDER SUFFIX    one file for each schema is in client/FOLDER, and no other
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from matrix import BUILD

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
HOME = BUILD / "openapi-generator"
JAR = HOME / "openapi_generator_cli" / "openapi-generator.jar"
CLIENT = Path("client")
# What it says of every document: of each that is OpenAPI 3.1, and of four lines of 3.0 with one schema.
KNOWN = {
    "OpenAPI 3.1 support is still in beta. To report an issue related to 3.1 spec, please kindly open an issue in the "
    "Github repo: https://github.com/openAPITools/openapi-generator.",
    "Failed to get the schema name: null",
}
# Two of the spec's schemas are plain values, which generators write where they are used.
PLAIN = {"ImageUrl", "TaskStatus"}


def install() -> None:
    """Install what is pinned, unless just that is installed. Of several at once, one does."""
    with HOME.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install()


def _install() -> None:
    mark = HOME / REQUIREMENTS.name
    if mark.is_file() and mark.read_bytes() == REQUIREMENTS.read_bytes():
        return
    shutil.rmtree(HOME, ignore_errors=True)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
    options = ("--root-user-action", "ignore", "--require-hashes", "--target", str(HOME))
    subprocess.run([*pip, *options, "--requirement", str(REQUIREMENTS)], check=True)
    shutil.copy(REQUIREMENTS, mark)


def generate(*options: str) -> None:
    """Write the client. Exits where the generator fails, or warns of anything that is not known."""
    shutil.rmtree(CLIENT, ignore_errors=True)
    # A short life: the second compiler of the virtual machine would only cost time.
    java = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(JAR))
    what = ("generate", "--input-spec", os.environ["SPEC"], "--output", str(CLIENT))
    ended = subprocess.run([*java, *what, *options], capture_output=True, text=True)
    if ended.returncode:
        sys.exit(ended.stdout + ended.stderr)
    warned = set(re.findall(r"^\[main\] (?:WARN|ERROR) +\S+ - (.*)$", ended.stdout + ended.stderr, re.MULTILINE))
    if warned - KNOWN:
        sys.exit("\n".join(["it warned of what nobody has explained yet:", *sorted(warned - KNOWN)]))


def models(folder: str, suffix: str) -> None:
    """Compare the files with the schemas. Exits where one is missing, or stands for a schema that there is not."""
    schemas = set(json.loads(Path(os.environ["SPEC_JSON"]).read_bytes())["components"]["schemas"]) - PLAIN
    written = {path.stem for path in (CLIENT / folder).glob(f"*{suffix}")} - {"index"}
    if written != schemas:
        sys.exit(f"models missing: {sorted(schemas - written)}, models of no schema: {sorted(written - schemas)}")


COMMANDS: dict[str, Callable[..., None]] = {"install": install, "generate": generate, "models": models}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
