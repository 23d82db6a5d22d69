"""What a gateway may try with other people's commands, and why none of it works.

It can delay a command, and choose the order among different devices; README says so. Everything
else is refused here, and leaves the state as it was.
"""

import json
from base64 import urlsafe_b64decode
from copy import deepcopy

import pytest

from chaincode.base.errors import Code
from tests.chaincode.drafts import Draft, types, valid
from tests.chaincode.pen import Pen, base64url, canonical, sha256_hex, timestamp
from tests.chaincode.world import CONSTITUTION, DAY_S, NOW, World

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def refused(world: World, *wires: bytes) -> list[str]:
    """Submit, see that nothing was taken nor changed, and return the codes."""
    before = dict(world.ledger.state)
    codes = world.submit(*wires)
    assert not any(Code(code).is_taken for code in codes), codes
    assert world.ledger.state == before
    return codes


def split(wire: bytes) -> tuple[dict, dict, bytes, dict | None]:
    """Return header, payload, signature and closed part of a command."""
    jws, _, closed = wire.partition(b"~")
    header, payload, signature = (decoded(part) for part in jws.split(b"."))
    return (
        json.loads(header),
        json.loads(payload),
        signature,
        json.loads(decoded(closed)) if closed else None,
    )


def decoded(text: bytes) -> bytes:
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def joined(header: dict, payload: dict, signature: bytes, closed: dict | None) -> bytes:
    parts = (canonical(header), canonical(payload), signature)
    jws = ".".join(base64url(part) for part in parts)
    return (jws if closed is None else f"{jws}~{base64url(canonical(closed))}").encode()


def full() -> Draft:
    """Return a draft whose payload has every member."""
    draft = valid("lot.ship")
    draft.world.mandate("farmer", "helper", "lot.ship")
    draft.by = "helper"
    draft.world.take_up("helper", "shared")  # or it could not say who stood there
    draft.members |= {
        "on_behalf": draft.world.actor("farmer"),
        "operator": draft.world.actor("neighbour"),
        "expires": timestamp(NOW + DAY_S),
    }
    return draft


ALTERED = {
    "v": (2, "BAD_VALUE"),
    "ledger": ("ab" * 32, "WRONG_LEDGER"),
    "kid": (Pen("device neighbour").kid, "BAD_HEADER"),
    "seq": (2, "BAD_SIGNATURE"),
    "prev": ("ab" * 32, "BAD_SIGNATURE"),
    "actor": (World.standing().actor("neighbour"), "BAD_SIGNATURE"),
    "on_behalf": (World.standing().actor("neighbour"), "BAD_SIGNATURE"),
    "operator": (World.standing().actor("farmer"), "BAD_SIGNATURE"),
    "type": ("lot.receive", "BAD_SIGNATURE"),
    "event_time": (timestamp(NOW - 60), "BAD_SIGNATURE"),
    "signed_at": (timestamp(NOW - 60), "BAD_SIGNATURE"),
    "expires": (timestamp(NOW + 2 * DAY_S), "BAD_SIGNATURE"),
    "nonce": ("0" * 32, "BAD_SIGNATURE"),
    "body": ({}, "BAD_SIGNATURE"),
    "closed": ("ab" * 32, "CLOSED_PART_MISMATCH"),
}


@pytest.mark.parametrize("member", ALTERED)
def test_an_altered_member_of_the_payload_is_refused(member):
    draft = full()
    assert set(draft.payload()) == set(ALTERED)
    header, payload, signature, closed = split(draft.wire())
    value, code = ALTERED[member]
    assert payload[member] != value
    assert refused(draft.world, joined(header, payload | {member: value}, signature, closed)) == [
        code
    ]
    assert draft.answer() == "ACCEPTED"


@pytest.mark.parametrize("member", ["on_behalf", "expires"])
def test_a_member_taken_out_of_the_payload_is_refused(member):
    draft = full()
    header, payload, signature, closed = split(draft.wire())
    del payload[member]
    assert refused(draft.world, joined(header, payload, signature, closed)) == ["BAD_SIGNATURE"]


@pytest.mark.parametrize("type_name", types())
def test_an_altered_body_is_refused_whatever_the_type(type_name):
    draft = valid(type_name).last()
    _, payload, signature, closed = split(draft.wire())
    header = draft.world.people[draft.by].pen.header
    for member, value in payload["body"].items():
        altered = deepcopy(payload)
        altered["body"][member] = other(value)
        (code,) = refused(draft.world, joined(header, altered, signature, closed))
        assert code in {"BAD_SIGNATURE", "BAD_VALUE", "UNKNOWN_TYPE", "WRONG_LEDGER", "UNKNOWN_KEY"}


def other(value: object) -> object:
    """Return another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    if isinstance(value, list):
        return value[1:] if value else [sha256_hex(b"")]
    return {name: other(member) for name, member in value.items()}


@pytest.mark.parametrize("type_name", [name for name in types() if valid(name).closed])
def test_an_altered_closed_part_is_refused_whatever_the_type(type_name):
    draft = valid(type_name).last()
    header, payload, signature, closed = split(draft.wire())
    for member, value in closed.items():
        altered = closed | {member: other(value)}
        wire = joined(header, payload, signature, altered)
        assert refused(draft.world, wire) == ["CLOSED_PART_MISMATCH"]
        payload_to_match = payload | {"closed": sha256_hex(canonical(altered))}
        wire = joined(header, payload_to_match, signature, altered)
        (code,) = refused(draft.world, wire)
        assert code in {"BAD_SIGNATURE", "BAD_VALUE", "UNKNOWN_MEMBER", "MISSING_MEMBER"}


def test_a_closed_part_left_out_or_put_in_is_refused():
    draft = valid("lot.ship")
    header, payload, signature, closed = split(draft.wire())
    without = joined(header, payload, signature, None)
    assert refused(draft.world, without) == ["CLOSED_PART_MISSING"]
    unnamed = {name: value for name, value in payload.items() if name != "closed"}
    assert refused(draft.world, joined(header, unnamed, signature, closed)) == [
        "CLOSED_PART_UNEXPECTED"
    ]


def test_the_closed_parts_of_two_commands_can_not_be_exchanged():
    world = World.standing()
    lot = world.harvest("farmer", 1_000)
    body = {"lot": lot, "party": world.party("farmer")}
    first = world.write("farmer", "lot.sell", body, {"quantity_g": 1})
    second = world.write("farmer", "lot.sell", body, {"quantity_g": 100})
    (one, one_closed), (two, two_closed) = (wire.split(b"~") for wire in (first, second))
    exchanged = [b"~".join(pair) for pair in ((one, two_closed), (two, one_closed))]
    assert refused(world, *exchanged) == ["CLOSED_PART_MISMATCH"] * 2


def test_no_byte_of_a_command_can_be_changed():
    draft = full()
    wire = draft.wire()
    altered = []
    for place, byte in enumerate(wire):
        replacement = b"A" if byte != ord("A") else b"B"
        altered.append(wire[:place] + replacement + wire[place + 1 :])
    for start in range(0, len(altered), 500):
        refused(draft.world, *altered[start : start + 500])
    assert draft.answer() == "ACCEPTED"


def test_no_byte_of_a_command_can_be_left_out():
    draft = full()
    wire = draft.wire()
    shortened = [wire[:place] + wire[place + 1 :] for place in range(len(wire))]
    for start in range(0, len(shortened), 500):
        refused(draft.world, *shortened[start : start + 500])


@pytest.mark.parametrize(
    "signature",
    [
        bytes(64),
        b"\xff" * 64,
        bytes(31) + b"\x01" + bytes(31) + b"\x01",
        P256_ORDER.to_bytes(32, "big") * 2,
    ],
)
def test_a_signature_out_of_nothing_is_refused(signature):
    draft = full()
    header, payload, _, closed = split(draft.wire())
    assert refused(draft.world, joined(header, payload, signature, closed)) == ["BAD_SIGNATURE"]


def test_a_forged_command_in_anothers_name_is_refused():
    draft = full()
    draft.pen = Pen("gateway", posing_as=draft.world.people["helper"].pen)
    assert refused(draft.world, draft.wire()) == ["BAD_SIGNATURE"]


def test_a_command_signed_by_a_key_that_nobody_enrolled_is_refused():
    draft = full()
    draft.pen = Pen("gateway")
    draft.members["kid"] = draft.pen.kid
    assert refused(draft.world, draft.wire()) == ["UNKNOWN_KEY"]


def test_a_command_attributed_to_another_device_is_refused():
    draft = full()
    _, payload, signature, closed = split(draft.wire())
    farmer = draft.world.people["farmer"]
    stolen = payload | {"kid": farmer.pen.kid, "actor": farmer.actor}
    del stolen["on_behalf"]
    wire = joined(farmer.pen.header, stolen, signature, closed)
    assert refused(draft.world, wire) == ["BAD_SIGNATURE"]


def test_a_device_that_names_another_actor_is_refused_for_good():
    """Its own key signed it, so it is taken and rejected: nobody acts in another's name."""
    draft = valid("lot.sell")
    draft.members["actor"] = draft.world.actor("neighbour")
    assert draft.answer() == "WRONG_ACTOR"


def test_a_replayed_command_is_recognised():
    draft = full()
    wire = draft.wire()
    assert draft.world.submit(wire) == ["ACCEPTED"]
    assert refused(draft.world, wire, wire) == ["ALREADY_TAKEN"] * 2


def test_a_rejected_command_is_recognised_too_when_replayed_in_better_times():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    shipment = world.ship("farmer", lot, to="shopkeeper", quantity_g=10)
    body = {"lot": lot, "party": world.party("shopkeeper")}
    too_early = world.write("shopkeeper", "lot.sell", body, {"quantity_g": 1})
    assert world.submit(too_early) == ["NOTHING_HELD"]
    world.receive("shopkeeper", lot, shipment, 10)
    assert refused(world, too_early) == ["ALREADY_TAKEN"]


def test_the_other_signature_of_one_payload_makes_no_second_command():
    """(r, -s) verifies as well as (r, s): the id is the payload's, so it is the same command."""
    draft = full()
    wire = draft.wire()
    header, payload, signature, closed = split(wire)
    s = P256_ORDER - int.from_bytes(signature[32:], "big")
    twin = joined(header, payload, signature[:32] + s.to_bytes(32, "big"), closed)
    assert twin != wire
    results = draft.world.ledger.results(twin, wire, time=NOW)
    assert [one["code"] for one in results] == ["ACCEPTED", "ALREADY_TAKEN"]
    assert results[0]["id"] == results[1]["id"] == sha256_hex(canonical(payload))


def test_one_devices_commands_can_not_be_reordered():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    body = {"lot": lot, "party": world.party("farmer")}
    first, second = (
        world.write("farmer", "lot.sell", body, {"quantity_g": quantity_g}) for quantity_g in (1, 2)
    )
    assert refused(world, second) == ["SEQUENCE_GAP"]
    assert world.submit(first, second) == ["ACCEPTED", "ACCEPTED"]


def test_a_dropped_command_can_not_be_passed_over():
    """The successor names its predecessor: a gap is seen, and numbers can't be closed up."""
    world = World.standing()
    lot = world.harvest("farmer", 10)
    body = {"lot": lot, "party": world.party("farmer")}
    dropped = world.write("farmer", "lot.sell", body, {"quantity_g": 1})
    kept = world.write("farmer", "lot.sell", body, {"quantity_g": 2})
    header, payload, signature, closed = split(kept)
    closed_up = joined(header, payload | {"seq": payload["seq"] - 1}, signature, closed)
    assert refused(world, kept, closed_up) == ["SEQUENCE_GAP", "BAD_SIGNATURE"]
    assert world.submit(dropped, kept) == ["ACCEPTED", "ACCEPTED"]


def test_a_command_put_in_place_of_another_breaks_the_chain():
    """Even the device's own signature under the right number does not fit a wrong predecessor."""
    draft = valid("lot.sell")
    draft.members["prev"] = "ab" * 32
    assert refused(draft.world, draft.wire()) == ["WRONG_PREDECESSOR"]


def test_a_command_of_another_towns_ledger_is_refused():
    elsewhere = World.standing()
    elsewhere.id = sha256_hex(canonical(CONSTITUTION | {"id": "0" * 32}))
    body = {"lot": "0" * 20, "party": elsewhere.party("farmer")}
    wire = elsewhere.write("farmer", "lot.sell", body, {"quantity_g": 1})
    assert refused(World.standing(), wire) == ["WRONG_LEDGER"]


def test_a_proof_of_enrolment_can_not_be_used_for_another_actor_or_town():
    draft = valid("key.enrol")
    world, pen, nonce = draft.world, Pen("device second"), draft.body["invitation"]
    for ledger, actor in ((world.id, "neighbour"), ("ab" * 32, "farmer")):
        draft.body["proof"] = pen.prove(ledger, world.actor(actor), nonce)
        assert draft.answer() == "BAD_PROOF"


def test_an_approval_can_not_be_turned_to_another_proposal():
    approval = valid("lot.settle").approval()
    header, payload, signature, closed = split(approval.wire())
    payload["body"]["proposal"] = "ab" * 32
    assert refused(approval.world, joined(header, payload, signature, closed)) == ["BAD_SIGNATURE"]


@pytest.mark.parametrize("type_name", [name for name in types() if name != "registry.bootstrap"])
def test_who_submits_a_command_makes_no_difference(type_name):
    """Only bootstrap looks at the submitter: a gateway's rank lends a command nothing."""
    outcomes = []
    for submitter in ("CoopMSP", "AuditorMSP", "StrangerMSP"):
        last = valid(type_name).last()
        last.creator = type(last.world.ledger.creator)(msp_id=submitter, certificate_pem=b"")
        assert last.submit()["code"] == "ACCEPTED"
        outcomes.append(last.world.ledger.digest())
    assert len(set(outcomes)) == 1
