"""The demo's last day: what else happens to goods than being shipped and sold.

Rice from before this ledger is entered; carrots of two farms are sorted together, bagged with
stickers and sold for both; a farm's goods lie at a shop on consignment, more of them than it had
guessed; a shop finds more of what it bought than came, and the farm says no to that; a shop names a
farm that says no, too; a recall turns out to be a mistake. Another is still in
force in the evening: the packing house's own, which officers widen; what a shop had bought of it
goes home.
"""

from collections.abc import Iterator

from gateway.demo.season import Day
from gateway.demo.town import Town
from gateway.demo.trading import Parts, Trading

HOUR_S = 3_600
SIEVED_G = 5_000  # of farm C's carrots, over the same sieve
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
    (large, small), sorting = _sorting(trade, noon)
    yield sorting
    yield from _delivery(trade, large, noon + HOUR_S)
    yield from _consignment(trade, noon + 3 * HOUR_S)
    yield from _surplus(trade, noon + 4 * HOUR_S)
    yield from _mistakes(trade, noon + 5 * HOUR_S)
    yield from _recalled(trade, small, noon + 7 * HOUR_S)


def _sorting(trade: Trading, time: int) -> tuple[list[str], Day]:
    """Sort jointly at the packing house, class by class; return (large and small lot, the day)."""
    intakes = []
    harvests = []
    for farm, large_g, small_g in zip(("farm-a", "farm-b"), LARGE_G, SMALL_G, strict=True):
        taken_in_g = large_g + small_g + 500  # earth and leaves
        lot, harvest = trade.town.harvest(farm, taken_in_g + 3_000, at=time - 5 * HOUR_S)
        harvests += [harvest, trade.arrive("packing-house", lot, farm, taken_in_g)]
        intakes.append((lot, farm, [large_g, small_g]))
    lots, sort = trade.sort_by_class("packing-house", intakes, [("carrot", "l"), ("carrot", "s")])
    return lots, Day(time=time, commands=[*harvests, *sort])


def _delivery(trade: Trading, large: str, time: int) -> Iterator[Day]:
    """The large ones come to a shop in bags with stickers, and some are sold for both farms."""
    trade.at = time
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


def _surplus(trade: Trading, time: int) -> Iterator[Day]:
    """A shop counts more than it bought; that is flagged, and the farm denies it."""
    trade.at = time
    town, came_g, found_g = trade.town, 10_000, 12_000
    lot, harvest = town.harvest("farm-b", 15_000, crop="taro", at=time - 9 * HOUR_S)
    shipment, ship = town.ship("farm-b", lot, "shop-b", came_g, at=time - 2 * HOUR_S)
    received = town.receive("shop-b", lot, shipment, came_g, at=time - HOUR_S)
    count: Parts = {"lot": lot, "reason": "miscount"}
    stock: Parts = {"was_g": came_g, "counted_g": found_g}
    counted = trade.act("shop-b", "lot.take_stock", count, stock)
    denied = trade.deny_surplus("farm-b", lot, "shop-b", owner="shop-b")
    yield Day(time=time, commands=[harvest, ship, received, counted, denied])


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


def _recalled(trade: Trading, small: str, time: int) -> Iterator[Day]:
    """The packing house's sieve was torn: it recalls what it made, and officers add the rest."""
    town, trade.at = trade.town, time
    sieved, harvest = town.harvest("farm-c", SIEVED_G + 1_000, at=time - 12 * HOUR_S)
    brought_by, ship = town.ship("farm-c", sieved, "shop-b", SIEVED_G, at=time - 11 * HOUR_S)
    came = town.receive("shop-b", sieved, brought_by, SIEVED_G, at=time - 10 * HOUR_S)
    recall, own = trade.recall(small, by="packing-house", verb="own", cause="foreign-body")
    confirmed = trade.confirm("quality-desk", recall)
    widened = trade.widen(recall, sieved, crops=["carrot"])
    yield Day(time=time, commands=[harvest, ship, came, own, confirmed, *widened])
    trade.at = time + HOUR_S
    home = trade.send_back("shop-b", sieved, brought_by, "farm-c", SIEVED_G)
    yield Day(time=trade.at, commands=[home])
