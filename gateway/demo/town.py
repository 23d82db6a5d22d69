"""The demo town: who there is, their keys, and the commands by which they enter the ledger.

    town = Town.create(demo=True)
    for msp_id, wire in town.founding():      # each by that organisation's admin
    for wire in town.registrations():         # by its registrars, and who takes whose goods

Every person is a role ("Farm A"), every pseudonym random; the names shown on pages are published
by the town off the ledger (`Town.names`).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.lots.records import FARMER, PACKER, SHOP
from chaincode.registry.founding import ledger_id
from chaincode.registry.records import Constitution, Organisation
from chaincode.rules import PRODUCE
from gateway.device.signing import FILE, Device, new_nonce, new_pseudonym

JST_MINUTES = 540
COOP, SHOPS, TOWN, AUDITOR = "coop", "shops", "town", "auditor"
PACKING_HOUSE = "packing-house"
CONSIGNED_UNTIL = "2099-03-31"

# Handle, organisation, role, name: whoever is neither farm nor shop.
_OFFICES = (
    ("land-office", TOWN, "land-registrar", ("農地係", "Land office")),
    ("inspector", TOWN, "inspector", ("検査員", "Inspector")),
    ("food-safety", TOWN, "recall-officer", ("食品安全係", "Food safety office")),
    (PACKING_HOUSE, COOP, PACKER, ("選果場", "Packing house")),
    ("quality-desk", COOP, "recall-officer", ("品質管理", "Quality desk")),
    ("centre-desk", COOP, "clerk", ("センター窓口", "Centre desk")),
)


@dataclass(slots=True, kw_only=True)
class Person:
    """A person or till of the demo: who they are on the ledger, and the device in their hand.

    Attributes:
        name: As pages show it, Japanese and English.
        role: What their organisation grants them; empty for none.
    """

    name: tuple[str, str]
    organisation: str
    party: str
    party_kind: str
    role: str
    actor: str
    device: Device


@dataclass(slots=True, kw_only=True)
class Town:
    """Everything about one demo town; `people` and `plots` by a short English handle."""

    constitution: Constitution
    ledger: str
    registrars: dict[str, Person]
    people: dict[str, Person]
    plots: dict[str, str] = field(default_factory=dict)
    since: str = "2020-04-01"

    @classmethod
    def create(cls, *, demo: bool = True, farms: int = 3, shops: int = 2) -> Self:
        """Draw a town with fresh keys and pseudonyms.

        Args:
            demo: Whether its ledger may be given its own time; shown on every page.
            farms: How many farms, `farm-a` onwards; each with one plot of the same handle.
            shops: How many shops, `shop-a` onwards.
        """
        constitution = _constitution(demo=demo)
        ledger = ledger_id(constitution)
        registrars = {
            COOP: _person(ledger, COOP, "office", "registrar", ("農協事務局", "Co-op office")),
            SHOPS: _person(ledger, SHOPS, "office", "registrar", ("商店会事務局", "Shops' office")),
            TOWN: _person(ledger, TOWN, "office", "registrar", ("役場", "Town hall")),
        }
        people = {}
        for number in range(farms):
            letter = _letter(number)
            name = (f"農園{letter}", f"Farm {letter}")
            people[f"farm-{letter.lower()}"] = _person(ledger, COOP, "farm", FARMER, name)
        for number in range(shops):
            letter = _letter(number)
            name = (f"直売所{letter}", f"Shop {letter}")
            people[f"shop-{letter.lower()}"] = _person(ledger, SHOPS, "shop", SHOP, name)
        people |= {
            handle: _person(ledger, organisation, "office", role, name)
            for handle, organisation, role, name in _OFFICES
        }
        plots = {f"farm-{_letter(number).lower()}": new_pseudonym() for number in range(farms)}
        return cls(
            constitution=constitution,
            ledger=ledger,
            registrars=registrars,
            people=people,
            plots=plots,
        )

    @property
    def names(self) -> dict[str, tuple[str, str]]:
        """Published names by pseudonym, Japanese and English: kept off the ledger."""
        everyone = (*self.registrars.values(), *self.people.values())
        return {person.party: person.name for person in everyone}

    def founding(self, at: int | None = None) -> list[tuple[str, bytes]]:
        """Return (MSP id, command): the bootstraps, each for that organisation's admin."""
        first = True
        commands = []
        for organisation in (COOP, SHOPS, TOWN):
            registrar = self.registrars[organisation]
            body: dict[str, Json] = {
                "organisation": organisation,
                "jwk": shapes.write(registrar.device.jwk),
                "kept": FILE,
                "actor": registrar.actor,
                "party": registrar.party,
                "since": self.since,
            }
            if first:
                body["constitution"] = shapes.write(self.constitution)
                first = False
            member = self.constitution.organisation(organisation)
            assert member is not None  # noqa: S101 - the town's own constitution
            commands.append((member.msp, registrar.device.sign("registry.bootstrap", body, at=at)))
        return commands

    def registrations(self, at: int | None = None) -> list[bytes]:
        """Return the commands that enter every person, device, plot and consignment, in order."""
        commands = []
        for person in self.people.values():
            commands += self.registration(person, at=at)
        for handle, plot in self.plots.items():
            body: dict[str, Json] = {
                "plot": plot,
                "party": self.people[handle].party,
                "district": "45383-" + handle[-1].upper(),
            }
            commands.append(self.people["land-office"].device.sign("plot.register", body, at=at))
        return [*commands, *self.consignments(at)]

    def consignments(
        self, at: int | None = None, *, but: Collection[tuple[str, str]] = ()
    ) -> list[bytes]:
        """Return what lets shops and the packing house take in goods that come; `but` of some."""
        shops = [one for one, person in self.people.items() if person.role == SHOP]
        return [
            self.consign(producer, shop, at=at)
            for producer, person in self.people.items()
            if person.role in {FARMER, PACKER}
            for shop in (*shops, PACKING_HOUSE)
            if producer != shop and (producer, shop) not in but
        ]

    def consign(self, producer: str, shop: str, at: int | None = None) -> bytes:
        """Return the producer's consent that a shop takes its goods in as they come."""
        body: dict[str, Json] = {
            "producer": self.people[producer].party,
            "shop": self.people[shop].party,
            "since": self.since,
            "until": CONSIGNED_UNTIL,
        }
        return self.people[producer].device.sign("consignment.grant", body, at=at)

    def registration(self, person: Person, at: int | None = None) -> list[bytes]:
        """Return the commands by which a registrar enters one person, their party and device."""
        registrar = self.registrars[person.organisation].device
        nonce = new_nonce()
        return [
            registrar.sign(
                "party.register", {"party": person.party, "kind": person.party_kind}, at=at
            ),
            registrar.sign(
                "actor.register",
                {
                    "actor": person.actor,
                    "party": person.party,
                    "roles": [{"role": person.role, "since": self.since}],
                },
                at=at,
            ),
            registrar.sign(
                "key.enrol",
                {
                    "actor": person.actor,
                    "jwk": shapes.write(person.device.jwk),
                    "kept": FILE,
                    "invitation": nonce,
                    "proof": person.device.prove_enrolment(nonce),
                },
                at=at,
            ),
        ]

    # The acts of the story, each signed by the person who does it. They return the command and,
    # where one is named, the new record's id.

    def harvest(
        self, farm: str, quantity_g: int, *, crop: str = "carrot", at: int | None = None
    ) -> tuple[str, bytes]:
        """Return (lot, command): the farm harvests on its plot."""
        person = self.people[farm]
        name = person.device.name_record(person.party)
        body: dict[str, Json] = {
            "lot": name.id,
            "party": person.party,
            "id_nonce": name.nonce,
            "index": name.index,
            "plot": self.plots[farm],
            "crop": crop,
        }
        closed: dict[str, Json] = {"quantity_g": quantity_g, "estimated": False}
        return name.id, person.device.sign("lot.harvest", body, closed=closed, at=at)

    def ship(
        self, sender: str, lot: str, recipient: str, quantity_g: int, *, at: int | None = None
    ) -> tuple[str, bytes]:
        """Return (shipment, command)."""
        person = self.people[sender]
        name = person.device.name_record(person.party)
        body: dict[str, Json] = {
            "shipment": name.id,
            "id_nonce": name.nonce,
            "index": name.index,
            "lot": lot,
            "party": person.party,
        }
        closed: dict[str, Json] = {
            "recipient": self.people[recipient].party,
            "quantity_g": quantity_g,
        }
        return name.id, person.device.sign("lot.ship", body, closed=closed, at=at)

    def receive(
        self, recipient: str, lot: str, shipment: str, received_g: int, *, at: int | None = None
    ) -> bytes:
        """Return the recipient's count."""
        person = self.people[recipient]
        body: dict[str, Json] = {"shipment": shipment, "lot": lot, "party": person.party}
        return person.device.sign("lot.receive", body, closed={"received_g": received_g}, at=at)

    def take(
        self, verb: str, holder: str, lot: str, quantity_g: int, *, at: int | None = None
    ) -> bytes:
        """Return `lot.sell`, `lot.own_use` or, as spoiled, `lot.discard`."""
        person = self.people[holder]
        body: dict[str, Json] = {"lot": lot, "party": person.party}
        if verb == "discard":
            body["reason"] = "spoiled"
        closed: dict[str, Json] = {"quantity_g": quantity_g}
        return person.device.sign(f"lot.{verb}", body, closed=closed, at=at)

    def settle(
        self,
        proposer: str,
        approver: str,
        *,
        lot: str,
        shipment: str,
        split: dict[str, Json],
        at: int | None = None,
    ) -> tuple[bytes, bytes]:
        """Return (proposal, approval): both sides settle a difference.

        Args:
            proposer: Handle of who proposes.
            approver: Handle of who approves.
            lot: The lot.
            shipment: The shipment.
            split: `sender`, `recipient`, `to_sender_g`, `to_recipient_g`, `lost_g`.
            at: When it is signed.
        """
        body: dict[str, Json] = {"shipment": shipment, "lot": lot}
        closed: dict[str, Json] = {"salt": new_nonce(), **split}
        first = self.people[proposer].device
        proposal = first.sign("lot.settle", body, closed=closed, at=at)
        approval = self.people[approver].device.sign(
            "proposal.approve",
            {
                "proposal": first.prev,
                "proposer": {"device": first.kid, "actor": first.actor},
                "type": "lot.settle",
                "body": body,
            },
            closed=closed,
            at=at,
        )
        return proposal, approval


def _constitution(*, demo: bool) -> Constitution:
    return Constitution(
        id=new_nonce(),
        title="みのり町(デモ)" if demo else "みのり町",
        utc_offset_minutes=JST_MINUTES,
        demo=demo,
        families=PRODUCE,
        organisations=(
            Organisation(
                id=COOP,
                msp="CoopMSP",
                kind="cooperative",
                title="農業協同組合",
                roles=("registrar", "farmer", "packer", "clerk", "recall-officer"),
            ),
            Organisation(
                id=SHOPS,
                msp="ShopsMSP",
                kind="shops",
                title="商店会",
                roles=("registrar", "shop", "packer", "recall-officer"),
            ),
            Organisation(
                id=TOWN,
                msp="TownMSP",
                kind="municipality",
                title="みのり町",
                roles=("registrar", "land-registrar", "inspector", "recall-officer"),
            ),
            Organisation(
                id=AUDITOR, msp="AuditorMSP", kind="auditor", title="監査人", roles=("auditor",)
            ),
        ),
    )


def _person(
    ledger: str, organisation: str, party_kind: str, role: str, name: tuple[str, str]
) -> Person:
    actor = new_pseudonym()
    return Person(
        name=name,
        organisation=organisation,
        party=new_pseudonym(),
        party_kind=party_kind,
        role=role,
        actor=actor,
        device=Device.create(ledger=ledger, actor=actor),
    )


def _letter(number: int) -> str:
    """Return A, B, … Z, AA, AB and so on."""
    quotient, remainder = divmod(number, 26)
    return (_letter(quotient - 1) if quotient else "") + chr(ord("A") + remainder)
