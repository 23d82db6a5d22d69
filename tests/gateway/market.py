"""A town's trade, small and whole: everything that can happen to a lot has happened here.

Grams are odd numbers that stand nowhere else, so that a search for one finds a leak.
"""

from dataclasses import dataclass, field
from typing import Final

from gateway.demo.trading import Trading
from tests.gateway.stage import Stage


@dataclass(slots=True, kw_only=True)
class Market:
    """What came of it: lots, recalls by a short name, and each private value.

    Attributes:
        lots: `carrot` (farm A; shop A sells it on consignment), `taro` (farm B), `claimed` (of
            farm C, at shop B, not recorded by it), `denied` (of farm A, more at shop B than there
            is), `rice` (from before), `large`, `small` (both sorted from carrot and taro), `soup`
            (of `large`).
        recalls: `emergency` (of taro), `lifted` (of rice), `drill` (of carrot).
    """

    lots: dict[str, str] = field(default_factory=dict)
    recalls: dict[str, str] = field(default_factory=dict)
    shipment: str = ""
    private: set[str] = field(default_factory=set)


ROLL_NUMBERS = (1, 501, 550)  # of which the last two are bound
GRAMS = {
    *(40_013, 30_011, 13_007, 4_001, 1_009, 2_003, 7_019, 6_007, 5_003, 900_001, 18_021),
    *(9_013, 3_011, 11_027, 8_009, 16_021, 5_009, 17_011, 4_327, 1_033),
}


# What farm A has no part in: farm B's harvest, supplement, delivery and shipment, farm C's goods.
NOT_FARM_AS: Final = (30_011, 2_003, 5_009, 3_011, 6_007)


def as_shown(grams: int) -> set[str]:
    """Return a quantity in every way that answers and pages write it."""
    return {str(grams), f"{grams:,}", f"{grams / 1_000:,.3f}"}


async def hold_market(stage: Stage) -> Market:
    """Let everything happen, and return what came of it."""
    trade, market = Trading(stage.town), Market()
    lots = market.lots
    await _grow(stage, trade, lots)
    await stage.done(
        trade.arrive("packing-house", lots["carrot"], "farm-a", 11_027),
        trade.arrive("packing-house", lots["taro"], "farm-b", 5_009, crop="carrot"),
    )
    (lots["large"], lots["small"]), sort = trade.run(
        "packing-house",
        "sort",
        [(lots["carrot"], "farm-a", [8_009, 1_033]), (lots["taro"], "farm-b", [4_000, 1_009])],
        [("carrot", "l"), ("carrot", "s")],
    )
    await stage.done(sort)
    (lots["soup"],), process = trade.run(
        "packing-house", "process", [(lots["large"], "farm-a", [4_327])], [("carrot-soup", None)]
    )
    await stage.done(process, trade.bind("farm-a", lots["carrot"], 501, 50))
    await _recall(stage, trade, market)
    for grams in GRAMS:
        market.private |= as_shown(grams)
    shops = ("shop-a", "shop-b")
    market.private |= {stage.person(one).party for one in shops} | {market.shipment}
    market.private |= {stage.person(one).name[0] for one in shops}
    return market


async def _grow(stage: Stage, trade: Trading, lots: dict[str, str]) -> None:
    town = stage.town
    lots["carrot"], harvest = town.harvest("farm-a", 40_013)
    lots["taro"], other = town.harvest("farm-b", 30_011)
    lots["rice"], opening = trade.open_stock("farm-a", 900_001)
    await stage.done(harvest, other, *opening)
    lots["denied"], short = town.harvest("farm-a", 7_019)
    name = stage.person("farm-c").device.name_record(trade.party("farm-c"))
    lots["claimed"] = name.id
    await stage.done(
        trade.arrive("shop-a", lots["carrot"], "farm-a", 13_007),
        trade.take("sell", "shop-a", lots["carrot"], 4_001, owner="farm-a"),
        trade.take("discard", "shop-a", lots["carrot"], 1_009, owner="farm-a"),
        trade.supplement("farm-b", lots["taro"], 2_003),
        trade.arrive("shop-b", lots["claimed"], "farm-c", 6_007),
        short,
    )
    await stage.done(
        trade.arrive("shop-b", lots["denied"], "farm-a", 18_021),
    )
    await stage.done(
        trade.deny("farm-a", lots["denied"], "shop-b", 9_013),
        trade.hold("shop-b", lots["claimed"], owner="farm-c"),
    )


async def _recall(stage: Stage, trade: Trading, market: Market) -> None:
    lots = market.lots
    market.shipment, ship = stage.town.ship("farm-b", lots["taro"], "shop-b", 3_011)
    await stage.done(ship)
    market.recalls["emergency"], emergency = trade.recall(lots["taro"])
    market.recalls["lifted"], mistake = trade.recall(lots["rice"])
    market.recalls["drill"], drill = trade.recall(lots["carrot"], verb="drill")
    await stage.done(emergency, mistake, drill)
    await stage.done(*trade.end(market.recalls["lifted"]))
