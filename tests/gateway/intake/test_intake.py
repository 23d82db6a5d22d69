"""From wires to answers, over a real projection, a real outbox and the real contract."""

import asyncio
import json
from base64 import urlsafe_b64decode
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from chaincode.base import canonical, times
from gateway.device.signing import Device, base64url, sign_es256
from gateway.intake import (
    CommandRefusedError,
    DeviceBusyError,
    IntakeStoppedError,
    OverloadedError,
    SequenceReusedError,
)
from gateway.intake.schedule import Schedule
from gateway.ledgers.port import LedgerUnavailableError
from tests.chaincode.shim.waiting import until
from tests.gateway.intake.conftest import GatewayOnDisk
from tests.gateway.intake.scripted_ledger import CLOCK_S, ScriptedLedger


def command_id(wire):
    payload = wire.split(b".")[1]
    return canonical.digest(base64url_decode(payload))


def base64url_decode(text):
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def harvests(town, farm, count, at=CLOCK_S):
    return [town.harvest(farm, 1_000 + number, at=at)[1] for number in range(count)]


async def test_command_is_answered_with_its_place_on_the_ledger(gateway, town):
    (wire,) = harvests(town, "farm-a", 1)
    (status,) = await gateway.intake.accept([wire])
    assert status.id == command_id(wire)
    assert status.answer is None
    answer = (await gateway.intake.wait([status.id], 10))[status.id]
    block = gateway.ledger.chain[answer.block_number]
    assert (answer.code, answer.taken, answer.flags) == ("ACCEPTED", True, ())
    assert (answer.tx_id, answer.ledger_time) == (block.transactions[0].id, CLOCK_S)
    assert (await gateway.intake.status(status.id)).answer == answer


async def test_answer_is_the_same_from_memory_outbox_and_projection(gateway, town):
    (wire,) = harvests(town, "farm-a", 1, at=CLOCK_S - 30 * 86_400)
    (status,) = await gateway.intake.accept([wire])
    answer = (await gateway.intake.wait([status.id], 10))[status.id]
    assert answer.flags == ("late",)
    await until(lambda: status.id not in gateway.intake._entries)
    assert (await gateway.outbox.find([status.id]))[status.id].answer == answer
    assert await gateway.follower.wait_for_height(answer.block_number + 1, timeout_s=10)
    assert (await gateway.intake._record.answers([status.id]))[status.id] == answer


async def test_rejection_is_an_answer_and_those_behind_it_go_on(gateway, town):
    lot, harvest = town.harvest("farm-a", 1_000, at=CLOCK_S)
    too_much = town.take("sell", "farm-a", lot, 2_000, at=CLOCK_S)
    sell = town.take("sell", "farm-a", lot, 500, at=CLOCK_S)
    codes = await gateway.submit(harvest, too_much, sell)
    assert codes == ["ACCEPTED", "INSUFFICIENT_QUANTITY", "ACCEPTED"]
    assert (await gateway.intake.status(command_id(too_much))).answer.taken


async def test_commands_of_several_people_take_effect_in_the_order_of_acceptance(gateway, town):
    lot, harvest = town.harvest("farm-a", 1_000, at=CLOCK_S)
    shipment, ship = town.ship("farm-a", lot, "shop-a", 600, at=CLOCK_S)
    receive = town.receive("shop-a", lot, shipment, 600, at=CLOCK_S)
    sell = town.take("sell", "shop-a", lot, 100, at=CLOCK_S)
    assert await gateway.submit(harvest, ship, receive, sell) == ["ACCEPTED"] * 4


def altered(wire):
    jws, tilde, closed = wire.partition(b"~")
    head, payload, signature = jws.split(b".")
    start = b"B" if signature.startswith(b"A") else b"A"
    return b".".join((head, payload, start + signature[1:])) + tilde + closed


def sign_for_another_ledger(town):
    device = Device(key=town.people["farm-a"].device.key, ledger="0" * 64, actor="A" * 12)
    return device.sign("lot.sell", {"lot": "0" * 20, "party": "P" * 12}, closed={"quantity_g": 1})


def sign_unknown(town):
    device = Device.create(ledger=town.ledger, actor=town.people["farm-a"].actor)
    return device.sign("lot.sell", {"lot": "0" * 20, "party": "P" * 12}, closed={"quantity_g": 1})


def sign_badly_shaped(town):
    return town.people["farm-a"].device.sign("lot.sell", {"lot": "no", "party": "P" * 12})


@pytest.mark.parametrize(
    ("make", "code", "member"),
    [
        (lambda _: b"hello", "NOT_A_JWS", ""),
        (lambda _: b"", "NOT_A_JWS", ""),
        (lambda _: b"x" * 20_000, "TOO_LARGE", ""),
        (sign_badly_shaped, "BAD_VALUE", "body.lot"),
        (sign_for_another_ledger, "WRONG_LEDGER", "ledger"),
        (sign_unknown, "UNKNOWN_KEY", "kid"),
        (lambda town: altered(harvests(town, "farm-b", 1)[0]), "BAD_SIGNATURE", ""),
    ],
)
async def test_fault_refuses_the_whole_request_and_queues_nothing(
    gateway, town, make, code, member
):
    good = harvests(town, "farm-a", 2)
    height = len(gateway.ledger.chain)
    with pytest.raises(CommandRefusedError) as refused:
        await gateway.intake.accept([*good, make(town)])
    fault = refused.value
    assert (fault.index, fault.code, fault.member.startswith(member)) == (2, code, True)
    assert await gateway.outbox.waiting() == []
    assert gateway.intake.waiting_count == 0
    assert len(gateway.ledger.chain) == height
    assert await gateway.submit(*good) == ["ACCEPTED"] * 2


async def test_revoked_key_is_refused_but_for_what_is_spared(gateway, town):
    spared, lost = harvests(town, "farm-a", 2)
    farmer = town.people["farm-a"]
    body = {
        "device": farmer.device.kid,
        "actor": farmer.actor,
        "spared": {
            "next": json.loads(base64url_decode(spared.split(b".")[1]))["seq"],
            "commands": [command_id(spared)],
            "until": times.local_date(CLOCK_S, 540),
        },
    }
    registrar = town.registrars["coop"].device
    await gateway.intake.accept(harvests(town, "farm-b", 1))  # so that devices are remembered
    assert await gateway.submit(registrar.sign("key.revoke", body, at=CLOCK_S)) == ["ACCEPTED"]
    await until(lambda: gateway.follower.height == len(gateway.ledger.chain))
    with pytest.raises(CommandRefusedError) as refused:
        await gateway.intake.accept([spared, lost])
    assert (refused.value.index, refused.value.code) == (1, "KEY_REVOKED")
    assert await gateway.submit(spared) == ["ACCEPTED"]


async def test_revocation_that_this_gateway_has_not_heard_of_is_the_contract_s_to_say(
    make_gateway, town
):
    gateway = await make_gateway(is_following=False)
    first, second = harvests(town, "farm-a", 2)
    assert await gateway.submit(first) == ["ACCEPTED"]
    farmer = town.people["farm-a"]
    body = {"device": farmer.device.kid, "actor": farmer.actor}
    revoke = town.registrars["coop"].device.sign("key.revoke", body, at=CLOCK_S)
    await gateway.ledger.submit([revoke])
    (status,) = await gateway.intake.accept([second])
    answer = (await gateway.intake.wait([status.id], 10))[status.id]
    assert (answer.code, answer.taken, answer.block_number) == ("KEY_REVOKED", False, None)
    with pytest.raises(CommandRefusedError, match="KEY_REVOKED"):
        await gateway.intake.accept([second])


async def test_key_that_is_not_projected_yet_is_found_on_the_ledger(make_gateway, town):
    gateway = await make_gateway(is_following=False)
    assert await gateway.submit(*harvests(town, "farm-a", 3)) == ["ACCEPTED"] * 3


def forge(device, kid, payload):
    header = canonical.encode({"alg": "ES256", "kid": kid, "typ": "minori-command+jws"})
    signed = f"{base64url(header)}.{base64url(canonical.encode(payload))}"
    return f"{signed}.{base64url(sign_es256(device.key, signed.encode()))}".encode()


async def test_ledger_that_is_not_founded_takes_nothing(tmp_path, town):
    gateway = await GatewayOnDisk(ScriptedLedger(), tmp_path).start()
    with pytest.raises(CommandRefusedError, match="NOT_FOUNDED"):
        await gateway.intake.accept(harvests(town, "farm-a", 1))
    await gateway.stop()


async def test_command_sent_twice_is_queued_once(gateway, town):
    first, second = harvests(town, "farm-a", 2)
    requests = [[first, second, first], [second], [first, second]]
    statuses = await asyncio.gather(*(gateway.intake.accept(wires) for wires in requests))
    assert [len(one) for one in statuses] == [3, 1, 2]
    ids = [command_id(first), command_id(second)]
    assert await gateway.codes(ids) == ["ACCEPTED", "ACCEPTED"]
    assert sum(map(len, gateway.ledger.submitted)) == 2
    (again,) = await gateway.intake.accept([first])
    assert again.answer.code == "ACCEPTED"
    await until(lambda: gateway.follower.height == len(gateway.ledger.chain))
    assert (await gateway.intake.accept([second]))[0].answer.code == "ACCEPTED"
    assert sum(map(len, gateway.ledger.submitted)) == 2


async def test_second_signature_makes_no_second_command(gateway, town):
    device = town.people["farm-a"].device
    lot, harvest = town.harvest("farm-a", 1_000, at=CLOCK_S)
    payload = json.loads(base64url_decode(harvest.partition(b"~")[0].split(b".")[1]))
    twin = forge(device, device.kid, payload) + b"~" + harvest.partition(b"~")[2]
    assert twin != harvest
    statuses = await gateway.intake.accept([harvest, twin])
    assert statuses[0].id == statuses[1].id
    assert await gateway.codes([statuses[0].id]) == ["ACCEPTED"]
    assert gateway.ledger.taken()[statuses[0].id] == 1
    assert lot


async def test_number_on_record_for_another_command_is_refused(gateway, town):
    device = town.people["farm-a"].device
    forked = Device(key=device.key, ledger=device.ledger, actor=device.actor)
    first, second = harvests(town, "farm-a", 2)
    other = forked.sign("lot.sell", {"lot": "0" * 20, "party": "P" * 12}, closed={"quantity_g": 1})
    assert await gateway.submit(first, second) == ["ACCEPTED"] * 2
    await until(lambda: gateway.follower.height == len(gateway.ledger.chain))
    with pytest.raises(SequenceReusedError) as refused:
        await gateway.intake.accept([*harvests(town, "farm-b", 1), other])
    assert (refused.value.index, refused.value.code) == (1, "SEQUENCE_REUSED")
    assert gateway.intake.waiting_count == 0


async def test_two_commands_of_one_number_in_the_queue_end_each_with_its_own_answer(gateway, town):
    device = town.people["farm-a"].device
    forked = replace(device)
    (first,) = harvests(town, "farm-a", 1)
    other = forked.sign(
        "lot.sell", {"lot": "0" * 20, "party": "P" * 12}, closed={"quantity_g": 1}, at=CLOCK_S
    )
    assert await gateway.submit(first, other) == ["ACCEPTED", "SEQUENCE_REUSED"]
    assert not (await gateway.intake.status(command_id(other))).answer.taken


async def test_gap_waits_for_its_predecessor(gateway, town):
    first, second, third = harvests(town, "farm-a", 3)
    late = await gateway.intake.accept([third, second])
    assert await gateway.codes([one.id for one in late], timeout_s=0.2) == [None, None]
    assert gateway.ledger.submitted == []
    assert await gateway.submit(first) == ["ACCEPTED"]
    assert await gateway.codes([one.id for one in late]) == ["ACCEPTED", "ACCEPTED"]


async def test_gap_is_filled_by_way_of_another_gateway(make_gateway, town):
    coop, shops = await make_gateway("coop"), await make_gateway("shops")
    first, second = harvests(town, "farm-a", 2)
    (late,) = await shops.intake.accept([second])
    assert await coop.submit(first) == ["ACCEPTED"]
    assert await shops.codes([late.id]) == ["ACCEPTED"]


async def test_gap_is_filled_even_if_nobody_tells(make_gateway, town):
    coop, shops = await make_gateway("coop"), await make_gateway("shops")
    shops.follower.listeners.clear()
    first, second = harvests(town, "farm-a", 2)
    (late,) = await shops.intake.accept([second])
    assert await coop.submit(first) == ["ACCEPTED"]
    assert await shops.codes([late.id]) == ["ACCEPTED"]


async def test_gap_that_is_never_filled_expires_and_may_be_sent_again(make_gateway, town):
    gateway = await make_gateway(held_s=0.05)
    first, second, third = harvests(town, "farm-a", 3)
    assert await gateway.submit(second, third) == ["SEQUENCE_GAP", "SEQUENCE_GAP"]
    assert not (await gateway.intake.status(command_id(second))).answer.taken
    assert await gateway.submit(first, second, third) == ["ACCEPTED"] * 3


async def test_gap_is_filled_though_the_projection_is_far_behind(make_gateway, town):
    gateway = await make_gateway(is_following=False, held_s=0.1)
    wires = harvests(town, "farm-a", 4)
    await gateway.ledger.submit(wires[:1])
    (status,) = await gateway.intake.accept([wires[1]])  # its head is remembered from here on
    await gateway.codes([status.id])
    await gateway.ledger.submit([wires[2]])  # by another gateway
    assert await gateway.submit(wires[3]) == ["ACCEPTED"]


async def test_gap_does_not_expire_while_the_ledger_can_t_be_asked(make_gateway, town):
    gateway = await make_gateway(held_s=0.05)
    first, second = harvests(town, "farm-a", 2)
    query = gateway.ledger.query

    async def away(_keys):
        raise LedgerUnavailableError("away")

    gateway.ledger.query = away
    (status,) = await gateway.intake.accept([second])
    assert await gateway.codes([status.id], timeout_s=0.3) == [None]
    gateway.ledger.query = query
    assert await gateway.codes([status.id]) == ["SEQUENCE_GAP"]
    assert first


async def test_a_bug_that_strikes_once_does_not_end_the_asking(make_gateway, town):
    gateway = await make_gateway(held_s=0.05)
    _, second = harvests(town, "farm-a", 2)
    query, struck = gateway.ledger.query, []

    async def broken(keys):
        if len(struck) < 3:
            struck.append(keys)
            raise RecursionError
        return await query(keys)

    (status,) = await gateway.intake.accept([second])
    gateway.ledger.query = broken
    assert await gateway.codes([status.id]) == ["SEQUENCE_GAP"]
    assert len(struck) == 3


async def test_what_waited_at_a_stop_is_done_though_the_projection_is_lost(make_gateway, town):
    gateway = await make_gateway(stop_s=0.01)
    assert await gateway.submit(*harvests(town, "farm-a", 3)) == ["ACCEPTED"] * 3
    gateway.ledger.fault = lambda _: "unavailable"
    statuses = await gateway.intake.accept(harvests(town, "farm-a", 3))
    await gateway.stop()
    for file in gateway.folder.glob("projection.sqlite*"):
        file.unlink()
    gateway.ledger.fault = lambda _: None
    again = await make_gateway(is_following=False, held_commands_max=0)
    assert await again.codes([one.id for one in statuses]) == ["ACCEPTED"] * 3


async def test_same_command_by_way_of_two_gateways_is_taken_once(make_gateway, town):
    coop, shops = await make_gateway("coop"), await make_gateway("shops")
    wires = harvests(town, "farm-a", 20)
    both = await asyncio.gather(coop.submit(*wires), shops.submit(*wires))
    assert both == [["ACCEPTED"] * 20] * 2
    assert all(coop.ledger.taken()[command_id(wire)] == 1 for wire in wires)


async def test_answer_taken_before_waits_for_a_projection_that_lags(make_gateway, town):
    gateway = await make_gateway(is_following=False)
    (wire,) = harvests(town, "farm-a", 1)
    await gateway.ledger.submit([wire])  # by another gateway, or before a crash
    (status,) = await gateway.intake.accept([wire])
    assert await gateway.codes([status.id], timeout_s=0.2) == [None]
    await gateway.follow()
    answer = (await gateway.intake.wait([status.id], 10))[status.id]
    assert (answer.code, answer.block_number) == ("ACCEPTED", len(gateway.ledger.chain) - 1)


async def test_waiting_ends_in_time_and_says_nothing_untrue(gateway, town):
    gateway.ledger.is_open.clear()
    (status,) = await gateway.intake.accept(harvests(town, "farm-a", 1))
    assert await gateway.codes([status.id, "0" * 64], timeout_s=0.05) == [None, None]
    assert (await gateway.intake.status(status.id)).answer is None
    assert await gateway.intake.status("0" * 64) is None
    gateway.ledger.is_open.set()
    assert await gateway.codes([status.id]) == ["ACCEPTED"]


async def test_full_queue_refuses_whole_requests_until_there_is_room(make_gateway, town):
    gateway = await make_gateway(queue_commands_max=5)
    gateway.ledger.is_open.clear()
    accepted = await gateway.intake.accept(harvests(town, "farm-a", 4))
    more = harvests(town, "farm-b", 2)
    with pytest.raises(OverloadedError) as overloaded:
        await gateway.intake.accept(more)
    assert overloaded.value.retry_after_s > 0
    assert not isinstance(overloaded.value, DeviceBusyError)
    assert len(await gateway.outbox.waiting()) == 4
    gateway.ledger.is_open.set()
    assert await gateway.codes([one.id for one in accepted]) == ["ACCEPTED"] * 4
    await until(lambda: not gateway.intake.waiting_count)
    assert await gateway.submit(*more) == ["ACCEPTED"] * 2


async def test_full_queue_is_full_by_bytes_too(make_gateway, town):
    wires = harvests(town, "farm-a", 3)
    gateway = await make_gateway(queue_bytes_max=len(wires[0]) * 2)
    gateway.ledger.is_open.clear()
    with pytest.raises(OverloadedError):
        await gateway.intake.accept(wires)
    assert len(await gateway.intake.accept(wires[:2])) == 2
    gateway.ledger.is_open.set()


async def test_full_queue_still_knows_what_waits(make_gateway, town):
    gateway = await make_gateway(queue_commands_max=2)
    gateway.ledger.is_open.clear()
    wires = harvests(town, "farm-a", 2)
    await gateway.intake.accept(wires)
    assert [one.answer for one in await gateway.intake.accept(wires)] == [None, None]
    gateway.ledger.is_open.set()


async def test_one_device_can_t_fill_the_queue(make_gateway, town):
    gateway = await make_gateway(device_commands_max=3)
    device = town.people["farm-a"].device
    place = device.seq, device.prev
    gateway.ledger.is_open.clear()
    with pytest.raises(DeviceBusyError):
        await gateway.intake.accept(harvests(town, "farm-a", 4))
    device.seq, device.prev = place
    accepted = await gateway.intake.accept(harvests(town, "farm-a", 3))
    accepted += await gateway.intake.accept(harvests(town, "farm-b", 3))
    gateway.ledger.is_open.set()
    assert await gateway.codes([one.id for one in accepted]) == ["ACCEPTED"] * 6


async def test_intake_of_which_a_part_has_ended_says_so(make_gateway, monkeypatch):
    gateway = await make_gateway()
    assert gateway.intake.is_running

    def broken(_self, _now):
        raise RecursionError

    monkeypatch.setattr(Schedule, "next_batch", broken)
    gateway.intake._dispatcher.wake()
    await until(lambda: not gateway.intake.is_running)


async def test_stopped_intake_takes_nothing_and_wakes_who_waits(make_gateway, town):
    gateway = await make_gateway(stop_s=0.05)
    gateway.ledger.is_open.clear()
    (status,) = await gateway.intake.accept(harvests(town, "farm-a", 1))
    waiting = asyncio.create_task(gateway.intake.wait([status.id], 60))
    await asyncio.sleep(0)
    await gateway.intake.stop()
    assert await asyncio.wait_for(waiting, 5) == {status.id: None}
    with pytest.raises(IntakeStoppedError):
        await gateway.intake.accept(harvests(town, "farm-b", 1))


async def test_stop_lets_what_is_in_flight_land(make_gateway, town):
    gateway = await make_gateway()
    gateway.ledger.order_s = 0.1
    (status,) = await gateway.intake.accept(harvests(town, "farm-a", 1))
    await until(lambda: gateway.ledger.in_flight)
    await gateway.intake.stop()
    assert (await gateway.outbox.find([status.id]))[status.id].answer.code == "ACCEPTED"


async def test_what_waited_at_a_stop_is_done_after_the_next_start(make_gateway, town):
    gateway = await make_gateway(stop_s=0.01)
    gateway.ledger.fault = lambda _: "unavailable"
    wires = [*harvests(town, "farm-a", 5), *harvests(town, "farm-b", 5)]
    statuses = await gateway.intake.accept(wires)
    await gateway.stop()
    gateway.ledger.fault = lambda _: None
    again = await make_gateway()
    assert await again.codes([one.id for one in statuses]) == ["ACCEPTED"] * 10
    await until(lambda: not again.intake.waiting_count)
    assert await again.outbox.waiting() == []


async def test_what_was_committed_at_a_crash_is_answered_from_the_record(make_gateway, town):
    gateway = await make_gateway(stop_s=0.01)
    gateway.ledger.fault = lambda _: "unavailable"
    wires = harvests(town, "farm-a", 3)
    statuses = await gateway.intake.accept(wires)
    await gateway.stop()
    gateway.ledger.fault = lambda _: None
    await gateway.ledger.submit(wires[:2])  # as if it had been ordered just before the crash
    again = await make_gateway()
    assert await again.codes([one.id for one in statuses]) == ["ACCEPTED"] * 3
    assert {gateway.ledger.taken()[one.id] for one in statuses} == {1}


async def test_sender_who_hangs_up_leaves_the_command_queued(gateway, town):
    wires = harvests(town, "farm-a", 1)
    accepting = asyncio.create_task(gateway.intake.accept(wires))
    await until(lambda: gateway.intake.waiting_count or accepting.done())
    accepting.cancel()
    assert await gateway.codes([command_id(wires[0])]) == ["ACCEPTED"]


async def test_metrics_tell_what_happened(make_gateway, town):
    def value(name, **labels):
        return REGISTRY.get_sample_value(name, labels) or 0.0

    names = [
        ("intake_commands_total", {"code": "ACCEPTED"}),
        ("intake_commands_total", {"code": "INSUFFICIENT_QUANTITY"}),
        ("intake_transactions_total", {"outcome": "away"}),
        ("intake_refused_commands_total", {"code": "NOT_A_JWS"}),
        ("intake_overloads_total", {"whose": "gateway"}),
        ("intake_command_seconds_count", {}),
    ]
    before = [value(name, **labels) for name, labels in names]
    gateway = await make_gateway(queue_commands_max=2)
    faults = iter(["unavailable"])
    gateway.ledger.fault = lambda _: next(faults, None)
    lot, harvest = town.harvest("farm-a", 1_000, at=CLOCK_S)
    too_much = town.take("sell", "farm-a", lot, 2_000, at=CLOCK_S)
    assert await gateway.submit(harvest, too_much) == ["ACCEPTED", "INSUFFICIENT_QUANTITY"]
    with pytest.raises(CommandRefusedError):
        await gateway.intake.accept([b"hello"])
    with pytest.raises(OverloadedError):
        await gateway.intake.accept(harvests(town, "farm-b", 3))
    await until(lambda: not gateway.intake.waiting_count)
    after = [value(name, **labels) for name, labels in names]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1, 1, 1, 2]
    assert value("intake_waiting_commands") == value("intake_transactions_in_flight") == 0
