"""Goods on consignment: they lie at a shop and stay the farmer's until the shop sells them.

`lot.arrive` books what the shop counted, whether or not it was shipped in this system, and also
before the producer has recorded anything: then the lot's record starts as a claim. What exceeds
the producer's own record is *claimed*. A claim ends when the producer's harvest or supplement
covers it. An arrival needs the producer's standing consent (`consent`), and nobody's signature but
the shop's; so the producer can deny any of it: what is denied can't be sold any more, and what it
had taken of the producer's stock goes back. What nobody has given is claimed apart (`claims`).
"""

from dataclasses import dataclass, replace

from chaincode.base import times
from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.overlay import Overlay
from chaincode.base.shapes import (
    Bits128,
    Grams,
    GramsOrNone,
    LotId,
    PseudonymId,
    Word,
    some_of,
)
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.consent import Consignment, require_consigned
from chaincode.lots.harvest import CorrectionReason
from chaincode.lots.holdings import find_or_empty, flag_surplus
from chaincode.lots.quantities import Channel, Packs, require_packs
from chaincode.lots.records import CLAIMED_CROPS_MAX, HOLDERS, Holding, Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive:
    """Open part of `lot.arrive`."""

    lot: LotId
    party: PseudonymId
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArriveClosed:
    """Closed part of `lot.arrive`: whose goods they are, by their label, and how much came."""

    salt: Bits128
    producer: PseudonymId
    crop: Word
    counted_g: Grams
    packs: Packs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectArrival:
    """Open part of `lot.correct_arrival`."""

    lot: LotId
    party: PseudonymId
    reason: CorrectionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectArrivalClosed:
    """Closed part of `lot.correct_arrival`: what was booked, and what should have been."""

    salt: Bits128
    producer: PseudonymId
    was_g: Grams
    counted_g: GramsOrNone


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """Open part of `lot.take_back`: the owner takes unsold goods home; the holder signs."""

    lot: LotId
    party: PseudonymId
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackClosed:
    """Closed part of `lot.take_back`."""

    salt: Bits128
    owner: PseudonymId
    quantity_g: Grams
    packs: Packs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyClaim:
    """Open part of `lot.deny_claim`, by the producer whom a claim names, or whose lot it is."""

    lot: LotId
    party: PseudonymId


@some_of("denied_g", "surplus")
@dataclass(frozen=True, slots=True, kw_only=True)
class DenyClaimClosed:
    """Closed part of `lot.deny_claim`: of `denied_g` and `surplus` what is said, the rest stands.

    Attributes:
        holder: Who claimed, or found.
        denied_g: How much of what arrived at that holder is not ours, in all: 0 takes a denial
            back. Absent: nothing is said of what arrived.
        owner: Whose the holder says the goods are, if not the signer's.
        surplus: Whether what the holder found beyond what came in is not ours, now and later.
            Absent: nothing is said of it.
    """

    salt: Bits128
    holder: PseudonymId
    denied_g: GramsOrNone | None = None
    owner: PseudonymId | None = None
    surplus: bool | None = None


def _arrive(act: Act, body: Arrive, closed: ArriveClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    require_consigned(act, producer=closed.producer, shop=body.party)
    lot = find_named(act, body.lot, closed.producer)
    require_packs(closed.packs, closed.counted_g)
    require(lot is None or lot.crop == closed.crop, Code.CROP_DIFFERS)
    if lot is None:
        arrived_at = times.timestamp(act.command.event_time)
        lot = claimed_lot(act, body.lot, closed.producer, closed.crop, arrived_at)
    bring(act, body.lot, lot, closed.counted_g, holder=body.party)


def find_named(act: Act, lot_id: str, producer: str) -> Lot | None:
    """Return a lot of that producer, `None` if nobody has begun it; another's is rejected."""
    lot = act.find(Lot, Lot.key(lot_id))
    if lot is not None and lot.origin == "claim" and not lot.claimed_g:
        lot = None  # claimed by mistake, and taken back
    require(lot is None or lot.party == producer, Code.UNKNOWN_LOT)
    return lot


def claimed_lot(act: Act, lot_id: str, producer: str, crop: str, arrived_at: str) -> Lot:
    """Return the record of a lot that comes before its producer's own.

    Raises:
        RejectionError: `TOO_MANY_CROPS`: it was claimed as many others, and taken back.
    """
    before = act.find(Lot, Lot.key(lot_id))
    former = tuple(one for one in before.crops if one != crop) if before else ()
    require(len(former) < CLAIMED_CROPS_MAX, Code.TOO_MANY_CROPS)
    return Lot(
        party=producer,
        origin="claim",
        crop=crop,
        harvested_at=arrived_at,
        estimated=False,
        former_crops=former or None,
        entry=act.command.id,
    )


def bring(act: Act, lot_id: str, lot: Lot, quantity_g: int, *, holder: str) -> None:
    """Move grams from the producer to the holder; what the producer hasn't got is claimed."""
    own_key = Holding.key(lot_id, lot.party, lot.party)
    own = find_or_empty(act, own_key, lot)
    recorded_g = min(own.movable_g, quantity_g)
    if recorded_g:
        act.put(own_key, own.moved(recorded_g))
    claimed_g = quantity_g - recorded_g
    if claimed_g:
        act.put(Lot.key(lot_id), replace(lot, claimed_g=lot.claimed_g + claimed_g))
        act.flags.add("claimed")
    key = Holding.key(lot_id, holder, lot.party)
    holding = find_or_empty(act, key, lot).plus(quantity_g)
    act.put(key, replace(holding, arrived_g=holding.arrived_g + quantity_g))


def _correct_arrival(act: Act, body: CorrectArrival, closed: CorrectArrivalClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    more_g = closed.counted_g - closed.was_g
    if more_g > 0:  # as an arrival of that much
        require_consigned(act, producer=closed.producer, shop=body.party)
    lot = act.get(Lot, Lot.key(body.lot), Code.UNKNOWN_LOT)
    # Of what was claimed in another's name there can be less than was said, and never more.
    require(lot.party == closed.producer or more_g <= 0, Code.UNKNOWN_LOT)
    key = Holding.key(body.lot, body.party, closed.producer)
    holding = act.get(Holding, key, Code.NOTHING_HELD)
    require(closed.was_g <= holding.arrived_g, Code.MORE_THAN_RECORDED)
    if more_g > 0:
        bring(act, body.lot, lot, more_g, holder=body.party)
    elif lot.party == closed.producer:
        _take_away(act, body.lot, lot, -more_g, key)
    else:
        require(-more_g <= lot.misnamed_g, Code.MORE_THAN_RECORDED)
        _unbook(act, key, holding, -more_g)
        act.put(
            Lot.key(body.lot),
            replace(lot, claimed_g=lot.claimed_g + more_g, misnamed_g=lot.misnamed_g + more_g),
        )
    act.flags.add("corrected")


def _take_away(act: Act, lot_id: str, lot: Lot, less_g: int, key: str) -> None:
    """Unbook an arrival: first what is denied, then what is claimed; the rest is the producer's."""
    holding = act.get(Holding, key, Code.NOTHING_HELD)
    denied_g = min(holding.denial(by_owner=True).arrived_g, less_g)
    rest = replace(lot, claimed_g=lot.claimed_g - denied_g, denied_g=lot.denied_g - denied_g)
    unclaimed = rest.unclaimed(less_g - denied_g)
    back_g = less_g - (lot.claimed_g - unclaimed.claimed_g)
    _unbook(act, key, holding, less_g)
    act.put(Lot.key(lot_id), unclaimed)
    if back_g:
        own_key = Holding.key(lot_id, lot.party, lot.party)
        act.put(own_key, find_or_empty(act, own_key, lot).back(back_g))


def _unbook(act: Act, key: str, holding: Holding, less_g: int) -> None:
    rest = holding.unarrived(less_g)
    act.put(key, rest)
    flag_surplus(act, holding, rest)


def _take_back(act: Act, body: TakeBack, closed: TakeBackClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    lot = act.get(Lot, Lot.key(body.lot), Code.UNKNOWN_LOT)
    key = Holding.key(body.lot, body.party, closed.owner)
    holding = act.get(Holding, key, Code.NOTHING_HELD)
    # Of a lot that its producer has not recorded yet, the arrival is corrected instead.
    require(lot.origin != "claim", Code.NOT_HARVESTED)
    require_packs(closed.packs, closed.quantity_g)
    act.put(key, holding.gone_home(closed.quantity_g))
    own_key = Holding.key(body.lot, closed.owner, closed.owner)
    act.put(own_key, find_or_empty(act, own_key, lot).back(closed.quantity_g))


def _deny(act: Act, body: DenyClaim, closed: DenyClaimClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    lot = act.get(Lot, Lot.key(body.lot), Code.UNKNOWN_LOT)
    owner = closed.owner or body.party
    require(body.party in {lot.party, owner}, Code.UNKNOWN_LOT)
    key = Holding.key(body.lot, closed.holder, owner)
    holding = act.get(Holding, key, Code.NOTHING_HELD)
    by_owner = body.party == owner  # who else denies it, denies it apart
    before = holding.denial(by_owner=by_owner)
    surplus = before.surplus if closed.surplus is None else closed.surplus
    denied_g = before.arrived_g if closed.denied_g is None else closed.denied_g
    require(denied_g <= holding.arrived_g, Code.MORE_THAN_RECORDED)
    has_surplus = before.surplus or holding.unproven_g > 0
    require(has_surplus or not surplus, Code.MORE_THAN_RECORDED)
    if owner == lot.party:
        _give_back(act, body.lot, lot, denied_g - before.arrived_g)
    act.put(key, holding.denying(denied_g, surplus=surplus, by_owner=by_owner))
    act.flags.add("denied")


def _give_back(act: Act, lot_id: str, lot: Lot, more_g: int) -> None:
    """Deny more of the producer's own lot, or less: what was no claim came from its own stock.

    That goes back, though others may have sold it meanwhile; and is taken again when the denial is.
    """
    own_key = Holding.key(lot_id, lot.party, lot.party)
    own = find_or_empty(act, own_key, lot)
    if more_g > 0:
        rest = lot.unclaimed(more_g)
        back_g = more_g - (lot.claimed_g - rest.claimed_g)
        claimed_g = rest.claimed_g + more_g
    else:
        rest, back_g = lot, -min(own.movable_g, -more_g)
        claimed_g = lot.claimed_g + back_g
    if back_g:
        act.put(own_key, own.back(back_g) if back_g > 0 else own.moved(-back_g))
    denied = replace(rest, claimed_g=claimed_g, denied_g=lot.denied_g + more_g)
    act.put(Lot.key(lot_id), denied)


def _producer(
    _overlay: Overlay, _body: object, closed: ArriveClosed | CorrectArrivalClosed, _party: str
) -> str:
    return closed.producer


def _owner(_overlay: Overlay, _body: object, closed: TakeBackClosed, _party: str) -> str:
    return closed.owner


def _holder(_overlay: Overlay, _body: object, closed: DenyClaimClosed, _party: str) -> str:
    return closed.holder


def _arrive_touches(_command: Command, body: Arrive, closed: ArriveClosed) -> Touches:
    consignment = Consignment.key(closed.producer, body.party)
    records = touched(body.lot, body.party, closed.producer)
    return Touches(reads=(consignment, *records), writes=records)


def _correct_touches(
    _command: Command, body: CorrectArrival, closed: CorrectArrivalClosed
) -> Touches:
    consignment = Consignment.key(closed.producer, body.party)
    records = touched(body.lot, body.party, closed.producer)
    return Touches(reads=(consignment, *records), writes=records)


def touched(lot: str, holder: str, owner: str) -> tuple[str, str, str]:
    """Return what goods touch that go from their owner to a holder: lot, and both holdings."""
    return Lot.key(lot), Holding.key(lot, owner, owner), Holding.key(lot, holder, owner)


def _take_back_touches(_command: Command, body: TakeBack, closed: TakeBackClosed) -> Touches:
    lot, *holdings = touched(body.lot, body.party, closed.owner)
    return Touches(reads=(lot, *holdings), writes=tuple(holdings))


def _deny_touches(_command: Command, body: DenyClaim, closed: DenyClaimClosed) -> Touches:
    records = touched(body.lot, closed.holder, closed.owner or body.party)
    return Touches(reads=records, writes=records)


TYPES = (
    CommandType(
        name="lot.arrive",
        body=Arrive,
        closed=ArriveClosed,
        roles=HOLDERS,
        counterparty=_producer,
        proof="parties",
        touches=_arrive_touches,
        apply=_arrive,
    ),
    CommandType(
        name="lot.correct_arrival",
        body=CorrectArrival,
        closed=CorrectArrivalClosed,
        roles=HOLDERS,
        counterparty=_producer,
        proof="parties",
        touches=_correct_touches,
        apply=_correct_arrival,
    ),
    CommandType(
        name="lot.take_back",
        body=TakeBack,
        closed=TakeBackClosed,
        roles=HOLDERS,
        counterparty=_owner,
        proof="parties",
        touches=_take_back_touches,
        apply=_take_back,
    ),
    CommandType(
        name="lot.deny_claim",
        body=DenyClaim,
        closed=DenyClaimClosed,
        roles=HOLDERS,
        counterparty=_holder,
        proof="parties",
        touches=_deny_touches,
        apply=_deny,
    ),
)
