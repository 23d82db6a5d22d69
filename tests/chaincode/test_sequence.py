"""A device's commands come one after the other, and a batch is as good as one by one."""

import random

import pytest

from tests.chaincode.pen import sha256_hex
from tests.chaincode.world import World


def sales(world: World, by: str, count: int, lot: str | None = None) -> list[bytes]:
    """Return that many sales of a gram, in order."""
    lot = lot or world.harvest(by, count)
    body = {"lot": lot, "party": world.party(by)}
    return [world.write(by, "lot.sell", body, {"quantity_g": 1}) for _ in range(count)]


def test_a_devices_commands_may_travel_in_one_transaction():
    world = World.standing()
    assert world.submit(*sales(world, "farmer", 50)) == ["ACCEPTED"] * 50


def test_a_devices_commands_in_the_wrong_order_wait_for_their_predecessor():
    world = World.standing()
    first, second, third = sales(world, "farmer", 3)
    assert world.submit(third, first, second) == ["SEQUENCE_GAP", "ACCEPTED", "ACCEPTED"]
    assert world.submit(third) == ["ACCEPTED"]


def test_a_command_sent_again_is_recognised_and_changes_nothing():
    world = World.standing()
    first, second = sales(world, "farmer", 2)
    assert world.submit(first, first, second, first) == [
        "ACCEPTED",
        "ALREADY_TAKEN",
        "ACCEPTED",
        "ALREADY_TAKEN",
    ]
    before = dict(world.ledger.state)
    assert world.submit(second) == ["ALREADY_TAKEN"]
    assert world.ledger.state == before


def test_of_two_commands_with_one_number_the_first_to_arrive_is_taken():
    world = World.standing()
    (one,) = sales(world, "farmer", 1)
    world.resume()
    (other,) = sales(world, "farmer", 1, lot="0" * 20)
    assert world.submit(one, other) == ["ACCEPTED", "ALREADY_TAKEN"]


def test_after_a_command_that_could_not_be_taken_the_device_signs_the_rest_again():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    body = {"lot": lot, "party": world.party("farmer")}
    lost = world.write("farmer", "lot.sell", body, {"quantity_g": 1}, ledger="ab" * 32)
    queued = world.write("farmer", "lot.sell", body, {"quantity_g": 2})
    assert world.submit(lost, queued) == ["WRONG_LEDGER", "SEQUENCE_GAP"]
    again = world.write("farmer", "lot.sell", body, {"quantity_g": 2})
    assert world.submit(again) == ["ACCEPTED"]


def test_a_rejected_command_is_taken_and_its_successor_follows_it():
    world = World.standing()
    (sale,) = sales(world, "farmer", 1, lot="0" * 20)
    (next_sale,) = sales(world, "farmer", 1, lot="0" * 20)
    assert world.submit(sale, next_sale) == ["NOTHING_HELD", "NOTHING_HELD"]


def test_a_rejected_command_does_not_hurt_the_others_of_its_batch():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    body = {"lot": lot, "party": world.party("farmer")}
    wires = [world.write("farmer", "lot.sell", body, {"quantity_g": g}) for g in (4, 7, 6)]
    assert world.submit(*wires) == ["ACCEPTED", "INSUFFICIENT_QUANTITY", "ACCEPTED"]
    assert world.holding(lot, "farmer")["held_g"] == 0


def test_bytes_that_are_no_command_do_not_hurt_the_others_of_their_batch():
    world = World.standing()
    (sale,) = sales(world, "farmer", 1)
    assert world.submit(b"", sale, b"\xff") == ["NOT_A_JWS", "ACCEPTED", "NOT_A_JWS"]


def test_each_command_of_a_batch_sees_what_those_before_it_wrote():
    world = World.standing()
    party = {"party": "K" * 12, "kind": "farm"}
    actor = {"actor": "M" * 12, "party": "K" * 12, "roles": []}
    wires = [
        world.write("coop-registrar", "actor.register", actor),
        world.write("coop-registrar", "party.register", party),
        world.write("coop-registrar", "actor.register", actor),
        world.write("coop-registrar", "actor.register", actor),
    ]
    assert world.submit(*wires) == ["UNKNOWN_PARTY", "ACCEPTED", "ACCEPTED", "ID_TAKEN"]


def test_results_stand_in_the_order_of_the_commands_under_their_ids():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    wires, ids = [], []
    for _ in range(3):
        wires += sales(world, "farmer", 1, lot)
        ids.append(world.sequence["farmer"][1])
    wires.insert(1, b"no command")
    ids.insert(1, sha256_hex(b"no command"))
    assert [result["id"] for result in world.ledger.results(*wires)] == ids


def drawn(seed: int) -> tuple[World, list[bytes]]:
    """Return a world and 30 commands in it, of several people, right and wrong, in any order."""
    draw, world = random.Random(seed), World.standing()
    lots = [
        world.harvest(by, 100, plot) for by, plot in (("farmer", "field"), ("neighbour", "paddy"))
    ]
    wires = []
    for _ in range(30):
        by = draw.choice(["farmer", "farmhand", "neighbour"])
        verb = draw.choice(["sell", "own_use"])
        body = {"lot": draw.choice(lots), "party": world.party(by)}
        members = draw.choice([{}, {}, {}, {"ledger": "ab" * 32}, {"prev": "ab" * 32}])
        closed = {"quantity_g": draw.randint(1, 40)}
        wires.append(world.write(by, f"lot.{verb}", body, closed, **members))
        if members:
            world.sequence[by] = (world.sequence[by][0] - 1, "cd" * 32)  # lost the thread
        if draw.random() < 0.2:
            world.resume()
    first = wires[:6]
    draw.shuffle(first)
    return world, first + wires[6:] + draw.choices(wires, k=5)


@pytest.mark.parametrize("seed", range(20))
def test_a_batch_leaves_the_state_that_its_commands_leave_one_by_one(seed):
    world, wires = drawn(seed)
    at_once, one_by_one = world.copy(), world.copy()
    codes = at_once.submit(*wires)
    assert codes == [code for wire in wires for code in one_by_one.submit(wire)]
    assert at_once.ledger.state == one_by_one.ledger.state
    assert len(set(codes)) > 3


def test_a_fault_of_ours_drops_that_commands_writes_and_spares_the_others():
    world = World.standing()
    lot, corrupt = world.harvest("farmer", 10), world.harvest("farmer", 10)
    party = world.party("farmer")
    world.ledger.state[f"holding/{corrupt}/{party}/{party}"] = b'{"v":1,"held_g":"ten"}'
    poison = sales(world, "farmer", 1, corrupt)
    others = sales(world, "farmhand", 2, lot)
    before = world.device("farmer")
    assert world.submit(others[0], *poison, others[1]) == [
        "ACCEPTED",
        "CONTRACT_FAULT",
        "ACCEPTED",
    ]
    assert world.device("farmer") == before
    assert world.holding(lot, "farmhand")["held_g"] == 8
