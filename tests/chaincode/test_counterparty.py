"""Nobody signs a deal for both sides: not for the own party, and not by way of a mandate."""

from collections.abc import Iterator
from typing import get_type_hints

import pytest

from chaincode.command_types import CommandType
from chaincode.rules import EVER
from tests.chaincode.drafts import Draft, valid
from tests.chaincode.world import SINCE, World

EITHER_SIDE_ENDS_IT = {"consignment.revoke"}
WITH_COUNTERPARTY = [name for name, kind in EVER.items() if kind.counterparty]
BY_MANDATE = [name for name in WITH_COUNTERPARTY if EVER[name].is_delegable]
# Members by which a command names a party across the table, or a record that does.
NAMES_ANOTHER = {"recipient", "producer", "holder", "sender", "shop", "shipment"}
ALSO_HANDED_OVER = {"lot.take_back"}  # to its owner


def named_members(kind: CommandType) -> set[str]:
    shapes = (kind.body, kind.closed) if kind.closed else (kind.body,)
    return {name for shape in shapes for name in get_type_hints(shape)}


def other_sides(world: World, draft: Draft) -> Iterator[str]:
    """Yield a person of each party that a draft's command deals with, none of the signer's."""
    parts = {**draft.body, **(draft.closed or {})}
    shipment = world.ledger.record(f"shipment/{parts.get('shipment')}") or {}
    mine = world.party(draft.by)
    parties = {value for value in (*parts.values(), *shipment.values()) if isinstance(value, str)}
    for handle, person in world.people.items():
        has_device = world.ledger.record(f"device/{person.pen.kid}") is not None
        if person.party in parties - {mine} and has_device:
            yield handle


@pytest.mark.parametrize("type_name", BY_MANDATE)
def test_nobody_of_the_other_side_signs_by_way_of_a_mandate(type_name):
    kind = EVER[type_name]
    others = list(other_sides(valid(type_name).world, valid(type_name)))
    assert others
    refused = []
    for agent in others:
        draft = valid(type_name)
        principal = draft.by
        draft.world.mandate(principal, agent, type_name)
        draft.members["on_behalf"] = draft.world.actor(principal)
        draft.by = agent
        code = draft.submit()["code"]
        refused.append(code == "NOT_INDEPENDENT")
        assert code in {"NOT_INDEPENDENT", "ACCEPTED"}
    # Of consigned goods the owner is not the one they go to; of all others none may sign.
    assert any(refused)
    assert all(refused) or "owner" in named_members(kind)


@pytest.mark.parametrize("type_name", BY_MANDATE)
def test_somebody_of_a_third_party_signs_by_way_of_a_mandate(type_name):
    draft = valid(type_name)
    principal = draft.by
    draft.world.mandate(principal, "helper", type_name)
    draft.members["on_behalf"] = draft.world.actor(principal)
    draft.by = "helper"
    assert draft.submit()["code"] == "ACCEPTED"


def test_every_type_that_deals_with_another_party_says_which():
    dealing = {name for name, kind in EVER.items() if named_members(kind) & NAMES_ANOTHER}
    assert dealing | ALSO_HANDED_OVER == {*WITH_COUNTERPARTY} | EITHER_SIDE_ENDS_IT


def test_no_registrar_of_the_shop_itself_registers_what_it_may_take_in():
    draft = valid("consignment.register")
    world = draft.world
    body = {"actor": world.actor("clerk"), "roles": [], "devices": [world.kid("clerk")]}
    body["roles"] = [{"role": "registrar", "since": SINCE}]
    world.act("shops-registrar", "actor.grant", body)
    draft.approver = "clerk"
    assert draft.answer() == "NOT_INDEPENDENT"
