"""The proof that no credit is wasted: batches killed at random, and the ledgers of client and service compared.

`make soak` runs every trial at full length; the tests run short ones (`test_soak`). All are seeded and bounded.
"""

import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from gptimage2_video_mock import MockServer
from gptimage2_video_mock.scenarios.registry import SCENARIOS
from support.chaos import Chaos
from support.commandline import spawn
from support.postgres import Postgres

PRICE = 5  # credits of one veo3_lite
DONE = ("saved", "failed")


@dataclass(frozen=True)
class Trial:
    """The parameters of a trial; times are real seconds.

    Attributes:
        lines: How many the manifest has.
        kills: How often a worker is killed with -9.
        seed: Of every choice.
        faults: The share of requests that have a fault.
        stalling: Whether faults may make the client wait.
        workers: How many share a PostgreSQL database; 0 for one worker and SQLite.
        outage: For how long the database is stopped, once.
        rate: Submissions per second, which spreads the work over the kills.
        lifetime: Between which times after its start a worker is killed.
    """

    lines: int
    kills: int
    seed: int
    faults: float = 0.0
    stalling: bool = True
    workers: int = 0
    outage: float = 0.0
    rate: float = 12.0
    lifetime: tuple[float, float] = (1.0, 3.0)


@dataclass
class Result:
    """The result of a trial. `problems` is empty where the law held."""

    runs: int = 0
    kills: int = 0
    accepted: int = 0
    doubles: int = 0
    lost: int = 0
    in_flight: int = 0
    uncertain: int = 0
    uncertain_accepted: int = 0
    debited: int = 0
    refunded: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


class Soak:
    """One trial in a folder."""

    def __init__(self, trial: Trial, folder: Path) -> None:
        self.trial, self.folder, self.result = trial, folder, Result()
        self._random = Random(trial.seed)
        self._chaos = Chaos(trial.seed, share=trial.faults, delay=0.5, stalling=trial.stalling)
        self._in_flight: set[str] = set()
        self._manifest = folder / "manifest.jsonl"
        rows = ({"id": f"line-{i}", "prompt": f"shot {i}", "model": "veo3_lite"} for i in range(trial.lines))
        self._manifest.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def run(self) -> Result:
        started = time.monotonic()
        with ExitStack() as stack:
            self._server = stack.enter_context(MockServer({"test-key": 10**6}, speed=60))
            SCENARIOS[self._chaos.name] = self._chaos.scenario()  # pyright: ignore[reportIndexIssue]  (read-only for everybody else)
            stack.callback(SCENARIOS.pop, self._chaos.name)  # pyright: ignore[reportAttributeAccessIssue]
            self._database = stack.enter_context(Postgres()) if self.trial.workers else None
            self._kill_until_enough()
            self._finish()
            self._compare()
        self.result.seconds = round(time.monotonic() - started, 1)
        return self.result

    def _environment(self) -> dict[str, str]:
        url = {"GPTIMAGE2_DATABASE": self._database.url} if self._database else {}
        return {"GPTIMAGE2_JOURNAL": str(self.folder / "journal.db"), **url}

    @contextmanager
    def _worker(self, number: int) -> Iterator[Any]:
        self.result.runs += 1
        command = ("batch", "run", str(self._manifest), "--out", str(self.folder / f"videos-{number}"))
        limits = ("--concurrency", "40", "--rate", str(self.trial.rate), "--poll-interval", "0.3")
        timeouts = ("--request-timeout", "3", "--timeout", "60")
        with open(self.folder / f"worker-{number}.log", "a") as log:  # noqa: PTH123  (Popen takes the file)
            child = spawn(
                *command, *limits, *timeouts, url=self._url, environment=self._environment(), stdout=log, stderr=log
            )
            try:
                yield child
            finally:
                child.kill()
                child.wait()

    @property
    def _url(self) -> str:
        return self._server.scenario_url(self._chaos.name)

    def _kill_until_enough(self) -> None:
        """Kill the worker, or one of them, again and again, while there is work left."""
        with ExitStack() as stack:
            others = [stack.enter_context(self._worker(number)) for number in range(1, self.trial.workers)]
            for kill in range(self.trial.kills):
                with self._worker(0) as worker:
                    if self.trial.outage and kill == self.trial.kills // 2:
                        self._stop_the_database()
                    time.sleep(self._random.uniform(*self.trial.lifetime))
                    if worker.poll() is None:
                        worker.send_signal(signal.SIGKILL)
                        self.result.kills += 1
                    worker.wait()
                if not self._database:
                    self._record_in_flight()
            for other in others:
                other.wait(timeout=300)

    def _stop_the_database(self) -> None:
        assert self._database
        time.sleep(self.trial.lifetime[1])
        self._database.stop()
        time.sleep(self.trial.outage)
        self._database.start()

    def _record_in_flight(self) -> None:
        """The lines that were in flight at a kill, according to the ledger."""
        self._in_flight |= {line["id"] for line in self._report()["lines"] if line["state"] == "sending"}

    def _finish(self) -> None:
        """Run it to its end without a kill; a line that had a fault needs another run, but not forever."""
        for _ in range(10):
            with self._worker(0) as worker:
                worker.wait(timeout=300)
            lines = self._report()["lines"]
            if all(line["state"] in DONE or is_uncertain(line) for line in lines):
                return
        self.result.problems.append("it does not end: " + self._log())

    def _report(self) -> dict[str, Any]:
        where = ("--name", "manifest") if self._database else (str(self.folder / "videos-0"),)
        child = spawn("batch", "report", *where, "--json", url=self._url, environment=self._environment())
        report = json.loads(child.communicate(timeout=60)[0])
        return report if "lines" in report else {"lines": []}  # it was killed before it had begun

    def _compare(self) -> None:
        """Compare the report with what the service accepted."""
        result, problems, lines = self.result, self.result.problems, self._report()["lines"]
        accepted = self._chaos.accepted
        by_prompt = {line["request"]["prompt"]: line for line in lines}
        result.accepted = sum(map(len, accepted.values()))
        result.doubles = sum(len(tasks) - 1 for tasks in accepted.values())
        problems += [f"{prompt} was accepted as {tasks}" for prompt, tasks in accepted.items() if len(tasks) > 1]
        for prompt, tasks in accepted.items():
            line = by_prompt.get(prompt)
            if line is None or not (is_uncertain(line) or (line["task_id"] in tasks and self._ended_well(line))):
                result.lost += 1
                problems.append(f"{prompt} was accepted as {tasks} and is {line}")
        uncertain = [line for line in lines if is_uncertain(line)]
        result.in_flight, result.uncertain = len(self._in_flight), len(uncertain)
        result.uncertain_accepted = sum(line["request"]["prompt"] in accepted for line in uncertain)
        if not self._database and not self.trial.faults:
            stray = {line["id"] for line in uncertain} - self._in_flight
            problems += [f"{key} is uncertain and was not in flight at a kill" for key in stray]
        self._compare_money(lines, result.uncertain_accepted)

    def _compare_money(self, lines: list[dict[str, Any]], uncertain_accepted: int) -> None:
        entries = self._server.ledger("test-key")
        self.result.debited = sum(entry.credits for entry in entries if entry.kind == "debit")
        self.result.refunded = sum(entry.credits for entry in entries if entry.kind == "refund")
        known = [line for line in lines if line["task_id"] is not None]
        spent = sum(line["quote"] if line["credits_used"] is None else line["credits_used"] for line in known)
        if self.result.debited != spent + uncertain_accepted * PRICE:
            self.result.problems.append(f"{self.result.debited} debited, {spent} in the report")
        refunded = sum(line["quote"] for line in known if line["refunded"])
        if refunded != self.result.refunded - self._refunds_unseen(known):
            self.result.problems.append(f"{self.result.refunded} refunded, {refunded} in the report")

    def _refunds_unseen(self, known: list[dict[str, Any]]) -> int:
        """Refunds of which the client cannot know: of tasks without a receipt, or that the service did not report."""
        refunded = {line["task_id"] for line in known if line["refunded"]}
        unreported = {line["task_id"] for line in known if line["state"] == "failed" and line["refunded"] is None}
        refunds = [entry for entry in self._server.ledger("test-key") if entry.kind == "refund"]
        ids = {line["task_id"] for line in known}
        unseen = [entry for entry in refunds if entry.task_id in unreported or entry.task_id not in ids | refunded]
        return sum(entry.credits for entry in unseen)

    def _ended_well(self, line: dict[str, Any]) -> bool:
        if line["state"] == "failed":
            return True
        files = [self.folder / f"videos-{number}" / str(line["file"]) for number in range(max(self.trial.workers, 1))]
        return line["state"] == "saved" and any(file.is_file() and file.stat().st_size > 1000 for file in files)

    def _log(self) -> str:
        return (self.folder / "worker-0.log").read_text()[-2000:]


def is_uncertain(line: dict[str, Any]) -> bool:
    """Whether it may have been charged, and its task is unknown."""
    return line["state"] in ("uncertain", "sending") and line["task_id"] is None


TRIALS = {
    "killed 50 times": Trial(lines=300, kills=50, seed=1),
    "with faults": Trial(lines=300, kills=50, seed=2, faults=0.05),
    "two workers": Trial(lines=300, kills=25, seed=3, workers=2, rate=8.0),
    "database away": Trial(lines=300, kills=6, seed=4, workers=2, outage=10.0, rate=8.0),
}


def main(names: list[str]) -> int:
    """Run the trials of these names, or all; print the result of each."""
    failed = False
    for name, trial in TRIALS.items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            result = Soak(trial, Path(folder)).run()
        failed = failed or bool(result.problems)
        print(f"{name}: {json.dumps(asdict(result))}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
