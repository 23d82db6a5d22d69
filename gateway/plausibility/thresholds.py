"""From when on something is flagged: the one place where these numbers stand.

They are first settings, chosen so that an ordinary day at a market raises nothing; where the reason
beside one names no source, it is our own judgement, to be replaced when a town knows better. An
edition is never changed: a new one follows with its day, and entries are judged by the edition of
the day they happened on. What depends on the crop is not here but in the town's catalogue, dated
as well: the usual yield (`yield-kg-per-10a`) and what a pack weighs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

MINUTE_S: Final = 60
DAY_S: Final = 86_400

# Least and most grams of one pack, by unit. Wide, for any crop: from herbs to watermelons, from a
# seedling's pot to what two people carry. Beyond lies a slip of a digit or of the unit.
UNIT_G: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "bunch": (20, 5_000),  # a bunch of herbs; of burdock or onions with their leaves
        "bag": (10, 30_000),  # ten grams of dried herbs; the largest bag of rice in shops
        "pack": (10, 3_000),  # sprouts; a family's pack of strawberries or grapes
        "stick": (5, 10_000),  # green asparagus; a long yam
        "head": (50, 15_000),  # a baby lettuce; a watermelon
        "piece": (1, 20_000),  # a quail's egg weighs 10, a cherry 5; a giant pumpkin
        "plant": (5, 20_000),  # a seedling; a bunch of bananas' worth of a plant
        "box": (200, 30_000),  # a small gift box; more nobody may have to lift alone
        "crate": (1_000, 40_000),  # a field crate has some 50 litres: leaves; potatoes
        "bale": (10_000, 100_000),  # 俵: 60 kg of rice, 15 of charcoal; 100 of straw
        "bottle": (20, 6_000),  # a spice; two 升 of juice in glass
        "tray": (30, 20_000),  # a shop's tray; a nursery's with wet soil
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """One edition; a value is flagged when it lies beyond, never when it is equal.

    Attributes:
        since: First day (YYYY-MM-DD, the town's) of entries that are judged by it.
        clock_s: Two devices' clocks may differ by so much; the contract marks `future` alike.
        soon_s: No goods are picked, bagged and brought in less, if they weigh `soon_g` or more.
        soon_g: A crate or two are carried over from the next field in no time.
        yield_percent: Of area times usual yield: a good year with a good grower reaches half more.
        supplement_percent: Of a measured harvest; a second picking may well be as much.
        estimate_percent: Of an estimated harvest: guesses at dawn are within ±20 % on most days.
        surplus_percent: Of the lot, found at stock-takings: scales and packing give some 5 %.
        loss_percent: Of the lot, lost or thrown away: leaf vegetables lose some 30 % in a shop.
        grams: Nothing smaller is worth an inspector's time, whatever its share.
        run_loss_percent: Of what went into a run, by the type of the run.
        pack_g: What the smallest pack weighs, of a crop without a packing spec: a bunch of herbs.
        pack_percent: Of the spec, least and most: scales and hands are within ±20 %; half of a
            pack, or two of them, is another pack or a slip.
        unit_g: What any pack of a unit weighs, for crops without a spec.
        moves: Ranges of one roll taken off as put on the wrong lot, within `moves_s`.
        moves_s: See `moves`.
        scans_a_day: Of one sticker, by whoever asks: a bag passes through a few hands in a day.
        scan_days: Of one sticker: fresh goods are eaten within weeks.
        bunch_entries: Entries made a day or more afterwards, one after the other.
        bunch_gap_s: Between two entries of one bunch there is no more than this.
        bunch_days: Different days on which a bunch's entries are said to have happened.
        round_entries: Measured harvests in a row at whole `round_g`: scales don't do that.
        round_g: See `round_entries`.
        corrections: Of one lot by one party.
    """

    since: str
    clock_s: int = 15 * MINUTE_S
    soon_s: int = 5 * MINUTE_S
    soon_g: int = 50_000
    yield_percent: int = 150
    supplement_percent: int = 30
    estimate_percent: int = 30
    surplus_percent: int = 10
    loss_percent: int = 40
    grams: int = 2_000
    run_loss_percent: tuple[tuple[str, int], ...] = (
        ("lot.repack", 10),  # trimmings, a dropped bag
        ("lot.sort", 40),  # culls; typhoon damage reaches that
        ("lot.process", 80),  # juice, drying; more is water alone
    )
    pack_g: int = 20
    pack_percent: tuple[int, int] = (50, 200)
    unit_g: Mapping[str, tuple[int, int]] = field(default_factory=lambda: UNIT_G)
    moves: int = 3
    moves_s: int = 30 * DAY_S
    scans_a_day: int = 30
    scan_days: int = 20
    bunch_entries: int = 10
    bunch_gap_s: int = 5 * MINUTE_S
    bunch_days: int = 5
    round_entries: int = 20
    round_g: int = 1_000
    corrections: int = 4


EDITIONS: Final = (Thresholds(since="2020-01-01"),)


def thresholds(on: str) -> Thresholds:
    """Return the edition for entries of a day; before the first, the first."""
    begun = [edition for edition in EDITIONS if edition.since <= on]
    return max(begun, key=lambda edition: edition.since, default=EDITIONS[0])
