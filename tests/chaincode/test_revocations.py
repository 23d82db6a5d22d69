"""What a revoked device may still bring in: less with every word of a registrar, and not for ever.

A thief with a registrar's key enrols a second device and revokes the first, sparing what was
prepared on it. Whoever acts next is the last: nothing by that key but what they leave of it.
"""

import pytest

from tests.chaincode.drafts import valid
from tests.chaincode.pen import pseudonym
from tests.chaincode.world import DAY_S, NOW, SINCE, TODAY, World

MIDNIGHT = NOW - 9 * 3_600  # 2026-04-15T00:00 in the town, nine hours ahead of UTC
IN_31_DAYS = "2026-05-16"
IN_32_DAYS = "2026-05-17"


@pytest.fixture
def world():
    return World.standing()


def prepare(world: World, by: str, count: int, lot: str = "") -> list[tuple[bytes, str]]:
    """Sign sales of a gram without sending them: return each with its id."""
    lot = lot or world.harvest(by, 10)
    queue = []
    for _ in range(count):
        wire = world.write(by, "lot.sell", *sale(world, lot))
        queue.append((wire, world.sequence[by][1]))
    return queue


def sale(world: World, lot: str) -> tuple[dict, dict]:
    return {"lot": lot, "party": world.party("farmer")}, {"quantity_g": 1}


def ids(queue: list[tuple[bytes, str]]) -> tuple[str, ...]:
    return tuple(command_id for _, command_id in queue)


def wires(queue: list[tuple[bytes, str]]) -> list[bytes]:
    return [wire for wire, _ in queue]


def revoke(world: World, handle: str, by: str, spared: dict | None) -> str:
    """Revoke and return the code."""
    body = {"device": world.kid(handle), "actor": world.actor(handle)}
    body |= {"spared": spared} if spared else {}
    (code,) = world.submit(world.write(by, "key.revoke", body))
    return code


def test_a_revoked_device_brings_in_only_what_was_spared_and_in_its_order(world):
    queue = prepare(world, "farmer", 3)
    world.revoke("farmer", by="coop-registrar", spared=ids(queue[:2]))
    first, second, third = wires(queue)
    assert world.submit(second) == ["SEQUENCE_GAP"]
    assert world.submit(first, second, third) == ["ACCEPTED", "ACCEPTED", "KEY_REVOKED"]
    assert world.submit(first) == ["ALREADY_TAKEN"]


def test_a_spared_command_counts_at_its_place_alone(world):
    """Two histories were prepared; a list of both leaves no choice between them."""
    lot = world.harvest("farmer", 10)
    sales = prepare(world, "farmer", 2, lot)
    world.resume()
    uses = [(world.write("farmer", "lot.own_use", *sale(world, lot)), world.sequence["farmer"][1])]
    world.resume()
    world.revoke("farmer", by="coop-registrar", spared=ids([*sales[:1], *uses, *sales[1:]]))
    assert world.submit(*wires(uses)) == ["KEY_REVOKED"]
    assert world.submit(*wires(sales)) == ["ACCEPTED", "KEY_REVOKED"]


def test_what_arrived_before_the_revocation_leaves_the_rest_at_its_places(world):
    queue = prepare(world, "farmer", 3)
    spared = {"next": world.device("farmer")["next"], "commands": [*ids(queue)], "until": TODAY}
    assert world.submit(*wires(queue[:1])) == ["ACCEPTED"]
    assert revoke(world, "farmer", "coop-registrar", spared) == "ACCEPTED"
    left = {"next": spared["next"] + 1, "commands": [*ids(queue[1:])], "until": TODAY}
    assert world.device("farmer")["revoked"] == {"spared": left}
    assert world.submit(*wires(queue[1:])) == ["ACCEPTED"] * 2


@pytest.mark.parametrize(
    ("until", "time", "code"),
    [
        (TODAY, MIDNIGHT + DAY_S - 1, "ACCEPTED"),
        (TODAY, MIDNIGHT + DAY_S, "KEY_REVOKED"),
        (IN_31_DAYS, MIDNIGHT + 32 * DAY_S - 1, "ACCEPTED"),
        (IN_31_DAYS, MIDNIGHT + 32 * DAY_S, "KEY_REVOKED"),
    ],
)
def test_what_is_spared_comes_in_until_its_last_day_as_the_town_counts_days(
    world, until, time, code
):
    queue = prepare(world, "farmer", 1)
    world.revoke("farmer", by="coop-registrar", spared=ids(queue), until=until)
    assert world.submit(*wires(queue), time=time) == [code]


def test_nothing_is_spared_for_longer_than_31_days(world):
    ((_, queued),) = prepare(world, "farmer", 1)
    spared = {"next": world.device("farmer")["next"], "commands": [queued], "until": IN_32_DAYS}
    assert revoke(world, "farmer", "coop-registrar", spared) == "PERIOD_TOO_LONG"
    assert "revoked" not in world.device("farmer")


def test_a_revocation_that_arrives_after_the_day_it_names_still_ends_the_key(world):
    ((wire, queued),) = prepare(world, "farmer", 1)
    spared = {
        "next": world.device("farmer")["next"],
        "commands": [queued],
        "until": "2026-04-14",
    }
    assert revoke(world, "farmer", "coop-registrar", spared) == "ACCEPTED"
    assert world.device("farmer")["revoked"] == {}
    assert world.submit(wire) == ["KEY_REVOKED"]


@pytest.mark.parametrize("by", ["coop-registrar", "coop-deputy", "farmer's own"])
def test_a_second_revocation_leaves_what_both_spare(world, by):
    queue = prepare(world, "farmer", 4)
    world.revoke("farmer", by="coop-deputy", spared=ids(queue[:3]), until=IN_31_DAYS)
    by = "coop-registrar" if by == "farmer's own" else by
    world.revoke("farmer", by=by, spared=ids(queue), until="2026-04-20")
    left = world.device("farmer")["revoked"]["spared"]
    assert (left["commands"], left["until"]) == ([*ids(queue[:3])], "2026-04-20")
    world.revoke("farmer", by=by, spared=ids(queue[:1]), until=IN_31_DAYS)
    left = world.device("farmer")["revoked"]["spared"]
    assert (left["commands"], left["until"]) == ([*ids(queue[:1])], "2026-04-20")
    assert world.submit(*wires(queue[:2])) == ["ACCEPTED", "KEY_REVOKED"]


def test_a_second_revocation_ends_what_a_thief_had_spared(world):
    queue = prepare(world, "farmer", 3)
    world.revoke("farmer", by="coop-deputy", spared=ids(queue))
    assert world.submit(*wires(queue[:1])) == ["ACCEPTED"]
    world.revoke("farmer", by="coop-registrar")
    assert world.submit(*wires(queue[1:])) == ["KEY_REVOKED"] * 2
    assert world.ledger.record(f"actor/{world.actor('farmer')}")["draining"] == []


def test_a_second_revocation_that_leaves_no_less_is_refused(world):
    queue = prepare(world, "farmer", 2)
    spared = {
        "next": world.device("farmer")["next"],
        "commands": [*ids(queue)],
        "until": TODAY,
    }
    assert revoke(world, "farmer", "coop-registrar", spared) == "ACCEPTED"
    assert revoke(world, "farmer", "coop-deputy", spared) == "DEVICE_REVOKED"
    later = spared | {"until": "2026-04-20"}
    assert revoke(world, "farmer", "coop-deputy", later) == "DEVICE_REVOKED"
    assert revoke(world, "farmer", "coop-deputy", None) == "ACCEPTED"
    assert revoke(world, "farmer", "coop-deputy", None) == "DEVICE_REVOKED"


REGISTRY_ACTS = {
    "party.register": {"party": pseudonym("party new"), "kind": "farm"},
    "rules.activate": {"rules": 1, "epoch": 2},
    "mandate.grant": None,
}


@pytest.mark.parametrize("type_name", REGISTRY_ACTS)
def test_nothing_about_people_keys_mandates_or_rules_is_ever_spared(world, type_name):
    agent = {"principal": world.actor("coop-deputy"), "agent": world.actor("helper")}
    period = {"types": ["lot.sell"], "since": SINCE, "until": "2030-03-31"}
    body = REGISTRY_ACTS[type_name] or agent | period
    wire = world.write("coop-deputy", type_name, body)
    world.revoke("coop-deputy", by="coop-registrar", spared=(world.sequence["coop-deputy"][1],))
    assert world.submit(wire) == ["KEY_REVOKED"]


def test_an_approval_of_such_an_act_is_not_spared_either(world):
    draft = valid("rules.activate")
    world = draft.world
    draft.by, draft.approver = "town-registrar", "coop-deputy"
    approval = draft.approval()
    wire = approval.wire()
    approved = world.write("coop-deputy", approval.type, approval.body)
    assert approved == wire
    world.revoke("coop-deputy", by="coop-registrar", spared=(world.sequence["coop-deputy"][1],))
    assert world.submit(wire) == ["KEY_REVOKED"]


def test_a_grant_reaches_a_device_that_drains(world):
    lot = world.harvest("farmer", 10)
    queue = prepare(world, "farmer", 2, lot)
    world.revoke("farmer", by="coop-registrar", spared=ids(queue))
    grant = {"actor": world.actor("farmer"), "roles": [], "devices": []}
    assert world.submit(world.write("coop-registrar", "actor.grant", grant)) == ["NOT_THE_LATEST"]
    assert world.submit(*wires(queue[:1])) == ["ACCEPTED"]
    grant["devices"] = [world.kid("farmer")]
    world.act("coop-registrar", "actor.grant", grant)
    assert world.submit(*wires(queue[1:])) == ["ROLE_MISSING"]


def test_a_device_that_drained_until_yesterday_makes_room(world):
    queue = prepare(world, "farmer", 1)
    world.revoke("farmer", by="coop-registrar", spared=ids(queue))
    actor = f"actor/{world.actor('farmer')}"
    kid = world.kid("farmer")
    assert world.ledger.record(actor)["draining"] == [{"device": kid, "until": TODAY}]
    body = {"actor": world.actor("farmer"), "roles": [], "devices": [kid]}
    world.act("coop-registrar", "actor.grant", body, time=NOW + DAY_S)
    assert world.ledger.record(actor)["draining"] == []
