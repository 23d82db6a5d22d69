"""A demo year: what the farms of the town harvested, shipped and sold, day by day.

Every entry is a real command, signed by the person who would have signed it and carried at the
ledger time it would have had (`chaincode` demo time), so that marks like "late" are true.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from chaincode.base.canonical import Json
from gateway.demo.town import JST_MINUTES, Town

DAY_S = 86_400
NOON_S = 43_200
JST_S = 60 * JST_MINUTES
STEP_DAYS = 6
CROPS = {  # by month of harvest, what grows in a warm hilly town
    1: ("daikon", "hyuganatsu"),
    2: ("cabbage", "hyuganatsu"),
    3: ("cabbage", "carrot"),
    4: ("carrot", "lettuce"),
    5: ("lettuce", "onion"),
    6: ("onion", "cucumber"),
    7: ("cucumber", "eggplant"),
    8: ("eggplant", "okra"),
    9: ("okra", "pumpkin"),
    10: ("pumpkin", "sweet-potato"),
    11: ("sweet-potato", "carrot"),
    12: ("daikon", "carrot"),
}


@dataclass(slots=True, kw_only=True)
class Day:
    """One day's commands, in order, all at one ledger time (seconds since 1970)."""

    time: int
    commands: list[bytes] = field(default_factory=list)


def season(town: Town, *, now: int, days: int, seed: int = 2026) -> Iterator[Day]:
    """Yield the days before `now` on which something happened.

    Args:
        town: Its people sign; their devices' sequences advance.
        now: Seconds since 1970.
        days: How far back it begins.
        seed: For quantities and choices, so that each demo tells the same story.
    """
    choose = Random(seed)  # noqa: S311 - a story, not a secret
    farms = [handle for handle in town.people if handle.startswith("farm-")]
    shops = [handle for handle in town.people if handle.startswith("shop-")]
    today_s = midnight(now)
    for day in range(days, 0, -STEP_DAYS):
        time = today_s - day * DAY_S + NOON_S
        today = Day(time=time)
        for farm in farms:
            _deliver(town, today, farm=farm, shop=choose.choice(shops), choose=choose)
        yield today


def midnight(now: int) -> int:
    """Return when the town's day began, in seconds since 1970."""
    return (now + JST_S) // DAY_S * DAY_S - JST_S


def _deliver(town: Town, day: Day, *, farm: str, shop: str, choose: Random) -> None:
    """Write one lot's way: harvested at dawn, shipped, received, partly sold the same day."""
    crop = choose.choice(CROPS[datetime.fromtimestamp(day.time + JST_S, UTC).month])
    quantity_g = 100 * choose.randint(80, 400)  # as scales show it
    is_late = choose.random() < 0.05
    harvested_at = day.time - 60 * choose.randint(150, 400) - (9 * DAY_S if is_late else 0)
    lot, harvest = town.harvest(farm, quantity_g, crop=crop, at=harvested_at)
    shipped_g = quantity_g * choose.randint(70, 95) // 100
    shipment, ship = town.ship(farm, lot, shop, shipped_g, at=day.time - 1_800)
    short_g = choose.choice((0, 0, 0, 0, 200, 500))
    receive = town.receive(shop, lot, shipment, shipped_g - short_g, at=day.time - 600)
    day.commands += [harvest, ship, receive]
    if short_g and choose.random() < 0.8:
        split: dict[str, Json] = {
            "sender": town.people[farm].party,
            "recipient": town.people[shop].party,
            "to_sender_g": short_g,
            "to_recipient_g": 0,
            "lost_g": 0,
        }
        day.commands += town.settle(
            shop, farm, lot=lot, shipment=shipment, split=split, at=day.time - 300
        )
    sold_g = (shipped_g - short_g) * choose.randint(60, 95) // 100
    day.commands.append(town.take("sell", shop, lot, sold_g, at=day.time))
    rest_g = quantity_g - shipped_g
    day.commands.append(town.take("own_use", farm, lot, max(1, rest_g // 4), at=day.time))
    if choose.random() < 0.2:
        day.commands.append(town.take("discard", shop, lot, 100, at=day.time))
