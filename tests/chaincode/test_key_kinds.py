"""How a key is kept, and what follows: shared keys, keys of one service, second keys, operators."""

from itertools import combinations

import pytest

from chaincode.registry.records import OFFICES
from chaincode.rules import EVER
from tests.chaincode import deeds
from tests.chaincode.drafts import types, valid
from tests.chaincode.pen import Pen, pseudonym
from tests.chaincode.world import NOW, TODAY, World
from tests.identities import creator

SERVICE = f"service:{pseudonym('service')}"
OTHER_SERVICE = f"service:{pseudonym('other service')}"
KINDS = ("browser", "file", "shared", SERVICE)
TWO_SIGN = [name for name in types() if EVER[name].signers == 2]


@pytest.mark.parametrize("kept", KINDS)
def test_a_devices_record_says_how_its_key_is_kept(kept):
    world = World.standing()
    world.take_up("farmer", kept)
    assert world.device("farmer")["kept"] == kept


@pytest.mark.parametrize("kept", KINDS)
def test_the_new_key_has_signed_how_it_is_kept(kept):
    """A registrar can't call a phone a till."""
    draft = valid("key.enrol")
    world, actor = draft.world, draft.body["actor"]
    other = next(one for one in KINDS if one != kept)
    draft.body |= Pen("device second").enrolment(world.id, actor, world.nonce(), other)
    draft.body["kept"] = kept
    assert draft.answer() == "BAD_PROOF"


@pytest.mark.parametrize("kept", KINDS)
def test_a_founding_registrars_key_is_not_shared(kept):
    draft = valid("registry.bootstrap")
    draft.body["kept"] = kept
    (result,) = draft.world.ledger.results(draft.wire(), creator=creator("CoopMSP"))
    assert result["code"] == ("BAD_VALUE" if kept == "shared" else "ACCEPTED")


def test_a_key_for_someone_who_has_one_is_flagged():
    world = World.standing()
    pens = [Pen("first phone"), Pen("second phone"), Pen("third phone")]

    def enrol(pen: Pen) -> list[str]:
        body = pen.enrolment(world.id, world.actor("elder"), world.nonce())
        wire = world.write("coop-registrar", "key.enrol", body)
        (result,) = world.ledger.results(wire, time=NOW)
        assert result["code"] == "ACCEPTED"
        world.resume()
        return result["flags"]

    def revoke(pen: Pen, **spared: dict) -> None:
        body = {"device": pen.kid, "actor": world.actor("elder"), **spared}
        world.act("coop-registrar", "key.revoke", body)

    assert enrol(pens[0]) == []
    assert enrol(pens[1]) == ["second_key"]
    revoke(pens[0])
    revoke(pens[1], spared={"next": 1, "commands": ["ab" * 32], "until": TODAY})
    assert enrol(pens[2]) == ["second_key"]  # what drains is a key that still signs


# Shared keys


@pytest.mark.parametrize("signer", ["by", "approver"])
def test_a_difference_is_settled_by_shared_keys_on_either_side(signer):
    draft = valid("lot.settle")
    draft.world.take_up(getattr(draft, signer), "shared")
    assert draft.answer() == "ACCEPTED"


@pytest.mark.parametrize("type_name", [name for name in TWO_SIGN if name != "lot.settle"])
@pytest.mark.parametrize("signer", ["by", "approver"])
def test_a_shared_key_gives_neither_of_two_other_signatures(type_name, signer):
    """Of an officer it isn't even enrolled."""
    draft = valid(type_name)
    handle = getattr(draft, signer)
    person, pen = draft.world.people[handle], Pen("shared")
    enrolment = pen.enrolment(draft.world.id, person.actor, draft.world.nonce(), "shared")
    wire = draft.world.write(f"{person.organisation}-registrar", "key.enrol", enrolment)
    (code,) = draft.world.submit(wire)
    roles = draft.world.ledger.record(f"actor/{person.actor}")["roles"]
    if any(one["role"] in OFFICES for one in roles):
        assert code == "OFFICE_ON_SHARED_KEY"
        return
    assert code == "ACCEPTED"
    draft = valid(type_name)
    draft.world.take_up(handle, "shared")
    last = draft.approval() if signer == "approver" else draft
    assert last.submit()["code"] == "SHARED_KEY"


def test_what_an_agent_may_be_given_takes_no_office():
    """Or a shared key would hold it by a mandate."""
    by_one = [one for one in EVER.values() if one.is_delegable and one.signers == 1]
    assert [one.name for one in by_one if one.roles and one.roles <= OFFICES] == []


# Keys of one service


@pytest.mark.parametrize("type_name", TWO_SIGN)
@pytest.mark.parametrize(
    ("first", "second", "code"),
    [(SERVICE, SERVICE, "NOT_INDEPENDENT"), (SERVICE, OTHER_SERVICE, "ACCEPTED")],
)
def test_two_keys_of_one_service_are_not_two_signers(type_name, first, second, code):
    draft = valid(type_name)
    for handle, kept in ((draft.by, first), (draft.approver, second)):
        draft.world.take_up(handle, kept)
    assert draft.answer() == code


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [(SERVICE, SERVICE, "NOT_INDEPENDENT"), (SERVICE, OTHER_SERVICE, "ACCEPTED")],
)
def test_two_keys_of_one_service_do_not_confirm_each_others_recall(first, second, code):
    world = World.standing()
    officers = ("coop-recaller", "shops-recaller")
    for handle, kept in zip(officers, (first, second), strict=True):
        world.take_up(handle, kept)
    recall = deeds.recall(world, world.harvest("farmer", 1_000), by="coop-recaller")
    confirm = deeds.seen(world, recall)
    assert world.submit(world.write("shops-recaller", "recall.confirm", confirm)) == [code]


def test_of_a_recall_by_several_only_what_another_service_signed_is_confirmed():
    world = World.standing()
    for handle in ("coop-recaller", "shops-recaller"):
        world.take_up(handle, SERVICE)
    recall = deeds.recall(world, world.harvest("farmer", 1_000), by="town-recaller")
    more = {"recall": recall, "roots": [world.harvest("farmer", 1_000)]}
    world.act("coop-recaller", "recall.extend", more)
    world.act("shops-recaller", "recall.confirm", deeds.seen(world, recall))
    entries = world.ledger.record("recalls/open")["recalls"]
    assert {one.get("alone") for one in entries} == {None, world.actor("coop-recaller")}


VOTES = {
    "organisation.suspend": {"organisation": "coop", "reason": "silent", "until": "2026-05-15"},
    "organisation.rename_msp": {"organisation": "coop", "msp": "NewCoopMSP"},
}


@pytest.mark.parametrize("type_name", VOTES)
@pytest.mark.parametrize(
    ("first", "second", "code"),
    [(SERVICE, SERVICE, "NOT_INDEPENDENT"), (SERVICE, OTHER_SERVICE, "ACCEPTED")],
)
def test_two_keys_of_one_service_are_not_two_organisations_votes(type_name, first, second, code):
    world = World.standing()
    voters = ("shops-registrar", "town-registrar")
    for handle, kept in zip(voters, (first, second), strict=True):
        world.take_up(handle, kept)
    world.act(voters[0], type_name, VOTES[type_name])
    assert world.submit(world.write(voters[1], type_name, VOTES[type_name])) == [code]


@pytest.mark.parametrize("kinds", list(combinations(("browser", "file", SERVICE), 2)))
def test_keys_of_other_kinds_are_two_persons(kinds):
    draft = valid("mandate.register")
    for handle, kept in zip((draft.by, draft.approver), kinds, strict=True):
        draft.world.take_up(handle, kept)
    assert draft.answer() == "ACCEPTED"


# Who stood at a shared device


@pytest.mark.parametrize("kept", KINDS)
@pytest.mark.parametrize("type_name", ["lot.sell", "lot.receive", "lot.harvest", "lot.merge"])
def test_only_a_shared_device_says_who_stood_at_it_and_only_in_what_is_not_public(type_name, kept):
    draft = valid(type_name)
    draft.world.take_up(draft.by, kept)
    draft.members["operator"] = draft.world.actor("helper")
    may_say = kept == "shared" and EVER[type_name].proof != "public"
    assert draft.answer() == ("ACCEPTED" if may_say else "OPERATOR_UNEXPECTED")
