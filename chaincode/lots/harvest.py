"""`lot.harvest` and its correction: the only commands that bring grams into being."""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode import times
from chaincode.acts import Act, CommandType, Touches, require
from chaincode.envelope import Command
from chaincode.errors import Code, RejectionError
from chaincode.lots.records import EMPTY, FARMER, Holding, Lot, derive_id
from chaincode.plots import Plot
from chaincode.shapes import (
    Bits128,
    Grams,
    GramsOrNone,
    LotId,
    PseudonymId,
    Sha256,
    SmallNumber,
    Text,
    Timestamp,
    Word,
)

CorrectionReason = Annotated[
    str, Text("typing|weighing|wrong-lot|wrong-plot|wrong-date|other", "weighing")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """Open part of `lot.harvest`; the envelope's `event_time` is when it was harvested."""

    lot: LotId
    party: PseudonymId
    nonce: Bits128
    index: SmallNumber
    plot: PseudonymId
    crop: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestClosed:
    """Closed part: how much, and whether it was weighed."""

    salt: Bits128
    quantity_g: Grams
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectHarvest:
    """Open part of `lot.correct_harvest`: the whole entry as it should have read.

    Attributes:
        corrects: The entry in force, so that two corrections can't cross.
    """

    lot: LotId
    party: PseudonymId
    corrects: Sha256
    reason: CorrectionReason
    plot: PseudonymId
    crop: Word
    harvested_at: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectHarvestClosed:
    """Closed part of `lot.correct_harvest`: none for a lot that was entered by mistake."""

    salt: Bits128
    quantity_g: GramsOrNone
    estimated: bool


def _harvest(act: Act, body: Harvest, closed: HarvestClosed) -> None:
    _require_own_plot(act, body.party, body.plot)
    derived = derive_id(
        ledger=act.head.ledger, party=body.party, nonce=body.nonce, index=body.index
    )
    require(body.lot == derived, Code.ID_NOT_DERIVED)
    require(act.find(Lot, Lot.key(body.lot)) is None, Code.ID_TAKEN)
    act.put(
        Lot.key(body.lot),
        Lot(
            party=body.party,
            plot=body.plot,
            crop=body.crop,
            harvested_at=times.timestamp(act.command.event_time),
            harvest_g=closed.quantity_g,
            estimated=closed.estimated,
            entry=act.command.id,
        ),
    )
    # Never read: a holding exists only for a lot that does.
    act.put(Holding.key(body.lot, body.party, body.party), Holding(held_g=closed.quantity_g))


def _correct(act: Act, body: CorrectHarvest, closed: CorrectHarvestClosed) -> None:
    harvested_at = times.seconds(body.harvested_at)
    require(harvested_at <= act.time + times.FUTURE_REFUSED_S, Code.FUTURE_EVENT)
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    lot = act.find(Lot, Lot.key(body.lot))
    if lot is None or lot.plot != body.plot:  # where it grew stands, whosever the plot is now
        _require_own_plot(act, body.party, body.plot)
    if lot is None or lot.party != body.party:
        raise RejectionError(Code.UNKNOWN_LOT)
    require(lot.entry == body.corrects, Code.NOT_THE_LATEST)
    key = Holding.key(body.lot, body.party, body.party)
    holding = act.find(Holding, key) or EMPTY
    more_g = closed.quantity_g - lot.harvest_g
    act.put(key, holding.minus(-more_g, Code.ALREADY_LEFT) if more_g < 0 else holding.plus(more_g))
    act.put(
        Lot.key(body.lot),
        replace(
            lot,
            plot=body.plot,
            crop=body.crop,
            harvested_at=body.harvested_at,
            harvest_g=closed.quantity_g,
            estimated=closed.estimated,
            entry=act.command.id,
        ),
    )
    act.flags.add("corrected")


def _require_own_plot(act: Act, party: str, plot_id: str) -> None:
    plot = act.find(Plot, Plot.key(plot_id))
    is_own = party == act.principal.party and (plot is None or plot.party == party)
    require(is_own, Code.NOT_YOUR_PARTY)
    require(plot is not None, Code.UNKNOWN_PLOT)


def _harvest_touches(_command: Command, body: Harvest, _closed: HarvestClosed) -> Touches:
    lot = Lot.key(body.lot)
    return Touches(
        reads=(Plot.key(body.plot), lot),
        writes=(lot, Holding.key(body.lot, body.party, body.party)),
    )


def _correct_touches(
    _command: Command, body: CorrectHarvest, _closed: CorrectHarvestClosed
) -> Touches:
    records = (Lot.key(body.lot), Holding.key(body.lot, body.party, body.party))
    return Touches(reads=(Plot.key(body.plot), *records), writes=records)


_FARMERS = frozenset({FARMER})

TYPES = (
    CommandType(
        name="lot.harvest",
        body=Harvest,
        closed=HarvestClosed,
        roles=_FARMERS,
        is_public=True,
        touches=_harvest_touches,
        apply=_harvest,
    ),
    CommandType(
        name="lot.correct_harvest",
        body=CorrectHarvest,
        closed=CorrectHarvestClosed,
        roles=_FARMERS,
        is_public=True,
        touches=_correct_touches,
        apply=_correct,
    ),
)
