"""Batches in a database that several machines share: one budget, one rate, and no work lost."""

import itertools
import json
import os
import time

import pytest
import sqlalchemy as sa

from gptimage2_video_cli.batch.database import open_postgres
from gptimage2_video_cli.batch.ledger import Ledger
from gptimage2_video_cli.batch.workers import WorkerRegistry, workers
from gptimage2_video_mock import MockServer
from support.batches import attempt_starts
from support.commandline import CommandLine, spawn
from support.postgres import Postgres, programs

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(programs() is None and os.environ.get("CI") != "true", reason="PostgreSQL is not installed"),
]
KEY = "sk-needle-0f9d3c71"
PASSWORD = "hush-hush"
SPEED = 60
FAST = ("--poll-interval", "0.1", "--timeout", "60")


@pytest.fixture(scope="module")
def database():
    with Postgres() as running:
        yield running


@pytest.fixture
def server():
    with MockServer({KEY: 1000}, speed=SPEED) as running:
        yield running


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cli(server, database, monkeypatch, capsys):
    monkeypatch.setenv("GPTIMAGE2_DATABASE", database.url)
    return CommandLine(capsys, monkeypatch).against(server.url, KEY)


@pytest.fixture
def manifest(tmp_path):
    def write(name, count, model="veo3_lite"):
        path = tmp_path / f"{name}.jsonl"
        rows = ({"id": f"{name}-{i}", "prompt": f"{name} {i}", "model": model} for i in range(count))
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(path)

    return write


def workers_at(server, database, *runs):
    """These runs at once, as machines of their own; stdout, stderr and exit code of each."""
    environment = {"GPTIMAGE2_DATABASE": database.url, "GPTIMAGE2_API_KEY": KEY}
    children = [spawn("batch", "run", *arguments, *FAST, url=server.url, environment=environment) for arguments in runs]
    return [(*child.communicate(timeout=120), child.returncode) for child in children]


def debits(server):
    return [entry for entry in server.ledger(KEY) if entry.kind == "debit"]


@pytest.mark.process
class TestTwoWorkers:
    def test_make_every_video_once_between_them(self, server, database, manifest):
        path = manifest("shared", 12)
        results = workers_at(server, database, (path, "--out", "a"), (path, "--out", "b"))
        assert [0, 0] == [code for *_, code in results], results
        assert 12 == len(debits(server))

    def test_share_one_budget(self, server, database, manifest):
        path = manifest("budget", 12)
        runs = [(path, "--out", out, "--max-credits", "35") for out in ("a", "b")]
        results = workers_at(server, database, *runs)
        assert {2} == {code for *_, code in results}, results
        assert 35 == sum(entry.credits for entry in debits(server))

    def test_share_one_concurrency(self, server, database, manifest):
        path = manifest("narrow", 6)
        started = server.clock.now()
        workers_at(server, database, *((path, "--out", out, "--concurrency", "2") for out in ("a", "b")))
        accepted = [entry.at for entry in debits(server)]
        ends = [at_ + 60 for at_ in accepted]
        busiest = max(
            sum(begin <= moment < end for begin, end in zip(accepted, ends, strict=True)) for moment in accepted
        )
        assert (6, True) == (len(accepted), busiest <= 2), [at_ - started for at_ in accepted]

    def test_share_one_rate(self, server, database, manifest):
        path = manifest("slow", 8)
        workers_at(server, database, *((path, "--out", out, "--rate", "4") for out in ("a", "b")))
        engine = open_postgres(database.url)
        starts = attempt_starts(engine)[-8:]
        engine.dispose()
        gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
        assert (8, True) == (len(debits(server)), min(gaps) >= 250), "ms; both wait for it"


class TestTheDatabase:
    def test_holds_no_key_and_its_password_is_printed_nowhere(self, cli, database, manifest, tmp_path):
        outcome = cli("batch", "run", manifest("quiet", 2), "--out", "v", *FAST, "--json")
        assert 0 == outcome.code, outcome.err
        engine = open_postgres(database.url)
        with engine.connect() as connection:
            tables = sa.MetaData()
            tables.reflect(connection)
            tables.reflect(connection, schema="dbos")
            rows = [str(row) for table in tables.tables.values() for row in connection.execute(sa.select(table))]
        engine.dispose()
        assert rows
        assert KEY not in "".join(rows)
        written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        output = (outcome.out + outcome.err).encode() + written
        assert KEY.encode() not in output
        assert PASSWORD.encode() not in output

    def test_shows_the_state_of_a_batch(self, cli, manifest):
        path = manifest("status", 2)
        cli("batch", "run", path, "--out", "v", "--name", "my batch", *FAST)
        assert "2 lines: 2 saved" in cli("batch", "status", "--name", "my batch").out
        lines = cli("batch", "report", "--name", "my batch", "--json").object["lines"]
        assert ["saved", "saved"] == [line["state"] for line in lines]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("status", "--name", "missing"), "there is no batch called missing"),
            (("status",), "--database requires --name"),
            (("report", ".", "--name", "x"), "pass the folder of the batch, or --database and --name"),
        ],
    )
    def test_has_no_other_batches(self, cli, arguments, message):
        outcome = cli("batch", *arguments)
        assert (2, True) == (outcome.code, message in outcome.err), outcome.err

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            (f"postgresql://postgres:{PASSWORD}@127.0.0.1:9/x", "cannot connect to the database"),
            (f"mysql://root:{PASSWORD}@127.0.0.1/x", "--database takes a postgresql:// URL"),
            (f"//{PASSWORD}", "--database is not a URL"),
        ],
    )
    def test_that_cannot_be_used_is_refused_in_one_sentence_without_its_password(self, cli, manifest, url, sentence):
        outcome = cli("batch", "run", manifest("lost", 1), "--out", "v", "--database", url)
        assert (2, True) == (outcome.code, sentence in outcome.err), outcome.err
        assert PASSWORD not in outcome.err


class TestWorkerRegistry:
    @pytest.fixture
    def registries(self, database):
        ledger = Ledger(open_postgres(database.url), "registry")
        ledger.create_tables()
        yield WorkerRegistry(ledger), WorkerRegistry(ledger)
        with ledger.engine.begin() as connection:
            connection.execute(sa.delete(workers))
        ledger.engine.dispose()

    def test_knows_which_workers_are_alive(self, registries):
        one, other = registries
        other.heartbeat()
        assert ([], [other.id]) == (one.expired(), one.alive())

    def test_takes_over_from_one_that_expired_or_deregistered(self, registries):
        one, other = registries
        other.heartbeat()
        assert [other.id] == one.expired(timeout=-1)
        other.deregister()
        assert ([other.id], []) == (one.expired(), one.alive())
        one.remove(other.id)
        assert [] == one.expired()

    def test_notices_at_once_that_a_process_of_this_machine_has_exited(self, registries, monkeypatch):
        one, other = registries
        child = spawn("--version")
        child.communicate()
        other._me["pid"] = child.pid
        other.heartbeat()
        assert [other.id] == one.expired()

    def test_keeps_the_lines_of_another_worker_from_being_dropped(self, cli, database, manifest):
        cli("batch", "run", manifest("crowd", 2), "--out", "v", "--name", "crowd", "--max-credits", "0", *FAST)
        ledger = Ledger(open_postgres(database.url), "crowd")
        WorkerRegistry(ledger).heartbeat()
        outcome = cli("batch", "run", manifest("other", 1), "--out", "w", "--name", "crowd", *FAST)
        ledger.engine.dispose()
        sentence = "with 2 lines that are not in this manifest; use the same manifest, or another --name"
        assert (2, True) == (outcome.code, sentence in outcome.err), outcome.err


@pytest.mark.process
def test_a_line_of_a_dead_worker_is_taken_over(server, database, manifest, cli):
    path = manifest("orphan", 3)
    environment = {"GPTIMAGE2_DATABASE": database.url, "GPTIMAGE2_API_KEY": KEY}
    child = spawn("batch", "run", path, "--out", "a", *FAST, url=server.url, environment=environment)
    deadline = time.monotonic() + 30
    while len(debits(server)) < 3 and time.monotonic() < deadline:
        child.poll()
    child.kill()
    child.communicate()
    outcome = cli("batch", "run", path, "--out", "b", *FAST)
    assert 3 == len(debits(server)), outcome.err
    assert outcome.code in (0, 5), "a receipt may have been on its way"
