"""A dry run says what would come of commands, decided by the same code, and nothing comes of it."""

import json

import pytest

from chaincode.contract import COMMANDS_MAX
from tests.chaincode.drafts import Draft, types, valid
from tests.chaincode.pen import canonical
from tests.chaincode.rejections import ANY, FAULTS, commons, faults, spoiled
from tests.chaincode.world import NOW, World
from tests.memory_ledger import MemoryLedger

# What a dry run does not look at: the form is not signed yet, and others may still be on their way.
NOT_LOOKED_AT = {"BAD_SIGNATURE", "ALREADY_TAKEN", "SEQUENCE_GAP", "WRONG_PREDECESSOR"}
BOOTSTRAP = "registry.bootstrap"


def tried(draft: Draft) -> dict:
    """Try a command dry, see that nothing was written, and return the answer."""
    ledger, wire = draft.world.ledger, draft.wire()
    before = dict(ledger.state)
    response = ledger.invoke("dry_run", wire, time=draft.time, creator=draft.creator)
    assert (response.status, response.message) == (200, "")
    assert ledger.stub.writes == {}
    assert ledger.state == before
    answer = json.loads(response.payload)
    assert response.payload == canonical(answer)
    return answer


@pytest.mark.parametrize("type_name", types())
def test_a_right_command_would_be_accepted_and_write_what_it_then_writes(type_name):
    last = valid(type_name).last()
    answer = tried(last)
    assert answer["time"] == NOW
    result = last.submit()
    assert answer["results"] == [{**result, "member": ""}]
    written = {key: json.loads(value) for key, value in last.world.ledger.stub.writes.items()}
    assert answer["writes"] == written


@pytest.mark.parametrize(
    "wrong", [one for one in FAULTS if not one.is_common], ids=lambda one: one.name
)
def test_a_wrong_command_would_be_answered_as_it_then_is(wrong):
    last = spoiled(valid(wrong.type), wrong)
    (foreseen,) = tried(last)["results"]
    if wrong.code not in NOT_LOOKED_AT or wrong.type == BOOTSTRAP:
        assert foreseen["code"] == wrong.code


@pytest.mark.parametrize("wrong", faults(ANY), ids=lambda one: one.name)
def test_of_the_envelope_all_but_signature_and_sequence_is_looked_at(wrong):
    fit = next(name for name in ("lot.sell", "lot.open") if wrong in commons(name))
    (foreseen,) = tried(spoiled(valid(fit), wrong))["results"]
    assert foreseen["code"] == ("ACCEPTED" if wrong.code in NOT_LOOKED_AT else wrong.code)


def test_a_fault_of_shape_is_answered_with_the_member_for_the_form_to_point_at():
    draft = valid("lot.sell")
    draft.closed["quantity_g"] = 0
    (foreseen,) = tried(draft)["results"]
    assert (foreseen["code"], foreseen["member"]) == ("BAD_VALUE", "closed.quantity_g")


def test_of_several_commands_each_sees_what_those_before_it_would_write():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    body = {"lot": lot, "party": world.party("farmer")}
    wires = [world.write("farmer", "lot.sell", body, {"quantity_g": 6}) for _ in range(2)]
    response = world.ledger.invoke("dry_run", *wires, time=NOW)
    codes = [one["code"] for one in json.loads(response.payload)["results"]]
    assert codes == ["ACCEPTED", "INSUFFICIENT_QUANTITY"]


@pytest.mark.parametrize("count", [0, COMMANDS_MAX + 1])
def test_too_few_or_too_many_commands_are_refused(count):
    response = MemoryLedger().invoke("dry_run", *[b"x"] * count, time=NOW)
    assert (response.status, response.message) == (400, "BAD_ARGUMENTS")


def test_a_process_without_the_rules_in_force_tries_nothing():
    world = World.standing()
    head = world.ledger.record("contract/head") | {"rules": 2}
    world.ledger.state["contract/head"] = canonical(head)
    response = world.ledger.invoke("dry_run", b"x", time=NOW)
    assert (response.status, response.message) == (500, "VERSION_MISSING")
