"""kill -9 of a whole gateway at any moment: each acknowledged command is applied exactly once."""

import random
import time
from collections import Counter

from chaincode.base.envelope import parse
from chaincode.contract import MinoriContract
from gateway.demo.founding import Founding, found
from gateway.demo.town import Town
from gateway.intake import outbox_store
from gateway.ledgers.embedded import ORGANISATIONS, EmbeddedLedger
from tests.gateway.intake.forked import forked

KILLS = 12
SEED = 20261123
FARMS, EACH = 10, 60


async def prepare(folder):
    """Found a ledger, sign every command there will be, and return them by device."""
    town = Town.create(farms=FARMS)
    ledger = await EmbeddedLedger.open(folder / "ledger.sqlite", contract=MinoriContract())
    admins = {one: ledger.as_identity("admin", organisation=one) for one in ORGANISATIONS}
    now = int(time.time())
    await found(Founding.of(town, now), admins, at=now)
    await ledger.close()
    devices = [[town.harvest(farm, 1_000)[1] for _ in range(EACH)] for farm in town.plots]
    text = "|".join("\n".join(wire.decode() for wire in wires) for wires in devices)
    (folder / "wires").write_text(text)
    return devices


def left_waiting(folder):
    """Return how many commands a killed process has left in its outbox."""
    connection = outbox_store.open_store(folder / "outbox.sqlite")
    try:
        return len(outbox_store.waiting(connection))
    finally:
        connection.close()


async def accepted_on(folder):
    """Return the ids of all commands accepted by the ledger, in the order of the chain."""
    ledger = await EmbeddedLedger.open(folder / "ledger.sqlite", contract=MinoriContract())
    height = await ledger.height()
    ids = []
    async for block in ledger.blocks(0):
        for transaction in block.transactions:
            ids += [one["id"] for one in transaction.results if one["code"] == "ACCEPTED"]
        if block.number == height - 1:
            break
    await ledger.close()
    return ids


async def test_kill_at_any_moment_loses_and_repeats_nothing(tmp_path):
    devices = await prepare(tmp_path)
    chance = random.Random(SEED)
    lines, left = [], 0
    async with forked("tests.gateway.intake.gateway_process") as gateway:
        for _ in range(KILLS):
            count = chance.choice([0, 1, 30, 100, 200])
            delay_s = chance.random() * (0.2 if count == 0 else 0.05)
            lines += await gateway.run(str(tmp_path), lines=count, delay_s=delay_s)
            left += left_waiting(tmp_path)
        lines += await gateway.run(str(tmp_path))
    assert left  # else no kill hit anything on its way
    assert lines[-1] == ["done"]
    acknowledged = {words[1] for words in lines if words[0] == "accepted"}
    assert acknowledged == {parse(wire).id for wires in devices for wire in wires}
    assert {words[2] for words in lines if words[0] == "answered"} == {"ACCEPTED"}
    ids = await accepted_on(tmp_path)
    times = Counter(ids)
    assert {times[command_id] for command_id in acknowledged} == {1}
    place = {command_id: number for number, command_id in enumerate(ids)}
    for wires in devices:
        places = [place[parse(wire).id] for wire in wires]
        assert places == sorted(places)
