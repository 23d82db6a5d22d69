"""Every way in which a ledger fails, before and after the commit: each command once, in order."""

import asyncio
import json
import random
from collections import Counter

import pytest

from chaincode.base.envelope import base64url_decode
from chaincode.contract import MinoriContract
from chaincode.lots.records import Lot
from gateway.intake import OutboxError
from tests.chaincode.shim.waiting import until
from tests.gateway.intake.scripted_ledger import AFTER, BEFORE, CLOCK_S
from tests.gateway.intake.test_intake import command_id, harvests
from tests.gateway.intake.test_outbox import limit_pages

FARMS = [f"farm-{letter}" for letter in "abcdefgh"]


def taken_in_order(ledger):
    """The (device, number) of every command accepted, in the order of the chain."""
    order = []
    for block in ledger.chain:
        for transaction in block.transactions:
            for wire, result in zip(transaction.commands, transaction.results, strict=True):
                if result["code"] == "ACCEPTED":
                    payload = json.loads(decode_payload(wire))
                    order.append((payload["kid"], payload["seq"]))
    return order


def decode_payload(wire):
    return base64url_decode(wire.split(b".")[1].decode())


def check_each_once_and_in_order(ledger, wires):
    taken = ledger.taken()
    assert {taken[command_id(wire)] for wire in wires} == {1}
    numbers = Counter()
    for kid, seq in taken_in_order(ledger):
        assert seq == numbers[kid] + 1
        numbers[kid] = seq


def forgiving(script):
    """Return the script, but for refusing one command more than twice: that would be its fault."""
    refusals = Counter()

    def fault(wires):
        name = script(wires)
        if name in {"refused", "too large"}:
            if any(refusals[wire] == 2 for wire in wires):
                return None
            refusals.update(wires)
        return name

    return fault


@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
async def test_half_of_all_transactions_fail(make_gateway, town, fault):
    """By chance, not in turn: a command whose turn is always the bad one is rightly given up."""
    gateway = await make_gateway(batch_commands_max=8)
    chance = random.Random(2026)
    gateway.ledger.fault = forgiving(lambda _: chance.choice([fault, None]))
    wires = [wire for farm in FARMS for wire in harvests(town, farm, 6)]
    statuses = [status for wire in wires for status in await gateway.intake.accept([wire])]
    assert await gateway.codes([one.id for one in statuses], 30) == ["ACCEPTED"] * len(wires)
    check_each_once_and_in_order(gateway.ledger, wires)


@pytest.mark.parametrize("seed", range(4))
async def test_two_gateways_and_failures_of_all_kinds(make_gateway, town, seed):
    """Devices send to both gateways, some twice; one lot is sold by all shops by way of both."""
    chance = random.Random(seed)
    coop, shops = await make_gateway("coop"), await make_gateway("shops")
    ledger = coop.ledger
    ledger.order_s = 0.002
    hot = await stock_every_shop(coop, town)
    ledger.fault = forgiving(lambda _: chance.choice([*BEFORE, *AFTER] + [None] * 8))
    wires = [wire for farm in FARMS for wire in harvests(town, farm, 8)]
    wires += [
        town.take("sell", shop, lot, 1, at=CLOCK_S) for _ in range(8) for shop, lot in hot.items()
    ]
    chance.shuffle(wires)
    sent = [
        (wire, gateway)
        for wire in wires
        for gateway in chance.choice([[coop], [shops], [coop, shops]])
    ]

    async def send(wire, gateway):
        await asyncio.sleep(chance.random() * 0.2)
        return await gateway.submit(wire, timeout_s=60)

    codes = await asyncio.gather(*(send(wire, gateway) for wire, gateway in sent))
    assert codes == [["ACCEPTED"]] * len(sent)
    check_each_once_and_in_order(ledger, wires)
    for shop, lot in hot.items():
        party = town.people[shop].party
        record = json.loads(ledger.state[f"holding/{lot}/{party}/{party}"])
        assert (record["held_g"], record["sold_g"]) == (92, 8)


async def stock_every_shop(gateway, town):
    lots = {}
    for shop in ("shop-a", "shop-b", "shop-c"):
        lot, harvest = town.harvest("farm-a", 100, at=CLOCK_S)
        shipment, ship = town.ship("farm-a", lot, shop, 100, at=CLOCK_S)
        receive = town.receive(shop, lot, shipment, 100, at=CLOCK_S)
        assert await gateway.submit(harvest, ship, receive) == ["ACCEPTED"] * 3
        lots[shop] = lot
    return lots


class PoisonedContract:
    """The contract, but for one command that breaks the whole transaction."""

    def __init__(self, poison):
        self.poison, self.contract = poison, MinoriContract()

    async def invoke(self, stub, function, args):
        if self.poison in args:
            raise RuntimeError("poisoned")
        return await self.contract.invoke(stub, function, args)


async def test_poisoned_command_ends_alone(gateway, town):
    wires = [wire for farm in FARMS for wire in harvests(town, farm, 4)]
    poison, after = harvests(town, "farm-i", 2)
    gateway.ledger.contract = PoisonedContract(poison)
    codes = await gateway.submit(*wires[:16], poison, after, *wires[16:])
    expected = ["ACCEPTED"] * 16 + ["CONTRACT_FAULT", "SEQUENCE_GAP"] + ["ACCEPTED"] * 16
    assert codes == expected
    check_each_once_and_in_order(gateway.ledger, wires)
    status = await gateway.intake.status(command_id(poison))
    assert (status.answer.taken, status.answer.block_number) == (False, None)


async def test_poisoned_command_can_t_be_fed_in_a_loop(gateway, town):
    (poison,) = harvests(town, "farm-a", 1)
    gateway.ledger.contract = PoisonedContract(poison)
    assert await gateway.submit(poison) == ["CONTRACT_FAULT"]
    await until(lambda: not gateway.intake.waiting_count)
    attempts = len(gateway.ledger.submitted)
    (again,) = await gateway.intake.accept([poison])
    assert again.answer.code == "CONTRACT_FAULT"
    assert len(gateway.ledger.submitted) == attempts


async def test_command_that_fails_in_the_contract_itself_harms_nobody(gateway, town):
    """The contract catches it per command (`CONTRACT_FAULT`) and takes the others."""
    lot, bad = town.harvest("farm-a", 1_000, at=CLOCK_S)
    wires = harvests(town, "farm-b", 2)
    gateway.ledger.state[Lot.key(lot)] = b"not what the contract wrote"
    assert await gateway.submit(bad, *wires) == ["CONTRACT_FAULT", "ACCEPTED", "ACCEPTED"]


async def test_outage_is_over_by_itself(gateway, town):
    gateway.ledger.fault = lambda _: "unavailable"
    wires = [wire for farm in FARMS for wire in harvests(town, farm, 3)]
    statuses = await gateway.intake.accept(wires)
    ids = [one.id for one in statuses]
    await until(lambda: len(gateway.ledger.submitted) >= 6)
    assert set(await gateway.codes(ids, 0.01)) == {None}
    gateway.ledger.fault = lambda _: None
    assert await gateway.codes(ids, 10) == ["ACCEPTED"] * len(ids)
    check_each_once_and_in_order(gateway.ledger, wires)


async def test_ledger_that_raises_what_it_should_not_loses_nothing(gateway, town):
    failures = iter([RuntimeError("a bug"), TimeoutError(), OSError("a wire")])
    submit = gateway.ledger.submit

    async def failing(commands, *, at=None):
        for failure in failures:
            raise failure
        return await submit(commands, at=at)

    gateway.ledger.submit = failing
    assert await gateway.submit(*harvests(town, "farm-a", 5)) == ["ACCEPTED"] * 5


async def test_ledger_that_never_answers_is_given_up_and_asked_again(make_gateway, town):
    gateway = await make_gateway(submit_s=0.05)
    gateway.ledger.is_open.clear()
    (status,) = await gateway.intake.accept(harvests(town, "farm-a", 1))
    await until(lambda: len(gateway.ledger.submitted) >= 3)
    gateway.ledger.is_open.set()
    assert await gateway.codes([status.id]) == ["ACCEPTED"]
    assert gateway.ledger.taken()[status.id] == 1


async def test_full_disk_refuses_the_request_and_queues_nothing(gateway, town):
    await limit_pages(gateway.outbox, 0)
    farm_wires = harvests(town, "farm-a", 60)
    with pytest.raises(OutboxError):
        await gateway.intake.accept(farm_wires)
    assert gateway.intake.waiting_count == 0
    assert gateway.ledger.submitted == []
    await limit_pages(gateway.outbox, 100_000)
    assert await gateway.submit(*farm_wires) == ["ACCEPTED"] * 60


async def test_drop_is_told_only_when_it_is_on_disk(make_gateway, town):
    gateway = await make_gateway(held_s=0.0)
    first, second = harvests(town, "farm-a", 2)
    write_answers = gateway.outbox.write_answers
    is_working = False

    async def failing(answers):
        if not is_working:
            raise OutboxError("disk")
        await write_answers(answers)

    gateway.outbox.write_answers = failing
    (status,) = await gateway.intake.accept([second])
    assert await gateway.codes([status.id], 0.2) == [None]
    is_working = True
    assert await gateway.codes([status.id]) == ["SEQUENCE_GAP"]
    assert (await gateway.outbox.find([status.id]))[status.id].answer.code == "SEQUENCE_GAP"
    assert first


async def test_answer_on_record_wins_over_a_drop_not_yet_told(make_gateway, town):
    gateway = await make_gateway(held_s=0.0)
    first, second = harvests(town, "farm-a", 2)
    write_answers = gateway.outbox.write_answers
    is_working = asyncio.Event()

    async def slow(answers):
        await is_working.wait()
        await write_answers(answers)

    gateway.outbox.write_answers = slow
    (status,) = await gateway.intake.accept([second])
    await until(lambda: gateway.intake._unwritten)
    assert not gateway.intake._unwritten[0].taken
    await gateway.ledger.submit([first])  # by way of another gateway, both
    await gateway.ledger.submit([second])
    answer = (await gateway.intake.wait([status.id], 10))[status.id]
    assert (answer.code, answer.block_number) == ("ACCEPTED", len(gateway.ledger.chain) - 1)
    is_working.set()
    await until(lambda: not gateway.intake.waiting_count)
    assert (await gateway.intake.status(status.id)).answer == answer
