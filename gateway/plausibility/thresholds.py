"""From when on something is flagged: the one place where these numbers stand.

They are first settings, chosen so that an ordinary day at a market raises nothing; where the reason
beside one names no source, it is our own judgement, to be replaced when a town knows better. An
edition is never changed: a new one follows with its day, and entries are judged by the edition of
the day they happened on. What depends on the crop is not here but in the town's catalogue, dated
as well: the usual yield (`yield-kg-per-10a`) and what a pack weighs.
"""

from dataclasses import dataclass
from typing import Final

MINUTE_S: Final = 60
DAY_S: Final = 86_400


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
