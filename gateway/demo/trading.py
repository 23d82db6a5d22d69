"""What people of a demo town do with lots beyond harvest and shipment: one signed command each.

trade = Trading(town)
wire = trade.arrive("shop-a", lot, "farm-a", 9_000)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from chaincode.base.canonical import Json
from gateway.demo.town import Person, Town
from gateway.device import joint_sorting
from gateway.device.signing import new_nonce

ROLL_NONCE: Final = "4d" * 16  # of each party's only roll

Parts: TypeAlias = dict[str, Json]


@dataclass(slots=True)
class Trading:
    """A town's people, acting; whoever acts is named by handle.

    Attributes:
        town: Whose.
        at: When they sign, seconds since 1970; by default now.
        entries: The latest entry of each recall, which ends it by name.
    """

    town: Town
    at: int | None = None
    entries: dict[str, str] = field(default_factory=dict)

    def person(self, handle: str) -> Person:
        """Return who acts."""
        return self.town.people[handle]

    def party(self, handle: str) -> str:
        """Return whose party they are of."""
        return self.town.people[handle].party

    def act(self, handle: str, kind: str, body: Parts, closed: Parts | None = None) -> bytes:
        """Sign a command about something of one's own party."""
        person = self.person(handle)
        own = {"party": person.party, **body}
        return person.device.sign(kind, own, closed=closed, at=self.at)

    def named(self, handle: str, member: str) -> Parts:
        """Draw the members that name a new record."""
        person = self.person(handle)
        name = person.device.name_record(person.party)
        return {member: name.id, "id_nonce": name.nonce, "index": name.index}

    def send_back(self, shop: str, lot: str, brought_by: str, to: str, quantity_g: int) -> bytes:
        """Bought goods go home to whoever had shipped them."""
        body: Parts = {"lot": lot, "brought_by": brought_by, **self.named(shop, "shipment")}
        closed: Parts = {"recipient": self.party(to), "quantity_g": quantity_g}
        return self.act(shop, "lot.send_back", body, closed)

    def arrive(self, shop: str, lot: str, farm: str, counted_g: int, crop: str = "carrot") -> bytes:
        """Goods of a farm come to lie at a shop."""
        closed: Parts = {"producer": self.party(farm), "crop": crop, "counted_g": counted_g}
        return self.act(shop, "lot.arrive", {"lot": lot}, closed)

    def claim(self, shop: str, lot: str, farm: str, counted_g: int, crop: str = "carrot") -> bytes:
        """Goods of a farm come to a shop without its consent."""
        closed: Parts = {"producer": self.party(farm), "crop": crop, "counted_g": counted_g}
        return self.act(shop, "lot.claim", {"lot": lot}, closed)

    def take(
        self, verb: str, handle: str, lot: str, quantity_g: int, owner: str | None = None
    ) -> bytes:
        """Sell, discard or use up goods, of one's own or of an owner."""
        body: Parts = {"lot": lot}
        if verb == "discard":
            body["reason"] = "unsold"
        closed: Parts = {"quantity_g": quantity_g}
        if owner is not None:
            closed["owner"] = self.party(owner)
        return self.act(handle, f"lot.{verb}", body, closed)

    def supplement(self, farm: str, lot: str, quantity_g: int) -> bytes:
        """Add grams to what was guessed too low."""
        closed: Parts = {"quantity_g": quantity_g, "estimated": True}
        return self.act(farm, "lot.supplement", {"lot": lot, "reason": "estimate"}, closed)

    def deny(self, farm: str, lot: str, holder: str, denied_g: int) -> bytes:
        """Say that goods at a holder are not one's own."""
        closed: Parts = {"holder": self.party(holder), "denied_g": denied_g}
        return self.act(farm, "lot.deny_claim", {"lot": lot}, closed)

    def deny_surplus(self, farm: str, lot: str, holder: str, *, owner: str) -> bytes:
        """Say that what a holder found of an owner's goods beyond what came is not one's own."""
        closed: Parts = {
            "holder": self.party(holder),
            "owner": self.party(owner),
            "surplus": True,
        }
        return self.act(farm, "lot.deny_claim", {"lot": lot}, closed)

    def hold(self, handle: str, lot: str, owner: str | None = None) -> bytes:
        """Let nothing of it leave."""
        closed: Parts = {} if owner is None else {"owner": self.party(owner)}
        return self.act(handle, "lot.hold", {"lot": lot, "reason": "suspicion"}, closed)

    def run(
        self,
        maker: str,
        kind: str,
        parts: Sequence[tuple[str, str, list[int]]],
        children: Sequence[tuple[str, str | None]],
        *,
        shares: str = "measured",
    ) -> tuple[list[str], bytes]:
        """Return (children, command) of `merge`, `repack`, `sort` or `process`.

        Args:
            maker: Who makes.
            kind: Which of the four.
            parts: Of each parent: the lot, its owner, the grams in each child; none are lost.
            children: Crop and grade of each.
            shares: `measured` or `computed`.
        """
        lots, body, closed = self._run(maker, parts, children, shares)
        return lots, self.act(maker, f"lot.{kind}", body, closed)

    def sort_by_class(
        self,
        maker: str,
        parts: Sequence[tuple[str, str, list[int]]],
        children: Sequence[tuple[str, str | None]],
        *,
        lost_g: int = 0,
    ) -> tuple[list[str], list[bytes]]:
        """Return (children, commands): sorting that is begun, and then signed class by class.

        Args:
            maker: Who sorts.
            parts: Of each parent: the lot, its owner, the grams in each class.
            children: Crop and grade of each class.
            lost_g: So much more of each parent goes in, and comes to no class.
        """
        lots, body, closed = self._run(maker, parts, children, "measured", lost_g=lost_g)
        whole: Parts = {"party": self.party(maker), **body}
        return lots, [
            self.act(maker, step.kind, step.body, step.closed)
            for step in joint_sorting.steps(whole, closed)
        ]

    def _run(
        self,
        maker: str,
        parts: Sequence[tuple[str, str, list[int]]],
        children: Sequence[tuple[str, str | None]],
        shares: str,
        *,
        lost_g: int = 0,
    ) -> tuple[list[str], Parts, Parts]:
        """Return (children, open part, closed part) of a run."""
        person = self.person(maker)
        nonce = new_nonce()
        names = [
            person.device.name_record(person.party, nonce=nonce, index=index)
            for index in range(len(children))
        ]
        made: list[Json] = []
        for name, (crop, grade) in zip(names, children, strict=True):
            child: Parts = {"lot": name.id, "index": name.index, "crop": crop}
            made.append(child | ({"grade": grade} if grade else {}))
        inputs: list[Json] = []
        for _, owner, to_g in parts:
            put_in: Parts = {"quantity_g": sum(to_g) + lost_g, "to_g": list(to_g)}
            inputs.append(put_in | ({} if owner == maker else {"owner": self.party(owner)}))
        body: Parts = {
            "id_nonce": nonce,
            "parents": [lot for lot, _, _ in parts],
            "children": made,
            "shares": shares,
        }
        return [name.id for name in names], body, {"inputs": inputs}

    def roll(self, handle: str) -> Parts:
        """Return the members that name a party's roll of stickers: always the same."""
        person = self.person(handle)
        name = person.device.name_record(person.party, nonce=ROLL_NONCE)
        return {"roll": name.id, "id_nonce": name.nonce, "index": name.index}

    def bind(self, handle: str, lot: str, first: int, count: int) -> bytes:
        """Stick stickers on packs of a lot."""
        body: Parts = {**self.roll(handle), "first": first, "count": count, "lot": lot}
        return self.act(handle, "label.bind", body)

    def open_stock(self, farm: str, quantity_g: int, crop: str = "rice") -> tuple[str, list[bytes]]:
        """Return (lot, proposal and approval): stock from before, seen by the inspector."""
        named = self.named(farm, "lot")
        body: Parts = {
            **named,
            "party": self.party(farm),
            "crop": crop,
            "harvested_at": "2025-10-01T00:00:00Z",
            "document": "ab" * 32,
        }
        closed: Parts = {"quantity_g": quantity_g, "estimated": False}
        return str(named["lot"]), self.by_two(farm, "inspector", "lot.open", body, closed)

    def recall(
        self,
        *roots: str,
        by: str = "quality-desk",
        verb: str = "emergency",
        scope: str = "lot",
        cause: str = "residue",
    ) -> tuple[str, bytes]:
        """Return (recall, command) of one person alone: an emergency, of its own, or a drill."""
        crops = ("carrot",) if verb == "drill" else ()
        body = self.declaration(by, *roots, crops=crops) | {"scope": scope, "cause": cause}
        recall, wire = str(body["recall"]), self.act(by, f"recall.{verb}", body)
        self.entries[recall] = self.person(by).device.prev
        return recall, wire

    def declaration(self, by: str, *roots: str, crops: Sequence[str] = ()) -> Parts:
        """Return the open part of a recall of these lots; `crops` where they are not read."""
        return {
            **self.named(by, "recall"),
            "party": self.party(by),
            "kind": "safety",
            "cause": "residue",
            "scope": "lot",
            "roots": list(roots),
            **({"crops": list(crops)} if crops else {}),
        }

    def confirm(self, by: str, recall: str) -> bytes:
        """Sign what another has recalled alone."""
        body: Parts = {"recall": recall, "entry": self.entries[recall]}
        device = self.person(by).device
        wire = device.sign("recall.confirm", body, at=self.at)
        self.entries[recall] = device.prev
        return wire

    def widen(self, recall: str, *roots: str, crops: Sequence[str]) -> list[bytes]:
        """Add lots to a recall, by officers of two organisations."""
        body: Parts = {"recall": recall, "roots": list(roots), "crops": list(crops)}
        wires = self.by_two("quality-desk", "food-safety", "recall.widen", body, None)
        self.entries[recall] = self.person("food-safety").device.prev
        return wires

    def end(self, recall: str, verb: str = "lift", explanation: str = "") -> list[bytes]:
        """Lift or close a recall, by two; a lift may carry the hash of an explanation."""
        body: Parts = {"recall": recall, "entry": self.entries[recall]}
        if verb == "lift":
            body["reason"] = "no-fault-found"
        if explanation:
            body["explanation"] = explanation
        return self.by_two("quality-desk", "food-safety", f"recall.{verb}", body, None)

    def by_two(
        self, first: str, second: str, kind: str, body: Parts, closed: Parts | None
    ) -> list[bytes]:
        """Return a proposal and its approval."""
        if closed is not None:
            closed = {"salt": new_nonce(), **closed}
        proposer, approver = self.person(first).device, self.person(second).device
        proposal = proposer.sign(kind, body, closed=closed, at=self.at)
        approval: Parts = {
            "proposal": proposer.prev,
            "proposer": {"device": proposer.kid, "actor": proposer.actor},
            "type": kind,
            "body": body,
        }
        return [proposal, approver.sign("proposal.approve", approval, closed=closed, at=self.at)]
