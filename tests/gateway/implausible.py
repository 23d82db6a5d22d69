"""A town in which each thing that is not plausible happens exactly once, among much that is."""

import json
import time
from dataclasses import dataclass, field

from gateway.demo.trading import Trading
from gateway.device.signing import new_nonce
from gateway.plausibility import FlagCode
from tests.gateway.stage import Stage, command_id

HOUR, DAY = 3_600, 86_400
AREA_M2, YIELD_TENTHS = 1_000, 4_000  # 400 kg are usual


@dataclass(slots=True)
class Implausible:
    """What is planted: (code, subject, handle of the party) of each flag."""

    stage: Stage
    planted: list[tuple[str, str, str]] = field(default_factory=list)
    trade: Trading = field(init=False)
    now: int = field(default_factory=lambda: int(time.time()))

    def __post_init__(self) -> None:
        self.trade = Trading(self.stage.town)

    def plant(self, code: FlagCode, subject: str, handle: str) -> None:
        self.planted.append((code, subject, handle))

    def actor(self, handle: str) -> str:
        return f"actor/{self.stage.person(handle).actor}"

    def harvest(
        self,
        farm: str,
        quantity_g: int,
        *,
        crop="taro",
        estimated=False,
        ago_s=0,
        signed=0,
        packs=None,
    ):
        """Return (lot, command); `signed`: seconds before now."""
        named = self.trade.named(farm, "lot")
        person = self.stage.person(farm)
        body = {**named, "party": person.party, "plot": self.stage.town.plots[farm], "crop": crop}
        closed = {"quantity_g": quantity_g, "estimated": estimated}
        closed |= {"packs": packs} if packs else {}
        at = self.now - signed
        wire = person.device.sign("lot.harvest", body, closed=closed, at=at, event_time=at - ago_s)
        return named["lot"], wire

    async def happen(self) -> None:
        """Let it all happen."""
        self._know_the_land()
        await self._times()
        await self._amounts()
        await self._runs_and_stickers()
        await self._goods()
        await self._habits()

    def _know_the_land(self) -> None:
        folder = self.stage.names.parent
        plots = {self.stage.town.plots["farm-a"]: AREA_M2}
        (folder / "areas.json").write_text(json.dumps({"plots": plots}))
        norm = {
            "crop": "daikon",
            "measure": "yield-kg-per-10a",
            "value_tenths": YIELD_TENTHS,
            "since": "2020-01-01",
        }
        pack = {"crop": "taro", "unit": "bag", "grams": 500, "since": "2020-01-01"}
        catalogue = {"norms": [norm], "packings": [pack]}
        (folder / "catalogue.json").write_text(json.dumps(catalogue))

    async def _times(self) -> None:
        stage, trade = self.stage, self.trade
        late, one = self.harvest("farm-a", 9_001, ago_s=9 * DAY)
        ahead, two = self.harvest("farm-a", 9_002, ago_s=-HOUR)
        good, three = self.harvest("farm-a", 70_001, ago_s=2 * HOUR)
        soon, four = self.harvest("farm-a", 60_001)
        shipment, ship = stage.town.ship("farm-a", good, "shop-a", 5_000)
        receive = stage.town.receive("shop-a", good, shipment, 5_000, at=self.now - HOUR)
        await stage.done(one, two, three, four, ship, receive)
        self.plant(FlagCode.ENTERED_LATE, f"lot/{late}", "farm-a")
        self.plant(FlagCode.DATED_AHEAD, f"lot/{ahead}", "farm-a")
        self.plant(FlagCode.RECEIVED_BEFORE_SHIPPED, f"shipment/{shipment}", "shop-a")
        arrive = trade.arrive("shop-a", good, "farm-a", 60_000, crop="taro")
        at_once = trade.arrive("shop-a", soon, "farm-a", 60_000, crop="taro")
        self.plant(FlagCode.ARRIVED_SOON, f"lot/{soon}", "shop-a")
        early, five = self.harvest("farm-b", 8_001)
        before = stage.person("shop-b").device.sign(
            "lot.arrive",
            {"lot": early, "party": trade.party("shop-b")},
            closed={"producer": trade.party("farm-b"), "crop": "taro", "counted_g": 8_001},
            at=self.now - 2 * HOUR,
        )
        await stage.done(arrive, at_once, before)
        await stage.done(five)
        self.plant(FlagCode.ARRIVED_BEFORE_HARVEST, f"lot/{early}", "farm-b")

    async def _amounts(self) -> None:
        stage, trade = self.stage, self.trade
        wires = []
        for quantity_g in (300_001, 299_000, 100_003, 5_007):  # the third is over 600 kg
            wires.append(
                self.harvest("farm-a", quantity_g, crop="daikon", ago_s=HOUR - len(wires))[1]
            )
        self.plant(FlagCode.YIELD_HIGH, f"plot/{stage.town.plots['farm-a']}", "farm-a")
        lots = []
        for estimated in (False, False, True, True, False, False):
            lot, wire = self.harvest("farm-b", 20_003, estimated=estimated)
            lots.append(lot)
            wires.append(wire)
        await stage.done(*wires)
        much, little, far, near, surplus, loss = lots
        await stage.done(
            trade.supplement("farm-b", much, 6_001),
            trade.supplement("farm-b", little, 6_000),
            trade.supplement("farm-b", far, 6_001),
            trade.supplement("farm-b", near, 6_000),
            self.count("farm-b", surplus, 22_004),
            self.count("farm-b", loss, 12_001),
        )
        self.plant(FlagCode.SUPPLEMENT_LARGE, f"lot/{much}", "farm-b")
        self.plant(FlagCode.ESTIMATE_FAR, f"lot/{far}", "farm-b")
        self.plant(FlagCode.SURPLUS_LARGE, f"lot/{surplus}", "farm-b")
        self.plant(FlagCode.LOSS_LARGE, f"lot/{loss}", "farm-b")

    def count(self, handle: str, lot: str, counted_g: int) -> bytes:
        body = {"lot": lot, "reason": "miscount"}
        closed = {"was_g": 20_003, "counted_g": counted_g}
        return self.trade.act(handle, "lot.take_stock", body, closed)

    async def _goods(self) -> None:
        stage = self.stage
        wires = []
        for code, crop, quantity_g, packs in (
            (FlagCode.CROP_UNKNOWN, "carot", 9_001, None),
            (FlagCode.PACK_FAR_FROM_SPEC, "taro", 2_400, {"unit": "bag", "count": 24}),
            (FlagCode.PACK_UNLIKELY, "okra", 12_000, {"unit": "bottle", "count": 1}),
            (FlagCode.PACK_UNIT_UNUSUAL, "taro", 60_001, {"unit": "bale", "count": 1}),
            (FlagCode.AMOUNT_SMALL, "taro", 12, None),
            (None, "taro", 12_001, {"unit": "bag", "count": 24}),
            (None, "other", 3_001, None),
        ):
            lot, wire = self.harvest("farm-c", quantity_g, crop=crop, packs=packs)
            wires.append(wire)
            if code:
                self.plant(code, f"lot/{lot}", "farm-c")
        name = stage.person("farm-c").device.name_record(self.trade.party("farm-c"))
        body = {
            "id_nonce": name.nonce,
            "parents": [lot],
            "children": [{"lot": name.id, "index": 0, "crop": "other", "grade": "tokusen"}],
            "shares": "measured",
        }
        closed = {"inputs": [{"quantity_g": 1_000, "to_g": [1_000]}]}
        self.plant(FlagCode.CLASS_UNKNOWN, f"lot/{name.id}", "farm-c")
        await stage.done(*wires, self.trade.act("farm-c", "lot.sort", body, closed))

    async def _runs_and_stickers(self) -> None:
        stage, trade = self.stage, self.trade
        lot, harvest = self.harvest("farm-c", 40_007)
        labelled, other = self.harvest("farm-c", 10_003)
        await stage.done(harvest, other)
        wires = []
        for out_g in (9_000, 8_999):
            name = stage.person("farm-c").device.name_record(trade.party("farm-c"))
            body = {
                "id_nonce": name.nonce,
                "parents": [lot],
                "children": [{"lot": name.id, "index": 0, "crop": "taro"}],
                "shares": "measured",
            }
            closed = {"inputs": [{"quantity_g": 15_000, "to_g": [out_g]}]}
            wires.append(trade.act("farm-c", "lot.sort", body, closed))
        self.plant(FlagCode.RUN_LOSS_LARGE, f"lot/{name.id}", "farm-c")
        wires += self._sorted_by_class(lot)
        wires += [
            trade.bind("farm-c", labelled, 1, 20),
            trade.bind("farm-c", labelled, 21, 1),
            trade.bind("shop-b", lot, 1, 5),
        ]
        self.plant(FlagCode.STICKERS_BEYOND_GOODS, f"lot/{labelled}", "farm-c")
        self.plant(FlagCode.STICKERS_WITHOUT_GOODS, f"lot/{lot}", "shop-b")
        roll = trade.roll("farm-c")["roll"]
        for place in range(4):
            first = 100 + place
            span = {"roll": roll, "first": first, "count": 1}
            wires.append(trade.bind("farm-c", lot, first, 1))
            wires.append(trade.act("farm-c", "label.unbind", {**span, "reason": "wrong-lot"}))
        self.plant(FlagCode.STICKERS_MOVED_OFTEN, f"roll/{roll}", "farm-c")
        for number, count in ((3, 31), (4, 30)):
            for _ in range(count):
                stage.gateway.scans.note(roll, number, day="2026-04-05")
        self.plant(FlagCode.STICKERS_COPIED, f"roll/{roll}", "farm-c")
        await stage.done(*wires)

    def _sorted_by_class(self, lot: str) -> list[bytes]:
        """Lose two fifths over two classes, and a little more over two others."""
        wires = []
        for parts_g in ([2_000, 1_000], [2_000, 999]):
            classes = [("taro", "l"), ("taro", "s")]
            parts, lost_g = [(lot, "farm-c", parts_g)], 5_000 - sum(parts_g)
            made, run = self.trade.sort_by_class("farm-c", parts, classes, lost_g=lost_g)
            wires += run
        self.plant(FlagCode.RUN_LOSS_LARGE, f"lot/{made[-1]}", "farm-c")
        return wires

    async def _habits(self) -> None:
        wires = [self.harvest("farm-c", 3_001, ago_s=(1 + n % 6) * DAY)[1] for n in range(13)]
        self.plant(FlagCode.ENTERED_IN_A_BUNCH, self.actor("farm-c"), "farm-c")
        lot = ""
        for _ in range(23):
            lot, wire = self.harvest("farm-b", 2_000, ago_s=HOUR)
            wires.append(wire)
        self.plant(FlagCode.ROUND_NUMBERS, self.actor("farm-b"), "farm-b")
        entry = command_id(wires[-1])
        for _ in range(6):
            body = {
                "lot": lot,
                "corrects": entry,
                "reason": "typing",
                "plot": self.stage.town.plots["farm-b"],
                "crop": "taro",
                "harvested_at": "2026-01-01T00:00:00Z",
            }
            closed = {"quantity_g": 2_000, "estimated": False}
            wires.append(self.trade.act("farm-b", "lot.correct_harvest", body, closed))
            entry = command_id(wires[-1])
        self.plant(FlagCode.CORRECTED_OFTEN, f"lot/{lot}", "farm-b")
        await self.stage.done(*wires)
        await self._twice(lot)

    async def _twice(self, lot: str) -> None:
        """Sell what was sold before under the same nonce, and then say that it is meant."""
        person, nonce = self.stage.person("farm-b"), new_nonce()
        body = {"lot": lot, "party": person.party}
        for again in (False, True):
            wire = person.device.sign("lot.sell", body, closed={"quantity_g": 100}, nonce=nonce)
            await self.stage.done(wire, again=again)
        self.plant(FlagCode.ENTERED_TWICE, f"lot/{lot}", "farm-b")
