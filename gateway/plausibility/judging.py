"""Which rule looks at which entry."""

from collections.abc import Iterator, Mapping
from typing import Final

from gateway.plausibility import amounts, goods, habits, labelling, timing
from gateway.plausibility.codes import FlagCode
from gateway.plausibility.evidence import Entry, Evidence, Flag
from gateway.plausibility.thresholds import Thresholds, thresholds

RUNS: Final = ("lot.merge", "lot.repack", amounts.SORT, "lot.process")
# The types of entry that rules look at; a sale is none, and a ledger has more of them than of all
# others. An entry of any type may have come twice.
WATCHED: Final = frozenset(
    {
        *(timing.HARVEST, timing.ARRIVE, timing.SHIP, timing.RECEIVE),
        *(amounts.SUPPLEMENT, amounts.TAKE_STOCK, amounts.DISCARD),
        *(labelling.BIND, labelling.UNBIND),
        *(*RUNS, amounts.SORT_CLASS),
        *habits.CORRECTIONS,
    }
)
_ORDER: Final[Mapping[FlagCode, int]] = {code: rank for rank, code in enumerate(FlagCode)}


def judge(entry: Entry, evidence: Evidence) -> list[Flag]:
    """Return the flags that an entry raises, in the order of their codes; pure.

    Args:
        entry: An accepted entry; of a type that is not watched, only whether it came twice.
        evidence: The rows around it.
    """
    twice = habits.entered_twice(entry, evidence.twins.get(entry.nonce, ()))
    if entry.type not in WATCHED:
        return [twice] if twice else []
    limits = thresholds(evidence.day(entry.event_time))
    found = [
        twice,
        timing.entered_late(entry),
        timing.dated_ahead(entry),
        *_about_shipment(entry, evidence, limits),
        *_about_lot(entry, evidence, limits),
        *_about_goods(entry, evidence),
        *_about_writing(entry, evidence, limits),
    ]
    flags = [flag for flag in found if flag is not None]
    return sorted(flags, key=lambda flag: _ORDER[flag.code])


def _about_shipment(entry: Entry, evidence: Evidence, limits: Thresholds) -> Iterator[Flag | None]:
    if entry.type == timing.RECEIVE:
        story = evidence.stories.get(f"shipment/{entry.text('shipment')}", ())
        yield timing.received_before_shipped(entry, story, limits)
    if entry.type in RUNS:
        yield amounts.run_loss_large(entry, evidence.lots, limits)
    if sorting := evidence.sortings.get(entry.id):
        yield amounts.sorting_loss_large(entry, sorting, limits)
    if entry.type == labelling.UNBIND:
        story = evidence.stories.get(f"roll/{entry.text('roll')}", ())
        yield labelling.stickers_moved_often(entry, story, limits)


def _about_lot(entry: Entry, evidence: Evidence, limits: Thresholds) -> Iterator[Flag | None]:
    lot = evidence.lots.get(entry.text("lot"))
    if lot is None:
        return
    story = evidence.stories.get(f"lot/{lot.id}", ())
    holdings = evidence.holdings.get(lot.id, ())
    match entry.type:
        case timing.HARVEST:
            yield timing.arrived_before_harvest(entry, lot, story, limits)
            yield amounts.estimate_far(entry, lot, holdings, limits)
            if facts := evidence.yields.get(lot.id):
                yield amounts.yield_high(entry, lot, facts, limits)
        case timing.ARRIVE | timing.RECEIVE:
            yield timing.arrived_before_harvest(entry, lot, story, limits)
            yield timing.arrived_soon(entry, lot, story, limits)
        case amounts.SUPPLEMENT:
            yield amounts.supplement_large(entry, lot, story, limits)
        case amounts.TAKE_STOCK:
            yield amounts.surplus_large(entry, lot, holdings, story, limits)
            yield amounts.loss_large(entry, lot, holdings, story, limits)
        case amounts.DISCARD:
            yield amounts.loss_large(entry, lot, holdings, story, limits)
        case labelling.BIND:
            yield labelling.stickers_beyond_goods(
                entry,
                lot,
                story,
                stickers=evidence.stickers.get(lot.id, 0),
                pack_g=evidence.packs_g.get(lot.crop),
                limits=limits,
            )
            yield labelling.stickers_without_goods(entry, lot, holdings)
            yield labelling.stickers_copied(entry, evidence.scans.get(entry.id), limits)
        case _ if entry.type in habits.CORRECTIONS:
            yield habits.corrected_often(entry, story, limits)
        case _:
            pass


def _about_goods(entry: Entry, evidence: Evidence) -> Iterator[Flag]:
    """Yield what might have been asked back before it was signed, unless it was corrected since."""
    lot = evidence.lots.get(entry.text("lot"))
    story = evidence.stories.get(f"lot/{lot.id}", ()) if lot else ()
    if any(
        one.type in habits.CORRECTIONS and one.party == entry.party and one.place > entry.place
        for one in story
    ):
        return
    found = goods.doubts(
        entry.type,
        entry.body,
        entry.closed,
        catalogue=evidence.catalogue,
        day=evidence.day(entry.event_time),
        crop=lot.crop if lot else "",
    )
    for one in found:
        yield entry.flag(one.code, timing.subject_of(entry), **one.figures)


def _about_writing(entry: Entry, evidence: Evidence, limits: Thresholds) -> Iterator[Flag | None]:
    device = evidence.devices.get(entry.kid, ())
    if habits.is_afterwards(entry):
        yield habits.entered_in_a_bunch(entry, device, evidence.day, limits)
    if habits.is_round(entry, limits):
        yield habits.round_numbers(entry, device, limits)
