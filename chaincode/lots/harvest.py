"""How grams come into being: harvest, its correction, a supplement, stock from before."""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode.base import times
from chaincode.base.derived_ids import require_derived
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, RejectionError
from chaincode.base.shapes import (
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
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.holdings import find_or_empty, flag_surplus
from chaincode.lots.quantities import Channel, Packs, require_packs
from chaincode.lots.records import CROPS_OF_A_LOT_MAX, FARMER, Holding, Lot
from chaincode.plots import Plot

INSPECTOR = "inspector"
CLERK = "clerk"  # at a desk
WITNESSES = frozenset({INSPECTOR, CLERK})  # of stock from before the ledger

SupplementReason = Annotated[str, Text("estimate|found|second-picking|other", "estimate")]
CorrectionReason = Annotated[
    str, Text("typing|weighing|wrong-lot|wrong-plot|wrong-date|other", "weighing")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """Open part of `lot.harvest`; the envelope's `event_time` is when it was harvested."""

    lot: LotId
    party: PseudonymId
    id_nonce: Bits128
    index: SmallNumber
    plot: PseudonymId
    crop: Word
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestClosed:
    """Closed part: how much, and whether it was weighed."""

    salt: Bits128
    quantity_g: Grams
    estimated: bool
    packs: Packs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """Open part of `lot.supplement`: there turned out to be more."""

    lot: LotId
    party: PseudonymId
    reason: SupplementReason
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Open part of `lot.open`: produce from before this ledger.

    Attributes:
        document: SHA-256 of salt and content of the papers that the second signer has seen.
    """

    lot: LotId
    party: PseudonymId
    id_nonce: Bits128
    index: SmallNumber
    crop: Word
    harvested_at: Timestamp
    document: Sha256


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
    """Closed part of `lot.correct_harvest`: none for a lot that was entered by mistake.

    Attributes:
        supplement_g: What all supplements together should have been; absent, they stand.
    """

    salt: Bits128
    quantity_g: GramsOrNone
    estimated: bool
    packs: Packs | None = None
    supplement_g: GramsOrNone | None = None


def _harvest(act: Act, body: Harvest, closed: HarvestClosed) -> None:
    _require_own_plot(act, body.party, body.plot)
    require_derived(act, body.lot, party=body.party, nonce=body.id_nonce, index=body.index)
    before = act.find(Lot, Lot.key(body.lot))
    require(before is None or before.origin == "claim", Code.ID_TAKEN)
    require_packs(closed.packs, closed.quantity_g)
    lot = Lot(
        party=body.party,
        origin="harvest",
        plot=body.plot,
        crop=body.crop,
        harvested_at=times.timestamp(act.command.event_time),
        estimated=closed.estimated,
        harvest_g=closed.quantity_g,
        entry=act.command.id,
    )
    _begin(act, body.lot, lot.with_claims_on(before))


def _begin(act: Act, lot_id: str, lot: Lot) -> None:
    """Write down a lot's own record; what of it was claimed before is covered, the rest held."""
    covered_g = min(lot.coverable_g, lot.harvest_g)
    act.put(Lot.key(lot_id), lot.covering(covered_g))
    # Of a lot that was claimed, goods may have come back to the producer already.
    key = Holding.key(lot_id, lot.party, lot.party)
    act.put(key, find_or_empty(act, key, lot).plus(lot.harvest_g - covered_g))


def _supplement(act: Act, body: Supplement, closed: HarvestClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    lot = act.get(Lot, Lot.key(body.lot), Code.UNKNOWN_LOT)
    require(lot.party == body.party, Code.UNKNOWN_LOT)
    require(lot.origin in {"harvest", "opening"}, Code.NOT_HARVESTED)
    require_packs(closed.packs, closed.quantity_g)
    covered_g = min(lot.coverable_g, closed.quantity_g)
    key = Holding.key(body.lot, body.party, body.party)
    holding = find_or_empty(act, key, lot)
    act.put(key, holding.plus(closed.quantity_g - covered_g))
    act.put(
        Lot.key(body.lot),
        replace(lot.covering(covered_g), supplement_g=lot.supplement_g + closed.quantity_g),
    )
    act.flags.add("supplemented")


def _open(act: Act, body: Opening, closed: HarvestClosed) -> None:
    assert act.proposer is not None  # noqa: S101 - a type with two signers
    harvested_at = times.seconds(body.harvested_at)
    require(harvested_at <= act.time + times.FUTURE_REFUSED_S, Code.FUTURE_EVENT)
    require(FARMER in act.proposer.roles, Code.ROLE_MISSING)
    is_witness = act.principal.holds(*WITNESSES)
    # Nobody of the farm witnesses its stock, for an inspector neither.
    is_outside = act.proposer.party not in {act.signer.party, act.principal.party}
    require(is_witness and is_outside, Code.NOT_INDEPENDENT)
    require(body.party == act.proposer.party, Code.NOT_YOUR_PARTY)
    require_derived(act, body.lot, party=body.party, nonce=body.id_nonce, index=body.index)
    before = act.find(Lot, Lot.key(body.lot))
    require(before is None or before.origin == "claim", Code.ID_TAKEN)
    require_packs(closed.packs, closed.quantity_g)
    lot = Lot(
        party=body.party,
        origin="opening",
        crop=body.crop,
        harvested_at=body.harvested_at,
        estimated=closed.estimated,
        harvest_g=closed.quantity_g,
        entry=act.command.id,
    )
    _begin(act, body.lot, lot.with_claims_on(before))
    act.flags.add("opening")


def _correct(act: Act, body: CorrectHarvest, closed: CorrectHarvestClosed) -> None:
    harvested_at = times.seconds(body.harvested_at)
    require(harvested_at <= act.time + times.FUTURE_REFUSED_S, Code.FUTURE_EVENT)
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    lot = act.find(Lot, Lot.key(body.lot))
    if lot is None or lot.plot != body.plot:  # where it grew stands, whosever the plot is now
        _require_own_plot(act, body.party, body.plot)
    if lot is None or lot.party != body.party:
        raise RejectionError(Code.UNKNOWN_LOT)
    require(lot.origin == "harvest", Code.NOT_HARVESTED)
    require(lot.entry == body.corrects, Code.NOT_THE_LATEST)
    require_packs(closed.packs, closed.quantity_g)
    key = Holding.key(body.lot, body.party, body.party)
    holding = find_or_empty(act, key, lot)
    supplement_g = lot.supplement_g if closed.supplement_g is None else closed.supplement_g
    more_g = closed.quantity_g - lot.harvest_g + supplement_g - lot.supplement_g
    lot = lot.of_crop(body.crop)
    covered_g = max(0, min(lot.coverable_g, more_g))
    corrected = holding.less_came(-more_g) if more_g < 0 else holding.plus(more_g - covered_g)
    require(len(lot.crops) <= CROPS_OF_A_LOT_MAX, Code.TOO_MANY_CROPS)
    act.put(key, corrected)
    flag_surplus(act, holding, corrected)
    act.put(
        Lot.key(body.lot),
        replace(
            lot.covering(covered_g),
            plot=body.plot,
            harvested_at=body.harvested_at,
            harvest_g=closed.quantity_g,
            supplement_g=supplement_g,
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
    records = (Lot.key(body.lot), Holding.key(body.lot, body.party, body.party))
    return Touches(reads=(Plot.key(body.plot), *records), writes=records)


def _supplement_touches(_command: Command, body: Supplement, _closed: HarvestClosed) -> Touches:
    records = (Lot.key(body.lot), Holding.key(body.lot, body.party, body.party))
    return Touches(reads=records, writes=records)


def _open_touches(_command: Command, body: Opening, _closed: HarvestClosed) -> Touches:
    records = (Lot.key(body.lot), Holding.key(body.lot, body.party, body.party))
    return Touches(reads=records, writes=records)


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
        proof="public",
        touches=_harvest_touches,
        apply=_harvest,
    ),
    CommandType(
        name="lot.correct_harvest",
        body=CorrectHarvest,
        closed=CorrectHarvestClosed,
        roles=_FARMERS,
        proof="public",
        touches=_correct_touches,
        apply=_correct,
    ),
    CommandType(
        name="lot.supplement",
        body=Supplement,
        closed=HarvestClosed,
        roles=_FARMERS,
        proof="public",
        touches=_supplement_touches,
        apply=_supplement,
    ),
    CommandType(
        name="lot.open",
        body=Opening,
        closed=HarvestClosed,
        roles=frozenset({FARMER}) | WITNESSES,
        signers=2,
        witnesses=WITNESSES,
        proof="public",
        touches=_open_touches,
        apply=_open,
    ),
)
