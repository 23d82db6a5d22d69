"""Which rules are in force, and how they change: with a second version that only tests have."""

import json

import pytest

from chaincode.contract import MinoriContract
from chaincode.registry.founding import NEEDED_FAMILIES
from chaincode.rules import PRODUCE, PROPOSALS, REGISTRY, RULES, Rules
from tests import toy_rules
from tests.chaincode.pen import pseudonym
from tests.chaincode.world import CONSTITUTION, NOW, World
from tests.identities import creator
from tests.memory_ledger import MemoryLedger


@pytest.fixture
def world():
    with toy_rules.larger_lots():
        yield with_contract(World.standing(), MinoriContract(toy_rules.VERSIONS))


def with_contract(world: World, contract: MinoriContract) -> World:
    world.ledger = MemoryLedger(world.ledger.state, creator=world.ledger.creator, contract=contract)
    return world


def proposal(world: World, rules: int = 2) -> tuple[str, dict]:
    epoch = world.ledger.record("contract/head")["epoch"] + 1
    body = {"rules": rules, "epoch": epoch}
    return world.act("coop-registrar", "rules.activate", body), body


def approval(world: World, proposed: str, body: dict) -> bytes:
    content = {
        "proposal": proposed,
        "proposer": {"device": world.kid("coop-registrar"), "actor": world.actor("coop-registrar")},
        "type": "rules.activate",
        "body": body,
    }
    return world.write("town-registrar", "proposal.approve", content)


def activate(world: World, rules: int = 2) -> None:
    assert world.submit(approval(world, *proposal(world, rules))) == ["ACCEPTED"]


def own_use(world: World, lot: str) -> bytes:
    body = {"lot": lot, "party": world.party("farmer")}
    return world.write("farmer", "lot.own_use", body, {"quantity_g": 100})


def praise(world: World, lot: str) -> bytes:
    return world.write("shopkeeper", "lot.praise", {"lot": lot})


def test_until_it_is_activated_a_version_changes_nothing(world):
    lot = world.harvest("farmer", 1_000)
    assert world.submit(own_use(world, lot)) == ["ACCEPTED"]
    assert world.submit(praise(world, lot)) == ["UNKNOWN_TYPE"]


def test_what_a_version_forbids_and_adds_is_so_from_its_activation_on(world):
    lot = world.harvest("farmer", 1_000)
    before = world.ledger.record(f"lot/{lot}")
    activate(world)
    assert world.submit(own_use(world, lot)) == ["UNKNOWN_TYPE"]
    assert world.submit(praise(world, lot)) == ["ACCEPTED"]
    assert world.submit(praise(world, lot)) == ["ACCEPTED"]
    assert world.ledger.record(f"lot/{lot}") == before | {"praises": 2}


def test_a_record_of_the_old_rules_is_read_and_written_by_the_new(world):
    lot = world.harvest("farmer", 1_000)
    activate(world)
    world.submit(praise(world, lot))
    world.ship("farmer", lot, to="shopkeeper", quantity_g=400)
    assert world.ledger.record(f"lot/{lot}")["praises"] == 1


def test_an_activation_ends_its_batch_and_what_follows_can_be_sent_again(world):
    lot = world.harvest("farmer", 1_000)
    proposed = proposal(world)
    before, activation = own_use(world, lot), approval(world, *proposed)
    after = own_use(world, lot)
    other = praise(world, lot)
    codes = world.ledger.submit(before, activation, after, other, time=NOW)
    assert codes == ["ACCEPTED", "ACCEPTED", "RULES_CHANGED", "UNKNOWN_TYPE"]
    world.resume()
    assert world.ledger.submit(after, praise(world, lot), time=NOW) == ["UNKNOWN_TYPE", "ACCEPTED"]


def test_a_later_command_type_is_taken_when_it_is_sent_after_the_activation(world):
    lot = world.harvest("farmer", 1_000)
    activate(world)
    assert world.ledger.submit(praise(world, lot), time=NOW) == ["ACCEPTED"]


def test_a_process_that_lacks_the_rules_in_force_refuses_the_transaction(world):
    activate(world)
    state = dict(world.ledger.state)
    old = with_contract(world, MinoriContract())
    for function in ("submit", "dry_run"):
        response = old.ledger.invoke(function, own_use(world, "0" * 20), time=NOW)
        assert (response.status, response.message) == (500, "VERSION_MISSING")
    assert old.ledger.state == state


def test_so_does_one_that_can_not_even_read_the_head(world):
    activate(world)
    head = json.loads(world.ledger.state["contract/head"]) | {"member_of_version_3": "unknown"}
    world.ledger.state["contract/head"] = json.dumps(head).encode()
    old = with_contract(world, MinoriContract())
    response = old.ledger.invoke("submit", own_use(world, "0" * 20), time=NOW)
    assert (response.status, response.message) == (500, "VERSION_MISSING")


@pytest.mark.parametrize("rules", [3, 99])
def test_rules_that_this_program_does_not_have_are_not_activated(world, rules):
    assert world.submit(approval(world, *proposal(world, rules))) == ["RULES_UNKNOWN"]


def test_rules_never_go_back(world):
    activate(world)
    assert world.submit(approval(world, *proposal(world, 1))) == ["RULES_UNKNOWN"]


def test_a_mandate_is_given_for_types_in_force_that_may_be_given():
    world = World.standing()
    types = RULES[1].types
    given = [name for name, kind in types.items() if kind.is_delegable]
    assert {name.partition(".")[0] for name in given} == {"consignment", "lot"}
    for name in types:
        body = {
            "principal": world.actor("farmer"),
            "agent": world.actor("helper"),
            "types": [name],
            "since": "2020-04-01",
            "until": "2030-03-31",
        }
        (code,) = world.submit(world.write("farmer", "mandate.grant", body))
        assert code == ("ACCEPTED" if name in given else "NOT_DELEGABLE"), name


def test_a_name_can_not_stand_twice_in_the_rules():
    with pytest.raises(AssertionError):
        Rules({"lots": (toy_rules.PRAISE, toy_rules.PRAISE)}).types  # noqa: B018 - worked out now


def test_commands_of_a_device_that_the_batch_enrols_are_taken_in_it():
    world = World.standing()
    nonce, person = world.nonce(), world.people["newcomer"]
    body = {"actor": person.actor, "party": person.party, "roles": []}
    world.act("coop-registrar", "actor.register", body)
    enrolment = {
        "actor": person.actor,
        "jwk": person.pen.jwk,
        "kept": "browser",
        "invitation": nonce,
        "proof": person.pen.prove(world.id, person.actor, nonce),
    }
    enrol = world.write("coop-registrar", "key.enrol", enrolment)
    withdrawal = {"proposal": "ab" * 32}
    first = world.write("newcomer", "proposal.withdraw", withdrawal)
    assert world.ledger.submit(first, enrol, first, time=NOW) == [
        *("UNKNOWN_KEY", "ACCEPTED", "UNKNOWN_PROPOSAL")
    ]


@pytest.mark.parametrize("spoil", ["signature", "kid"])
def test_what_is_not_signed_has_no_record_read_but_its_device(spoil):
    world = World.standing()
    lots = [world.name("farmer") for _ in range(2)]
    body = {
        "lot": lots[0]["id"],
        "party": world.party("farmer"),
        "id_nonce": lots[0]["id_nonce"],
        "index": 0,
        "plot": pseudonym("plot field"),
        "crop": "carrot",
    }
    wire = world.write("farmer", "lot.harvest", body, {"quantity_g": 1, "estimated": False})
    if spoil == "signature":
        jws, _, closed = wire.partition(b"~")
        head, _, signature = jws.rpartition(b".")
        forged = (b"B" if signature[:1] == b"A" else b"A") + signature[1:]
        wire = head + b"." + forged + b"~" + closed
    else:
        del world.ledger.state[f"device/{world.kid('farmer')}"]
    world.ledger.invoke("submit", wire, time=NOW)
    read = set(world.ledger.stub.reads) - {
        *("contract/head", "contract/demo_time", "recalls/open"),
        f"device/{world.kid('farmer')}",
    }
    assert read == set()


def test_a_ledger_takes_the_families_that_its_constitution_names_and_no_others():
    few = CONSTITUTION | {"families": ["proposals", "registry"]}
    world = World.unfounded(few)
    world.found("coop", constitution=few)
    world.found("shops")
    assert world.ledger.record("contract/head")["families"] == ["proposals", "registry"]
    party = {"party": pseudonym("party farm"), "kind": "farm"}
    plot = {"plot": pseudonym("plot"), "party": pseudonym("party"), "district": "45383"}
    assert world.submit(
        world.write("coop-registrar", "party.register", party),
        world.write("coop-registrar", "plot.register", plot),
    ) == ["ACCEPTED", "UNKNOWN_TYPE"]


def test_a_type_of_another_family_is_not_taken_in_the_batch_that_founds_either():
    few = CONSTITUTION | {"families": ["proposals", "registry"]}
    world = World.unfounded(few)
    body = world.bootstrap("coop", constitution=few)
    founding = world.write("coop-registrar", "registry.bootstrap", body)
    plot = {"plot": pseudonym("plot"), "party": pseudonym("party"), "district": "45383"}
    other = world.write("coop-registrar", "plot.register", plot)
    codes = world.submit(founding, other, creator=creator("CoopMSP"))
    assert codes == ["ACCEPTED", "UNKNOWN_TYPE"]


@pytest.mark.parametrize(
    "families",
    [
        ["registry"],
        ["proposals"],
        ["registry", "proposals"],
        ["proposals", "proposals", "registry"],
        ["proposals", "registry", "unknown"],
    ],
)
def test_families_are_sorted_distinct_known_and_have_what_a_ledger_needs(families):
    constitution = CONSTITUTION | {"families": families}
    world = World.unfounded(constitution)
    body = world.bootstrap("coop", constitution=constitution)
    wire = world.write("coop-registrar", "registry.bootstrap", body)
    assert world.submit(wire, creator=creator("CoopMSP")) == ["BAD_CONSTITUTION"]


def test_families_never_change(world):
    epoch = world.ledger.record("contract/head")["epoch"] + 1
    body = {"constitution": CONSTITUTION | {"families": ["proposals", "registry"]}, "epoch": epoch}
    proposed = world.act("coop-registrar", "constitution.amend", body)
    content = {
        "proposal": proposed,
        "proposer": {"device": world.kid("coop-registrar"), "actor": world.actor("coop-registrar")},
        "type": "constitution.amend",
        "body": body,
    }
    wire = world.write("town-registrar", "proposal.approve", content)
    assert world.submit(wire) == ["CONSTITUTION_REFUSED"]


def test_every_type_that_a_produce_ledger_takes_is_of_a_family_it_names():
    assert list(PRODUCE) == CONSTITUTION["families"] == sorted(RULES[1].families)
    assert set(NEEDED_FAMILIES) == {REGISTRY, PROPOSALS}
