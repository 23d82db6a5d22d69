"""Two gateways, one hot lot, one poisoned command: what the others feel of it.

On virtual time, with latencies like Fabric's: endorsement 20 ms, ordering and commit 200 ms.
"""

import asyncio
from functools import cache
from random import Random
from statistics import quantiles

import pytest

from chaincode import reading
from chaincode.base import envelope
from chaincode.contract import MinoriContract
from chaincode.rules import EVER
from gateway.demo.founding import Founding, found
from gateway.demo.town import Person, Town
from gateway.device.signing import Device
from gateway.intake import IntakeSettings
from gateway.intake.dispatcher import Dispatcher
from gateway.intake.items import Item
from gateway.intake.schedule import Schedule
from gateway.ledgers.port import TransactionTooLargeError
from tests.gateway.intake.scripted_ledger import CLOCK_S, ScriptedLedger
from tests.gateway.intake.virtual_time import run

ENDORSE_S, ORDER_S = 0.02, 0.2
FARMS = 84
SECONDS = 10
POISONERS = ("farm-x", "farm-y", "farm-z")
RATE = 40  # calm commands per second and gateway


class LeanGateway:
    """Schedule and dispatcher alone: no disk, no projection."""

    def __init__(self, ledger, seed, heads):
        self.settings = IntakeSettings()
        self.schedule = Schedule(self.settings, Random(seed))
        self.dispatcher = Dispatcher(ledger, self.schedule, self.settings, self.settle)
        self.answers = {}
        self.heads = dict(heads)

    def settle(self):
        now = asyncio.get_running_loop().time()
        for item, answer in self.schedule.take_answers():
            if answer.taken:
                self.heads[item.kid] = max(self.heads[item.kid], item.seq + 1)
            self.answers[item.id].set_result((answer.code, now))
        assert self.schedule.take_recorded() == []

    async def submit(self, wire):
        """Return the code and the latency in seconds."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        request = reading.read(envelope.parse(wire), EVER)
        item = Item.of(request)
        self.answers[item.id] = loop.create_future()
        self.schedule.add(item, self.heads[item.kid], started)
        self.settle()
        self.dispatcher.wake()
        code, answered = await self.answers[item.id]
        return code, answered - started


class Trouble:
    """The contract, but for one command, which breaks its transaction or hangs it."""

    def __init__(self):
        self.contract = MinoriContract()
        self.poison = None

    async def invoke(self, stub, function, args):
        if self.poison in args:
            raise RuntimeError("poisoned")
        return await self.contract.invoke(stub, function, args)


class HangingLedger(ScriptedLedger):
    """The chaincode hangs on the poisoned command until its deadline.

    Whoever shares a transaction with it waits for that deadline, and so do the next commands of
    that device: these are left out of the comparison.
    """

    companions = frozenset()

    async def _run(self, who, commands_, at):
        if self.contract.poison in commands_:
            self.companions |= {
                reading.read(envelope.parse(wire), EVER).command.kid for wire in commands_
            }
            await asyncio.sleep(4.0)
            raise TransactionTooLargeError("DEADLINE")
        return await super()._run(who, commands_, at)


async def calm_traffic(town, gateway, farms, chance):
    """Harvests at random moments by farms of this gateway's; returns (device, code, latency)."""

    async def one(farm):
        code, latency = await gateway.submit(town.harvest(farm, 1_000, at=CLOCK_S)[1])
        return town.people[farm].device.kid, code, latency

    tasks = []
    for number in range(SECONDS * RATE):
        tasks.append(asyncio.create_task(one(farms[number % len(farms)])))
        await asyncio.sleep(chance.expovariate(RATE))
    return await asyncio.gather(*tasks)


async def hot_traffic(town, gateway, lot, farm, chance):
    """Tills of one holder sell from one lot, by way of both gateways, without a pause."""
    codes = []
    stop_at = asyncio.get_running_loop().time() + SECONDS
    while asyncio.get_running_loop().time() < stop_at:
        code, _ = await gateway.submit(town.take("sell", farm, lot, 1, at=CLOCK_S))
        codes.append(code)
        await asyncio.sleep(chance.expovariate(20))
    return codes


async def poisoned_traffic(town, gateway, contract, farms, chance):
    """One after the other, commands that the contract can't bear."""
    codes = []
    for farm in farms:
        await asyncio.sleep(chance.uniform(0.5, 1.5))
        contract.poison = town.harvest(farm, 1_000, at=CLOCK_S)[1]
        codes.append((await gateway.submit(contract.poison))[0])
    return codes


def second_till(town, farm):
    """A second device of one farm's, so that one holding is sold from by two devices."""
    first = town.people[farm]
    device = Device.create(ledger=town.ledger, actor=first.actor)
    till = Person(
        name=first.name,
        organisation=first.organisation,
        party=first.party,
        party_kind=first.party_kind,
        role=first.role,
        actor=first.actor,
        device=device,
    )
    return till, town.registration(
        till, at=CLOCK_S
    )  # what is there already is rejected, which does no harm


async def simulate(kind, *, poisoners=(), is_troubled):
    """Return the calm commands' latencies, and what became of the hot and poisoned ones."""
    town, contract = Town.create(farms=FARMS), Trouble()
    ledger = kind(contract)
    msps = [one.msp for one in town.constitution.organisations]
    await found(Founding.of(town, CLOCK_S), {one: ledger.admin(one) for one in msps}, at=CLOCK_S)
    ledger.endorse_s, ledger.order_s = ENDORSE_S, ORDER_S
    devices = [person.device for person in town.people.values()]
    heads = {device.kid: device.seq for device in devices}  # as the founding left them
    gateways = [LeanGateway(ledger, seed, heads) for seed in (1, 2)]
    for gateway in gateways:
        gateway.dispatcher.start()
    lot, harvest = town.harvest("farm-a", 1_000_000, at=CLOCK_S)
    town.people["till"], enrolment = second_till(town, "farm-a")
    await ledger.submit([harvest, *enrolment])
    gateways[0].heads[town.people["farm-a"].device.kid] += 1
    gateways[1].heads[town.people["till"].device.kid] = 1
    chance = Random(7)
    farms = [farm for farm in town.plots if farm != "farm-a" and farm not in POISONERS]
    calm = [
        asyncio.create_task(calm_traffic(town, gateway, part, Random(number)))
        for number, (gateway, part) in enumerate(
            [(gateways[0], farms[::2]), (gateways[1], farms[1::2])]
        )
    ]
    trouble = []
    if is_troubled:
        for gateway, seller in zip(gateways, ("farm-a", "till"), strict=True):
            trouble.append(
                asyncio.create_task(hot_traffic(town, gateway, lot, seller, Random(seller)))
            )
        trouble.append(
            asyncio.create_task(poisoned_traffic(town, gateways[0], contract, poisoners, chance))
        )
    results = [result for part in await asyncio.gather(*calm) for result in part]
    troubled = await asyncio.gather(*trouble)
    for gateway in gateways:
        await gateway.dispatcher.stop()
    assert {code for _, code, _ in results} == {"ACCEPTED"}
    companions = getattr(ledger, "companions", ())
    assert len(companions) < 20
    return [latency for kid, _, latency in results if kid not in companions], troubled, ledger


@cache
def calm_latencies():
    return run(simulate(ScriptedLedger, is_troubled=False))[0]


def p99(latencies):
    return quantiles(latencies, n=100)[98]


@pytest.mark.parametrize(
    ("kind", "poisoners"),
    [(ScriptedLedger, POISONERS), (HangingLedger, POISONERS[:1])],
)
def test_others_feel_little_of_a_hot_lot_and_poisoned_commands(kind, poisoners):
    calm = calm_latencies()
    troubled, (hot, other_hot, poisoned), ledger = run(
        simulate(kind, poisoners=poisoners, is_troubled=True)
    )
    assert len(calm) == 2 * SECONDS * RATE
    assert len(troubled) > 0.7 * len(calm)
    assert ledger.lost_races > 10  # else there was no trouble
    assert set(hot) == set(other_hot) == {"ACCEPTED"}
    assert poisoned == ["CONTRACT_FAULT"] * len(poisoners)
    print(f"p99 of {len(calm)} others: calm {p99(calm):.3f} s, in trouble {p99(troubled):.3f} s")
    assert p99(troubled) < 3 * p99(calm)
