"""How far a recall reaches, against a walk over every lot by other code."""

import random

import pytest

from gateway.lookups import narrowing, recalls
from gateway.lookups.narrowing import Crops
from gateway.storage.database import Database
from tests.branching import Branching
from tests.postgres_fixture import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/projection.sqlite"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def database(url):
    opened = Database(url)
    yield opened
    await opened.close()


async def test_a_scope_equals_the_brute_force_closure(database):
    town = Branching(3_000, families=3)
    await database.write(town.write)
    assert town.new_roots  # some lineages are too wide to be carried along
    chance = random.Random(20260417)
    for count in (1, 1, 3, 20):
        seeds = set(chance.sample(sorted(town.parents)[:600], count))
        reached = town.descendants(seeds)
        scope = await database.read(recalls.scope_of, sorted(seeds))
        assert scope.lots == len(reached)
        # What is signed meets in the contract exactly what is reached, and nothing else.
        assert town.met(set(scope.roots)) == reached
        held = {one.party: one for one in scope.affected}
        assert sum(one.held_g for one in held.values()) == 600 * len(reached)
        assert sum(one.sold_g for one in held.values()) == 400 * len(reached)
        coming = [lot for lot in reached if int(lot) % 50 == 0]
        assert sum(one.in_transit_g for one in held.values()) == 50 * len(coming)
        for party, one in held.items():
            theirs = [lot for lot in reached if town.holder(lot) == party]
            assert (one.lots, one.held_g) == (len(theirs), 600 * len(theirs))


async def test_a_scope_leaves_nothing_behind_and_can_be_asked_again(database):
    town = Branching(50)
    await database.write(town.write)

    def twice(connection):
        first = recalls.scope_of(connection, ["0" * 20])
        return first, recalls.scope_of(connection, ["0" * 20])

    first, second = await database.read(twice)
    assert first == second
    assert first.lots == 50


async def test_a_lot_that_nobody_knows_reaches_nothing(database):
    await database.write(Branching(5).write)
    scope = await database.read(recalls.scope_of, ["Z" * 20])
    assert (scope.lots, scope.affected) == (0, ())


async def test_lots_are_found_by_plot_and_by_period(database):
    town = Branching(60, families=3)
    await database.write(town.write)
    april = {"since": "2026-04-01T00:00:00Z", "until": "2026-04-03T00:00:00Z"}
    by_plot = await database.read(narrowing.lots_of_plot, "PLT000000001", **april)
    assert by_plot == [f"{number:020d}" for number in (0, 1, 2)]
    farm, carrots = "FRM000000001", Crops(codes=("carrot",))
    found = await database.read(narrowing.lots_of_period, party=farm, crops=carrots, **april)
    expected = [f"{number:020d}" for number in range(60) if number % 28 < 3]
    assert found == (expected, [])
    okra = Crops(codes=("okra",))
    assert await database.read(narrowing.lots_of_period, party=farm, crops=okra, **april) == (
        [],
        expected,
    )
    nobody = await database.read(narrowing.lots_of_period, party="FRMX", crops=carrots, **april)
    assert nobody == ([], [])
