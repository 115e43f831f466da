"""Fixtures of the batch tests: a ledger with priced lines, and the command line against the scripted mock."""

import pytest
import sqlalchemy as sa

from gptimage2_video_cli.batch.database import open_sqlite
from gptimage2_video_cli.batch.ledger import Ledger
from gptimage2_video_cli.batch.manifest import Line
from gptimage2_video_cli.batch.plan import apply
from gptimage2_video_cli.batch.schema import batches
from support.commandline import CommandLine


@pytest.fixture
def make_ledger(tmp_path):
    """A batch with these prices, its lines called 0, 1, 2 …; None is an unknown price."""
    made = []

    def make(*prices, limit=None):
        ledger = Ledger(open_sqlite(tmp_path), "batch")
        made.append(ledger)
        ledger.create_tables()
        ledger.transact(
            lambda c: c.execute(sa.insert(batches).values(name="batch", base_url="https://api.example.com"))
        )
        lines = [
            Line(str(number), number + 1, {"prompt": "A cup"}, price, f"{number}.mp4")
            for number, price in enumerate(prices)
        ]
        apply(ledger, lines, limit, resubmit_uncertain=False)
        return ledger

    yield make
    for ledger in made:
        ledger.engine.dispose()


@pytest.fixture
def cli(service, batch, capsys, monkeypatch):
    return CommandLine(capsys, monkeypatch).against(service.url)
