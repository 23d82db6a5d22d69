"""A right command of every type, not yet signed, for tests that spoil one thing about it.

    draft = valid("lot.ship")
    draft.closed["quantity_g"] += 1
    assert draft.answer() == "INSUFFICIENT_QUANTITY"

A command that needs two signers is spoiled before it is proposed; `answer` is the approval's.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache

from chaincode.stub import Creator
from tests.chaincode.pen import Pen, bits128, pseudonym, timestamp
from tests.chaincode.world import CONSTITUTION, MSPS, NOW, SINCE, World
from tests.identities import creator

Builder = Callable[[World], "Draft"]


@dataclass(slots=True, kw_only=True)
class Draft:
    """A command about to be given, in a world prepared for it.

    Attributes:
        by: Who signs, or proposes.
        approver: Who approves, where two must sign.
        members: Members of the payload to replace, or, as `None`, to leave out.
        pen: Whose key signs, if not the signer's own.
        creator: Who submits the transaction.
        time: Ledger time.
    """

    world: World
    by: str
    type: str
    body: dict
    closed: dict | None = None
    approver: str | None = None
    members: dict = field(default_factory=dict)
    pen: Pen | None = None
    creator: Creator | None = None
    time: int = NOW
    proposed_with: dict = field(default_factory=dict)

    def copy(self) -> "Draft":
        return replace(
            self,
            world=self.world.copy(),
            body=deepcopy(self.body),
            closed=deepcopy(self.closed),
            members=dict(self.members),
            proposed_with=dict(self.proposed_with),
        )

    def payload(self) -> dict:
        return self.world.payload(self.by, self.type, self.body, self.closed, **self.members)

    def wire(self) -> bytes:
        """Return the signed command."""
        pen = self.pen or self.world.people[self.by].pen
        return pen.wire(self.payload(), self.closed)

    def submit(self) -> dict:
        """Send just this command and return its result."""
        (result,) = self.world.ledger.results(self.wire(), time=self.time, creator=self.creator)
        self.world.resume()
        return result

    def approval(self) -> "Draft":
        """Propose, and return the approval, not yet signed."""
        world = self.world
        proposal = world.act(
            self.by, self.type, self.body, self.closed, **self.members, **self.proposed_with
        )
        proposer = {"device": world.kid(self.by), "actor": world.actor(self.by)}
        if "on_behalf" in self.members:
            proposer["on_behalf"] = self.members["on_behalf"]
        body = {
            "proposal": proposal,
            "proposer": proposer,
            "type": self.type,
            "body": deepcopy(self.body),
        }
        return Draft(
            world=world,
            by=self.approver,
            type="proposal.approve",
            body=body,
            closed=deepcopy(self.closed),
            time=self.time,
        )

    def last(self) -> "Draft":
        """Return the command that decides: itself, or after the proposal its approval."""
        return self.approval() if self.approver else self

    def answer(self) -> str:
        """Give the command, with its second signature where it needs one; return the last code."""
        return self.last().submit()["code"]


_BUILDERS: dict[str, Builder] = {}


def _draft(type_name: str) -> Callable[[Builder], Builder]:
    def enter(build: Builder) -> Builder:
        _BUILDERS[type_name] = build
        return build

    return enter


def valid(type_name: str) -> Draft:
    """Return a draft that would be accepted."""
    return _prepared(type_name).copy()


@cache
def _prepared(type_name: str) -> Draft:
    is_first = type_name == "registry.bootstrap"
    return build(type_name, World.unfounded() if is_first else World.standing())


def build(type_name: str, world: World) -> Draft:
    """Prepare a right command in a world of one's own."""
    draft = _BUILDERS[type_name](world)
    draft.type = type_name
    if draft.closed is not None:
        draft.closed = {"salt": bits128(f"salt {type_name}"), **draft.closed}
    return draft


def types() -> list[str]:
    """Return every type there is a draft for."""
    return list(_BUILDERS)


@_draft("registry.bootstrap")
def _bootstrap(world: World) -> Draft:
    body = world.bootstrap("coop", constitution=deepcopy(CONSTITUTION))
    admin = creator(MSPS["coop"])
    return Draft(world=world, by="coop-registrar", type="", body=body, creator=admin)


@_draft("constitution.amend")
def _amend(world: World) -> Draft:
    constitution = deepcopy(CONSTITUTION)
    constitution["organisations"][0]["roles"].append("inspector")
    body = {"constitution": constitution}
    return Draft(world=world, by="coop-registrar", type="", body=body, approver="town-registrar")


@_draft("rules.activate")
def _activate(world: World) -> Draft:
    body = {"rules": 1, "epoch": 2}
    return Draft(world=world, by="coop-registrar", type="", body=body, approver="town-registrar")


@_draft("party.register")
def _register_party(world: World) -> Draft:
    body = {"party": pseudonym("party new"), "kind": "farm"}
    return Draft(world=world, by="coop-registrar", type="", body=body)


@_draft("actor.register")
def _register_actor(world: World) -> Draft:
    body = {
        "actor": pseudonym("actor new"),
        "party": world.party("farmer"),
        "roles": [{"role": "farmer", "since": SINCE, "until": "2030-03-31"}],
    }
    return Draft(world=world, by="coop-registrar", type="", body=body)


@_draft("actor.grant")
def _grant(world: World) -> Draft:
    body = {
        "actor": world.actor("helper"),
        "roles": [{"role": "farmer", "since": SINCE, "until": "2030-03-31"}],
        "devices": [world.kid("helper")],
    }
    return Draft(world=world, by="coop-registrar", type="", body=body)


@_draft("key.enrol")
def _enrol(world: World) -> Draft:
    pen, nonce = Pen("device second"), bits128("invitation")
    body = {
        "actor": world.actor("farmer"),
        "jwk": pen.jwk,
        "nonce": nonce,
        "proof": pen.prove(world.id, world.actor("farmer"), nonce),
    }
    return Draft(world=world, by="coop-registrar", type="", body=body)


@_draft("key.revoke")
def _revoke(world: World) -> Draft:
    body = {"device": world.kid("farmer"), "actor": world.actor("farmer"), "spared": []}
    return Draft(world=world, by="coop-registrar", type="", body=body)


@_draft("auditor.register")
def _register_auditor(world: World) -> Draft:
    pen, nonce = Pen("device auditor"), bits128("invitation")
    body = {
        "organisation": "auditor",
        "party": pseudonym("party auditors"),
        "actor": pseudonym("actor auditor"),
        "roles": [{"role": "auditor", "since": SINCE, "until": "2030-03-31"}],
        "jwk": pen.jwk,
        "nonce": nonce,
        "proof": pen.prove(world.id, pseudonym("actor auditor"), nonce),
    }
    return Draft(world=world, by="coop-registrar", type="", body=body, approver="town-registrar")


def _mandate(world: World, principal: str) -> dict:
    return {
        "principal": world.actor(principal),
        "agent": world.actor("helper"),
        "types": ["lot.harvest", "lot.ship"],
        "since": SINCE,
        "until": "2030-03-31",
    }


@_draft("mandate.grant")
def _grant_mandate(world: World) -> Draft:
    return Draft(world=world, by="farmer", type="", body=_mandate(world, "farmer"))


@_draft("mandate.register")
def _register_mandate(world: World) -> Draft:
    body = _mandate(world, "elder")
    return Draft(world=world, by="coop-registrar", type="", body=body, approver="coop-deputy")


@_draft("mandate.revoke")
def _revoke_mandate(world: World) -> Draft:
    world.mandate("farmer", "helper", "lot.harvest")
    body = {"principal": world.actor("farmer"), "agent": world.actor("helper")}
    return Draft(world=world, by="coop-registrar", type="", body=body)


@_draft("plot.register")
def _register_plot(world: World) -> Draft:
    body = {
        "plot": pseudonym("plot new"),
        "party": world.party("farmer"),
        "district": "45383-MINAMI",
    }
    return Draft(world=world, by="land-officer", type="", body=body)


@_draft("proposal.approve")
def _approve(world: World) -> Draft:
    return _settle(world).approval()


@_draft("proposal.withdraw")
def _withdraw(world: World) -> Draft:
    proposal = world.act("coop-registrar", "rules.activate", {"rules": 1, "epoch": 2})
    return Draft(world=world, by="coop-registrar", type="", body={"proposal": proposal})


@_draft("lot.harvest")
def _harvest(world: World) -> Draft:
    name = world.name("farmer")
    body = {
        "lot": name["id"],
        "party": world.party("farmer"),
        "nonce": name["nonce"],
        "index": name["index"],
        "plot": pseudonym("plot field"),
        "crop": "carrot",
    }
    closed = {"quantity_g": 20_000, "estimated": False}
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


@_draft("lot.correct_harvest")
def _correct_harvest(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    world.ship("farmer", lot, to="shopkeeper", quantity_g=12_000)
    body = {
        "lot": lot,
        "party": world.party("farmer"),
        "corrects": world.ledger.record(f"lot/{lot}")["entry"],
        "reason": "weighing",
        "plot": pseudonym("plot field"),
        "crop": "carrot",
        "harvested_at": timestamp(NOW),
    }
    closed = {"quantity_g": 12_000, "estimated": False}
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


@_draft("lot.ship")
def _ship(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    name = world.name("farmer")
    body = {
        "shipment": name["id"],
        "nonce": name["nonce"],
        "index": name["index"],
        "lot": lot,
        "party": world.party("farmer"),
    }
    closed = {"recipient": world.party("shopkeeper"), "quantity_g": 20_000}
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


def _shipped(world: World) -> tuple[str, str]:
    """Return a lot of 20 kg and a shipment of 12 kg of it on its way to the shop."""
    lot = world.harvest("farmer", 20_000)
    return lot, world.ship("farmer", lot, to="shopkeeper", quantity_g=12_000)


@_draft("lot.receive")
def _receive(world: World) -> Draft:
    lot, shipment = _shipped(world)
    body = {"shipment": shipment, "lot": lot, "party": world.party("shopkeeper")}
    return Draft(world=world, by="shopkeeper", type="", body=body, closed={"received_g": 11_500})


@_draft("lot.correct_receipt")
def _correct_receipt(world: World) -> Draft:
    lot, shipment = _shipped(world)
    count = world.receive("shopkeeper", lot, shipment, 11_500)
    _take(world, "sell", "shopkeeper", lot, 11_000)
    body = {
        "shipment": shipment,
        "lot": lot,
        "party": world.party("shopkeeper"),
        "corrects": count,
        "reason": "typing",
    }
    return Draft(world=world, by="shopkeeper", type="", body=body, closed={"received_g": 11_000})


@_draft("lot.return")
def _return(world: World) -> Draft:
    lot, shipment = _shipped(world)
    body = {"shipment": shipment, "lot": lot, "party": world.party("shopkeeper")}
    closed = {"sender": world.party("farmer")}
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


@_draft("lot.settle")
def _settle(world: World) -> Draft:
    lot, shipment = _shipped(world)
    world.receive("shopkeeper", lot, shipment, 11_500)
    closed = {
        "salt": bits128("salt lot.settle"),
        "sender": world.party("farmer"),
        "recipient": world.party("shopkeeper"),
        "to_sender_g": 200,
        "to_recipient_g": 200,
        "lost_g": 100,
    }
    body = {"shipment": shipment, "lot": lot}
    return Draft(
        world=world,
        by="shopkeeper",
        type="lot.settle",
        body=body,
        closed=closed,
        approver="farmer",
    )


@_draft("lot.sell")
@_draft("lot.own_use")
def _sell(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    body = {"lot": lot, "party": world.party("farmer")}
    return Draft(world=world, by="farmer", type="", body=body, closed={"quantity_g": 20_000})


@_draft("lot.discard")
def _discard(world: World) -> Draft:
    draft = _sell(world)
    draft.body["reason"] = "spoiled"
    return draft


@_draft("lot.correct_outflow")
def _correct_outflow(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    sale = _take(world, "sell", "farmer", lot, 5_000)
    body = {
        "lot": lot,
        "party": world.party("farmer"),
        "corrects": sale,
        "outflow": "sold",
        "reason": "typing",
    }
    closed = {"was_g": 5_000, "quantity_g": 20_000}
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


def _take(world: World, verb: str, by: str, lot: str, quantity_g: int) -> str:
    body = {"lot": lot, "party": world.party(by)}
    return world.act(by, f"lot.{verb}", body, {"quantity_g": quantity_g})
