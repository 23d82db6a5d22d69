"""Stickers that can't all be right: the traces that copied serials leave.

On the ledger: more stickers than the lot has packs, stickers of somebody who has none of the goods,
stickers that wander from lot to lot. Off it: a number that is asked about on more days, or more
often a day, than one bag explains. Anybody can read one sticker a thousand times, so that one is
for inspectors to look at and proves nothing.
"""

from collections.abc import Sequence

from gateway.plausibility.codes import FlagCode
from gateway.plausibility.evidence import Entry, Flag, HoldingFacts, LotFacts, ScanFacts
from gateway.plausibility.thresholds import DAY_S, Thresholds

BIND, UNBIND = "label.bind", "label.unbind"
HARMLESS = {"spoiled", "not-used"}  # reasons for taking stickers off that say nothing


def stickers_beyond_goods(
    entry: Entry,
    lot: LotFacts,
    story: Sequence[Entry],
    *,
    stickers: int,
    pack_g: int | None,
    limits: Thresholds,
) -> Flag | None:
    """Compare the stickers on a lot with its packs, all of them the smallest; said by the latest.

    Args:
        entry: Stickers put on.
        lot: What they are on.
        story: Of the lot.
        stickers: On it now.
        pack_g: What the crop's smallest pack weighs, by the town's specs.
        limits: In force.
    """
    is_latest = not any(one.type == BIND and one.place > entry.place for one in story)
    smallest_g = pack_g or limits.pack_g
    packs = lot.size_g // smallest_g
    if not is_latest or stickers <= packs:
        return None
    return entry.flag(
        FlagCode.STICKERS_BEYOND_GOODS,
        f"lot/{lot.id}",
        stickers_count=stickers,
        packs_count=packs,
        pack_g=smallest_g,
        lot_g=lot.size_g,
    )


def stickers_without_goods(
    entry: Entry, lot: LotFacts, holdings: Sequence[HoldingFacts]
) -> Flag | None:
    """Tell stickers put on a lot by a party that neither made it nor ever held any of it."""
    if entry.party == lot.party or any(entry.party in {one.holder, one.owner} for one in holdings):
        return None
    return entry.flag(
        FlagCode.STICKERS_WITHOUT_GOODS,
        f"lot/{lot.id}",
        stickers_count=entry.number("count"),
        held_g=0,
    )


def stickers_copied(entry: Entry, facts: ScanFacts | None, limits: Thresholds) -> Flag | None:
    """Tell of stickers that were asked about more often than one bag explains.

    Args:
        entry: Stickers put on.
        facts: Of these stickers; `None`: of none of them.
        limits: In force; `facts` were found by them.
    """
    if facts is None:
        return None
    return entry.flag(
        FlagCode.STICKERS_COPIED,
        f"roll/{entry.text('roll')}",
        stickers_count=facts.stickers,
        most_count=facts.most_a_day,
        most_days=facts.days,
        limit_count=limits.scans_a_day,
        limit_days=limits.scan_days,
    )


def stickers_moved_often(entry: Entry, story: Sequence[Entry], limits: Thresholds) -> Flag | None:
    """Count how often stickers of a roll were taken off because they were on the wrong lot."""
    if entry.text("reason") in HARMLESS:
        return None
    begin = entry.ledger_time - limits.moves_s
    count = sum(
        one.type == UNBIND
        and one.text("reason") not in HARMLESS
        and one.place <= entry.place
        and one.ledger_time > begin
        for one in story
    )
    if count != limits.moves + 1:  # once, not again with each further one
        return None
    return entry.flag(
        FlagCode.STICKERS_MOVED_OFTEN,
        f"roll/{entry.text('roll')}",
        moves_count=count,
        limit_count=limits.moves,
        within_days=limits.moves_s // DAY_S,
    )
