"""Acting for another: what a mandate allows, for how long, and how it ends."""

from itertools import permutations

import pytest

from chaincode.registry.mandates import PAIRS_MAX
from tests.chaincode.drafts import Draft, valid
from tests.chaincode.world import DAY_S, NOW, SINCE, Person, World

MIDNIGHT = NOW - 9 * 3_600  # the town's


def for_farmer(type_name: str) -> Draft:
    """Return the farmer's draft, signed by the helper on the farmer's behalf."""
    draft = valid(type_name)
    draft.by = "helper"
    draft.members["on_behalf"] = draft.world.actor("farmer")
    return draft


def period(draft: Draft, since: str, until: str) -> None:
    body = {
        "principal": draft.world.actor("farmer"),
        "agent": draft.world.actor("helper"),
        "types": [draft.type],
        "since": since,
        "until": until,
    }
    draft.world.act("farmer", "mandate.grant", body)


def test_an_agent_without_a_role_acts_with_the_principals():
    draft = for_farmer("lot.harvest")
    draft.world.mandate("farmer", "helper", "lot.harvest")
    assert draft.answer() == "ACCEPTED"
    lot = draft.world.ledger.record(f"lot/{draft.body['lot']}")
    assert lot["party"] == draft.world.party("farmer")


def test_a_mandate_allows_the_types_it_names_and_no_others():
    draft = for_farmer("lot.sell")
    draft.world.mandate("farmer", "helper", "lot.harvest", "lot.ship")
    assert draft.answer() == "NO_MANDATE"


def test_a_mandate_is_the_agents_alone():
    draft = for_farmer("lot.sell")
    draft.world.mandate("farmer", "neighbour", "lot.sell")
    assert draft.answer() == "NO_MANDATE"


def test_a_mandate_lends_no_role_that_the_principal_has_lost():
    draft = for_farmer("lot.sell")
    world = draft.world
    world.mandate("farmer", "helper", "lot.sell")
    body = {"actor": world.actor("farmer"), "roles": [], "devices": [world.kid("farmer")]}
    world.act("coop-registrar", "actor.grant", body)
    assert draft.answer() == "ROLE_MISSING"


def test_an_agent_acts_for_the_principals_party_only():
    draft = for_farmer("lot.sell")
    draft.world.mandate("farmer", "helper", "lot.sell")
    draft.body["party"] = draft.world.party("helper")
    assert draft.answer() == "NOT_YOUR_PARTY"


@pytest.mark.parametrize(
    ("since", "until", "time", "code"),
    [
        ("2026-04-15", "2026-04-30", MIDNIGHT - 1, "NO_MANDATE"),
        ("2026-04-15", "2026-04-30", MIDNIGHT, "ACCEPTED"),
        ("2026-04-01", "2026-04-15", MIDNIGHT + DAY_S - 1, "ACCEPTED"),
        ("2026-04-01", "2026-04-15", MIDNIGHT + DAY_S, "NO_MANDATE"),
    ],
)
def test_a_mandate_holds_from_its_first_day_to_its_last_as_the_town_counts_days(
    since, until, time, code
):
    draft = for_farmer("lot.sell")
    period(draft, since, until)
    draft.time = time
    assert draft.answer() == code


def test_granting_again_replaces_the_mandate():
    draft = for_farmer("lot.sell")
    draft.world.mandate("farmer", "helper", "lot.sell")
    draft.world.mandate("farmer", "helper", "lot.ship")
    assert draft.answer() == "NO_MANDATE"


@pytest.mark.parametrize("by", ["farmer", "helper", "coop-registrar"])
def test_principal_agent_and_registrar_may_each_end_a_mandate(by):
    draft = for_farmer("lot.sell")
    world = draft.world
    world.mandate("farmer", "helper", "lot.sell")
    body = {"principal": world.actor("farmer"), "agent": world.actor("helper")}
    world.act(by, "mandate.revoke", body)
    assert draft.answer() == "NO_MANDATE"
    assert world.ledger.record(f"mandate/{body['principal']}/{body['agent']}")["types"] == []


def test_either_sides_registrar_may_end_a_mandate_between_two_organisations():
    world = World.standing()
    world.mandate("farmer", "shopkeeper", "lot.sell")
    body = {"principal": world.actor("farmer"), "agent": world.actor("shopkeeper")}
    world.act("shops-registrar", "mandate.revoke", body)


def record_of(draft: Draft, place: int = 0) -> dict | None:
    pair = draft.body["mandates"][place]
    return draft.world.ledger.record(f"mandate/{pair['principal']}/{pair['agent']}")


def test_registrars_of_two_organisations_give_a_mandate_for_someone_without_a_device():
    draft = valid("mandate.register")
    assert draft.answer() == "ACCEPTED"
    assert record_of(draft) == {
        "v": 1,
        "types": ["lot.harvest", "lot.ship"],
        "since": SINCE,
        "until": "2030-03-31",
    }


def test_they_may_give_the_mandate_once_the_principals_device_is_revoked():
    draft = valid("mandate.register")
    draft.world.revoke("farmer", by="coop-registrar")
    draft.body["mandates"][0]["principal"] = draft.world.actor("farmer")
    assert draft.answer() == "ACCEPTED"


def test_one_organisation_must_be_the_principals():
    draft = valid("mandate.register")
    draft.by, draft.approver = "shops-registrar", "town-registrar"
    assert draft.answer() == "NOT_YOUR_ORGANISATION"


def test_one_registrar_with_invented_people_gives_no_mandate():
    """Whoever one organisation enters, however many sign, none of them is a second one."""
    draft = valid("mandate.register")
    world, invented = draft.world, ("inventor's friend", "inventor's other friend")
    roles = [{"role": "registrar", "since": SINCE}]
    for handle in invented:
        person = world.people[handle] = Person.of(handle, "coop", "coop-office")
        body = {"actor": person.actor, "party": person.party, "roles": roles}
        world.act("coop-registrar", "actor.register", body)
        world.enrol(handle, by="coop-registrar")
    for draft.by, draft.approver in permutations(("coop-registrar", *invented), 2):
        assert draft.answer() == "NOT_INDEPENDENT"
    assert record_of(draft) is None


def elders(draft: Draft, count: int) -> None:
    """Let the draft's list name so many people without a device."""
    world = draft.world
    agent = draft.body["mandates"][0]["agent"]
    draft.body["mandates"] = []
    for number in range(count):
        person = Person.of(f"elder {number}", "coop", "old-farm")
        body = {"actor": person.actor, "party": world.party("elder"), "roles": []}
        world.act("coop-registrar", "actor.register", body)
        draft.body["mandates"].append({"principal": person.actor, "agent": agent})


def test_fifty_are_given_by_one_list_and_fifty_one_are_not():
    draft = valid("mandate.register")
    elders(draft, PAIRS_MAX + 1)
    assert draft.submit()["code"] == "BAD_VALUE"
    draft.body["mandates"].pop()
    assert draft.answer() == "ACCEPTED"
    assert all(record_of(draft, place) for place in range(PAIRS_MAX))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_of_a_list_all_are_given_or_none(place):
    draft = valid("mandate.register")
    elders(draft, 2)
    for_farmer = {"principal": draft.world.actor("farmer"), "agent": draft.world.actor("helper")}
    draft.body["mandates"].insert(place, for_farmer)
    assert draft.answer() == "HAS_OWN_KEY"
    assert [record_of(draft, each) for each in range(3)] == [None] * 3


def test_no_mandate_opens_the_registry():
    """Only types of lots can be delegated, so nothing else can be given on behalf of anyone."""
    draft = valid("party.register")
    draft.by = "helper"
    draft.members["on_behalf"] = draft.world.actor("coop-registrar")
    assert draft.answer() == "NO_MANDATE"
