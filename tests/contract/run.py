"""`make contract`: the mock is held to the contract over the wire, and the reports are written to build/contract.

First the command line of schemathesis, with every phase and every check; then its phases again under the scenarios that
pass_through, in whose spellings and refusals a client must find the contract too; then pytest on this folder, with more
examples than `make test`. Exit code 1 where any of it fails, or where a documented reply was never seen.
"""

import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from fuzz import CONFIG, HERE, SPEC, fuzz
from gptimage2_video_mock import MockServer
from profiles import BUILD, environment
from strategies import SPEC as DOCUMENT
from target import ACCOUNTS

REPORTS = BUILD / "contract"
JUNIT, HTML, OWN = REPORTS / "schemathesis.xml", REPORTS / "schemathesis", REPORTS / "pytest.xml"
ENDED = ("reference", "quickstart", "null-fields", "failed", "insufficient-credits")  # here tasks end at once
EXAMPLES = 10  # per operation and phase under each of these
NEVER = {"500"}  # nothing here may fail; the scenarios that do are tested with the mock

Replies = Counter[tuple[str, str]]


def documented() -> set[tuple[str, str]]:
    """Method and status of every reply in the spec that the mock can give."""
    operations = [(method, about) for path in DOCUMENT["paths"].values() for method, about in path.items()]
    return {(method.upper(), status) for method, about in operations for status in about["responses"]} - {
        (method.upper(), status) for method, _ in operations for status in NEVER
    }


def replies(server: MockServer) -> Replies:
    """How often the server gave which reply; the oldest of more than 1000 are forgotten."""
    return Counter((record.method, str(record.status)) for record in server.requests)


def command_line(url: str) -> int:
    """The exit code of the tool itself, all of it: every phase, every check, reports."""
    program = [Path(sys.executable).with_name("schemathesis"), "--config-file", CONFIG, "run", SPEC, "--url", url]
    program += ["--checks", "all", "--report", "junit,html", "--report-dir", REPORTS]
    program += ["--report-junit-path", JUNIT, "--report-html-path", HTML]
    return subprocess.run([*map(str, program)], cwd=HERE.parents[1], env=environment(), check=False).returncode


def scenario(name: str) -> tuple[bool, Replies]:
    """Whether the mock keeps the contract under a scenario, and its replies."""
    with MockServer(ACCOUNTS, task_seconds=0) as server:
        outcome = fuzz(server.scenario_url(name), EXAMPLES)
        print(
            f"scenario {name}: {outcome.cases} cases, {outcome.seconds:.0f} s", outcome.failed or "passed", flush=True
        )
        return not outcome.failed, replies(server)


def own_tests() -> int:
    """The exit code of pytest on this folder."""
    options = ["--quiet", "--hypothesis-profile=contract", f"--junitxml={OWN}", "-p", "no:cacheprovider"]
    program = [sys.executable, "-m", "pytest", str(HERE), *options]
    return subprocess.run(program, cwd=HERE.parents[1], env=environment(), check=False).returncode


def main() -> int:
    """All of it; 0 where everything holds."""
    begun = time.monotonic()
    shutil.rmtree(HTML, ignore_errors=True)
    REPORTS.mkdir(parents=True, exist_ok=True)
    with MockServer(ACCOUNTS) as server:
        steps = {"schemathesis": command_line(server.url) == 0}
        seen = replies(server)
    for name in ENDED:
        steps[f"scenario {name}"], more = scenario(name)
        seen += more
    missing = sorted(documented() - seen.keys())
    steps["every documented reply was seen"] = not missing
    steps["own tests"] = own_tests() == 0
    told = ", ".join(f"{method} {status}: {count}" for (method, status), count in sorted(seen.items()))
    print(f"\nreplies of the mock: {told}", *(f"never seen: {reply}" for reply in missing), sep="\n")
    print(f"reports: {JUNIT}, {HTML / 'index.html'}, {OWN}")
    failed = [name for name, held in steps.items() if not held]
    print(f"{'failed: ' + ', '.join(failed) if failed else 'the contract is kept'}; {time.monotonic() - begun:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
