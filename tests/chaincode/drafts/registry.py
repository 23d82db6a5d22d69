"""Right commands of founding, people, mandates, proposals and land."""

from copy import deepcopy

from tests.chaincode.drafts import Draft, build, prepares
from tests.chaincode.pen import Pen, bits128, pseudonym, sha256_hex
from tests.chaincode.world import CONSTITUTION, MSPS, SINCE, TODAY, Person, World
from tests.identities import creator


@prepares("registry.bootstrap")
def _bootstrap(world: World) -> Draft:
    body = world.bootstrap("coop", constitution=deepcopy(CONSTITUTION))
    admin = creator(MSPS["coop"])
    return Draft(world=world, by="coop-registrar", type="", body=body, creator=admin)


@prepares("constitution.amend")
def _amend(world: World) -> Draft:
    constitution = deepcopy(CONSTITUTION)
    constitution["organisations"][0]["roles"].append("teacher")
    body = {
        "constitution": constitution,
        "epoch": world.ledger.record("contract/head")["epoch"] + 1,
    }
    return Draft(world=world, by="coop-registrar", type="", body=body, approver="town-registrar")


@prepares("rules.activate")
def _activate(world: World) -> Draft:
    body = {"rules": 1, "epoch": 2}
    return Draft(world=world, by="coop-registrar", type="", body=body, approver="town-registrar")


@prepares("organisation.suspend")
def _suspend(world: World) -> Draft:
    body = {"organisation": "shops", "reason": "key-stolen", "until": "2026-07-14"}
    return Draft(world=world, by="coop-registrar", type="", body=body)


@prepares("organisation.reinstate")
def _reinstate(world: World) -> Draft:
    for by in ("coop-registrar", "town-registrar"):
        body = {"organisation": "shops", "reason": "against-rules", "until": "2026-05-31"}
        world.act(by, "organisation.suspend", body)
    body = {"organisation": "shops"}
    return Draft(world=world, by="coop-registrar", type="", body=body)


@prepares("organisation.rename_msp")
def _rename_msp(world: World) -> Draft:
    body = {"organisation": "shops", "msp": "Shops2MSP"}
    return Draft(world=world, by="coop-registrar", type="", body=body)


@prepares("party.register")
def _register_party(world: World) -> Draft:
    body = {"party": pseudonym("party new"), "kind": "farm"}
    return Draft(world=world, by="coop-registrar", type="", body=body)


@prepares("actor.register")
def _register_actor(world: World) -> Draft:
    body = {
        "actor": pseudonym("actor new"),
        "party": world.party("farmer"),
        "roles": [{"role": "farmer", "since": SINCE, "until": "2030-03-31"}],
    }
    return Draft(world=world, by="coop-registrar", type="", body=body)


@prepares("actor.grant")
def _grant(world: World) -> Draft:
    body = {
        "actor": world.actor("helper"),
        "roles": [{"role": "farmer", "since": SINCE, "until": "2030-03-31"}],
        "devices": [world.kid("helper")],
    }
    return Draft(world=world, by="coop-registrar", type="", body=body)


@prepares("key.enrol")
def _enrol(world: World) -> Draft:
    pen, nonce = Pen("device second"), bits128("invitation")
    body = {
        "actor": world.actor("farmer"),
        "jwk": pen.jwk,
        "kept": "browser",
        "invitation": nonce,
        "proof": pen.prove(world.id, world.actor("farmer"), nonce),
    }
    return Draft(world=world, by="coop-registrar", type="", body=body)


def _queued(following: int) -> dict:
    """Return what spares one command that a device had not brought in."""
    return {"next": following, "commands": [sha256_hex(b"queued")], "until": TODAY}


@prepares("key.revoke")
def _revoke(world: World) -> Draft:
    farmer = world.people["farmer"]
    body = {
        "device": farmer.pen.kid,
        "actor": farmer.actor,
        "spared": _queued(world.device("farmer")["next"]),
    }
    return Draft(world=world, by="coop-registrar", type="", body=body)


@prepares("auditor.register")
def _register_auditor(world: World) -> Draft:
    pen, nonce = Pen("device auditor"), bits128("invitation")
    body = {
        "organisation": "auditor",
        "party": pseudonym("party auditors"),
        "actor": pseudonym("actor auditor"),
        "roles": [{"role": "auditor", "since": SINCE, "until": "2030-03-31"}],
        "jwk": pen.jwk,
        "kept": "browser",
        "invitation": nonce,
        "proof": pen.prove(world.id, pseudonym("actor auditor"), nonce),
    }
    return Draft(world=world, by="coop-registrar", type="", body=body, approver="town-registrar")


def enter_auditor(world: World) -> Person:
    """Let two organisations enter an auditor, unless there is one, and return who that is."""
    draft = build("auditor.register", world)
    if world.ledger.record(f"actor/{draft.body['actor']}") is None:
        assert draft.answer() == "ACCEPTED"
    return Person(
        handle="auditor",
        organisation="auditor",
        party=draft.body["party"],
        actor=draft.body["actor"],
        pen=Pen("device auditor"),
    )


def _jointly(world: World, body: dict) -> Draft:
    return Draft(world=world, by="coop-registrar", type="", body=body, approver="town-registrar")


@prepares("auditor.grant")
def _grant_auditor(world: World) -> Draft:
    auditor = enter_auditor(world)
    roles = [{"role": "auditor", "since": SINCE}]
    devices = world.ledger.record(f"actor/{auditor.actor}")["devices"]
    return _jointly(world, {"actor": auditor.actor, "roles": roles, "devices": devices})


@prepares("auditor.enrol")
def _enrol_auditor(world: World) -> Draft:
    auditor = enter_auditor(world)
    pen, nonce = Pen("device auditor's second"), bits128("invitation")
    return _jointly(world, pen.enrolment(world.id, auditor.actor, nonce))


@prepares("key.revoke_jointly")
def _revoke_jointly(world: World) -> Draft:
    auditor = enter_auditor(world)
    body = {"device": auditor.pen.kid, "actor": auditor.actor, "spared": _queued(1)}
    return _jointly(world, body)


def _mandate(world: World, principal: str) -> dict:
    return {
        "principal": world.actor(principal),
        "agent": world.actor("helper"),
        "types": ["lot.harvest", "lot.ship"],
        "since": SINCE,
        "until": "2030-03-31",
    }


@prepares("mandate.grant")
def _grant_mandate(world: World) -> Draft:
    return Draft(world=world, by="farmer", type="", body=_mandate(world, "farmer"))


@prepares("mandate.register")
def _register_mandate(world: World) -> Draft:
    body = _mandate(world, "elder")
    body["mandates"] = [{name: body.pop(name) for name in ("principal", "agent")}]
    return _jointly(world, body)


@prepares("mandate.revoke")
def _revoke_mandate(world: World) -> Draft:
    world.mandate("farmer", "helper", "lot.harvest")
    body = {"principal": world.actor("farmer"), "agent": world.actor("helper")}
    return Draft(world=world, by="coop-registrar", type="", body=body)


@prepares("plot.register")
def _register_plot(world: World) -> Draft:
    body = {
        "plot": pseudonym("plot new"),
        "party": world.party("farmer"),
        "district": "45383-MINAMI",
    }
    return Draft(world=world, by="land-officer", type="", body=body)


@prepares("proposal.approve")
def _approve(world: World) -> Draft:
    return build("lot.settle", world).approval()


@prepares("proposal.withdraw")
def _withdraw(world: World) -> Draft:
    proposal = world.act("coop-registrar", "rules.activate", {"rules": 1, "epoch": 2})
    return Draft(world=world, by="coop-registrar", type="", body={"proposal": proposal})
