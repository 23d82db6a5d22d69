"""What waits for a second signature: who may read it, to decide."""

from gateway.demo.trading import Trading
from gateway.device.keyring import command_id_of


async def test_a_witness_reads_stock_from_before_until_it_is_decided(stage):
    _, (proposed, approved) = Trading(stage.town).open_stock("farm-a", 40_000)
    await stage.done(proposed)
    path = f"/api/commands/{command_id_of(proposed)}"

    async def read_by(handle):
        return (await stage.get(path, handle)).json().get("closed_part")

    for witness in ("inspector", "centre-desk"):
        assert (await read_by(witness))["quantity_g"] == 40_000
    assert await read_by("farm-b") is None
    assert await read_by("shop-a") is None
    await stage.done(approved)
    assert await read_by("inspector") is None
    assert (await read_by("farm-a"))["quantity_g"] == 40_000
