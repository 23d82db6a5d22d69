"""Mistakes of founding, people, mandates, proposals and land."""

from copy import deepcopy

from tests.chaincode import deeds
from tests.chaincode.drafts import build, valid
from tests.chaincode.pen import Pen, pseudonym
from tests.chaincode.ways import way
from tests.chaincode.world import CONSTITUTION, MSPS, SINCE, World
from tests.identities import creator


@way(
    "registry.bootstrap",
    "Bootstrap again with another key, naming the registrar it replaces.",
)
def the_next_registrar_takes_over(world: World) -> None:
    registrar = world.ledger.record("registrar/coop")
    newcomer = world.people["newcomer"]
    body = world.bootstrap("coop") | {
        "jwk": newcomer.pen.jwk,
        "actor": newcomer.actor,
        "replaces": {"device": registrar["device"], "actor": registrar["actor"]},
    }
    wire = world.write("newcomer", "registry.bootstrap", body)
    assert world.submit(wire, creator=creator(MSPS["coop"])) == ["ACCEPTED"]
    world.act("newcomer", "party.register", {"party": pseudonym("party new"), "kind": "farm"})


@way(
    "registry.bootstrap",
    "A wrong constitution is amended by two organisations; a wrong ledger is begun anew.",
)
@way("constitution.amend", "Amend again.")
def amended_twice(world: World) -> None:
    for epoch, title in ((2, "みのり市"), (3, CONSTITUTION["title"])):
        body = {"constitution": {**deepcopy(CONSTITUTION), "title": title}, "epoch": epoch}
        deeds.by_two(world, "coop-registrar", "town-registrar", "constitution.amend", body)
        assert world.ledger.record("contract/constitution")["title"] == title


@way(
    "rules.activate",
    "Activate the next version; there is no way back to an older one.",
)
def activated_again(world: World) -> None:
    for epoch in (2, 3):
        body = {"rules": 1, "epoch": epoch}
        deeds.by_two(world, "coop-registrar", "town-registrar", "rules.activate", body)
    assert world.ledger.record("contract/head")["epoch"] == 3


@way("party.register", "Register another; a party without actors does nothing.")
def another_party(world: World) -> None:
    for seed, kind in (("mistaken", "shop"), ("right", "farm")):
        body = {"party": pseudonym(f"party {seed}"), "kind": kind}
        world.act("coop-registrar", "party.register", body)
    assert world.ledger.record(f"party/{pseudonym('party right')}")["kind"] == "farm"


@way("actor.register", "Grant other roles, or none; register the right one.")
@way("actor.grant", "Grant again.")
def granted_again(world: World) -> None:
    actor = pseudonym("actor mistaken")
    roles = [{"role": "farmer", "since": SINCE}]
    body = {"actor": actor, "party": world.party("farmer"), "roles": roles}
    world.act("coop-registrar", "actor.register", body)
    for now in ([], roles, []):
        world.act("coop-registrar", "actor.grant", {"actor": actor, "roles": now, "devices": []})
        assert world.ledger.record(f"actor/{actor}")["roles"] == now
    body |= {"actor": pseudonym("actor right")}
    world.act("coop-registrar", "actor.register", body)


def enrol(world: World, seed: str) -> Pen:
    pen, nonce, actor = Pen(seed), world.nonce(), world.actor("farmer")
    proof = pen.prove(world.id, actor, nonce)
    body = {"actor": actor, "jwk": pen.jwk, "nonce": nonce, "proof": proof}
    world.act("coop-registrar", "key.enrol", body)
    return pen


@way("key.enrol", "Revoke the key, and enrol the right one.")
@way("key.revoke", "Enrol a new key; a revoked one stays revoked.")
def another_key(world: World) -> None:
    mistaken = enrol(world, "mistaken phone")
    body = {"device": mistaken.kid, "actor": world.actor("farmer"), "spared": []}
    world.act("coop-registrar", "key.revoke", body)
    right = enrol(world, "right phone")
    devices = world.ledger.record(f"actor/{world.actor('farmer')}")["devices"]
    assert devices == [world.kid("farmer"), right.kid]


@way("auditor.register", "A registrar revokes the key; two register the right one.")
def another_auditor(world: World) -> None:
    draft = build("auditor.register", world)
    assert draft.answer() == "ACCEPTED"
    body = {"device": Pen("device auditor").kid, "actor": draft.body["actor"], "spared": []}
    world.act("shops-registrar", "key.revoke", body)
    pen, actor, nonce = Pen("right auditor"), pseudonym("actor right auditor"), world.nonce()
    draft.body |= {
        "actor": actor,
        "jwk": pen.jwk,
        "nonce": nonce,
        "proof": pen.prove(world.id, actor, nonce),
    }
    assert draft.answer() == "ACCEPTED"
    assert "revoked" not in world.ledger.record(f"device/{pen.kid}")


@way("mandate.grant", "Grant again, or revoke.")
@way("mandate.revoke", "Grant again.")
def a_mandate_given_taken_and_given(world: World) -> None:
    parties = {"principal": world.actor("farmer"), "agent": world.actor("helper")}
    key = f"mandate/{parties['principal']}/{parties['agent']}"
    world.mandate("farmer", "helper", "lot.ship", "lot.sell")
    world.mandate("farmer", "helper", "lot.ship")
    assert world.ledger.record(key)["types"] == ["lot.ship"]
    world.act("farmer", "mandate.revoke", parties)
    assert world.ledger.record(key)["types"] == []
    world.mandate("farmer", "helper", "lot.sell")
    assert world.ledger.record(key)["types"] == ["lot.sell"]


@way("mandate.register", "Register again, or revoke.")
def a_mandate_registered_again(world: World) -> None:
    draft = build("mandate.register", world)
    assert draft.answer() == "ACCEPTED"
    draft.body["types"] = ["lot.sell"]
    assert draft.answer() == "ACCEPTED"
    parties = {name: draft.body[name] for name in ("principal", "agent")}
    world.act("coop-registrar", "mandate.revoke", parties)
    key = f"mandate/{parties['principal']}/{parties['agent']}"
    assert world.ledger.record(key)["types"] == []


@way("plot.register", "Register again; lots keep the plot they grew on.")
def a_plot_moved_back(world: World) -> None:
    lot = world.harvest("farmer", 1_000)
    plot = pseudonym("plot field")
    for party in ("neighbour", "farmer"):
        body = {"plot": plot, "party": world.party(party), "district": "45383-MINAMI"}
        world.act("land-officer", "plot.register", body)
    assert world.ledger.record(f"lot/{lot}")["plot"] == plot
    world.harvest("farmer", 1_000)


@way("proposal.withdraw", "Propose again.")
def proposed_again(world: World) -> None:
    draft = build("proposal.withdraw", world)
    assert draft.answer() == "ACCEPTED"
    body = {"rules": 1, "epoch": 2}
    deeds.by_two(world, "coop-registrar", "town-registrar", "rules.activate", body)


@way("proposal.approve", "As the approved type says.")
def approved_and_put_right(_world: World) -> None:
    """A settlement that gave the recipient too much: the recipient ships it back."""
    approval = valid("lot.settle").approval()
    assert approval.submit()["code"] == "ACCEPTED"
    world, lot = approval.world, approval.body["body"]["lot"]
    back = world.ship("shopkeeper", lot, to="farmer", quantity_g=200)
    world.receive("farmer", lot, back, 200)
    assert deeds.held(world, lot, "farmer") == 8_400
