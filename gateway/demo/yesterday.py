"""The demo's last day: what else happens to goods than being shipped and sold.

Rice from before this ledger is entered; carrots of two farms are sorted together, bagged with
stickers and sold for both; a farm's goods lie at a shop on consignment, more of them than it had
guessed; a shop names a farm that says no; a recall turns out to be a mistake.
"""

from collections.abc import Iterator

from gateway.demo.season import Day
from gateway.demo.town import Town
from gateway.demo.trading import Parts, Trading

HOUR_S = 3_600
LARGE_G, SMALL_G = (12_000, 9_000), (6_500, 4_000)  # of farm A's carrots and of farm B's
STICKERS = 40
BAG_G = 500


def yesterday(town: Town, *, noon: int) -> Iterator[Day]:
    """Yield the day's hours.

    Args:
        town: Its people sign; their devices' sequences advance.
        noon: Seconds since 1970.
    """
    trade = Trading(town, at=noon)
    _, opening = trade.open_stock("farm-a", 300_000)
    yield Day(time=noon, commands=opening)
    yield from _sorting(trade, noon)
    yield from _consignment(trade, noon + 3 * HOUR_S)
    yield from _mistakes(trade, noon + 5 * HOUR_S)


def _sorting(trade: Trading, time: int) -> Iterator[Day]:
    """Joint sorting at the packing house; the large ones come to a shop in bags with stickers."""
    intakes = []
    harvests = []
    for farm, large_g, small_g in zip(("farm-a", "farm-b"), LARGE_G, SMALL_G, strict=True):
        taken_in_g = large_g + small_g + 500  # earth and leaves
        lot, harvest = trade.town.harvest(farm, taken_in_g + 3_000, at=time - 5 * HOUR_S)
        harvests += [harvest, trade.arrive("packing-house", lot, farm, taken_in_g)]
        intakes.append((lot, farm, [large_g, small_g]))
    (large, _), sort = trade.run(
        "packing-house", "sort", intakes, [("carrot", "l"), ("carrot", "s")]
    )
    yield Day(time=time, commands=[*harvests, sort])
    trade.at = time + HOUR_S
    delivery = []
    for farm, shipped_g in zip(("farm-a", "farm-b"), LARGE_G, strict=True):
        owner: Parts = {"owner": trade.party(farm)}
        shipment = trade.named("packing-house", "shipment")
        sent: Parts = {
            "recipient": trade.party("shop-a"),
            "quantity_g": shipped_g,
            "consigned": True,
        }
        delivery += [
            trade.act(
                "packing-house",
                "lot.ship",
                {"lot": large, **shipment},
                sent | owner,
            ),
            trade.act(
                "shop-a",
                "lot.receive",
                {"lot": large, "shipment": shipment["shipment"]},
                {"received_g": shipped_g, **owner},
            ),
        ]
    delivery.append(trade.bind("shop-a", large, 1, STICKERS))
    delivery += [
        trade.take("sell", "shop-a", large, 7 * BAG_G, owner=farm) for farm in ("farm-a", "farm-b")
    ]
    yield Day(time=trade.at, commands=delivery)


def _consignment(trade: Trading, time: int) -> Iterator[Day]:
    """Goods that stay the farm's: some are sold, some thrown away, some go home again."""
    trade.at = time
    lot, harvest = trade.town.harvest("farm-c", 11_000, crop="taro", at=time - 8 * HOUR_S)
    shop = ("shop-b", lot)
    yield Day(
        time=time,
        commands=[
            harvest,
            trade.arrive("shop-b", lot, "farm-c", 12_000, crop="taro"),
            trade.supplement("farm-c", lot, 1_000),
            trade.take("sell", *shop, 7_500, owner="farm-c"),
            trade.take("discard", *shop, 500, owner="farm-c"),
            trade.take("take_back", *shop, 1_000, owner="farm-c"),
        ],
    )


def _mistakes(trade: Trading, time: int) -> Iterator[Day]:
    """A false claim is denied, a recall is lifted, and another one is only practised."""
    trade.at = time
    claimed = trade.person("farm-b").device.name_record(trade.party("farm-b")).id
    suspected, harvest = trade.town.harvest("farm-b", 8_000, crop="taro", at=time - 10 * HOUR_S)
    recall, emergency = trade.recall(suspected)
    _, drill = trade.recall(suspected, verb="drill")
    yield Day(
        time=time,
        commands=[
            harvest,
            trade.arrive("shop-b", claimed, "farm-b", 4_000),
            trade.deny("farm-b", claimed, "shop-b", 4_000),
            trade.hold("farm-b", suspected),
            emergency,
            drill,
        ],
    )
    trade.at = time + HOUR_S
    yield Day(time=trade.at, commands=trade.end(recall))
