"""Every rejection of every command: alone, in company, and without a trace."""

import json
from itertools import combinations, product

import pytest

from chaincode.base.errors import Code
from chaincode.rules import EVER
from tests.chaincode.answers import any_can_answer, can_answer
from tests.chaincode.drafts import Draft, types, valid
from tests.chaincode.pen import canonical, sha256_hex
from tests.chaincode.rejections import ANY, AROUND_RULES, FAULTS, Fault, commons, faults, spoiled

BOOTSTRAP = "registry.bootstrap"
OF_TIME = {"late", "future"}  # the only marks that a rejected command may carry
OTHERS = [name for name in types() if name != BOOTSTRAP]
OWN = [one for one in FAULTS if not one.is_common]
AUTHORITY = {
    *("EXPIRED", "FUTURE_EVENT", "WRONG_ACTOR", "OPERATOR_UNEXPECTED"),
    *("NO_MANDATE", "ROLE_MISSING", "SHARED_KEY"),
}
# Codes that stand in the source of a type's rule, and why it never answers them.
NEVER = {
    ("actor.register", "UNKNOWN_ORGANISATION"): "it is the signer's own",
    ("actor.grant", "UNKNOWN_ORGANISATION"): "it is the signer's own",
    ("actor.grant", "UNKNOWN_DEVICE"): "they are those of the actor's record",
    ("auditor.grant", "UNKNOWN_ORGANISATION"): "it is the actor's own",
    ("auditor.grant", "UNKNOWN_DEVICE"): "they are those of the actor's record",
    ("mandate.grant", "PROPOSAL_CLOSED"): "nobody proposes it",
    ("mandate.grant", "HAS_OWN_KEY"): "only registrars must leave those alone",
    ("consignment.grant", "PROPOSAL_CLOSED"): "nobody proposes it",
    ("lot.process", "CROP_DIFFERS"): "anything may be made of anything",
    ("recall.declare", "TOO_MANY_UNCONFIRMED"): "two sign it",
    ("recall.widen", "TOO_MANY_UNCONFIRMED"): "two sign it",
    ("recall.own", "TOO_MANY_UNCONFIRMED"): "it has a room of its own",
    ("lot.undo_class", "NOTHING_HELD"): "the class that is repeated wrote all its holdings",
    ("lot.undo_sort", "NOTHING_HELD"): "what began the run wrote all its holdings",
    ("lot.unmake", "NOTHING_HELD"): "the run that is repeated wrote all its holdings",
}


def assert_first_wins(type_name: str, one: Fault, other: Fault) -> None:
    first, second = sorted((one, other), key=lambda one: one.place)
    if first.is_compatible(second):
        code = spoiled(valid(type_name), first, second).submit()["code"]
        assert (first.name, second.name, code) == (first.name, second.name, first.code)


def assert_traceless(draft: Draft, code: str) -> None:
    """Assert that a command so refused leaves at most its device's next number behind."""
    before, payload = dict(draft.world.ledger.state), draft.payload()
    result = draft.submit()
    after = draft.world.ledger.state
    assert result["code"] == code
    assert set(result["flags"]) <= OF_TIME
    changed = {key for key in after if after[key] != before.get(key)}
    if not Code(code).is_taken:
        assert changed == set()
        return
    device = f"device/{payload['kid']}"
    assert changed == {device}
    advanced = {"next": payload["seq"] + 1, "prev": sha256_hex(canonical(payload))}
    assert json.loads(after[device]) == json.loads(before[device]) | advanced


@pytest.mark.parametrize("type_name", types())
def test_a_right_command_is_accepted(type_name):
    assert valid(type_name).answer() == "ACCEPTED"


@pytest.mark.parametrize("wrong", OWN, ids=lambda one: one.name)
def test_one_fault_is_answered_with_its_code_and_leaves_no_trace(wrong):
    assert_traceless(spoiled(valid(wrong.type), wrong), wrong.code)


@pytest.mark.parametrize("type_name", OTHERS)
def test_every_fault_of_the_envelope_is_answered_with_its_code_and_leaves_no_trace(type_name):
    for wrong in commons(type_name):
        assert_traceless(spoiled(valid(type_name), wrong), wrong.code)


@pytest.mark.parametrize("type_name", types())
def test_of_two_faults_the_one_checked_first_is_answered(type_name):
    for one, other in combinations(faults(type_name), 2):
        assert_first_wins(type_name, one, other)


def test_of_two_faults_of_the_envelope_the_one_checked_first_is_answered():
    for one, other in combinations(commons("lot.ship"), 2):
        assert_first_wins("lot.ship", one, other)


@pytest.mark.parametrize(
    "type_name", [name for name in OTHERS if EVER[name].signers == 1 and faults(name)]
)
def test_time_and_authority_of_the_envelope_are_judged_before_the_commands_own_rules(type_name):
    judged_first = [one for one in commons(type_name) if one.code in AUTHORITY]
    for one, other in product(judged_first, faults(type_name)):
        assert_first_wins(type_name, one, other)


@pytest.mark.parametrize("type_name", types())
def test_every_code_that_a_rule_can_answer_has_a_test(type_name):
    tested = {one.code for one in faults(type_name)} - AROUND_RULES
    never = {code for name, code in NEVER if name == type_name}
    assert not tested & never
    assert can_answer(type_name) - AROUND_RULES == tested | never


def test_every_code_that_any_command_can_be_answered_with_has_a_test():
    assert any_can_answer() - AROUND_RULES == {one.code for one in faults(ANY)}
