"""A town's trade, small and whole: everything that can happen to a lot has happened here.

No number of grams stands for two things, so that a search for one finds a leak
(`tests.gateway.planted`).
"""

from dataclasses import dataclass, field

from gateway.demo.trading import Trading
from tests.gateway.stage import Stage


@dataclass(slots=True, kw_only=True)
class Market:
    """What came of it: lots, recalls by a short name, the one shipment, a line of a till's file.

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


ROLL_NUMBERS = (1, 501, 550)  # of which the last two are bound
RECEIPT = "7e" * 32  # the line by which shop A's till knows its second sale


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
        [(lots["carrot"], "farm-a", [8_009, 1_033]), (lots["taro"], "farm-b", [3_987, 1_022])],
        [("carrot", "l"), ("carrot", "s")],
    )
    await stage.done(sort)
    (lots["soup"],), process = trade.run(
        "packing-house", "process", [(lots["large"], "farm-a", [4_327])], [("carrot-soup", None)]
    )
    await stage.done(process, trade.bind("farm-a", lots["carrot"], 501, 50))
    await _recall(stage, trade, market)
    return market


async def have_trouble(stage: Stage, market: Market) -> None:
    """Let some of a second shipment be missing, and a farm lose more than is plausible.

    More lots are `late`, of which farm C has no record yet, and `bag`, made of it; and `found`, of
    farm C, of which shop A bought some and then found more. The recall `narrow`, by plot, lacks
    what else grew there. Another recall is only proposed.
    """
    town, trade = stage.town, Trading(stage.town)
    shipment, ship = town.ship("farm-a", market.lots["rice"], "shop-b", 120_011)
    await stage.done(ship, town.receive("shop-b", market.lots["rice"], shipment, 110_023))
    lot, harvest = town.harvest("farm-b", 10_037)
    name = stage.person("farm-c").device.name_record(trade.party("farm-c"))
    claim = trade.arrive("packing-house", name.id, "farm-c", 2_501)
    (bag,), run = trade.run(
        "packing-house", "repack", [(name.id, "farm-c", [2_501])], [("carrot", None)]
    )
    market.lots |= {"late": name.id, "bag": bag}
    market.lots["found"], bought = town.harvest("farm-c", 9_049)
    parcel, sent = town.ship("farm-c", market.lots["found"], "shop-a", 3_053)
    counted = {"was_g": 3_053, "counted_g": 6_067}
    taken = {"lot": market.lots["found"], "reason": "miscount"}
    await stage.done(
        bought,
        sent,
        town.receive("shop-a", market.lots["found"], parcel, 3_053),
        trade.act("shop-a", "lot.take_stock", taken, counted),
        harvest,
        town.take("discard", "farm-b", lot, 9_001),
        claim,
        await _clear(stage, market.recalls["emergency"], name.id),
        run,
    )
    market.recalls["narrow"], recall = trade.recall(lot, scope="plot")
    proposed = trade.declaration("food-safety", lot, crops=["carrot"])
    await stage.done(recall, trade.act("food-safety", "recall.declare", proposed))


async def _clear(stage: Stage, recall: str, lot: str) -> bytes:
    """Say that a lot which came before its record comes of nothing that is recalled."""
    entry = (await stage.get(f"/api/recalls/{recall}")).json()["entry"]
    body = {"recall": recall, "entry": entry, "lots": [lot], "reason": "papers"}
    return stage.person("quality-desk").device.sign("recall.clear", body)


async def give_mandate(stage: Stage) -> None:
    """Let the packing house sign for farm B: from now on it is told of that farm's land."""
    principal, agent = stage.person("farm-b"), stage.person("packing-house")
    body = {
        "principal": principal.actor,
        "agent": agent.actor,
        "types": ["lot.harvest", "lot.ship"],
        "since": "2020-01-01",
        "until": "2099-12-31",
    }
    await stage.done(principal.device.sign("mandate.grant", body))


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
        trade.take("sell", "shop-a", lots["carrot"], 2_374, owner="farm-a"),
        _till_sale(trade, lots["carrot"], 1_627),
        trade.take("discard", "shop-a", lots["carrot"], 1_009, owner="farm-a"),
        trade.supplement("farm-b", lots["taro"], 2_003),
        trade.arrive("shop-b", lots["claimed"], "farm-c", 6_007),
        trade.claim("shop-b", str(trade.named("farm-c", "lot")["lot"]), "farm-c", 3_019),
        short,
    )
    await stage.done(
        trade.arrive("shop-b", lots["denied"], "farm-a", 18_021),
    )
    await stage.done(
        trade.deny("farm-a", lots["denied"], "shop-b", 9_013),
        trade.hold("shop-b", lots["claimed"], owner="farm-c"),
    )


def _till_sale(trade: Trading, lot: str, quantity_g: int) -> bytes:
    """Shop A sells by its till: the second of two sales that farm A knows the sum of alone."""
    closed = {"quantity_g": quantity_g, "owner": trade.party("farm-a"), "receipt": RECEIPT}
    return trade.act("shop-a", "lot.sell", {"lot": lot}, closed)


async def _recall(stage: Stage, trade: Trading, market: Market) -> None:
    lots = market.lots
    market.shipment, ship = stage.town.ship("farm-b", lots["taro"], "shop-b", 3_011)
    await stage.done(ship)
    market.recalls["emergency"], emergency = trade.recall(lots["taro"])
    market.recalls["lifted"], mistake = trade.recall(lots["rice"])
    market.recalls["drill"], drill = trade.recall(lots["carrot"], verb="drill")
    await stage.done(emergency, mistake, drill)
    await stage.done(*trade.end(market.recalls["lifted"]))
