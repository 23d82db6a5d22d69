"""Acting for another: what a mandate allows, for how long, and how it ends."""

import pytest

from tests.chaincode.drafts import Draft, valid
from tests.chaincode.world import DAY_S, NOW, SINCE, World

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


def test_two_registrars_give_a_mandate_for_someone_without_a_device():
    draft = valid("mandate.register")
    assert draft.answer() == "ACCEPTED"
    world = draft.world
    key = f"mandate/{draft.body['principal']}/{draft.body['agent']}"
    assert world.ledger.record(key) == {
        "v": 1,
        "types": ["lot.harvest", "lot.ship"],
        "since": SINCE,
        "until": "2030-03-31",
    }


def test_two_registrars_may_give_the_mandate_once_the_principals_device_is_revoked():
    draft = valid("mandate.register")
    draft.world.revoke("farmer", by="coop-registrar")
    draft.body["principal"] = draft.world.actor("farmer")
    assert draft.answer() == "ACCEPTED"


def test_registrars_of_two_organisations_may_give_it_if_one_is_the_principals():
    draft = valid("mandate.register")
    draft.approver = "town-registrar"
    assert draft.answer() == "ACCEPTED"
    draft = valid("mandate.register")
    draft.by, draft.approver = "shops-registrar", "town-registrar"
    assert draft.answer() == "NOT_YOUR_ORGANISATION"


def test_no_mandate_opens_the_registry():
    """Only types of lots can be delegated, so nothing else can be given on behalf of anyone."""
    draft = valid("party.register")
    draft.by = "helper"
    draft.members["on_behalf"] = draft.world.actor("coop-registrar")
    assert draft.answer() == "NO_MANDATE"
