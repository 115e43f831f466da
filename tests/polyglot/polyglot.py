"""`make polyglot`: clients in other languages, generated, compiled and run against the mock; a table of it all.

    python tests/polyglot/polyglot.py              every language that has a program
    python tests/polyglot/polyglot.py go rust      these
    python tests/polyglot/polyglot.py others       the generators that are only tried
    python tests/polyglot/polyglot.py --fresh      from empty build folders, as CI has them

Exit code 1 where anything fails. A language whose tools are missing is skipped by name, and fails in CI. The table, and
what went wrong, are also in build/polyglot: report.json, report.md and a log for each language.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from conversation import KEY, SPEC, misbehaved, misseen, moving, objects, truth, video
from matrix import BUILD, HERE, ROOT, STEPS, Language, Outcome, languages, run
from report import Row, report
from verdicts import judged, write_vectors

from gptimage2_video_mock import MockServer

SCHEMAS: Final = BUILD / "schemas"
SPEC_JSON: Final = BUILD / "openapi.json"
VECTORS_DIR: Final = BUILD / "vectors"
ENVIRONMENT: Final = {
    "SPEC": str(ROOT / "openapi.yaml"),
    "SPEC_JSON": str(SPEC_JSON),
    "SCHEMAS": str(SCHEMAS),
    "VECTORS": str(VECTORS_DIR),
    "OPENAPI_GENERATOR": shlex.join([sys.executable, str(HERE / "openapi_generator.py")]),
}
_COMMENT: Final = re.compile(r"\s*(//|#|/?\*|<\?php|$)")
_REFUSED: Final = re.compile(r"(?://|#)\s*refused: (.+)$")
CREDITS: Final = 10**6
BUILD_STEPS: Final = STEPS[: STEPS.index("quickstart")]
AT_ONCE: Final = 2  # languages; their setups wait for the network, and some compilers use one processor


class Walk:
    """One language, step by step; the first step that fails is the last that is done."""

    def __init__(self, language: Language, server: MockServer, expected: dict[str, dict[str, Any]]) -> None:
        self._language, self._server, self._expected = language, server, expected
        self._log_file = BUILD / f"{language.name.replace('/', '-')}.log"
        self.row = Row(language.name, language.language, language.generator, notes=language.notes)

    def build(self, *, fresh: bool) -> None:
        """Do the steps that need no server, which may take minutes; other languages may be built at the same time.

        A language of which a tool is missing is skipped; CI may lack none.
        """
        if missing := ", ".join(self._language.missing):
            self.row.skipped = f"no {missing}"
            if os.environ.get("CI"):
                self.row.problems.append(f"this machine lacks {missing}, which CI must install")
            return
        self._log_file.unlink(missing_ok=True)
        if fresh:
            shutil.rmtree(self._language.build, ignore_errors=True)
        self._language.lay_out()
        self._steps(BUILD_STEPS)
        if self._language.refused:
            self._refuse()

    def converse(self) -> Row:
        """Do the steps that need the server, which is this language's alone meanwhile."""
        self._steps(STEPS[len(BUILD_STEPS) :])
        return self.row

    def _steps(self, steps: Sequence[str]) -> None:
        for step in steps:
            script = self._language.steps.get(step)
            if script and not (self.row.problems or self.row.skipped):
                self._step(step, script)

    def _step(self, step: str, script: str) -> None:
        print(f"{self._language.name}: {step}", file=sys.stderr, flush=True)
        if step in BUILD_STEPS:
            outcome = run(self._language, script, ENVIRONMENT)
        else:
            self._server.reset()
            with moving(self._server):
                outcome = run(self._language, script, ENVIRONMENT | self._service())
        self._log(step, outcome)
        self.row.seconds[step] = round(outcome.seconds, 1)
        if outcome.code:
            self.row.problems.append(f"{step} ended with {outcome.code}\n{outcome.tail}")
        else:
            self.row.problems += [f"{step}: {problem}" for problem in self._judge(step, outcome)]

    def _service(self) -> dict[str, str]:
        return {"GPTIMAGE2_BASE_URL": self._server.url, "GPTIMAGE2_API_KEY": KEY}

    def _judge(self, step: str, outcome: Outcome) -> Iterator[str]:
        try:
            if step == "quickstart":
                yield from self._video()
            elif step == "conversation":
                yield from misseen(objects(outcome.out), self._expected)
                yield from misbehaved(self._server)
            elif step == "vectors":
                verdicts = judged(objects(outcome.out), self._language.claims)
                self.row.agreed, self.row.claimed = verdicts.agreed, verdicts.claimed
                yield from verdicts.problems
        except ValueError as problem:
            yield f"its output cannot be read: {problem}"

    def _video(self) -> Iterator[str]:
        """The quickstart has left the video of its one task, and its lines are counted."""
        sources = sorted(self._language.source.rglob("[Qq]uickstart.*"))
        self.row.lines = sum(not _COMMENT.match(line) for line in sources[0].read_text("utf-8").splitlines())
        saved, books = self._language.build / "cup.mp4", self._server.ledger(KEY)
        if len(books) != 1:
            yield f"the mock has {len(books)} entries in its books, expected 1"
        elif not saved.is_file() or saved.read_bytes() != video(self._server, books[0].task_id):
            yield "cup.mp4 is not the video of the task"
        saved.unlink(missing_ok=True)

    def _refuse(self) -> None:
        """Each source that is to be refused is, for the reason that it says and on that line."""
        about = self._language.refused or {}
        files = sorted(self._language.source.glob(about["files"]))
        if files and not self.row.problems:
            places = " ".join(file.relative_to(self._language.source).as_posix() for file in files)
            outcome = run(self._language, about["compile"].replace("{files}", places), ENVIRONMENT)
            self._log("refused", outcome)
            told = told_by_file(outcome, [file.name for file in files])
            for file in files:
                problems = unrefused(file, replace(outcome, out=told[file.name], said=""))
                self.row.problems += [f"{file.name}: {problem}" for problem in problems]
        if not files:
            self.row.problems.append(f"there is no file {about['files']}")
        self.row.refused = len(files)

    def _log(self, step: str, outcome: Outcome) -> None:
        with self._log_file.open("a", encoding="utf-8") as file:
            file.write(f"==== {step}: {outcome.code}, {outcome.seconds:.1f} s\n{outcome.out}{outcome.said}\n")


def told_by_file(outcome: Outcome, names: Sequence[str]) -> dict[str, str]:
    """What a compiler says of each of several files: the lines from one that names it to one that names another."""
    told, name = dict.fromkeys(names, ""), ""
    for line in (outcome.out + outcome.said).splitlines(keepends=True):
        name = next((found for found in names if re.search(rf"(?<!\w){re.escape(found)}\W", line)), name)
        if name:
            told[name] += line
    return told


def unrefused(file: Path, outcome: Outcome) -> Iterator[str]:
    """Where a compiler did not refuse a source for the reason that it says and on that line, in words."""
    marks = [(number, found[1]) for number, line in enumerate(_lines(file), 1) if (found := _REFUSED.search(line))]
    if outcome.code == 0:
        yield "it compiles"
    if len(marks) != 1:
        yield f"{len(marks)} lines say what is refused, expected 1"
    for number, words in marks:
        told = outcome.out + outcome.said
        if words.strip() not in told or not re.search(rf"{re.escape(file.name)}\D{{1,4}}{number}\b", told):
            yield f"the compiler does not say {words.strip()!r} of line {number}\n{outcome.tail}"


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()


def lay_out_spec() -> None:
    """The spec as JSON, and each of its schemas as a JSON Schema that stands by itself."""
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    SPEC_JSON.write_text(json.dumps(SPEC), "utf-8")
    write_vectors(VECTORS_DIR)
    text = json.dumps(SPEC["components"]["schemas"]).replace("#/components/schemas/", "#/$defs/")
    definitions = json.loads(text)
    dialect = "https://json-schema.org/draft/2020-12/schema"
    for name in definitions:
        schema = {"$schema": dialect, "$ref": f"#/$defs/{name}", "$defs": definitions}
        (SCHEMAS / f"{name}.json").write_text(json.dumps(schema), "utf-8")


def chosen(names: list[str]) -> list[Language]:
    """The languages of these names, or all with a program. Raises ValueError for a name that there is not."""
    known = list(languages())
    unknown = set(names) - {language.name for language in known} - {"others"}
    if unknown:
        there_are = ", ".join(language.name for language in known)
        raise ValueError(f"there is no language {', '.join(sorted(unknown))}; there are {there_are} and others")
    if not names:
        return [language for language in known if not language.name.startswith("others/")]
    return [language for language in known if {language.name, language.name.partition("/")[0]} & set(names)]


def main() -> int:
    """Walk through the languages; 0 where all of it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="LANGUAGE", help="a folder of tests/polyglot; default: all")
    parser.add_argument("--fresh", action="store_true", help="empty the build folders first")
    arguments = parser.parse_args()
    try:
        wanted = chosen(arguments.names)
    except ValueError as problem:
        parser.error(str(problem))
    lay_out_spec()
    with MockServer({KEY: CREDITS}) as server:
        expected = truth(server)
        walks = [Walk(language, server, expected) for language in wanted]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            # The last first: Rust, which compiles longest, must not be built alone at the end.
            list(pool.map(lambda walk: walk.build(fresh=arguments.fresh), reversed(walks)))
        return report([walk.converse() for walk in walks])


if __name__ == "__main__":
    sys.exit(main())
