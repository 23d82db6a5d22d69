"""Faults of standing consignments: given by the wrong people, to nobody, or ended twice."""

from tests.chaincode.drafts import Draft, build
from tests.chaincode.pen import pseudonym
from tests.chaincode.rejections import fault
from tests.chaincode.world import NOW

GRANT = "consignment.grant"
REGISTER = "consignment.register"
REVOKE = "consignment.revoke"


@fault(GRANT, "NOT_INDEPENDENT", "shop")
def lets_itself_take_in_its_own_goods(draft: Draft) -> None:
    draft.body["shop"] = draft.world.party(draft.by)


@fault(GRANT, "NOT_YOUR_PARTY", "producer")
def gives_away_anothers_goods(draft: Draft) -> None:
    draft.body["producer"] = draft.world.party("neighbour")


def lets_nobody_take_goods_in(draft: Draft) -> None:
    draft.body["shop"] = pseudonym("party nobody")


def gives_it_for_a_period_that_ends_before_it_begins(draft: Draft) -> None:
    draft.body["until"] = "2020-03-31"


for _type in (GRANT, REGISTER):
    fault(_type, "UNKNOWN_PARTY", "shop")(lets_nobody_take_goods_in)
    fault(_type, "PERIOD_REVERSED", "period")(gives_it_for_a_period_that_ends_before_it_begins)


@fault(REGISTER, "NOT_INDEPENDENT", "producer", "shop")
def registers_goods_that_go_from_one_to_itself(draft: Draft) -> None:
    draft.body["shop"] = draft.body["producer"]


@fault(REGISTER, "NOT_YOUR_ORGANISATION", "approver", "shop")
def registers_it_without_the_shops_side(draft: Draft) -> None:
    draft.approver = "town-registrar"


@fault(REGISTER, "NOT_YOUR_ORGANISATION", "approver", "shop")
def registers_it_without_the_producers_side(draft: Draft) -> None:
    draft.by = "town-registrar"


@fault(REGISTER, "PROPOSAL_CLOSED", "producer", "shop")
def registers_what_was_ended_since_it_was_proposed(draft: Draft) -> None:
    draft.world.end_consignment("farmer", "shopkeeper", time=NOW + 1)


@fault(REVOKE, "NOT_YOUR_PARTY", "signer")
def ends_what_others_agreed_on(draft: Draft) -> None:
    draft.by = "neighbour"


@fault(REVOKE, "NOT_YOUR_ORGANISATION", "signer")
def ends_what_is_of_other_organisations(draft: Draft) -> None:
    draft.by = "town-registrar"


@fault(REVOKE, "NOT_YOUR_ORGANISATION", "signer", "pair")
def ends_what_nobody_gave_anybody(draft: Draft) -> None:
    draft.body |= {"producer": pseudonym("party nobody"), "shop": pseudonym("party no one")}


@fault(REVOKE, "UNKNOWN_CONSIGNMENT", "pair")
def ends_what_was_never_given(draft: Draft) -> None:
    draft.body["shop"] = draft.world.party("helper")


@fault(REVOKE, "UNKNOWN_CONSIGNMENT", "pair")
def ends_it_twice(draft: Draft) -> None:
    assert build(REVOKE, draft.world).answer() == "ACCEPTED"
