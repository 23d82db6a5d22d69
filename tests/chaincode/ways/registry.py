"""Mistakes of founding, people, mandates, proposals and land."""

from copy import deepcopy
from dataclasses import replace

from tests.chaincode import deeds
from tests.chaincode.drafts import build, valid
from tests.chaincode.pen import Pen, pseudonym
from tests.chaincode.ways import way
from tests.chaincode.ways.lots import correct_harvest
from tests.chaincode.world import CONSTITUTION, MSPS, SINCE, Person, World
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


@way("organisation.suspend", "`organisation.reinstate`, or vote again for another day.")
@way("organisation.reinstate", "Vote again.")
def suspended_reinstated_and_suspended_again(world: World) -> None:
    registrars = ("coop-registrar", "town-registrar")
    body = {"organisation": "shops", "reason": "key-stolen", "until": "2026-05-31"}
    for by in registrars:
        world.act(by, "organisation.suspend", body)
    assert suspended_until(world) == "2026-05-31"
    world.act("coop-registrar", "organisation.suspend", body | {"until": "2026-04-30"})
    assert suspended_until(world) == "2026-04-30"
    world.act("coop-registrar", "organisation.reinstate", {"organisation": "shops"})
    assert suspended_until(world) is None
    world.act("coop-registrar", "organisation.suspend", body)
    assert suspended_until(world) == "2026-05-31"


@way("organisation.rename_msp", "Name the right one, or the one in force: it replaces one's word.")
def a_wrong_msp_named_right(world: World) -> None:
    for by, msp in (("coop", "WrongMSP"), ("coop", "Shops2MSP"), ("town", "Shops2MSP")):
        body = {"organisation": "shops", "msp": msp}
        world.act(f"{by}-registrar", "organisation.rename_msp", body)
    assert world.ledger.record("succession/shops")["msp"] == "Shops2MSP"
    body = {"organisation": "shops", "msp": MSPS["shops"]}
    world.act("town-registrar", "organisation.rename_msp", body)
    assert "msp" not in world.ledger.record("succession/shops")


def suspended_until(world: World) -> str | None:
    organisations = world.ledger.record("contract/head")["organisations"]
    (shops,) = (one for one in organisations if one["id"] == "shops")
    return shops.get("suspended_until")


@way(
    "rules.activate",
    "Activate the next version; there is no way back to an older one.",
)
def activated_again(world: World) -> None:
    for epoch in (2, 3):
        body = {"rules": 1, "epoch": epoch}
        deeds.by_two(world, "coop-registrar", "town-registrar", "rules.activate", body)
    assert world.ledger.record("contract/head")["epoch"] == 3


@way(
    "party.register",
    "Register another; a party without actors does nothing, and what was shipped to it comes back "
    "by `lot.return`.",
)
def another_party(world: World) -> None:
    for seed, kind in (("mistaken", "farm"), ("right", "shop")):
        body = {"party": pseudonym(f"party {seed}"), "kind": kind}
        world.act("coop-registrar", "party.register", body)
    lot = world.harvest("farmer", 1_000)
    draft = build("lot.ship", world)
    draft.body["lot"] = lot
    draft.closed |= {"recipient": pseudonym("party mistaken"), "quantity_g": 1_000}
    assert draft.answer() == "ACCEPTED"
    deeds.bring_back(world, "farmer", lot, draft.body["shipment"])
    draft.closed["recipient"] = pseudonym("party right")
    draft.body |= shipment_name(world)
    assert draft.answer() == "ACCEPTED"


def shipment_name(world: World) -> dict:
    name = world.name("farmer")
    return {"shipment": name["id"], "id_nonce": name["id_nonce"], "index": name["index"]}


@way(
    "party.register",
    "One that has goods already ships them to the right one; lots keep its name, and labels lead "
    "to them.",
)
def goods_of_the_wrong_party(world: World) -> None:
    person = world.people["mistaken"] = Person.of("mistaken", "coop", "mistaken farm")
    world.act("coop-registrar", "party.register", {"party": person.party, "kind": "farm"})
    roles = [{"role": "farmer", "since": SINCE}]
    body = {"actor": person.actor, "party": person.party, "roles": roles}
    world.act("coop-registrar", "actor.register", body)
    world.enrol("mistaken", by="coop-registrar")
    plot = {"plot": pseudonym("plot mistaken"), "party": person.party, "district": "45383-MINAMI"}
    world.act("land-officer", "plot.register", plot)
    lot = world.harvest("mistaken", 1_000, "mistaken")
    roll = deeds.stick(world, "mistaken", lot)
    deeds.hand_over(world, "mistaken", lot, to="farmer", quantity_g=1_000)
    deeds.take(world, "sell", "farmer", lot, 1_000)
    assert deeds.scanned(world, roll) == lot
    assert world.ledger.record(f"lot/{lot}")["party"] == person.party


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


STANDS = (
    "What was signed meanwhile stands; {who} puts it right, as each type says, and labels lead to "
    "what is then on record."
)


@way("actor.register", STANDS.format(who="someone else of the party"))
@way("actor.grant", STANDS.format(who="someone else of the party"))
def what_the_wrong_one_signed(world: World) -> None:
    lot, roll, shipment = harvested_by_mistake(world, "farmhand")
    body = {"actor": world.actor("farmhand"), "roles": [], "devices": [world.kid("farmhand")]}
    world.act("coop-registrar", "actor.grant", body)
    sale = {"lot": lot, "party": world.party("farmhand")}
    late = world.write("farmhand", "lot.sell", sale, {"quantity_g": 1})
    assert world.submit(late) == ["ROLE_MISSING"]
    deeds.bring_back(world, "farmer", lot, shipment)
    assert_corrected(world, lot, roll)


def harvested_by_mistake(world: World, by: str) -> tuple[str, str, str]:
    """Let someone of the farm enter a lot that never was: return it, its stickers, a shipment."""
    lot = world.harvest(by, 5_000)
    return lot, deeds.stick(world, by, lot), world.ship(by, lot, to="grocer", quantity_g=2_000)


def assert_corrected(world: World, lot: str, roll: str) -> None:
    """Let the farmer correct such a lot, and see where its stickers lead."""
    assert correct_harvest(world, lot, 0) == ["ACCEPTED"]
    assert deeds.scanned(world, roll) == lot
    assert world.ledger.record(f"lot/{lot}")["harvest_g"] == 0


def enrol(world: World, seed: str) -> Pen:
    pen, nonce, actor = Pen(seed), world.nonce(), world.actor("farmer")
    proof = pen.prove(world.id, actor, nonce)
    body = {"actor": actor, "jwk": pen.jwk, "kept": "browser", "invitation": nonce, "proof": proof}
    world.act("coop-registrar", "key.enrol", body)
    return pen


def revoke(world: World, pen: Pen) -> None:
    body = {"device": pen.kid, "actor": world.actor("farmer")}
    world.act("coop-registrar", "key.revoke", body)


def take_up(world: World, pen: Pen) -> None:
    """Let the farmer sign with another of the farmer's devices."""
    world.people["farmer"] = replace(world.people["farmer"], pen=pen)
    world.resume()


@way("key.enrol", STANDS.format(who="another device of the party"))
@way("key.enrol", "Revoke the key, and enrol the right one.")
def another_key(world: World) -> None:
    first = world.people["farmer"].pen
    mistaken = enrol(world, "mistaken phone")
    take_up(world, mistaken)
    lot, roll, shipment = harvested_by_mistake(world, "farmer")
    revoke(world, mistaken)
    right = enrol(world, "right phone")
    devices = world.ledger.record(f"actor/{world.actor('farmer')}")["devices"]
    assert devices == [first.kid, right.kid]
    take_up(world, right)
    deeds.bring_back(world, "farmer", lot, shipment)
    assert_corrected(world, lot, roll)


@way(
    "key.revoke",
    "Enrol a new key; a revoked one stays revoked. What had not arrived by then and was not spared "
    "is signed again with the new one, under the same ids: labels printed in the field stay right.",
)
def signed_again_with_another_key(world: World) -> None:
    name = world.name("farmer")
    lost = world.write("farmer", "lot.harvest", *harvest_parts(world, name))
    revoke(world, world.people["farmer"].pen)
    assert world.submit(lost) == ["KEY_REVOKED"]
    take_up(world, enrol(world, "right phone"))
    deeds.harvest_named(world, "farmer", name, 1_000)
    assert deeds.scanned(world, deeds.stick(world, "farmer", name["id"])) == name["id"]


def harvest_parts(world: World, name: dict) -> tuple[dict, dict]:
    """Return open and closed part of a harvest of the farmer's, under a name drawn before."""
    draft = build("lot.harvest", world)
    draft.body |= {"lot": name["id"], "id_nonce": name["id_nonce"], "index": name["index"]}
    return draft.body, draft.closed


def jointly(world: World, type_name: str, body: dict) -> None:
    deeds.by_two(world, "shops-registrar", "town-registrar", type_name, body)


@way("auditor.register", "Two organisations revoke the key, and register the right one.")
@way("auditor.enrol", "Revoke the key jointly.")
@way("key.revoke_jointly", "Two organisations enrol another key, of an auditor by `auditor.enrol`.")
def another_auditor(world: World) -> None:
    draft = build("auditor.register", world)
    assert draft.answer() == "ACCEPTED"
    actor = draft.body["actor"]
    body = {"device": Pen("device auditor").kid, "actor": actor}
    jointly(world, "key.revoke_jointly", body)
    pen, nonce = Pen("right auditor"), world.nonce()
    jointly(world, "auditor.enrol", pen.enrolment(world.id, actor, nonce))
    assert "revoked" not in world.ledger.record(f"device/{pen.kid}")
    assert world.ledger.record(f"actor/{actor}")["devices"] == [pen.kid]


@way("auditor.grant", "Grant again.")
def an_auditors_role_given_back(world: World) -> None:
    draft = build("auditor.grant", world)
    roles = draft.body["roles"]
    for given in ([], roles):
        draft.body["roles"] = given
        assert draft.answer() == "ACCEPTED"
        assert world.ledger.record(f"actor/{draft.body['actor']}")["roles"] == given


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


def revoke_mandate(world: World, principal: str, agent: str) -> None:
    body = {"principal": world.actor(principal), "agent": world.actor(agent)}
    world.act("coop-registrar", "mandate.revoke", body)


@way("mandate.grant", STANDS.format(who="the principal"))
def what_the_agent_signed(world: World) -> None:
    world.mandate("farmer", "helper", "lot.harvest", "lot.ship")
    name, for_farmer = world.name("farmer"), {"on_behalf": world.actor("farmer")}
    world.act("helper", "lot.harvest", *harvest_parts(world, name), **for_farmer)
    ship = build("lot.ship", world)
    ship.body["lot"] = name["id"]
    world.act("helper", "lot.ship", ship.body, ship.closed, **for_farmer)
    roll = deeds.stick(world, "farmer", name["id"])
    revoke_mandate(world, "farmer", "helper")
    assert correct_harvest(world, name["id"], 0) == ["ALREADY_LEFT"]
    deeds.bring_back(world, "farmer", name["id"], ship.body["shipment"])
    assert_corrected(world, name["id"], roll)


@way(
    "mandate.revoke",
    "What the agent could not sign meanwhile is signed again, under the same ids: labels printed "
    "in the field stay right.",
)
def signed_again_under_another_mandate(world: World) -> None:
    name, for_farmer = world.name("farmer"), {"on_behalf": world.actor("farmer")}
    parts = harvest_parts(world, name)
    world.mandate("farmer", "helper", "lot.harvest")
    revoke_mandate(world, "farmer", "helper")
    lost = world.write("helper", "lot.harvest", *parts, **for_farmer)
    assert world.submit(lost) == ["NO_MANDATE"]
    world.mandate("farmer", "helper", "lot.harvest")
    world.act("helper", "lot.harvest", *parts, **for_farmer)
    assert deeds.scanned(world, deeds.stick(world, "farmer", name["id"])) == name["id"]


@way("mandate.register", "Register again, or revoke.")
def a_mandate_registered_again(world: World) -> None:
    draft = build("mandate.register", world)
    assert draft.answer() == "ACCEPTED"
    draft.body["types"] = ["lot.sell"]
    assert draft.answer() == "ACCEPTED"
    revoke_mandate(world, "elder", "helper")
    pair = draft.body["mandates"][0]
    key = f"mandate/{pair['principal']}/{pair['agent']}"
    assert world.ledger.record(key)["types"] == []


@way("mandate.register", STANDS.format(who="the next agent, with a mandate for that,"))
def what_the_wrong_agent_signed_for_someone_without_a_key(world: World) -> None:
    by_two = ("coop-registrar", "town-registrar", "mandate.register")
    for_elder = {"on_behalf": world.actor("elder")}
    wrong = build("mandate.register", world).body
    deeds.by_two(world, *by_two, wrong)
    harvest, ship = build("lot.harvest", world), build("lot.ship", world)
    name, party, plot = world.name("elder"), world.party("elder"), pseudonym("plot terrace")
    lot = {"lot": name["id"], "party": party}
    of_elder = {"id_nonce": name["id_nonce"], "index": name["index"], "plot": plot}
    harvest.body |= lot | of_elder
    world.act("helper", "lot.harvest", harvest.body, harvest.closed, **for_elder)
    sent = world.name("elder")
    ship.body |= lot | {"shipment": sent["id"], "id_nonce": sent["id_nonce"]}
    ship.closed["owner"] = party
    world.act("helper", "lot.ship", ship.body, ship.closed, **for_elder)
    roll = deeds.stick(world, "shopkeeper", name["id"])

    revoke_mandate(world, "elder", "helper")
    types = ["lot.return", "lot.correct_harvest"]
    pair = {"principal": world.actor("elder"), "agent": world.actor("neighbour")}
    right = {**wrong, "mandates": [pair], "types": types}
    deeds.by_two(world, *by_two, right)
    back = lot | {"shipment": sent["id"]}
    world.act("neighbour", "lot.return", back, {"sender": party}, **for_elder)
    correction = build("lot.correct_harvest", world)
    entry = world.ledger.record(f"lot/{name['id']}")["entry"]
    correction.body |= lot | {"corrects": entry, "plot": plot}
    correction.closed = {"quantity_g": 0, "estimated": False}
    parts = correction.body, correction.closed
    world.act("neighbour", "lot.correct_harvest", *parts, **for_elder)
    assert deeds.scanned(world, roll) == name["id"]
    assert world.ledger.record(f"lot/{name['id']}")["harvest_g"] == 0


@way(
    "plot.register",
    "Register again; lots keep the plot they grew on, and labels lead to its district as it is "
    "then.",
)
def a_plot_moved_back(world: World) -> None:
    lot = world.harvest("farmer", 1_000)
    roll, plot = deeds.stick(world, "farmer", lot), pseudonym("plot field")
    deeds.take(world, "sell", "farmer", lot, 1_000)
    for party, district in (("neighbour", "45383-KITA"), ("farmer", "45383-HIGASHI")):
        body = {"plot": plot, "party": world.party(party), "district": district}
        world.act("land-officer", "plot.register", body)
        assert world.ledger.record(f"lot/{deeds.scanned(world, roll)}")["plot"] == plot
        assert world.ledger.record(f"plot/{plot}")["district"] == district
    world.harvest("farmer", 1_000)


@way(
    "plot.register",
    "What was entered on the wrong plot meanwhile is corrected by `lot.correct_harvest`, also when "
    "it has left.",
)
def a_harvest_moved_to_the_right_plot(world: World) -> None:
    lot, right = world.harvest("farmer", 1_000), pseudonym("plot right")
    deeds.take(world, "sell", "farmer", lot, 1_000)
    for plot, party in ((pseudonym("plot field"), "neighbour"), (right, "farmer")):
        body = {"plot": plot, "party": world.party(party), "district": "45383-MINAMI"}
        world.act("land-officer", "plot.register", body)
    assert correct_harvest(world, lot, 1_000, plot=right) == ["ACCEPTED"]
    assert world.ledger.record(f"lot/{lot}")["plot"] == right


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
