"""Grams that are more, or less, than one would think."""

from collections.abc import Mapping, Sequence

from gateway.plausibility.codes import FlagCode
from gateway.plausibility.evidence import (
    Entry,
    Flag,
    HoldingFacts,
    LotFacts,
    SortingFacts,
    YieldFacts,
    percent,
)
from gateway.plausibility.thresholds import Thresholds

SORT, SORT_CLASS = "lot.sort", "lot.sort_class"
SUPPLEMENT, TAKE_STOCK, DISCARD = "lot.supplement", "lot.take_stock", "lot.discard"


def yield_high(entry: Entry, lot: LotFacts, facts: YieldFacts, limits: Thresholds) -> Flag | None:
    """Compare what a plot bore of a crop in a year with its area and the town's norm.

    Raised once a year and crop, by the harvest that goes beyond: the lot harvested last of those
    that fit, by its own date.
    """
    limit_g = facts.usual_g * limits.yield_percent // 100
    own_g = lot.harvest_g + lot.supplement_g
    if not facts.before_g <= limit_g < facts.before_g + own_g:
        return None
    return entry.flag(
        FlagCode.YIELD_HIGH,
        f"plot/{lot.plot}",
        crop=lot.crop,
        year=facts.year,
        harvested_g=facts.before_g + own_g,
        usual_g=facts.usual_g,
        area_m2=facts.area_m2,
        limit_percent=limits.yield_percent,
    )


def supplement_large(
    entry: Entry, lot: LotFacts, story: Sequence[Entry], limits: Thresholds
) -> Flag | None:
    """Compare all supplements of a measured harvest with it; raised by the one that goes beyond.

    Of an estimated harvest `estimate_far` speaks.
    """
    if lot.estimated:
        return None
    before_g = sum(
        one.number("quantity_g")
        for one in story
        if one.type == SUPPLEMENT and one.place < entry.place
    )
    limit_g = max(lot.harvest_g * limits.supplement_percent // 100, limits.grams)
    added_g = before_g + entry.number("quantity_g")
    if not before_g <= limit_g < added_g:
        return None
    return entry.flag(
        FlagCode.SUPPLEMENT_LARGE,
        f"lot/{lot.id}",
        supplement_g=added_g,
        harvest_g=lot.harvest_g,
        limit_percent=limits.supplement_percent,
    )


def estimate_far(
    entry: Entry, lot: LotFacts, holdings: Sequence[HoldingFacts], limits: Thresholds
) -> Flag | None:
    """Compare an estimated harvest with what there turned out to be.

    That is the estimate, with supplements, with what others received beyond it, and with what
    stock-takings found too much or too little of the producer's own goods, wherever they lie.
    """
    if not lot.estimated or lot.origin != "harvest":
        return None
    own = [one for one in holdings if one.owner == lot.party]
    found_g = sum(one.surplus_g - one.lost_g for one in own)
    turned_out_g = lot.harvest_g + lot.supplement_g + lot.claimed_g + found_g
    off_g = abs(turned_out_g - lot.harvest_g)
    if off_g <= max(lot.harvest_g * limits.estimate_percent // 100, limits.grams):
        return None
    return entry.flag(
        FlagCode.ESTIMATE_FAR,
        f"lot/{lot.id}",
        estimated_g=lot.harvest_g,
        turned_out_g=turned_out_g,
        limit_percent=limits.estimate_percent,
    )


def surplus_large(
    entry: Entry,
    lot: LotFacts,
    holdings: Sequence[HoldingFacts],
    story: Sequence[Entry],
    limits: Thresholds,
) -> Flag | None:
    """Compare what one holder's stock-takings found too much with the lot; said by the latest."""
    holding = _holding(entry, holdings)
    if holding is None or lot.estimated or _is_followed(entry, story, {TAKE_STOCK}):
        return None
    limit_g = max(lot.size_g * limits.surplus_percent // 100, limits.grams)
    if holding.surplus_g <= limit_g:
        return None
    return entry.flag(
        FlagCode.SURPLUS_LARGE,
        f"lot/{lot.id}",
        surplus_g=holding.surplus_g,
        lot_g=lot.size_g,
        limit_percent=limits.surplus_percent,
    )


def loss_large(
    entry: Entry,
    lot: LotFacts,
    holdings: Sequence[HoldingFacts],
    story: Sequence[Entry],
    limits: Thresholds,
) -> Flag | None:
    """Compare what one holder lost or threw away with the lot; said by the latest entry of it."""
    holding = _holding(entry, holdings)
    if holding is None or _is_followed(entry, story, {TAKE_STOCK, DISCARD}):
        return None
    # What an estimate had too much was never there.
    is_guess = lot.estimated and holding.owner == lot.party
    gone_g = holding.discarded_g + (0 if is_guess else holding.lost_g)
    if gone_g <= max(lot.size_g * limits.loss_percent // 100, limits.grams):
        return None
    return entry.flag(
        FlagCode.LOSS_LARGE,
        f"lot/{lot.id}",
        gone_g=gone_g,
        lot_g=lot.size_g,
        limit_percent=limits.loss_percent,
    )


def run_loss_large(entry: Entry, lots: Mapping[str, LotFacts], limits: Thresholds) -> Flag | None:
    """Compare what a run lost with what went into it; a run that was taken back is left alone."""
    children = _objects(entry.body.get("children"))
    first = children[0].get("lot") if children else None
    lot = lots.get(str(first))
    if lot is None or lot.origin != "made":
        return None
    inputs = _objects(entry.closed.get("inputs"))
    in_g = sum(_integer(one.get("quantity_g")) for one in inputs)
    parts = [one.get("to_g") for one in inputs]
    out_g = sum(_integer(part) for some in parts if isinstance(some, list) for part in some)
    return _run_loss(entry, entry.type, lot.id, in_g=in_g, out_g=out_g, limits=limits)


def sorting_loss_large(entry: Entry, facts: SortingFacts, limits: Thresholds) -> Flag | None:
    """Compare what a sorting over several commands lost with all that went into it.

    Its last class says so, for that ends it, unless it was taken back since.
    """
    child = entry.body.get("child")
    lot = str(child.get("lot")) if isinstance(child, dict) else ""
    if not facts.is_ended or facts.classes[-1:] != (lot,):
        return None
    in_g = facts.made_g + facts.left_g
    return _run_loss(entry, SORT, lot, in_g=in_g, out_g=facts.made_g, limits=limits)


def _run_loss(
    entry: Entry, kind: str, lot: str, *, in_g: int, out_g: int, limits: Thresholds
) -> Flag | None:
    limit_percent = dict(limits.run_loss_percent).get(kind)
    if limit_percent is None:
        return None
    if in_g - out_g <= max(in_g * limit_percent // 100, limits.grams):
        return None
    return entry.flag(
        FlagCode.RUN_LOSS_LARGE,
        f"lot/{lot}",
        in_g=in_g,
        out_g=out_g,
        lost_percent=percent(in_g - out_g, in_g),
        limit_percent=limit_percent,
    )


def _holding(entry: Entry, holdings: Sequence[HoldingFacts]) -> HoldingFacts | None:
    sides = (entry.party, entry.owner)
    return next((one for one in holdings if (one.holder, one.owner) == sides), None)


def _is_followed(entry: Entry, story: Sequence[Entry], types: set[str]) -> bool:
    """Whether the same holder made a later entry of these types about the same goods."""
    sides = (entry.party, entry.owner)
    return any(
        one.type in types and (one.party, one.owner) == sides and one.place > entry.place
        for one in story
    )


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0
