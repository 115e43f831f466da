"""The checks are checked: each broken server must be caught by one of them, and the unbroken mock by none.

`make contract-selftest` runs this and prints which check caught what. Exit code 1 where a broken server escapes that is
not marked, where one that is marked as beyond all checks is caught after all, where the unbroken mock fails a check, or
where a check of our own catches nothing and so proves nothing.
"""

import multiprocessing
import os
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from typing import NamedTuple

import httpx
from hypothesis import settings

import profiles
from agreement import AGREEMENT
from broken import BROKEN
from checks import OWN
from fuzz import fuzz
from gptimage2_video_mock import MockServer
from target import ACCOUNTS, Target

CHECKS: Mapping[str, Callable[[Target], None]] = {**OWN, **AGREEMENT}
ROWS = {row.name: row for row in BROKEN}
UNBROKEN = "(the mock, unbroken)"
FUZZED = 3  # examples per operation and phase; the boundaries of the coverage phase come in full


class Verdict(NamedTuple):
    """Which checks caught a server, and in how many seconds. `own` holds those of `checks` and `agreement`."""

    name: str
    own: tuple[str, ...]
    schemathesis: tuple[str, ...]
    seconds: float

    @property
    def as_expected(self) -> bool:
        """Caught where it must be, and not where it cannot."""
        beyond = self.name == UNBROKEN or bool(ROWS[self.name].escapes)
        return beyond != bool(self.own + self.schemathesis)


def failing(target: Target, checks: Mapping[str, Callable[[Target], None]] = CHECKS) -> tuple[str, ...]:
    """The names of the checks that a server fails. Anything but a failed assertion is a fault of the check."""
    failed = []
    for name, check in checks.items():
        target.reset()
        try:
            check(target)
        except AssertionError:
            failed.append(name)
        except Exception as error:
            error.add_note(f"{name} itself is at fault: it met what it should have asserted")
            raise
    return tuple(failed)


def judge(name: str) -> Verdict:
    """Run all checks against one server."""
    settings.load_profile("selftest")
    begun = time.monotonic()
    with ROWS[name].applied() if name in ROWS else nullcontext(), MockServer(ACCOUNTS) as server:
        plain = httpx.Client(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))  # nobody speaks TLS here
        with plain as http:
            own = failing(Target(http, server.url))
        schemathesis = tuple(fuzz(server.url, FUZZED, to_the_end=False).failed)
    return Verdict(name, own, schemathesis, time.monotonic() - begun)


HEAD = "| broken server | s | caught by (S: schemathesis) |\n|---|--:|---|"


def line(verdict: Verdict) -> str:
    """A row of the table, in Markdown."""
    caught = [*verdict.own, *(f"S:{name}" for name in verdict.schemathesis)]
    excuse = ROWS[verdict.name].escapes if verdict.name in ROWS else "nothing, as it should be"
    mark = "" if verdict.as_expected else "**WRONG** "
    return f"| {verdict.name} | {verdict.seconds:.1f} | {mark}{', '.join(caught) or excuse or 'NOTHING'} |"


def judged(names: list[str]) -> Iterator[Verdict]:
    """The verdicts in order, as they come; each process has its own mock to break."""
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 4), multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(judge, names)


def main(names: list[str]) -> int:
    """Judge the servers with these names, or all."""
    begun = time.monotonic()
    lines, verdicts = [HEAD], []
    print(HEAD)
    for verdict in judged(names or [UNBROKEN, *ROWS]):
        verdicts.append(verdict)
        lines.append(line(verdict))
        print(lines[-1], flush=True)
    report = profiles.BUILD / "contract" / "selftest.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("\n".join(lines) + "\n", "utf-8")
    broken = [verdict for verdict in verdicts if verdict.name in ROWS]
    caught = sum(bool(verdict.own + verdict.schemathesis) for verdict in broken)
    beyond = sum(bool(ROWS[verdict.name].escapes) for verdict in broken)
    wrong = [verdict.name for verdict in verdicts if not verdict.as_expected]
    idle = CHECKS.keys() - {name for verdict in broken for name in verdict.own} if not names else set()
    print(f"\n{caught} of {len(broken)} broken servers caught, {beyond} marked as beyond any general check")
    print(f"not as expected: {', '.join(wrong) or 'none'}; checks that caught nothing: {', '.join(idle) or 'none'}")
    print(f"{time.monotonic() - begun:.0f} s; {report}")
    return 1 if wrong or idle else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
