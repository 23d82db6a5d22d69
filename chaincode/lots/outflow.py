"""How grams leave a holding for good: sold, discarded, used by the household; and corrections."""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.shapes import Bits128, Grams, GramsOrNone, LotId, PseudonymId, Sha256, Text
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.harvest import CorrectionReason
from chaincode.lots.holdings import require_harmless, require_movable
from chaincode.lots.quantities import Channel, Packs, require_packs
from chaincode.lots.records import HOLDERS, Holding

DiscardReason = Annotated[str, Text("spoiled|damaged|unsold|sample|other", "spoiled")]
# How a sale became known: scanned or counted, from a till's file, from such a file by oldest lot
# first because the till didn't know the lot, or as what was neither left nor discarded.
SaleBasis = Annotated[str, Text("scan|count|pos|oldest-first|remainder", "count")]
Outflow = Annotated[str, Text("sold|discarded|own_use", "sold")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Open part of `lot.sell` and `lot.own_use`."""

    lot: LotId
    party: PseudonymId
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard:
    """Open part of `lot.discard`."""

    lot: LotId
    party: PseudonymId
    reason: DiscardReason
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeClosed:
    """Closed part of `lot.discard` and `lot.own_use`: how much.

    Attributes:
        owner: Whose goods they were, if not the holder's own.
    """

    salt: Bits128
    quantity_g: Grams
    owner: PseudonymId | None = None
    packs: Packs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SellClosed:
    """Closed part of `lot.sell`.

    Attributes:
        receipt: SHA-256 that names one line of a till's file. The contract looks at no earlier
            sale: who reads the file asks the projection what of the line is booked, and books less.
    """

    salt: Bits128
    quantity_g: Grams
    owner: PseudonymId | None = None
    packs: Packs | None = None
    basis: SaleBasis | None = None
    receipt: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectOutflow:
    """Open part of `lot.correct_outflow`; `corrects` is the command that read wrong."""

    lot: LotId
    party: PseudonymId
    corrects: Sha256
    outflow: Outflow
    reason: CorrectionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectOutflowClosed:
    """Closed part of `lot.correct_outflow`: what it said, and what it should have said."""

    salt: Bits128
    was_g: Grams
    quantity_g: GramsOrNone
    owner: PseudonymId | None = None


def _find(act: Act, body: Take | Discard, owner: str | None) -> tuple[str, Holding]:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    key = Holding.key(body.lot, body.party, owner or body.party)
    return key, act.get(Holding, key, Code.NOTHING_HELD)


def _sell(act: Act, body: Take, closed: SellClosed) -> None:
    key, holding = _find(act, body, closed.owner)
    require_movable(act, body.lot, holding)
    require_packs(closed.packs, closed.quantity_g)
    rest = holding.spent(closed.quantity_g)
    act.put(key, replace(rest, sold_g=rest.sold_g + closed.quantity_g))


def _discard(act: Act, body: Discard, closed: TakeClosed) -> None:
    key, holding = _find(act, body, closed.owner)
    require_packs(closed.packs, closed.quantity_g)
    rest = holding.rid_of(closed.quantity_g)
    act.put(key, replace(rest, discarded_g=rest.discarded_g + closed.quantity_g))


def _own_use(act: Act, body: Take, closed: TakeClosed) -> None:
    key, holding = _find(act, body, closed.owner)
    require_harmless(act, body.lot, holding)
    require_packs(closed.packs, closed.quantity_g)
    rest = holding.spent(closed.quantity_g)
    act.put(key, replace(rest, own_use_g=rest.own_use_g + closed.quantity_g))


def _correct(act: Act, body: CorrectOutflow, closed: CorrectOutflowClosed) -> None:
    """Take back what was booked and book what should have been.

    The ledger keeps sums, not single sales: it holds the correction to the sum, and the projection
    shows it beside the command it names. Nor does a hold or a recall stop it: what was sold must be
    told. But what is denied is not sold by way of a correction.
    """
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    key = Holding.key(body.lot, body.party, closed.owner or body.party)
    holding = act.get(Holding, key, Code.NOTHING_HELD)
    sums_g = {
        "sold": holding.sold_g,
        "discarded": holding.discarded_g,
        "own_use": holding.own_use_g,
    }
    require(closed.was_g <= sums_g[body.outflow], Code.MORE_THAN_RECORDED)
    more_g = closed.quantity_g - closed.was_g
    if more_g <= 0:
        booked = holding.unspent(-more_g)
    elif body.outflow == "discarded":
        booked = holding.rid_of(more_g)
    else:
        booked = holding.spent(more_g)
    sums_g[body.outflow] += more_g
    act.put(
        key,
        replace(
            booked,
            sold_g=sums_g["sold"],
            discarded_g=sums_g["discarded"],
            own_use_g=sums_g["own_use"],
        ),
    )
    act.flags.add("corrected")


def _touches(
    _command: Command,
    body: Take | Discard | CorrectOutflow,
    closed: SellClosed | TakeClosed | CorrectOutflowClosed,
) -> Touches:
    holding = Holding.key(body.lot, body.party, closed.owner or body.party)
    return Touches(reads=(holding,), writes=(holding,))


TYPES = (
    CommandType(
        name="lot.sell",
        body=Take,
        closed=SellClosed,
        roles=HOLDERS,
        proof="parties",
        touches=_touches,
        apply=_sell,
    ),
    CommandType(
        name="lot.discard",
        body=Discard,
        closed=TakeClosed,
        roles=HOLDERS,
        proof="parties",
        touches=_touches,
        apply=_discard,
    ),
    CommandType(
        name="lot.own_use",
        body=Take,
        closed=TakeClosed,
        roles=HOLDERS,
        proof="parties",
        touches=_touches,
        apply=_own_use,
    ),
    CommandType(
        name="lot.correct_outflow",
        body=CorrectOutflow,
        closed=CorrectOutflowClosed,
        roles=HOLDERS,
        proof="parties",
        touches=_touches,
        apply=_correct,
    ),
)
