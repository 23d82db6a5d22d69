"""What a holder says of its own stock: how much is there, and whether it may be passed on."""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.shapes import Bits128, GramsOrNone, LotId, PseudonymId, Text
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.holdings import flag_surplus, require_not_recalled
from chaincode.lots.quantities import Channel, Packs, require_packs
from chaincode.lots.records import HOLDERS, Holding

StockReason = Annotated[str, Text("shrinkage|damage|theft|estimate|miscount|other", "shrinkage")]
HoldReason = Annotated[str, Text("suspicion|test-pending|damage|complaint|other", "suspicion")]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStock:
    """Open part of `lot.take_stock`: of what most of a difference comes.

    The envelope's `event_time` is when it was counted.
    """

    lot: LotId
    party: PseudonymId
    reason: StockReason
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStockClosed:
    """Closed part of `lot.take_stock`: what stood on record when it was counted, and what did.

    Their difference is booked, so what left or came in the meantime changes nothing.
    """

    salt: Bits128
    was_g: GramsOrNone
    counted_g: GramsOrNone
    owner: PseudonymId | None = None
    packs: Packs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Open part of `lot.hold`."""

    lot: LotId
    party: PseudonymId
    reason: HoldReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Open part of `lot.release`."""

    lot: LotId
    party: PseudonymId


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldClosed:
    """Closed part of `lot.hold` and `lot.release`: whose goods, if not the holder's own."""

    salt: Bits128
    owner: PseudonymId | None = None


def _take_stock(act: Act, body: TakeStock, closed: TakeStockClosed) -> None:
    key, holding = _own(act, body, closed.owner)
    more_g = closed.counted_g - closed.was_g
    # What was lost may turn up; more than that would be goods that nobody recalls.
    if more_g > max(0, holding.lost_g - holding.surplus_g):
        require_not_recalled(act, body.lot, holding)
    require_packs(closed.packs, closed.counted_g)
    require(holding.held_g + more_g >= 0, Code.ALREADY_LEFT)
    counted = holding.counted(more_g)
    act.put(key, counted)
    flag_surplus(act, holding, counted)


def _hold(act: Act, body: Hold, closed: HoldClosed) -> None:
    key, holding = _own(act, body, closed.owner)
    require(not holding.is_on_hold, Code.ON_HOLD)
    act.put(key, replace(holding, is_on_hold=True))


def _release(act: Act, body: Release, closed: HoldClosed) -> None:
    key, holding = _own(act, body, closed.owner)
    require(holding.is_on_hold, Code.NOT_ON_HOLD)
    act.put(key, replace(holding, is_on_hold=False))


def _own(act: Act, body: TakeStock | Hold | Release, owner: str | None) -> tuple[str, Holding]:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    key = Holding.key(body.lot, body.party, owner or body.party)
    return key, act.get(Holding, key, Code.NOTHING_HELD)


def _touches(
    _command: Command, body: TakeStock | Hold | Release, closed: TakeStockClosed | HoldClosed
) -> Touches:
    holding = Holding.key(body.lot, body.party, closed.owner or body.party)
    return Touches(reads=(holding,), writes=(holding,))


TYPES = (
    CommandType(
        name="lot.take_stock",
        body=TakeStock,
        closed=TakeStockClosed,
        roles=HOLDERS,
        proof="parties",
        touches=_touches,
        apply=_take_stock,
    ),
    CommandType(
        name="lot.hold",
        body=Hold,
        closed=HoldClosed,
        roles=HOLDERS,
        proof="parties",
        touches=_touches,
        apply=_hold,
    ),
    CommandType(
        name="lot.release",
        body=Release,
        closed=HoldClosed,
        roles=HOLDERS,
        proof="parties",
        touches=_touches,
        apply=_release,
    ),
)
