"""Many devices at once on the embedded ledger: batches form by themselves."""

import asyncio

from chaincode.contract import MinoriContract
from gateway.demo.founding import Founding, found
from gateway.demo.town import Town
from gateway.ledgers.embedded import ORGANISATIONS, EmbeddedLedger
from tests.gateway.intake.conftest import GatewayOnDisk

FARMS, EACH = 60, 10


async def test_many_devices_share_transactions(tmp_path):
    town = Town.create(farms=FARMS)
    ledger = await EmbeddedLedger.open(tmp_path / "ledger.sqlite", contract=MinoriContract())
    admins = {one: ledger.as_identity("admin", organisation=one) for one in ORGANISATIONS}
    await found(Founding.of(town), admins)
    ledger.chain = []  # what `GatewayOnDisk` waits for; the follower catches up by itself
    gateway = await GatewayOnDisk(ledger, tmp_path / "gateway").start()
    await gateway.follower.wait_for_height(await ledger.height(), timeout_s=30)
    first = await ledger.height()

    async def send(farm):
        wires = [town.harvest(farm, 1_000)[1] for _ in range(EACH)]
        return [code for wire in wires for code in await gateway.submit(wire)]

    codes = await asyncio.gather(*(send(farm) for farm in town.plots))
    assert codes == [["ACCEPTED"] * EACH] * FARMS
    transactions = 0
    async for block in ledger.blocks(first):
        transactions += len(block.transactions)
        if block.number == await ledger.height() - 1:
            break
    assert transactions < FARMS * EACH / 5
    await gateway.stop()
    await ledger.close()
