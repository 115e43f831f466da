"""The checks are checked: each broken server must be noticed, and neither of the two right ones.

`make contract-selftest` runs the command against each, free of charge and with credits, and against those that are the
mock the checks that need its ledger too, and prints which check noticed what. The other half are faults of the second
server, chosen by somebody who has not read the checks. Exit code 1 where a broken server escapes that is not marked,
where one that is marked is noticed after all, or where a check fails on a right server.
"""

import argparse
import multiprocessing
import os
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import httpx
from hypothesis import settings

import gptimage2_video_cli.contract.clock
import gptimage2_video_cli.contract.runner
import profiles
import second_server.service
from agreement import AGREEMENT
from broken import BROKEN
from gptimage2_video_cli.contract.guard import Guard
from gptimage2_video_cli.contract.lifecycle import Tasks
from gptimage2_video_cli.contract.recording_client import RecordingClient
from gptimage2_video_cli.contract.rules import check_with_credits
from gptimage2_video_cli.contract.runner import RunOptions, run_contract
from gptimage2_video_cli.contract.session import Session
from gptimage2_video_mock import MockServer
from ledger_checks import LEDGER
from second_server import FAULTS, SecondServer
from support.clients import FakeClock
from target import ACCOUNTS, OTHER, POOR, RICH, Target

CHECKS: Mapping[str, Callable[[Target], None]] = {**LEDGER, **AGREEMENT}
ROWS = {row.name: row for row in BROKEN}
SECOND = "second-server/"
RIGHT = ("(the mock, unbroken)", f"{SECOND}(right)")
STRANGERS = {f"{SECOND}{name}": name for name in FAULTS}
# Why no general check can notice them; no other fault may escape with credits.
ESCAPES = {row.name: row.escapes for row in BROKEN if row.escapes} | {
    f"{SECOND}clock-an-hour-behind": "a server may run on a clock of its own, as the mock does",
    f"{SECOND}any-method-reads": "DELETE may do what it says, so no paid task gets another method than GET",
}
CREDITS = 20_000  # for each price of the table
EXAMPLES = 5
SEEDS = 20  # of the unbroken mock
IMAGE = "https://example.com/cup.jpg"
KEYS = {RICH: 10**9, OTHER: 10**9, POOR: 3}
# Five polls after the end must reach as far as the server goes wrong late: 100 s apart, which no one sleeps.
OPTIONS = RunOptions(IMAGE, timeout=900, poll_interval=100, seed=1, max_examples=EXAMPLES, max_seconds=10**6)


class Outcome(NamedTuple):
    """The checks that noticed a broken server: of the command free of charge, with credits, and by the ledger."""

    name: str
    free: tuple[str, ...]
    paid: tuple[str, ...]
    ledger: tuple[str, ...]
    seconds: float

    @property
    def noticed(self) -> frozenset[str]:
        return frozenset((*self.free, *self.paid, *self.ledger))

    @property
    def is_expected(self) -> bool:
        """Noticed where it must be, and not where it cannot."""
        return (self.name in RIGHT or self.name in ESCAPES) != bool(self.noticed)


def codes(server: MockServer | SecondServer, options: RunOptions = OPTIONS) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of what the command finds, free of charge and in all, with a clock that passes without waiting.

    One run shows both, as it sends what is free of charge first.
    """
    clock, free = FakeClock(), list[set[str]]()
    if isinstance(server, MockServer):
        url, keys = server.url, (RICH, OTHER, POOR)
        clock.followers.append(server.clock.advance)
    else:
        url, keys = server.base_url, server.keys[:3]

    def begins(session: Session, tasks: Tasks) -> None:
        free.append({finding.code for finding in session.result.findings})
        check_with_credits(session, tasks)

    with (
        mock.patch.multiple(gptimage2_video_cli.contract.clock, now=clock.now, sleep=clock.sleep),
        mock.patch.object(second_server.service, "now", clock.now),
        mock.patch.object(gptimage2_video_cli.contract.runner, "check_with_credits", begins),
    ):
        client = RecordingClient(url, 1000.0, Guard(CREDITS))
        with client.http:
            _, report = run_contract(client.guard, client, keys, options, lambda _: None)
    found = {finding["code"] for finding in report["findings"]}
    return tuple(sorted(free[0] if free else found)), tuple(sorted(found))


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


def judge(name: str) -> Outcome:
    """Hold one server to the contract; to the ledger only where the command notices nothing."""
    settings.load_profile("selftest")
    begun = time.monotonic()
    if name.startswith(SECOND):
        free, paid = codes_of_second_server(STRANGERS.get(name))
        return Outcome(name, free, paid, (), time.monotonic() - begun)
    with ROWS[name].applied() if name in ROWS else nullcontext():
        with MockServer(KEYS) as server:
            free, paid = codes(server)
        plain = httpx.Client(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))  # nobody speaks TLS here
        with MockServer(ACCOUNTS) as server, plain as http:
            ledger = () if paid else failing(Target(http, server.url))
    return Outcome(name, free, paid, ledger, time.monotonic() - begun)


def codes_of_second_server(fault: str | None, options: RunOptions = OPTIONS) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """As `codes`, of the second server with one fault, or right."""
    with SecondServer(fault, seconds_per_task=1.5 * options.poll_interval) as server:
        return codes(server, options)


def false_alarms(seed: int) -> tuple[str, ...]:
    """What the command finds in the two right servers with a seed."""
    options = OPTIONS._replace(seed=seed)
    with MockServer(KEYS) as server:
        return (*codes(server, options)[1], *codes_of_second_server(None, options)[1])


HEAD = "| broken server | s | free | with credits | by the mock's ledger |\n|---|--:|---|---|---|"
NOT_FREE = "(shows only once a submission is valid)"
NOT_SEEN = "(every response is right)"


def line(outcome: Outcome) -> str:
    """A row of the table, in Markdown; what is not noticed has the reason."""
    reason = ESCAPES.get(outcome.name, "nothing, as it should be")
    mark = "" if outcome.is_expected else "**WRONG** "
    free, paid, ledger = (", ".join(codes_) for codes_ in (outcome.free, outcome.paid, outcome.ledger))
    if outcome.noticed:
        free, paid = free or NOT_FREE, paid or NOT_SEEN
    return f"| {mark}{outcome.name} | {outcome.seconds:.1f} | {free} | {paid or reason} | {ledger} |"


def pool() -> ProcessPoolExecutor:
    """Each of its processes has its own mock to break."""
    return ProcessPoolExecutor(min(os.cpu_count() or 1, 4), multiprocessing.get_context("spawn"))


def main(arguments: list[str]) -> int:
    """Judge the servers as the command line says; 0 where all are as expected."""
    begun = time.monotonic()
    parser = argparse.ArgumentParser(prog="selftest", description="Which check notices which broken server.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="of a broken server; all where none is given")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth server, and as many seeds fewer")
    options = parser.parse_args(arguments)
    all_names = [*ROWS, *STRANGERS]
    if unknown := sorted({*options.names} - {*all_names}):
        parser.error(f"there is no broken server {', '.join(unknown)}")
    if options.every < 1:
        parser.error("--every must be 1 or more")
    lines, outcomes = [HEAD], list[Outcome]()
    print(HEAD)
    with pool() as processes:
        for outcome in processes.map(judge, options.names or [*RIGHT, *all_names[:: options.every]]):
            outcomes.append(outcome)
            lines.append(line(outcome))
            print(lines[-1], flush=True)
        seeds = range(0 if options.names else SEEDS // options.every)
        alarms = {seed: found for seed, found in zip(seeds, processes.map(false_alarms, seeds), strict=True) if found}
    report = Path(profiles.BUILD) / "contract" / "selftest.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("\n".join(lines) + "\n", "utf-8")
    broken = [outcome for outcome in outcomes if outcome.name not in RIGHT]
    free, paid = sum(bool(it.free) for it in broken), sum(bool(it.paid) for it in broken)
    noticed = sum(bool(outcome.noticed) for outcome in broken)
    wrong = [outcome.name for outcome in outcomes if not outcome.is_expected]
    counted = f"{free} are noticed free of charge, {paid} with credits, {noticed} by any check"
    print(f"\nof {len(broken)} broken servers {counted}")
    print(f"not as expected: {', '.join(wrong) or 'none'}; false alarms by seed: {alarms or 'none'}")
    print(f"{time.monotonic() - begun:.0f} s; {report}")
    return 1 if wrong or alarms else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
