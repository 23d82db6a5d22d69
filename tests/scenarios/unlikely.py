"""A few entries that are not plausible, planted among an ordinary day's.

Each stands beside a twin that is just plausible. All of them are accepted: a flag stops nothing.
"""

import time
from dataclasses import dataclass, field

from gateway.plausibility import FlagCode
from gateway.plausibility.thresholds import DAY_S, MINUTE_S
from tests.scenarios.acting import Cast

CROP = "taro"  # no till sells it, so the day's own lots are left alone
AREA_M2 = 20  # a bed: a farm's ordinary lots of one crop come to some 50 kg
USUAL_KG_PER_10A = 4_000
LIMIT_G = 120_000  # half more than 80 kg is still a good year
HARVEST_G = 20_003


@dataclass(slots=True)
class Unlikely:
    """The entries in order, and what is said of them.

    Attributes:
        cast: Whose people make them; one farm for each.
        wires: The commands.
        marks: The contract's own marks on each.
        planted: (code, subject, party) of each flag that inspectors are to see.
    """

    cast: Cast
    wires: list[bytes] = field(default_factory=list)
    marks: list[list[str]] = field(default_factory=list)
    planted: list[tuple[str, str, str]] = field(default_factory=list)
    now: int = field(default_factory=lambda: int(time.time()))

    def __post_init__(self) -> None:
        self._yields("farm-a", "farm-b")
        self._late("farm-c", "farm-d")
        self._supplements("farm-e", "farm-f", estimated=False, code=FlagCode.SUPPLEMENT_LARGE)
        self._supplements("farm-g", "farm-h", estimated=True, code=FlagCode.ESTIMATE_FAR)
        self._losses("farm-i", "farm-j")
        self._receipts("farm-k")

    def _yields(self, farm: str, twin: str) -> None:
        self._harvest(twin, LIMIT_G)
        self._harvest(farm, LIMIT_G + 1)
        self._plant(FlagCode.YIELD_HIGH, f"plot/{self.cast.town.plots[farm]}", farm)

    def _late(self, farm: str, twin: str) -> None:
        self._harvest(twin, HARVEST_G, ago_s=13 * DAY_S // 2)
        lot = self._harvest(farm, HARVEST_G, ago_s=19 * DAY_S // 2, marks=["late"])
        self._plant(FlagCode.ENTERED_LATE, f"lot/{lot}", farm)

    def _supplements(self, farm: str, twin: str, *, estimated: bool, code: FlagCode) -> None:
        limit_g = HARVEST_G * 30 // 100
        for one, quantity_g in ((twin, limit_g), (farm, limit_g + 1)):
            lot = self._harvest(one, HARVEST_G, estimated=estimated)
            closed = {"quantity_g": quantity_g, "estimated": False}
            body = {"lot": lot, "reason": "estimate", "channel": "phone"}
            self._add(self.cast.act(one, "lot.supplement", body, closed), ["supplemented"])
        self._plant(code, f"lot/{lot}", farm)

    def _losses(self, farm: str, twin: str) -> None:
        limit_g = HARVEST_G * 40 // 100
        for one, lost_g in ((twin, limit_g), (farm, limit_g + 1)):
            lot = self._harvest(one, HARVEST_G)
            body = {"lot": lot, "reason": "miscount"}
            closed = {"was_g": HARVEST_G, "counted_g": HARVEST_G - lost_g}
            self._add(self.cast.act(one, "lot.take_stock", body, closed))
        self._plant(FlagCode.LOSS_LARGE, f"lot/{lot}", farm)

    def _receipts(self, farm: str, shop: str = "shop-b") -> None:
        """Two shipments, received a quarter of an hour before they left, and somewhat more."""
        town = self.cast.town
        lot = self._harvest(farm, HARVEST_G)
        for early_s in (14 * MINUTE_S, 16 * MINUTE_S):
            shipment, ship = town.ship(farm, lot, shop, 5_000, at=self.now)
            self._add(ship)
            self._add(town.receive(shop, lot, shipment, 5_000, at=self.now - early_s))
        self._plant(FlagCode.RECEIVED_BEFORE_SHIPPED, f"shipment/{shipment}", shop)

    def _harvest(
        self,
        farm: str,
        quantity_g: int,
        *,
        estimated: bool = False,
        ago_s: int = 20 * MINUTE_S,
        marks: list[str] | None = None,
    ) -> str:
        person = self.cast.person(farm)
        named = self.cast.named(farm, "lot")
        body = {
            **named,
            "party": person.party,
            "plot": self.cast.town.plots[farm],
            "crop": CROP,
        }
        closed = {"quantity_g": quantity_g, "estimated": estimated}
        event_time = self.now - ago_s
        wire = person.device.sign("lot.harvest", body, closed=closed, event_time=event_time)
        self._add(wire, marks)
        return named["lot"]

    def _add(self, wire: bytes, marks: list[str] | None = None) -> None:
        self.wires.append(wire)
        self.marks.append(marks or [])

    def _plant(self, code: FlagCode, subject: str, handle: str) -> None:
        self.planted.append((code, subject, self.cast.party(handle)))
