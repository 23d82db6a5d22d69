"""The drawn graph of a lot: its levels, its grams, and where it stops."""

import pytest

from gateway.lookups import lineage
from gateway.storage.database import Database
from tests.branching import Branching

TOWN = Branching(400, families=4)


@pytest.fixture
async def database(tmp_path):
    opened = Database(f"sqlite:///{tmp_path}/projection.sqlite")
    await opened.write(TOWN.write)
    yield opened
    await opened.close()


async def test_ancestors_are_all_that_brute_force_finds(database):
    for lot in list(TOWN.parents)[::37]:
        found = await database.read(lineage.of_lot, lot, descendants=False)
        ancestors: set[str] = {lot}
        for other in reversed(TOWN.parents):
            if other in ancestors:
                ancestors.update(TOWN.parents[other])
        assert {one for level in found.levels.values() for one in level} == ancestors
        assert found.is_whole


async def test_an_edge_has_the_grams_of_the_run(database):
    lot = max(TOWN.parents, key=lambda one: len(TOWN.parents[one]))
    found = await database.read(lineage.of_lot, lot, descendants=False)
    edges = [edge for edge in found.edges if edge.child == lot]
    assert [edge.parent for edge in edges] == list(TOWN.parents[lot])
    assert {edge.quantity_g for edge in edges} == {1_000 // len(edges)}
    assert not edges[0].is_computed


async def test_levels_are_distances_and_edges_stay_inside(database):
    lot = f"{40:020d}"
    found = await database.read(lineage.of_lot, lot)
    assert found.levels[0] == (lot,)
    assert found.levels[-1] == TOWN.parents[lot]
    inside = {one for level in found.levels.values() for one in level}
    assert inside >= {edge.parent for edge in found.edges} | {edge.child for edge in found.edges}
    children = {one for one, parents in TOWN.parents.items() if lot in parents}
    assert set(found.levels.get(1, ())) == children


async def test_a_graph_too_large_to_be_drawn_says_so(database, monkeypatch):
    monkeypatch.setattr(lineage, "NODES_MAX", 10)
    found = await database.read(lineage.of_lot, f"{300:020d}")
    assert not found.is_whole
    assert sum(map(len, found.levels.values())) <= 10
