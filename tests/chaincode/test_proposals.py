"""Two signers are two commands: what a proposal leaves, and what an approval does."""

from dataclasses import replace

import pytest

from chaincode.proposals import LASTS_S
from chaincode.rules import EVER
from tests.chaincode.drafts import valid
from tests.chaincode.pen import Pen, canonical, sha256_hex, timestamp
from tests.chaincode.world import DAY_S, NOW

TWO_SIGNERS = sorted(name for name, kind in EVER.items() if kind.signers == 2)


@pytest.mark.parametrize("type_name", TWO_SIGNERS)
def test_a_proposal_changes_nothing_but_writes_down_what_is_proposed(type_name):
    draft = valid(type_name)
    before, payload = dict(draft.world.ledger.state), draft.payload()
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["proposed"])
    after = draft.world.ledger.state
    key = f"pending/{result['id']}"
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {key, f"device/{payload['kid']}"}
    content = [type_name, payload["body"], payload.get("closed")]
    assert draft.world.ledger.record(key) == {
        "v": 1,
        "hash": sha256_hex(canonical(content)),
        "device": payload["kid"],
        "actor": payload["actor"],
        "organisation": draft.world.people[draft.by].organisation,
        "proposed_at": timestamp(NOW),
        "expires": timestamp(NOW + LASTS_S),
        "state": "open",
    }


@pytest.mark.parametrize("type_name", TWO_SIGNERS)
def test_an_approval_applies_the_proposal_once(type_name):
    approval = valid(type_name).approval()
    key = f"pending/{approval.body['proposal']}"
    assert approval.submit()["code"] == "ACCEPTED"
    assert approval.world.ledger.record(key)["state"] == "applied"
    assert approval.submit()["code"] == "PROPOSAL_CLOSED"


@pytest.mark.parametrize("type_name", TWO_SIGNERS)
def test_the_proposer_can_not_approve(type_name):
    draft = valid(type_name)
    draft.approver = draft.by
    assert draft.answer() == "NOT_INDEPENDENT"


@pytest.mark.parametrize(
    "type_name", [name for name in TWO_SIGNERS if "registrar" in EVER[name].roles]
)
def test_what_two_registrars_sign_needs_two_organisations(type_name):
    draft = valid(type_name)
    draft.approver = "coop-deputy"
    assert draft.by == "coop-registrar"
    before = dict(draft.world.ledger.state)
    assert draft.answer() == "NOT_INDEPENDENT"
    after = draft.world.ledger.state
    changed = {key for key in after if after[key] != before.get(key)}
    assert {key.partition("/")[0] for key in changed} == {"device", "pending"}


@pytest.mark.parametrize("type_name", TWO_SIGNERS)
def test_proposal_and_approval_may_travel_in_one_transaction(type_name):
    draft = valid(type_name)
    world = draft.world
    first = world.write(draft.by, draft.type, draft.body, draft.closed)
    body = {
        "proposal": world.sequence[draft.by][1],
        "proposer": {"device": world.kid(draft.by), "actor": world.actor(draft.by)},
        "type": draft.type,
        "body": draft.body,
    }
    second = world.write(draft.approver, "proposal.approve", body, draft.closed)
    assert world.submit(first, second) == ["ACCEPTED", "ACCEPTED"]


@pytest.mark.parametrize(
    ("ahead_s", "code"), [(1, "ACCEPTED"), (0, "PROPOSAL_CLOSED"), (-1, "PROPOSAL_CLOSED")]
)
def test_a_proposal_can_be_approved_until_it_expires(ahead_s, code):
    draft = valid("lot.settle")
    draft.proposed_with = {"expires": timestamp(NOW + ahead_s), "time": NOW - 60}
    assert draft.answer() == code


def test_a_proposal_waits_for_its_approval_for_as_long_as_it_says():
    draft = valid("lot.settle")
    draft.proposed_with["expires"] = timestamp(NOW + 365 * DAY_S)
    approval = draft.approval()
    approval.time = NOW + 365 * DAY_S - 1
    assert approval.answer() == "ACCEPTED"


def test_a_rejected_approval_leaves_the_proposal_open():
    approval = valid("rules.activate").approval()
    approval.by = "coop-deputy"
    assert approval.submit()["code"] == "NOT_INDEPENDENT"
    approval.by = "town-registrar"
    assert approval.submit()["code"] == "ACCEPTED"


def test_a_withdrawn_proposal_can_be_proposed_again():
    draft = valid("proposal.withdraw")
    assert draft.answer() == "ACCEPTED"
    key = f"pending/{draft.body['proposal']}"
    assert draft.world.ledger.record(key)["state"] == "withdrawn"
    draft.world.act("coop-registrar", "rules.activate", {"rules": 1, "epoch": 2})


def test_an_agent_may_approve_for_the_other_side():
    approval = valid("lot.settle").approval()
    approval.world.mandate("farmer", "helper", "lot.settle")
    approval.by = "helper"
    approval.members["on_behalf"] = approval.world.actor("farmer")
    assert approval.submit()["code"] == "ACCEPTED"


def test_an_agent_may_propose_for_one_side_and_the_proposal_says_so():
    draft = valid("lot.settle")
    draft.world.mandate("shopkeeper", "helper", "lot.settle")
    draft.by = "helper"
    draft.members["on_behalf"] = draft.world.actor("shopkeeper")
    approval = draft.approval()
    pending = draft.world.ledger.record(f"pending/{approval.body['proposal']}")
    assert pending["on_behalf"] == draft.world.actor("shopkeeper")
    assert approval.submit()["code"] == "ACCEPTED"


def test_one_agent_can_not_stand_on_both_sides():
    draft = valid("lot.settle")
    draft.world.mandate("shopkeeper", "helper", "lot.settle")
    draft.world.mandate("farmer", "helper", "lot.settle")
    draft.by = draft.approver = "helper"
    draft.members["on_behalf"] = draft.world.actor("shopkeeper")
    approval = draft.approval()
    approval.members["on_behalf"] = draft.world.actor("farmer")
    assert approval.submit()["code"] == "NOT_INDEPENDENT"


@pytest.mark.parametrize("type_name", ["lot.sell", "proposal.approve", "lot.unheard_of"])
def test_what_needs_one_signer_can_not_be_approved(type_name):
    approval = valid("lot.settle").approval()
    approval.body["type"] = type_name
    assert approval.submit()["code"] == "UNKNOWN_TYPE"


def test_an_approval_brings_the_closed_part_that_the_type_asks_for():
    approval = valid("lot.settle").approval()
    approval.closed = None
    assert approval.submit()["code"] == "CLOSED_PART_MISSING"
    approval = valid("rules.activate").approval()
    approval.closed = {"salt": "0" * 32}
    assert approval.submit()["code"] == "CLOSED_PART_UNEXPECTED"


@pytest.mark.parametrize(
    ("later_s", "code"), [(LASTS_S - 1, "ACCEPTED"), (LASTS_S, "PROPOSAL_CLOSED")]
)
def test_a_proposal_ends_after_a_month_unless_it_says_so(later_s, code):
    approval = valid("lot.settle").approval()
    approval.time = NOW + later_s
    approval.members["event_time"] = timestamp(NOW + later_s)
    assert approval.submit()["code"] == code


@pytest.mark.parametrize("by", ["coop-deputy", "coop-registrar"])
def test_a_registrar_of_the_organisation_may_withdraw_a_proposal(by):
    draft = valid("proposal.withdraw")
    draft.by = by
    assert draft.answer() == "ACCEPTED"


def test_another_device_of_the_same_person_may_withdraw_a_proposal():
    draft = valid("lot.settle")
    world, pen = draft.world, Pen("second phone")
    nonce, actor = world.nonce(), world.actor(draft.by)
    body = {"actor": actor, "jwk": pen.jwk, "kept": "browser", "invitation": nonce}
    proof = pen.prove(world.id, actor, nonce)
    proposal = draft.approval().body["proposal"]
    world.act("shops-registrar", "key.enrol", body | {"proof": proof})
    world.people[draft.by] = replace(world.people[draft.by], pen=pen)
    world.resume()
    world.act(draft.by, "proposal.withdraw", {"proposal": proposal})
