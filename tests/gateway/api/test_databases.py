"""Every question the API asks its tables is answered alike by SQLite and PostgreSQL."""

import pytest

from tests.gateway.stage import stage_in
from tests.postgres_fixture import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def stage(request, tmp_path):
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    async with stage_in(tmp_path, database_url=url) as made:
        yield made


async def pages(stage, path, handle, member):
    """Read a list to its end, two items at a time, and return the ids."""
    found, cursor = [], ""
    while cursor is not None:
        query = f"?limit=2{f'&cursor={cursor}' if cursor else ''}"
        page = (await stage.get(path + query, handle)).json()
        found += [one["id"] for one in page[member]]
        cursor = page["next"]
    return found


async def test_lots_shipments_and_entries_are_found_cut_and_paged(stage):
    town = stage.town
    harvests = [town.harvest("farm-a", 1_000 + n) for n in range(5)]
    await stage.done(*(wire for _, wire in harvests))
    lot = harvests[0][0]
    shipped = [town.ship("farm-a", lot, shop, 100) for shop in ("shop-a", "shop-b", "shop-a")]
    for _, wire in shipped:
        await stage.done(wire)
    await stage.done(town.receive("shop-a", lot, shipped[0][0], 90))

    lots = await pages(stage, "/api/lots", "farm-a", "lots")
    assert sorted(lots) == sorted(one for one, _ in harvests)
    shipments = await pages(stage, "/api/shipments", "farm-a", "shipments")
    assert shipments == [shipped[0][0], shipped[2][0], shipped[1][0]]  # the latest changed first
    assert await pages(stage, "/api/shipments", "shop-a", "shipments") == [
        shipped[0][0],
        shipped[2][0],
    ]
    entries = await pages(stage, f"/api/lots/{lot}/entries", "shop-a", "entries")
    assert len(entries) == 3
    entries = await pages(stage, f"/api/lots/{lot}/entries", "farm-a", "entries")
    assert len(entries) == 5
    assert await pages(stage, f"/api/lots/{lot}/entries", "farm-b", "entries") == []
    public = (await stage.get(f"/api/lots/{lot}")).json()
    assert [one["type"] for one in public["history"]] == ["lot.harvest"]
    assert "held_g" in (await stage.get(f"/api/lots/{lot}", "shop-a")).json()["holdings"][0]
    assert (await stage.client.get(f"/lots/{lot}")).status_code == 200
