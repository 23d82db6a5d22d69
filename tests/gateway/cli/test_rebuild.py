"""`minori rebuild` as an operator runs it: the tables of a market, thrown away and made again."""

import asyncio
import re

import pytest
from sqlalchemy import delete, func, select, update
from typer.testing import CliRunner

from gateway.projection.digest import content_digest
from gateway.projection.domain import holdings, lots
from gateway.projection.tables import commands
from gateway.storage.database import Database
from network.cli import app
from tests.gateway.market import hold_market
from tests.gateway.stage import LEDGER, stage_in
from tests.postgres_fixture import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def stopped(request, tmp_path, monkeypatch):
    """Return (database, blocks) of a gateway that is stopped, where a market has been held."""
    url = f"sqlite:///{tmp_path}/projection.sqlite"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    async with stage_in(tmp_path, database_url=url) as stage:
        await hold_market(stage)
        height = await stage.ledger.height()
    monkeypatch.setenv("MINORI_LEDGER__PATH", str(tmp_path / LEDGER))
    monkeypatch.setenv("MINORI_DATABASE_URL", url)
    return url, height


def tables(url, work, *, change=False):
    """Do something with the tables, and return what comes of it."""

    async def run():
        database = Database(url)
        try:
            return await (database.write if change else database.read)(work)
        finally:
            await database.close()

    return asyncio.run(run())


def rebuild():
    """Run the command, and return what it says, and of that the (digest, verdict)."""
    result = CliRunner().invoke(app, ["rebuild"])
    assert result.exit_code == 0, (result.output, result.exception)
    said = re.search(r"^content  (\w{64}) \((.+)\), [0-9.]+ s$", result.output, re.MULTILINE)
    return result.output, said.groups()


def test_the_tables_are_the_same_before_and_after(stopped):
    url, height = stopped
    before = tables(url, content_digest)
    assert tables(url, lambda connection: connection.scalar(select(func.count(lots.c.id)))) == 8
    output, told = rebuild()
    assert f"rebuilding from {height} blocks" in output
    assert told == (before, "unchanged")
    assert tables(url, content_digest) == before


def test_what_was_damaged_is_mended_and_told(stopped):
    """Rows that are gone and grams that are wrong: a rebuild takes nothing from what was there."""
    url, _ = stopped
    before = tables(url, content_digest)

    def damage(connection):
        connection.execute(update(holdings).values(held_g=1))
        connection.execute(delete(lots))
        connection.execute(delete(commands).where(commands.c.block_number > 5))

    tables(url, damage, change=True)
    damaged = tables(url, content_digest)
    assert damaged != before
    _, told = rebuild()
    assert told == (before, f"changed; it was {damaged}")
    assert tables(url, content_digest) == before
