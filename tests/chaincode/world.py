"""A small town on a ledger of its own, the same on every run, and the ways to act in it.

world = World.standing()
lot = world.harvest("farmer", 20_000)
shipment = world.ship("farmer", lot, to="shopkeeper", quantity_g=12_000)
world.submit(world.write("shopkeeper", "lot.receive", body, {"received_g": 11_500}))
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import permutations

from chaincode.base.stub import Creator
from tests.chaincode.pen import (
    FIRST_PREVIOUS,
    Pen,
    bits128,
    canonical,
    derived_id,
    pseudonym,
    sha256_hex,
    timestamp,
)
from tests.identities import creator
from tests.memory_ledger import MemoryLedger

NOW = 1_776_211_200  # 2026-04-15T00:00:00Z, nine in the morning there
TODAY = "2026-04-15"
SINCE = "2020-04-01"
DAY_S = 86_400

CONSTITUTION = {
    "id": bits128("constitution"),
    "title": "みのり町",
    "utc_offset_minutes": 540,
    "demo": False,
    "families": ["lots", "plots", "proposals", "recalls", "registry"],
    "organisations": [
        {
            "id": "coop",
            "msp": "CoopMSP",
            "kind": "cooperative",
            "title": "農業協同組合",
            "roles": ["registrar", "farmer", "packer", "inspector", "recall-officer"],
        },
        {
            "id": "shops",
            "msp": "ShopsMSP",
            "kind": "shops",
            "title": "商店会",
            "roles": ["registrar", "shop", "recall-officer"],
        },
        {
            "id": "town",
            "msp": "TownMSP",
            "kind": "municipality",
            "title": "みのり町役場",
            "roles": ["registrar", "land-registrar", "clerk", "recall-officer"],
        },
        {
            "id": "auditor",
            "msp": "AuditorMSP",
            "kind": "auditor",
            "title": "監査人",
            "roles": ["auditor"],
        },
    ],
}
MSPS = {one["id"]: one["msp"] for one in CONSTITUTION["organisations"]}
REGISTRARS = ("coop", "shops", "town")
PARTIES = {
    "farm": ("coop", "farm"),
    "next-farm": ("coop", "farm"),
    "old-farm": ("coop", "farm"),
    "sorting-house": ("coop", "hall"),
    "helpers": ("coop", "household"),
    "shop": ("shops", "shop"),
    "other-shop": ("shops", "shop"),
}
# handle: (party, role or None); those with a device, then those without.
PEOPLE = {
    "coop-deputy": ("coop-office", "registrar"),
    "farmer": ("farm", "farmer"),
    "farmhand": ("farm", "farmer"),
    "neighbour": ("next-farm", "farmer"),
    "helper": ("helpers", None),
    "shopkeeper": ("shop", "shop"),
    "clerk": ("shop", "shop"),
    "grocer": ("other-shop", "shop"),
    "land-officer": ("town-office", "land-registrar"),
    "elder": ("old-farm", "farmer"),
    "sorter": ("sorting-house", "packer"),
    "inspector": ("coop-office", "inspector"),
    "town-clerk": ("town-office", "clerk"),
    "coop-recaller": ("coop-office", "recall-officer"),
    "shops-recaller": ("shops-office", "recall-officer"),
    "town-recaller": ("town-office", "recall-officer"),
}
WITHOUT_DEVICE = ("elder",)
# Who may take in whose goods, as long as it lasts: everybody here everybody's.
TRADERS = ("farmer", "neighbour", "sorter", "shopkeeper", "grocer")
PLOTS = {"field": "farm", "paddy": "next-farm", "terrace": "old-farm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who someone is on the ledger, and the key in their hand."""

    handle: str
    organisation: str
    party: str
    actor: str
    pen: Pen

    @classmethod
    def of(cls, handle: str, organisation: str, party: str) -> "Person":
        return cls(
            handle=handle,
            organisation=organisation,
            party=pseudonym(f"party {party}"),
            actor=pseudonym(f"actor {handle}"),
            pen=Pen(f"device {handle}"),
        )


@dataclass(slots=True, kw_only=True)
class World:
    """The ledger, who lives there, and where each device's sequence stands."""

    ledger: MemoryLedger
    id: str
    people: dict[str, Person]
    sequence: dict[str, tuple[int, str]] = field(default_factory=dict)
    nonces: int = 0

    @classmethod
    def standing(cls) -> "World":
        """Return a world of one's own on which everyone is entered."""
        return _standing().copy()

    @classmethod
    def unfounded(cls, constitution: dict = CONSTITUTION) -> "World":
        """Return a world in which nothing has happened yet."""
        people = {
            f"{one}-registrar": Person.of(f"{one}-registrar", one, f"{one}-office")
            for one in (*REGISTRARS, "auditor")
        }
        offices = {f"{one}-office": (one, "office") for one in REGISTRARS}
        for handle, (party, _) in PEOPLE.items():
            organisation, _ = (PARTIES | offices)[party]
            people[handle] = Person.of(handle, organisation, party)
        people["newcomer"] = Person.of("newcomer", "coop", "coop-office")  # not on the ledger yet
        return cls(
            ledger=MemoryLedger(creator=creator("CoopMSP", "client")),
            id=sha256_hex(canonical(constitution)),
            people=people,
        )

    def copy(self) -> "World":
        """Return the same world, in which other things may happen from here on."""
        ledger = MemoryLedger(self.ledger.state, creator=self.ledger.creator)
        return replace(self, ledger=ledger, people=dict(self.people), sequence=dict(self.sequence))

    # Signing and submitting

    def payload(
        self, by: str, type_name: str, body: dict, closed: dict | None = None, /, **members: object
    ) -> dict:
        """Return the next payload of someone's device; `members` replace or, as `None`, remove."""
        person = self.people[by]
        seq, prev = self.sequence.get(by, (1, FIRST_PREVIOUS))
        payload = {
            "v": 1,
            "ledger": self.id,
            "kid": person.pen.kid,
            "seq": seq,
            "prev": prev,
            "actor": person.actor,
            "type": type_name,
            "event_time": timestamp(NOW),
            "signed_at": timestamp(NOW),
            "nonce": bits128(f"entry {by} {seq} {prev}"),
            "body": body,
            "closed": None if closed is None else sha256_hex(canonical(closed)),
        }
        payload |= members
        return {name: value for name, value in payload.items() if value is not None}

    def write(
        self, by: str, type_name: str, body: dict, closed: dict | None = None, /, **members: object
    ) -> bytes:
        """Sign the next command of someone's device, and move its sequence on."""
        if closed is not None and "salt" not in closed:
            closed = {"salt": self.nonce(), **closed}
        payload = self.payload(by, type_name, body, closed, **members)
        self.sequence[by] = (payload["seq"] + 1, sha256_hex(canonical(payload)))
        return self.people[by].pen.wire(payload, closed)

    def submit(self, *wires: bytes, time: int = NOW, creator: Creator | None = None) -> list[str]:
        """Submit in one transaction, ask each device for its head, and return the codes."""
        codes = self.ledger.submit(*wires, time=time, creator=creator)
        self.resume()
        return codes

    def resume(self) -> None:
        """Set every device's sequence to where the ledger has it."""
        for handle, person in self.people.items():
            device = self.ledger.record(f"device/{person.pen.kid}")
            if device:
                self.sequence[handle] = (device["next"], device["prev"])
            else:
                self.sequence.pop(handle, None)

    def act(
        self,
        by: str,
        type_name: str,
        body: dict,
        closed: dict | None = None,
        /,
        *,
        time: int = NOW,
        **members: object,
    ) -> str:
        """Do something that must be accepted, and return the command's id."""
        codes = self.submit(self.write(by, type_name, body, closed, **members), time=time)
        assert codes == ["ACCEPTED"], (type_name, codes)
        return self.sequence[by][1]

    # Names

    def nonce(self) -> str:
        self.nonces += 1
        return bits128(f"nonce {self.nonces}")

    def name(self, by: str, index: int = 0) -> dict:
        """Return a free id of someone's party, under `id`, with what it derives from."""
        nonce = self.nonce()
        return {
            "id": derived_id(self.id, self.party(by), nonce, index),
            "id_nonce": nonce,
            "index": index,
        }

    def party(self, handle: str) -> str:
        return self.people[handle].party

    def actor(self, handle: str) -> str:
        return self.people[handle].actor

    def kid(self, handle: str) -> str:
        return self.people[handle].pen.kid

    def device(self, handle: str) -> dict:
        """Return the ledger's record of someone's device."""
        return self.ledger.record(f"device/{self.kid(handle)}")

    # What people do

    def bootstrap(self, organisation: str, **members: object) -> dict:
        """Return the body of an organisation's bootstrap."""
        person = self.people[f"{organisation}-registrar"]
        return {
            "organisation": organisation,
            "jwk": person.pen.jwk,
            "kept": "browser",
            "actor": person.actor,
            "party": person.party,
            "since": SINCE,
            **members,
        }

    def found(self, organisation: str, **members: object) -> None:
        """Let an organisation's admin set its registrar."""
        body = self.bootstrap(organisation, **members)
        wire = self.write(f"{organisation}-registrar", "registry.bootstrap", body)
        assert self.submit(wire, creator=creator(MSPS[organisation])) == ["ACCEPTED"]

    def enrol(self, handle: str, by: str, kept: str = "browser") -> None:
        """Let a registrar enter someone's device."""
        person = self.people[handle]
        self.act(by, "key.enrol", person.pen.enrolment(self.id, person.actor, self.nonce(), kept))

    def take_up(self, handle: str, kept: str) -> None:
        """Let someone sign by another device from now on, whose key is kept so."""
        person, pen = self.people[handle], Pen(f"{kept} device {handle}")
        body = pen.enrolment(self.id, person.actor, self.nonce(), kept)
        self.act(f"{person.organisation}-registrar", "key.enrol", body)
        self.people[handle] = replace(person, pen=pen)
        self.resume()

    def harvest(self, by: str, quantity_g: int, plot: str = "field", crop: str = "carrot") -> str:
        """Return a new lot."""
        name = self.name(by)
        body = {
            "lot": name["id"],
            "party": self.party(by),
            "id_nonce": name["id_nonce"],
            "index": name["index"],
            "plot": pseudonym(f"plot {plot}"),
            "crop": crop,
        }
        self.act(by, "lot.harvest", body, {"quantity_g": quantity_g, "estimated": False})
        return name["id"]

    def ship(self, by: str, lot: str, *, to: str, quantity_g: int) -> str:
        """Send grams to somebody, and return the shipment's id."""
        body = self._new_shipment(by, lot)
        self.act(by, "lot.ship", body, {"recipient": self.party(to), "quantity_g": quantity_g})
        return body["shipment"]

    def send_back(self, by: str, lot: str, brought_by: str, quantity_g: int) -> str:
        """Send bought goods home to the sender of what brought them, and return the new id."""
        body = self._new_shipment(by, lot) | {"brought_by": brought_by}
        sender = self.ledger.record(f"shipment/{brought_by}")["sender"]
        self.act(by, "lot.send_back", body, {"recipient": sender, "quantity_g": quantity_g})
        return body["shipment"]

    def _new_shipment(self, by: str, lot: str) -> dict:
        name = self.name(by)
        return {
            "shipment": name["id"],
            "id_nonce": name["id_nonce"],
            "index": name["index"],
            "lot": lot,
            "party": self.party(by),
        }

    def receive(self, by: str, lot: str, shipment: str, received_g: int) -> str:
        """Return the id of the count."""
        body = {"shipment": shipment, "lot": lot, "party": self.party(by)}
        return self.act(by, "lot.receive", body, {"received_g": received_g})

    def revoke(
        self, handle: str, by: str, spared: tuple[str, ...] = (), *, until: str = TODAY
    ) -> None:
        """End someone's device, but for commands that it has signed next."""
        body = {"device": self.kid(handle), "actor": self.actor(handle)}
        if spared:
            following = self.device(handle)["next"]
            body["spared"] = {"next": following, "commands": list(spared), "until": until}
        self.act(by, "key.revoke", body)

    def mandate(self, by: str, agent: str, *types: str) -> None:
        """Let someone act for the signer, these days."""
        body = {
            "principal": self.actor(by),
            "agent": self.actor(agent),
            "types": list(types),
            "since": SINCE,
            "until": "2030-03-31",
        }
        self.act(by, "mandate.grant", body)

    def consign(self, producer: str, shop: str, until: str = "2030-03-31") -> None:
        """Let a producer's goods come to someone's party as they come, these years."""
        body = {"producer": self.party(producer), "shop": self.party(shop)}
        self.act(producer, "consignment.grant", {**body, "since": SINCE, "until": until})

    def end_consignment(self, producer: str, shop: str, *, by: str = "", time: int = NOW) -> None:
        """Let it come to an end, by the producer or someone else."""
        body = {"producer": self.party(producer), "shop": self.party(shop)}
        self.act(by or producer, "consignment.revoke", body, time=time)

    def holding(self, lot: str, holder: str, owner: str | None = None) -> dict | None:
        """Return what someone's party holds of a lot, and where the rest of it went.

        `owner`: whose goods, if not its own.
        """
        return self.ledger.record(
            f"holding/{lot}/{self.party(holder)}/{self.party(owner or holder)}"
        )


@cache
def _standing() -> World:
    return settled(World.unfounded())


def settled(world: World) -> World:
    """Found the ledger and enter everyone, with their devices and plots."""
    world.found("coop", constitution=CONSTITUTION)
    world.found("shops")
    world.found("town")
    for by, type_name, body in _registrations(world):
        world.act(by, type_name, body)
    for handle in PEOPLE:
        if handle not in WITHOUT_DEVICE:
            world.enrol(handle, by=f"{world.people[handle].organisation}-registrar")
    for plot, party in PLOTS.items():
        body = {
            "plot": pseudonym(f"plot {plot}"),
            "party": pseudonym(f"party {party}"),
            "district": "45383-MINAMI",
        }
        world.act("land-officer", "plot.register", body)
    for producer, shop in permutations(TRADERS, 2):
        world.consign(producer, shop)
    return world


def _registrations(world: World) -> Iterator[tuple[str, str, dict]]:
    for party, (organisation, kind) in PARTIES.items():
        body = {"party": pseudonym(f"party {party}"), "kind": kind}
        yield f"{organisation}-registrar", "party.register", body
    for handle, (_, role) in PEOPLE.items():
        person = world.people[handle]
        roles = [{"role": role, "since": SINCE}] if role else []
        body = {"actor": person.actor, "party": person.party, "roles": roles}
        yield f"{person.organisation}-registrar", "actor.register", body
