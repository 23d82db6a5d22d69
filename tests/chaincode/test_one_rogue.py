"""One organisation, however many registrars it invents, changes nothing that is another's."""

from copy import deepcopy

import pytest

from chaincode.base.errors import Code
from chaincode.rules import EVER
from tests.chaincode import deeds
from tests.chaincode.liveness import elder_of
from tests.chaincode.organisations import UNTIL, constitution, standing
from tests.chaincode.pen import Pen, pseudonym
from tests.chaincode.world import SINCE, Person, World

ITS_OWN = ("device", "actor", "pending", "suspension", "succession")
ROGUES = ("a-registrar", "a-invented", "a-invented-too")


def invent(world: World) -> None:
    """Let the rogue registrar enter registrars of its own."""
    for handle in ROGUES[1:]:
        person = world.people[handle] = Person.of(handle, "a", "a-office")
        roles = [{"role": "registrar", "since": SINCE}]
        body = {"actor": person.actor, "party": person.party, "roles": roles}
        world.act("a-registrar", "actor.register", body)
        world.enrol(handle, by="a-registrar")


def attempts(world: World, count: int) -> dict[str, dict]:
    """Return, by type, what each command of registrars could do to another organisation."""
    victim, actor, farm = world.kid("b-farmer"), world.actor("b-farmer"), world.party("b-farmer")
    elder = elder_of(world, "b", by="b-registrar")
    auditor = auditor_of(world, count)
    pen, own = Pen("rogue's phone"), {"types": ["lot.sell"], "since": SINCE, "until": "2030-03-31"}
    pair = {"principal": elder.actor, "agent": world.actor("a-farmer")}
    amended = deepcopy(constitution(count))
    amended["organisations"][1]["roles"] = ["registrar"]
    world.mandate("b-farmer", "b-recaller", "lot.sell")
    proposal = world.act("b-registrar", "rules.activate", {"rules": 1, "epoch": 2})

    def phone_for(one: str) -> dict:
        return pen.enrolment(world.id, one, "0" * 32)

    roles = [{"role": "farmer", "since": SINCE}]
    return {
        "constitution.amend": {"constitution": amended, "epoch": 2},
        "rules.activate": {"rules": 1, "epoch": 2},
        "organisation.suspend": {"organisation": "b", "reason": "other", "until": UNTIL},
        "organisation.reinstate": {"organisation": "b"},
        "organisation.rename_msp": {"organisation": "b", "msp": "Rogue"},
        "actor.register": {"actor": pseudonym("rogue's man"), "party": farm, "roles": roles},
        "actor.grant": {"actor": actor, "roles": [], "devices": [victim]},
        "key.enrol": phone_for(actor),
        "key.revoke": {"device": victim, "actor": actor},
        "key.revoke_jointly": {"device": victim, "actor": actor},
        "auditor.register": {
            **phone_for(pseudonym("rogue's auditor")),
            "organisation": "auditor",
            "party": pseudonym("party rogue's auditors"),
            "roles": [{"role": "auditor", "since": SINCE}],
        },
        "auditor.grant": {"actor": auditor, "roles": [], "devices": [Pen("device auditor").kid]},
        "auditor.enrol": phone_for(auditor),
        "mandate.grant": pair | own,
        "mandate.register": {"mandates": [pair]} | own,
        "mandate.revoke": {"principal": actor, "agent": world.actor("b-recaller")},
        "consignment.register": {
            "producer": farm,
            "shop": world.party("a-farmer"),
            "since": SINCE,
            "until": "2030-03-31",
        },
        "proposal.withdraw": {"proposal": proposal},
    }


def auditor_of(world: World, count: int) -> str:
    """Let the two last organisations enter an auditor."""
    pen, actor = Pen("device auditor"), pseudonym("actor auditor")
    body = {
        "organisation": "auditor",
        "party": pseudonym("party auditors"),
        "roles": [{"role": "auditor", "since": SINCE}],
        **pen.enrolment(world.id, actor, "0" * 32),
    }
    one, other = ("a", "b") if count == 2 else ("b", "c")
    deeds.by_two(world, f"{one}-registrar", f"{other}-registrar", "auditor.register", body)
    return actor


@pytest.mark.parametrize("count", [2, 3, 5])
def test_whatever_it_signs_alone_or_with_its_own_all_others_keep_what_they_have(count):
    world = standing(count)
    invent(world)
    tried = attempts(world, count)
    before = dict(world.ledger.state)
    for type_name, body in tried.items():
        for first in ROGUES:
            proposal = world.write(first, type_name, body)
            answers = world.submit(proposal)
            for second in ROGUES:
                approval = {
                    "proposal": world.sequence[first][1],
                    "proposer": {"device": world.kid(first), "actor": world.actor(first)},
                    "type": type_name,
                    "body": body,
                }
                if EVER[type_name].signers == 2:
                    answers += world.submit(world.write(second, "proposal.approve", approval))
            assert all(Code(one).is_taken for one in answers), (type_name, answers)
    after = world.ledger.state
    changed = {key for key in after if after[key] != before.get(key)}
    assert {key.partition("/")[0] for key in changed} <= set(ITS_OWN)
    own = {world.kid(one) for one in ROGUES}
    assert {key.split("/")[1] for key in changed if key.startswith("device/")} <= own
    assert not any(key.startswith("actor/") for key in changed)
    assert after["contract/head"] == before["contract/head"]
    world.act("b-registrar", "party.register", {"party": "K" * 12, "kind": "farm"})
    world.harvest("b-farmer", 1_000, plot="b")


def test_every_command_of_registrars_is_tried():
    of_registrars = {name for name, kind in EVER.items() if "registrar" in kind.roles}
    tried = set(attempts(standing(3), 3))
    assert of_registrars - tried == {"party.register"}  # it enters nobody else's
