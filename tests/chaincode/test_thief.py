"""A thief with one officer's key does all it can, and everyone else still recalls."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaincode import deeds
from tests.chaincode.pen import Pen, pseudonym
from tests.chaincode.world import DAY_S, NOW, SINCE, Person, World

THIEF = "coop-recaller"
SPARED = 64


def colleague(world: World) -> str:
    """Enter another recall officer of the thief's organisation."""
    office = world.people[THIEF]
    handle = "coop-colleague"
    world.people[handle] = Person.of(handle, "coop", "coop-office")
    roles = [{"role": "recall-officer", "since": SINCE}]
    body = {"actor": pseudonym(f"actor {handle}"), "party": office.party, "roles": roles}
    world.act("coop-registrar", "actor.register", body)
    world.enrol(handle, by="coop-registrar")
    return handle


def until_refused(world: World, give: Callable[[], bytes]) -> int:
    """Give a command again and again; return how often it was accepted."""
    for count in range(1_000):
        (code,) = world.submit(give())
        if code != "ACCEPTED":
            return count
    raise AssertionError("nothing bounds it")


def robbed() -> tuple[World, list[bytes]]:
    """Return a world in which the thief has done all it can, and what it still holds ready."""
    world = World.standing()
    colleague(world)
    lots = [world.harvest("farmer", 10) for _ in range(20)]
    others = deeds.recall(world, lots[0], by="town-recaller")
    for number in range(20):
        proposal = deeds.declaration(world, THIEF, ["Z" * 20], ["carrot"], kind="safety")
        assert world.submit(world.write(THIEF, "recall.declare", proposal)) == ["ACCEPTED"], number
    recalls = until_refused(
        world,
        lambda: world.write(THIEF, "recall.emergency", deeds.declaration(world, THIEF, lots)),
    )
    assert 0 < recalls < SPARED
    fresh = iter([world.harvest("farmer", 10) for _ in range(100)])
    until_refused(
        world,
        lambda: world.write(THIEF, "recall.extend", {"recall": others, "roots": [next(fresh)]}),
    )
    world.resume()
    prepared = [
        world.write(THIEF, "recall.emergency", deeds.declaration(world, THIEF, lots))
        for _ in range(SPARED)
    ]
    world.resume()
    return world, prepared


def recall(world: World, by: str) -> list[str]:
    type_name = "recall.own" if by == "farmer" else "recall.emergency"
    body = deeds.declaration(world, by, [world.harvest("farmer", 10)])
    return world.submit(world.write(by, type_name, body))


@pytest.mark.parametrize("by", ["coop-colleague", "shops-recaller", "farmer"])
def test_a_colleague_another_organisation_and_the_producer_still_recall(by):
    world, _ = robbed()
    assert recall(world, by) == ["ACCEPTED"]


def test_two_organisations_still_recall_together():
    world, _ = robbed()
    body = deeds.declaration(world, "shops-recaller", ["Z" * 20], ["carrot"])
    deeds.by_two(world, "shops-recaller", "coop-colleague", "recall.declare", body)


def test_a_registrar_ends_what_the_thief_had_prepared():
    world, prepared = robbed()
    world.revoke(THIEF, by="coop-registrar")
    assert set(world.submit(*prepared)) == {"KEY_REVOKED"}
    assert recall(world, THIEF) == ["KEY_REVOKED"]


@pytest.mark.parametrize("days", [0, 10, 30])
def test_a_thief_who_is_registrar_enrols_a_second_key_and_spares_what_the_first_prepared(days):
    """It revokes the first itself, so that nobody else could: a colleague still ends it all."""
    world, thief = World.standing(), "coop-deputy"
    lot = world.harvest("farmer", 100)
    first = world.people[thief]
    grant = {"actor": first.actor, "devices": [first.pen.kid]}
    grant["roles"] = [{"role": role, "since": SINCE} for role in ("registrar", "recall-officer")]
    world.act(thief, "actor.grant", grant)
    following, prepared, ids = world.device(thief)["next"], [], []
    for _ in range(SPARED):
        body = deeds.declaration(world, thief, [lot])
        prepared.append(world.write(thief, "recall.emergency", body))
        ids.append(world.sequence[thief][1])
    world.resume()
    world.people["second"] = replace(first, handle="second", pen=Pen("second"))
    world.enrol("second", by="coop-registrar")  # or by the thief: it is the same act
    spared = {"next": following, "commands": ids, "until": "2026-05-15"}
    body = {"device": first.pen.kid, "actor": first.actor, "spared": spared}
    world.act("second", "key.revoke", body)
    assert world.submit(prepared[0]) == ["ACCEPTED"]
    for handle in ("second", thief):
        world.revoke(handle, by="coop-registrar")
    later = world.submit(*prepared[1:], time=NOW + days * DAY_S)
    assert set(later) == {"KEY_REVOKED"}
    assert world.submit(world.write("second", "actor.grant", grant)) == ["KEY_REVOKED"]
