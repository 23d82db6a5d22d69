"""A day at a farmers' market (直売所): 30 farms, 300 lots guessed at dawn, one shop.

Farms write down what they think they have picked, and bring what they have bagged. The shop counts
bags and books each arrival; the till sells; in the evening some is thrown away and the rest goes
home. A tenth of the goods come before their record.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from gateway.demo.town import Town
from tests.scenarios.acting import Cast

FARMS, LOTS_EACH = 30, 10
BAG_G = 200
CROPS = ("carrot", "spinach", "cucumber", "eggplant", "green-pepper")
SHOP = "shop-a"


@dataclass(slots=True, kw_only=True)
class Goods:
    """One lot of the day: what the farm wrote down, and what it brought, in grams."""

    lot: str
    farm: str
    crop: str
    guessed_g: int
    bags: int
    name: dict
    is_early: bool  # arrives before its record

    @property
    def brought_g(self) -> int:
        return self.bags * BAG_G

    @property
    def claimed_g(self) -> int:
        """What the shop counts beyond what is on record when it counts."""
        return self.brought_g if self.is_early else max(0, self.brought_g - self.guessed_g)

    @property
    def missing_g(self) -> int:
        """What the farm has in truth picked beyond what it wrote down."""
        return max(0, self.brought_g - self.guessed_g)


@dataclass(slots=True)
class MarketDay:
    """The day's people and goods; its parts are lists of signed commands."""

    seed: int = 20260415
    town: Town = field(init=False)
    cast: Cast = field(init=False)
    goods: list[Goods] = field(init=False)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        self.town = Town.create(farms=FARMS)
        self.cast = Cast(self.town)
        self.goods = []
        farms = [handle for handle in self.town.people if handle.startswith("farm-")]
        for farm in farms:
            for number in range(LOTS_EACH):
                guessed_g = chance.randrange(4_000, 25_000, 500)
                bags = round(guessed_g * chance.uniform(0.8, 1.2) / BAG_G)
                name = self.cast.named(farm, "lot")
                self.goods.append(
                    Goods(
                        lot=name["lot"],
                        farm=farm,
                        crop=CROPS[(number + len(farm)) % len(CROPS)],
                        guessed_g=guessed_g,
                        bags=bags,
                        name=name,
                        is_early=number == 0,
                    )
                )

    def dawn(self) -> list[bytes]:
        """Farms write down what they think they have picked."""
        return [self._harvest(one) for one in self.goods if not one.is_early]

    def morning(self) -> list[bytes]:
        """The shop books one arrival per lot, recorded or not."""
        wires = []
        for one in self.goods:
            closed = {
                "producer": self.cast.party(one.farm),
                "crop": one.crop,
                "counted_g": one.brought_g,
                "packs": {"unit": "bag", "count": one.bags, "unit_g": BAG_G},
            }
            wires.append(self.cast.act(SHOP, "lot.arrive", {"lot": one.lot}, closed))
        return wires

    def noon(self) -> list[bytes]:
        """Late records come in, and two of three farms add what they had guessed too low."""
        wires = [self._harvest(one) for one in self.goods if one.is_early]
        for one in self.supplemented():
            body = {"lot": one.lot, "reason": "estimate", "channel": "phone"}
            closed = {"quantity_g": one.missing_g, "estimated": False}
            wires.append(self.cast.act(one.farm, "lot.supplement", body, closed))
        return wires

    def supplemented(self) -> list[Goods]:
        """The goods whose farm adds what was missing from its record."""
        return [one for place, one in enumerate(self.goods) if one.missing_g and place % 3]

    def evening(self, held_g: dict[str, int]) -> list[bytes]:
        """The shop throws a little away and gives back the rest; farms take stock of leftovers.

        Args:
            held_g: What the shop still has of each lot.
        """
        wires = []
        for place, one in enumerate(self.goods):
            left_g = held_g[one.lot]
            owner = self.cast.party(one.farm)
            if place % 10 == 0 and left_g >= BAG_G:
                left_g -= BAG_G
                body = {"lot": one.lot, "reason": "spoiled"}
                closed = {"quantity_g": BAG_G, "owner": owner}
                wires.append(self.cast.act(SHOP, "lot.discard", body, closed))
            if left_g:
                closed = {"owner": owner, "quantity_g": left_g}
                wires.append(self.cast.act(SHOP, "lot.take_back", {"lot": one.lot}, closed))
            if one.guessed_g > one.brought_g:
                # More was written down than there was: what is left now is what came back.
                body = {"lot": one.lot, "reason": "estimate"}
                was_g = one.guessed_g - one.brought_g + left_g
                closed = {"was_g": was_g, "counted_g": left_g}
                wires.append(self.cast.act(one.farm, "lot.take_stock", body, closed))
        return wires

    def mapping(self) -> dict:
        """The mapping of the shop's till: an item code per farm and crop."""
        items = {
            self.code(one): {
                "crop": one.crop,
                "owner": self.cast.party(one.farm),
                "unit": "bag",
                "unit_g": BAG_G,
            }
            for one in self.goods
        }
        return {
            "till": "レジ1",
            "date": "日付",
            "receipt": "伝票番号",
            "line": "行",
            "item": "商品コード",
            "count": "数量",
            "items": items,
        }

    def code(self, one: Goods) -> str:
        """The item code of a lot's goods at the till."""
        return f"{one.farm}-{one.crop}"

    def till_file(self) -> tuple[bytes, int, set[int]]:
        """The till's file (CP932): its bytes, how many lines are right, and the wrong rows."""
        chance = random.Random(self.seed + 1)
        bags = Counter()
        for one in self.goods:
            bags[self.code(one)] += one.bags
        rows = ["日付,伝票番号,行,商品コード,数量"]
        today = datetime.now(timezone(timedelta(hours=9))).strftime("%Y/%m/%d")
        first, sold = min(bags), 0
        wrong: set[int] = set()
        for code, count in sorted(bags.items()):
            left = count * 7 // 10
            while left:
                part = min(left, chance.randint(1, 40))
                left -= part
                sold += 1
                rows.append(f"{today},{10_000 + sold},1,{code},{part}")
        for bad in (
            "2026/02/30,90001,1,farm-a-carrot,1",
            f"{today},90002,1,unknown,1",
            f"{today},90003,1,{first},-2",
            f"{today},,1,{first},1",
            f"{today},90005,1,{first},999999",
        ):
            rows.append(bad)
            wrong.add(len(rows))
        return ("\r\n".join(rows) + "\r\n").encode("cp932"), sold, wrong

    def _harvest(self, one: Goods) -> bytes:
        return self.cast.harvest(one.farm, one.guessed_g, one.crop, name=one.name)
