"""Faults of approving and of withdrawing a proposal."""

from tests.chaincode.drafts import Draft, build
from tests.chaincode.pen import timestamp
from tests.chaincode.rejections import fault
from tests.chaincode.rejections.envelope import grant
from tests.chaincode.world import NOW, World

APPROVE = "proposal.approve"
WITHDRAW = "proposal.withdraw"
PROPOSAL = ("proposal", "proposer", "proposer's role", "proposer's device", "state", "content")

# The draft approves, as the farmer, what the shopkeeper proposed: to settle a difference.


@fault(APPROVE, "NO_MANDATE", *PROPOSAL)
def approves_what_was_proposed_under_a_mandate_since_ended(draft: Draft) -> None:
    propose_on_behalf(draft)
    body = {"principal": draft.world.actor("shopkeeper"), "agent": draft.world.actor("clerk")}
    draft.world.act("shopkeeper", "mandate.revoke", body)


@fault(APPROVE, "ROLE_MISSING", "proposer's role")
def approves_what_someone_proposed_whose_role_has_ended(draft: Draft) -> None:
    proposer = Draft(world=draft.world, by="shopkeeper", type="", body={})
    grant(proposer, since="2020-04-01", until="2026-04-14")


@fault(APPROVE, "SHARED_KEY", "signer", "on_behalf", "mandate", "operator", *PROPOSAL)
def approves_by_a_device_that_people_share_what_is_no_settlement(draft: Draft) -> None:
    opening = build("lot.open", draft.world).approval()
    draft.by, draft.body, draft.closed = "neighbour", opening.body, opening.closed
    draft.world.take_up(draft.by, "shared")


@fault(APPROVE, "NOT_INDEPENDENT", "signer", *PROPOSAL[:4])
def approves_ones_own_proposal(draft: Draft) -> None:
    draft.by = "shopkeeper"


@fault(APPROVE, "NOT_INDEPENDENT", "signer", *PROPOSAL)
def approves_what_was_proposed_on_ones_behalf(draft: Draft) -> None:
    propose_on_behalf(draft)
    draft.by = "shopkeeper"


@fault(APPROVE, "NOT_INDEPENDENT", "signer", "on_behalf", "role", *PROPOSAL[:4])
def approves_on_behalf_of_the_proposer(draft: Draft) -> None:
    draft.world.mandate("shopkeeper", "farmer", "lot.settle")
    draft.members["on_behalf"] = draft.world.actor("shopkeeper")


@fault(APPROVE, "UNKNOWN_PROPOSAL", "proposal", "proposer's role")
def approves_what_nobody_proposed(draft: Draft) -> None:
    draft.body["proposal"] = "ab" * 32


@fault(APPROVE, "UNKNOWN_PROPOSAL", "proposer", "proposer's role")
def names_another_device_than_proposed(draft: Draft) -> None:
    draft.body["proposer"]["device"] = draft.world.kid("clerk")


@fault(APPROVE, "UNKNOWN_PROPOSAL", "proposer", "proposer's role")
def names_another_actor_than_proposed(draft: Draft) -> None:
    draft.body["proposer"]["actor"] = draft.world.actor("clerk")


@fault(APPROVE, "UNKNOWN_PROPOSAL", "proposer", "proposer's role")
def names_another_principal_than_proposed(draft: Draft) -> None:
    draft.body["proposer"]["on_behalf"] = draft.world.actor("clerk")


@fault(APPROVE, "PROPOSAL_CLOSED", "state", "proposer's device")
def approves_what_was_withdrawn(draft: Draft) -> None:
    body = {"proposal": draft.body["proposal"]}
    draft.world.act("shopkeeper", WITHDRAW, body)


@fault(APPROVE, "PROPOSAL_CLOSED", *PROPOSAL)
def approves_what_has_expired(draft: Draft) -> None:
    settlement = draft.body["body"], draft.closed
    until = timestamp(NOW)
    draft.body["proposal"] = draft.world.act(
        "shopkeeper", "lot.settle", *settlement, time=NOW - 1, expires=until
    )


@fault(APPROVE, "PROPOSAL_CLOSED", *PROPOSAL[2:])
def approves_twice(draft: Draft) -> None:
    assert draft.submit()["code"] == "ACCEPTED"


@fault(APPROVE, "PROPOSAL_DIFFERS", "content")
def approves_another_closed_part(draft: Draft) -> None:
    draft.closed["lost_g"] += 1


@fault(APPROVE, "PROPOSAL_DIFFERS", "content")
def approves_another_body(draft: Draft) -> None:
    draft.body["body"]["lot"] = "0" * 20


@fault(APPROVE, "PROPOSAL_DIFFERS", "content", "signer", *PROPOSAL)
def approves_another_type(draft: Draft) -> None:
    """Registrars of two organisations propose one thing and approve another."""
    world = draft.world
    body = {"rules": 1, "epoch": 2}
    proposal = world.act("town-registrar", "rules.activate", body)
    draft.by, draft.closed = "coop-registrar", None
    draft.body = {
        "proposal": proposal,
        "proposer": {"device": world.kid("town-registrar"), "actor": world.actor("town-registrar")},
        "type": "constitution.amend",
        "body": {"constitution": changed_constitution(world), "epoch": 2},
    }


@fault(APPROVE, "DEVICE_REVOKED", "proposer's device", "proposer's role")
def approves_what_a_since_revoked_device_proposed(draft: Draft) -> None:
    draft.world.revoke("shopkeeper", by="shopkeeper")


@fault(WITHDRAW, "UNKNOWN_PROPOSAL", "proposal")
def withdraws_what_nobody_proposed(draft: Draft) -> None:
    draft.body["proposal"] = "ab" * 32


@fault(WITHDRAW, "UNKNOWN_PROPOSAL", "proposal")
def withdraws_what_another_person_proposed(draft: Draft) -> None:
    draft.by = "town-registrar"


@fault(WITHDRAW, "PROPOSAL_CLOSED", "state")
def withdraws_twice(draft: Draft) -> None:
    draft.world.act(draft.by, WITHDRAW, draft.body)


def propose_on_behalf(draft: Draft) -> None:
    """Let the clerk propose the same for the shopkeeper, and approve that."""
    world = draft.world
    principal = world.actor("shopkeeper")
    world.mandate("shopkeeper", "clerk", "lot.settle")
    proposal = world.act(
        "clerk", "lot.settle", draft.body["body"], draft.closed, on_behalf=principal
    )
    draft.body["proposal"] = proposal
    draft.body["proposer"] = {
        "device": world.kid("clerk"),
        "actor": world.actor("clerk"),
        "on_behalf": principal,
    }


def changed_constitution(world: World) -> dict:
    constitution = dict(world.ledger.record("contract/constitution"), title="みのり市")
    del constitution["v"]
    return constitution
