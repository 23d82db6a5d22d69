"""A day on the co-op's sorting line (共選): 30 farms' intakes become three classes and culls.

The farms' goods stay theirs throughout. What the line counts differently from the farm is settled
by both; each farm's share in each class follows the stated formula; culls go back; two classes go
to the shops, still on consignment. One run is entered by mistake and taken back.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from chaincode.lots.apportion import share_out
from gateway.demo.town import Town
from gateway.device import joint_sorting
from gateway.device.signing import new_nonce
from tests.scenarios.acting import Cast

FARMS = 30
LINE = "packing-house"
CLASSES = ("l", "m", "s", "cull")
SHARES_PERMILLE = (480, 300, 130, 80)  # the rest is lost on the line
CULL = 3
SHOPS = {0: "shop-a", 1: "shop-b"}  # which class goes where


@dataclass(slots=True, kw_only=True)
class Intake:
    """What one farm sent to the line, in grams."""

    farm: str
    lot: str
    shipped_g: int
    counted_g: int
    shipment: str = ""


@dataclass(slots=True)
class SortingDay:
    """The day's people and goods; its parts are lists of signed commands."""

    seed: int = 20260416
    town: Town = field(init=False)
    cast: Cast = field(init=False)
    intakes: list[Intake] = field(init=False)
    children: list[str] = field(init=False)
    to_g: list[list[int]] = field(init=False)  # per intake, per class

    def __post_init__(self) -> None:
        self.town = Town.create(farms=FARMS)
        self.cast = Cast(self.town)
        self.intakes = []

    def morning(self) -> list[bytes]:
        """Farms harvest and send to the line; the line counts."""
        chance = random.Random(self.seed)
        wires = []
        for farm in [handle for handle in self.town.people if handle.startswith("farm-")]:
            shipped_g = chance.randrange(40_000, 400_000, 500)
            name = self.cast.named(farm, "lot")
            wires.append(self.cast.harvest(farm, shipped_g, "cucumber", name=name))
            short_g = chance.choice([0, 0, 0, 500, 1_500])
            intake = Intake(
                farm=farm,
                lot=name["lot"],
                shipped_g=shipped_g,
                counted_g=shipped_g - short_g,
            )
            closed = {"recipient": self.cast.party(LINE), "quantity_g": shipped_g}
            wires += self._hand_over(farm, LINE, intake, closed, intake.counted_g)
            self.intakes.append(intake)
        return wires

    def settlements(self) -> list[bytes]:
        """Farm and line agree that what was missing had been lost on the way."""
        wires = []
        for one in self.intakes:
            if one.counted_g < one.shipped_g:
                closed = {
                    "sender": self.cast.party(one.farm),
                    "recipient": self.cast.party(LINE),
                    "to_sender_g": 0,
                    "to_recipient_g": 0,
                    "lost_g": one.shipped_g - one.counted_g,
                    "consigned": True,
                }
                body = {"shipment": one.shipment, "lot": one.lot}
                wires += self.cast.two_sign(LINE, one.farm, "lot.settle", body, closed)
        return wires

    def sorting(self) -> list[bytes]:
        """The run, class by class, after a mistaken one that is taken back before its end."""
        device = self.cast.person(LINE).device
        begun, *classes = self._steps(*self._run(["l", "m", "s"], [500, 300, 100]))
        done = [begun, *classes[:2]]
        wires = [device.sign(one.kind, one.body, closed=one.closed) for one in done]
        for one in reversed(done):
            member = "begun" if one is begun else "made"
            kind = "lot.undo_sort" if one is begun else "lot.undo_class"
            undo = {member: one.body, "reason": "typing"}
            wires.append(device.sign(kind, undo, closed=one.closed))
        right, closed = self._run(CLASSES, SHARES_PERMILLE)
        self.children = [one["lot"] for one in right["children"]]
        self.to_g = [one["to_g"] for one in closed["inputs"]]
        steps = self._steps(right, closed)
        return [*wires, *(device.sign(one.kind, one.body, closed=one.closed) for one in steps)]

    def _steps(self, body: dict, closed: dict) -> list[joint_sorting.Step]:
        """Return the commands of a run; each has its salt already, so that it can be repeated."""
        whole = {"party": self.cast.party(LINE), **body}
        assert joint_sorting.is_wide("lot.sort", whole, closed)
        return [
            replace(one, closed={"salt": new_nonce(), **one.closed})
            for one in joint_sorting.steps(whole, closed)
        ]

    def afternoon(self) -> list[bytes]:
        """Culls go home, two classes to the shops; each farm's part is its own shipment."""
        wires = []
        for one, to_g in zip(self.intakes, self.to_g, strict=True):
            owner = self.cast.party(one.farm)
            if to_g[CULL]:
                body = {"lot": self.children[CULL]}
                closed = {"owner": owner, "quantity_g": to_g[CULL]}
                wires.append(self.cast.act(LINE, "lot.take_back", body, closed))
            for place, shop in SHOPS.items():
                part = Intake(
                    farm=one.farm,
                    lot=self.children[place],
                    shipped_g=to_g[place],
                    counted_g=to_g[place],
                )
                closed = {
                    "recipient": self.cast.party(shop),
                    "quantity_g": to_g[place],
                    "owner": owner,
                }
                wires += self._hand_over(LINE, shop, part, closed, to_g[place], owner=owner)
        return wires

    def sales(self) -> Iterator[tuple[str, bytes]]:
        """Yield (shop, command): each shop sells a little of every farm's part."""
        for one in self.intakes:
            for place, shop in SHOPS.items():
                closed = {"quantity_g": 1_000, "owner": self.cast.party(one.farm)}
                body = {"lot": self.children[place]}
                yield shop, self.cast.act(shop, "lot.sell", body, closed)

    def recall(self) -> tuple[list[bytes], str]:
        """One farm's lot is recalled by two persons; return the commands and the recall's id."""
        named = self.cast.named("quality-desk", "recall")
        body = {
            **named,
            "party": self.cast.party("quality-desk"),
            "kind": "safety",
            "cause": "residue",
            "scope": "lot",
            "roots": [self.intakes[0].lot],
            "crops": ["cucumber"],
        }
        both = ("quality-desk", "food-safety")
        return self.cast.two_sign(*both, "recall.declare", body, None), named["recall"]

    def lift(self, recall: str) -> list[bytes]:
        """The recall was a mistake."""
        entry = self.cast.person("food-safety").device.prev  # its approval, since when it rested
        body = {"recall": recall, "entry": entry, "reason": "wrong-test"}
        return self.cast.two_sign("food-safety", "quality-desk", "recall.lift", body, None)

    def repacking(self) -> list[bytes]:
        """A shop repacks what it has of the first farm's."""
        shop, owner = SHOPS[0], self.cast.party(self.intakes[0].farm)
        name = self.cast.named(shop, "lot")
        body = {
            "id_nonce": name["id_nonce"],
            "parents": [self.children[0]],
            "children": [{"lot": name["lot"], "index": name["index"], "crop": "cucumber"}],
            "shares": "measured",
        }
        closed = {"inputs": [{"quantity_g": 1_000, "to_g": [1_000], "owner": owner}]}
        return [self.cast.act(shop, "lot.repack", body, closed)]

    def unrelated_sale(self) -> list[bytes]:
        """A farm sells at its gate what has never been near the line."""
        name = self.cast.named("farm-b", "lot")
        harvest = self.cast.harvest("farm-b", 5_000, "carrot", name=name)
        body = {"lot": name["lot"]}
        return [harvest, self.cast.act("farm-b", "lot.sell", body, {"quantity_g": 1_000})]

    def _hand_over(
        self,
        sender: str,
        recipient: str,
        one: Intake,
        closed: dict,
        counted_g: int,
        owner: str = "",
    ) -> list[bytes]:
        named = self.cast.named(sender, "shipment")
        one.shipment = named["shipment"]
        count = {"received_g": counted_g, "owner": owner or self.cast.party(sender)}
        return [
            self.cast.act(
                sender, "lot.ship", {**named, "lot": one.lot}, {**closed, "consigned": True}
            ),
            self.cast.act(
                recipient, "lot.receive", {"shipment": one.shipment, "lot": one.lot}, count
            ),
        ]

    def _run(self, classes, permille) -> tuple[dict, dict]:
        nonce = new_nonce()
        names = [
            self.cast.named(LINE, "lot", index=index, nonce=nonce) for index in range(len(classes))
        ]
        weights_g = [one.counted_g for one in self.intakes]
        totals_g = [sum(weights_g) * share // 1_000 for share in permille]
        columns = share_out(totals_g, weights_g)
        body = {
            "id_nonce": nonce,
            "parents": [one.lot for one in self.intakes],
            "children": [
                {"lot": name["lot"], "index": name["index"], "crop": "cucumber", "grade": grade}
                for name, grade in zip(names, classes, strict=True)
            ],
            "shares": "computed",
        }
        closed = {
            "salt": new_nonce(),
            "inputs": [
                {
                    "quantity_g": one.counted_g,
                    "to_g": [column[place] for column in columns],
                    "owner": self.cast.party(one.farm),
                }
                for place, one in enumerate(self.intakes)
            ],
        }
        return body, closed
