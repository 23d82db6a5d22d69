"""Parties, actors, roles with their dates, devices and their ends, auditors."""

import pytest

from tests.chaincode.drafts import build, valid
from tests.chaincode.drafts.registry import enter_auditor
from tests.chaincode.pen import Pen, pseudonym, timestamp
from tests.chaincode.world import DAY_S, NOW, SINCE, Person, World

MIDNIGHT = NOW - 9 * 3_600  # 2026-04-15T00:00 in the town, nine hours ahead of UTC


def sell(world: World, by: str, lot: str, time: int = NOW) -> str:
    """Sell a gram and return the code: what a role is good for."""
    body = {"lot": lot, "party": world.party(by)}
    (code,) = world.submit(world.write(by, "lot.sell", body, {"quantity_g": 1}), time=time)
    return code


def grant(world: World, handle: str, **period: str) -> None:
    actor = world.actor(handle)
    devices = world.ledger.record(f"actor/{actor}")["devices"]
    body = {"actor": actor, "roles": [{"role": "farmer", **period}], "devices": devices}
    world.act("coop-registrar", "actor.grant", body)


def enrol_second(world: World) -> None:
    """Give the farmer a second device, in the hand of `farmer's tablet`."""
    farmer = world.people["farmer"]
    world.people["farmer's tablet"] = Person(
        handle="farmer's tablet",
        organisation="coop",
        party=farmer.party,
        actor=farmer.actor,
        pen=Pen("device tablet"),
    )
    world.enrol("farmer's tablet", by="coop-registrar")


def test_a_registered_person_has_party_organisation_and_roles():
    draft = valid("actor.register")
    assert draft.answer() == "ACCEPTED"
    assert draft.world.ledger.record(f"actor/{draft.body['actor']}") == {
        "v": 1,
        "party": draft.world.party("farmer"),
        "organisation": "coop",
        "roles": draft.body["roles"],
        "devices": [],
        "draining": [],
    }


def test_an_enrolled_device_carries_its_actors_roles_and_begins_at_one():
    draft = valid("key.enrol")
    assert draft.answer() == "ACCEPTED"
    kid = Pen("device second").kid
    farmer = draft.world.people["farmer"]
    assert draft.world.ledger.record(f"device/{kid}") == {
        "v": 1,
        "jwk": Pen("device second").jwk,
        "kept": "browser",
        "actor": farmer.actor,
        "party": farmer.party,
        "organisation": "coop",
        "roles": [{"role": "farmer", "since": SINCE}],
        "next": 1,
        "prev": "0" * 64,
    }
    actor = draft.world.ledger.record(f"actor/{farmer.actor}")
    assert actor["devices"] == [farmer.pen.kid, kid]


@pytest.mark.parametrize(
    ("period", "time", "code"),
    [
        ({"since": "2026-04-15"}, MIDNIGHT - 1, "ROLE_MISSING"),
        ({"since": "2026-04-15"}, MIDNIGHT, "ACCEPTED"),
        ({"since": SINCE, "until": "2026-04-15"}, MIDNIGHT + DAY_S - 1, "ACCEPTED"),
        ({"since": SINCE, "until": "2026-04-15"}, MIDNIGHT + DAY_S, "ROLE_MISSING"),
        ({"since": "2026-04-15", "until": "2026-04-15"}, NOW, "ACCEPTED"),
    ],
)
def test_a_role_is_held_from_its_first_day_to_its_last_as_the_town_counts_days(period, time, code):
    world = World.standing()
    lot = world.harvest("farmer", 10)
    grant(world, "farmer", **period)
    assert sell(world, "farmer", lot, time) == code


def test_a_role_is_judged_at_ledger_time_not_at_the_claimed_one():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    grant(world, "farmer", since=SINCE, until="2026-04-14")
    yesterday = timestamp(NOW - DAY_S)
    wire = world.write(
        "farmer",
        "lot.sell",
        {"lot": lot, "party": world.party("farmer")},
        {"quantity_g": 1},
        event_time=yesterday,
        signed_at=yesterday,
    )
    assert world.submit(wire) == ["ROLE_MISSING"]


def test_granting_reaches_every_device_of_the_actor():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    enrol_second(world)
    assert sell(world, "farmer's tablet", lot) == "ACCEPTED"
    grant(world, "farmer", since=SINCE, until="2026-04-14")
    assert sell(world, "farmer", lot) == sell(world, "farmer's tablet", lot) == "ROLE_MISSING"


def test_granting_names_exactly_the_devices_there_are():
    """Two registrars act at once: the grant that has not seen the new device is refused."""
    world = World.standing()
    body = {"actor": world.actor("farmer"), "roles": [], "devices": [world.kid("farmer")]}
    enrol_second(world)
    assert world.submit(world.write("coop-registrar", "actor.grant", body)) == ["NOT_THE_LATEST"]


def test_a_new_device_does_not_end_the_old_one_whose_queue_drains():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    enrol_second(world)
    assert sell(world, "farmer's tablet", lot) == "ACCEPTED"
    assert sell(world, "farmer", lot) == "ACCEPTED"


def test_revoking_a_device_leaves_the_actors_others():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    enrol_second(world)
    world.revoke("farmer", by="coop-registrar")
    assert sell(world, "farmer's tablet", lot) == "ACCEPTED"
    actor = world.ledger.record(f"actor/{world.actor('farmer')}")
    assert actor["devices"] == [world.kid("farmer's tablet")]


def test_a_revoked_device_makes_room_for_another():
    world = World.standing()
    enrol_second(world)
    for number in range(6):
        handle = f"phone {number}"
        farmer = world.people["farmer"]
        world.people[handle] = Person(
            handle=handle,
            organisation="coop",
            party=farmer.party,
            actor=farmer.actor,
            pen=Pen(handle),
        )
        world.enrol(handle, by="coop-registrar")
    world.revoke("farmer", by="farmer")
    world.people["last"] = Person(
        handle="last",
        organisation="coop",
        party=world.party("farmer"),
        actor=world.actor("farmer"),
        pen=Pen("last"),
    )
    world.enrol("last", by="coop-registrar")
    assert len(world.ledger.record(f"actor/{world.actor('farmer')}")["devices"]) == 8


def test_a_device_may_end_itself_and_its_sequence_stands_on_record():
    world = World.standing()
    before = world.device("farmer")["next"]
    world.revoke("farmer", by="farmer")
    record = world.device("farmer")
    assert (record["next"], record["revoked"]) == (before + 1, {})


def test_a_revoked_key_can_not_be_enrolled_again():
    world = World.standing()
    world.revoke("farmer", by="coop-registrar")
    person, nonce = world.people["farmer"], world.nonce()
    body = person.pen.enrolment(world.id, person.actor, nonce)
    assert world.submit(world.write("coop-registrar", "key.enrol", body)) == ["ID_TAKEN"]


def test_the_proof_of_one_actor_does_not_enrol_the_key_for_another():
    draft = valid("key.enrol")
    draft.body["actor"] = draft.world.actor("neighbour")
    assert draft.answer() == "BAD_PROOF"


def test_an_auditors_person_is_entered_by_two_organisations_and_can_sign():
    draft = valid("auditor.register")
    world = draft.world
    assert draft.answer() == "ACCEPTED"
    world.people["auditor"] = Person(
        handle="auditor",
        organisation="auditor",
        party=draft.body["party"],
        actor=draft.body["actor"],
        pen=Pen("device auditor"),
    )
    world.resume()
    party = world.ledger.record(f"party/{draft.body['party']}")
    assert party == {"v": 1, "organisation": "auditor", "kind": "office"}
    world.revoke("auditor", by="auditor")


def test_a_second_auditor_may_join_the_first_ones_office():
    draft = valid("auditor.register")
    assert draft.answer() == "ACCEPTED"
    pen, actor, nonce = Pen("device colleague"), pseudonym("actor colleague"), draft.world.nonce()
    draft.body |= {
        "actor": actor,
        "jwk": pen.jwk,
        "kept": "browser",
        "invitation": nonce,
        "proof": pen.prove(draft.world.id, actor, nonce),
    }
    assert draft.answer() == "ACCEPTED"


def test_two_registrars_of_one_organisation_do_not_suffice_for_an_auditor():
    draft = valid("auditor.register")
    draft.approver = "coop-deputy"
    assert draft.answer() == "NOT_INDEPENDENT"


@pytest.mark.parametrize("by", ["coop-registrar", "shops-registrar", "town-registrar"])
@pytest.mark.parametrize("type_name", ["actor.grant", "key.enrol", "key.revoke"])
def test_none_of_the_audited_silences_or_changes_an_auditor_alone(by, type_name):
    world = World.standing()
    auditor = world.people["auditor"] = enter_auditor(world)
    world.resume()
    joint = {"actor.grant": "auditor.grant", "key.enrol": "auditor.enrol"}
    body = build(joint.get(type_name, "key.revoke_jointly"), world).body
    before = {key: world.ledger.record(key) for key in theirs(auditor)}
    assert world.submit(world.write(by, type_name, body)) == ["NOT_YOUR_ORGANISATION"]
    assert {key: world.ledger.record(key) for key in theirs(auditor)} == before


def theirs(one: Person) -> tuple[str, str]:
    return f"actor/{one.actor}", f"device/{one.pen.kid}"


def test_an_auditor_gets_a_second_key_before_the_first_is_lost():
    draft = valid("auditor.enrol")
    assert draft.answer() == "ACCEPTED"
    world, auditor = draft.world, enter_auditor(draft.world)
    devices = world.ledger.record(f"actor/{auditor.actor}")["devices"]
    assert devices == [auditor.pen.kid, Pen("device auditor's second").kid]
