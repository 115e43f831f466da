"""Batches in a database that several machines share: one budget, one pace, and nobody's work lost."""

import json
import os
import time

import pytest
import sqlalchemy as sa

from gptimage2_video_cli.batch.database import at
from gptimage2_video_cli.batch.ledger import Ledger
from gptimage2_video_cli.batch.workers import Crew, workers
from gptimage2_video_mock import MockServer
from support.commandline import CommandLine, spawn
from support.postgres import Postgres, programs

pytestmark = pytest.mark.skipif(
    programs() is None and os.environ.get("CI") != "true", reason="PostgreSQL is not installed"
)
KEY = "sk-needle-0f9d3c71"
PASSWORD = "hush-hush"
SPEED = 60
PACE = ("--poll-interval", "0.1", "--timeout", "60")


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
    """These runs at once, as machines of their own; what each of them said."""
    environment = {"GPTIMAGE2_DATABASE": database.url, "GPTIMAGE2_API_KEY": KEY}
    children = [spawn("batch", "run", *words, *PACE, url=server.url, environment=environment) for words in runs]
    return [(*child.communicate(timeout=120), child.returncode) for child in children]


def debits(server):
    return [entry for entry in server.ledger(KEY) if entry.kind == "debit"]


@pytest.mark.long
class TestTwoWorkers:
    def test_make_every_video_once_between_them(self, server, database, manifest):
        path = manifest("shared", 12)
        told = workers_at(server, database, (path, "--out", "a"), (path, "--out", "b"))
        assert [0, 0] == [code for *_, code in told], told
        assert 12 == len(debits(server))

    def test_share_one_budget(self, server, database, manifest):
        path = manifest("budget", 12)
        runs = [(path, "--out", out, "--max-credits", "35") for out in ("a", "b")]
        told = workers_at(server, database, *runs)
        assert {2} == {code for *_, code in told}, told
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
        accepted = sorted(entry.at for entry in debits(server))
        real_seconds = (accepted[-1] - accepted[0]) / SPEED
        assert (8, True) == (len(accepted), real_seconds > 1.5), "each fourth of a second one, and both wait for it"


class TestTheDatabase:
    def test_holds_no_key_and_its_password_is_told_nowhere(self, cli, database, manifest, tmp_path):
        outcome = cli("batch", "run", manifest("quiet", 2), "--out", "v", *PACE, "--json")
        assert 0 == outcome.code, outcome.err
        engine = at(database.url)
        with engine.connect() as connection:
            tables = sa.MetaData()
            tables.reflect(connection)
            tables.reflect(connection, schema="dbos")
            rows = [str(row) for table in tables.tables.values() for row in connection.execute(sa.select(table))]
        engine.dispose()
        assert rows
        assert KEY not in "".join(rows)
        written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        said = (outcome.out + outcome.err).encode() + written
        assert KEY.encode() not in said
        assert PASSWORD.encode() not in said

    def test_tells_how_a_batch_stands(self, cli, manifest):
        path = manifest("told", 2)
        cli("batch", "run", path, "--out", "v", "--name", "my batch", *PACE)
        assert "2 lines: 2 saved" in cli("batch", "status", "--name", "my batch").out
        lines = cli("batch", "report", "--name", "my batch", "--json").object["lines"]
        assert ["saved", "saved"] == [line["state"] for line in lines]

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (("status", "--name", "nobody"), "there is no batch called nobody"),
            (("status",), "with --database, name the batch by --name"),
            (("report", ".", "--name", "x"), "name the folder of the batch, or --database and --name"),
        ],
    )
    def test_has_no_other_batches(self, cli, words, sentence):
        outcome = cli("batch", *words)
        assert (2, True) == (outcome.code, sentence in outcome.err), outcome.err

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            (f"postgresql://postgres:{PASSWORD}@127.0.0.1:9/x", "the database cannot be reached"),
            (f"mysql://root:{PASSWORD}@127.0.0.1/x", "--database takes a postgresql:// URL"),
            (f"//{PASSWORD}", "--database is not a URL"),
        ],
    )
    def test_that_cannot_be_used_is_refused_in_one_sentence_without_its_password(self, cli, manifest, url, sentence):
        outcome = cli("batch", "run", manifest("lost", 1), "--out", "v", "--database", url)
        assert (2, True) == (outcome.code, sentence in outcome.err), outcome.err
        assert PASSWORD not in outcome.err


class TestTheCrew:
    @pytest.fixture
    def crews(self, database):
        ledger = Ledger(at(database.url), "crew")
        ledger.prepare()
        yield Crew(ledger), Crew(ledger)
        with ledger.engine.begin() as connection:
            connection.execute(sa.delete(workers))
        ledger.engine.dispose()

    def test_knows_who_is_alive(self, crews):
        one, other = crews
        other.beat()
        assert ([], [other.id]) == (one.silent(), one.others())

    def test_takes_over_from_one_that_is_silent_or_has_left(self, crews):
        one, other = crews
        other.beat()
        assert [other.id] == one.silent(patience=-1)
        other.leave()
        assert ([other.id], []) == (one.silent(), one.others())
        one.bury(other.id)
        assert [] == one.silent()

    def test_notices_at_once_that_a_process_of_this_machine_has_gone(self, crews, monkeypatch):
        one, other = crews
        child = spawn("--version")
        child.communicate()
        other._me["pid"] = child.pid
        other.beat()
        assert [other.id] == one.silent()

    def test_lets_nobody_drop_the_lines_of_another(self, cli, database, manifest):
        cli("batch", "run", manifest("crowd", 2), "--out", "v", "--name", "crowd", "--max-credits", "0", *PACE)
        ledger = Ledger(at(database.url), "crowd")
        Crew(ledger).beat()
        outcome = cli("batch", "run", manifest("others", 1), "--out", "w", "--name", "crowd", *PACE)
        ledger.engine.dispose()
        sentence = "with 2 lines that are not in this manifest; use the same manifest, or another --name"
        assert (2, True) == (outcome.code, sentence in outcome.err), outcome.err


@pytest.mark.long
def test_a_line_of_a_worker_that_went_silent_is_gone_on_with(server, database, manifest, cli):
    path = manifest("orphan", 3)
    environment = {"GPTIMAGE2_DATABASE": database.url, "GPTIMAGE2_API_KEY": KEY}
    child = spawn("batch", "run", path, "--out", "a", *PACE, url=server.url, environment=environment)
    deadline = time.monotonic() + 30
    while len(debits(server)) < 3 and time.monotonic() < deadline:
        child.poll()
    child.kill()
    child.communicate()
    outcome = cli("batch", "run", path, "--out", "b", *PACE)
    assert 3 == len(debits(server)), outcome.err
    assert outcome.code in (0, 5), "a receipt may have been on its way"
