"""What may leave a holding, and what comes into one: the checks that every movement shares."""

from dataclasses import replace

from chaincode.base import times
from chaincode.base.errors import Code
from chaincode.command_types import Act, require
from chaincode.lots.records import Holding, Lot, Shipment
from chaincode.recalls.records import OPEN_RECALLS, SAFETY, OpenRecalls


def find_or_empty(act: Act, key: str, lot: Lot) -> Holding:
    """Return the holding at `key`, or an empty one, of a lot: what this says of its ancestors.

    The record may have come since: then it knows them better than what was claimed before.
    """
    found = act.find(Holding, key) or Holding(held_g=0)
    return replace(found, roots=lot.roots, hidden_crops=lot.goods_hide)


def find_or_sent(act: Act, key: str, shipment: Shipment) -> Holding:
    """Return the holding at `key`, or an empty one, with what a shipment says of ancestors, too.

    One of both may be from before the lot's record: so what either names or hides is.
    """
    found = act.find(Holding, key) or Holding(held_g=0)
    hidden = {*(found.hidden_crops or ()), *(shipment.hidden_crops or ())}
    return replace(
        found,
        roots=max(found.roots, shipment.roots, key=len),  # the lot's, or none
        hidden_crops=tuple(sorted(hidden)) or None,
    )


def require_harmless(act: Act, lot_id: str, holding: Holding) -> None:
    """Reject eating what an open recall for safety's sake meets, or may meet (`RECALLED`)."""
    require(not _is_met(act, lot_id, holding, kind=SAFETY), Code.RECALLED)


def require_movable(act: Act, lot_id: str, holding: Holding) -> None:
    """Reject passing on what is on hold (`ON_HOLD`), or met by an open recall (`RECALLED`)."""
    require(not holding.is_on_hold, Code.ON_HOLD)
    require_not_recalled(act, lot_id, holding)


def require_not_recalled(act: Act, lot_id: str, holding: Holding) -> None:
    """Reject what an open recall meets, or, for safety's sake, may meet (`RECALLED`)."""
    require(not _is_met(act, lot_id, holding), Code.RECALLED)


def _is_met(act: Act, lot_id: str, holding: Holding, kind: str | None = None) -> bool:
    recalls, now = act.find(OpenRecalls, OPEN_RECALLS), times.timestamp(act.time)
    if recalls is None:
        return False
    hidden = holding.hidden_crops or ()
    return recalls.meets(lot_id, holding.roots, now, hidden_crops=hidden, kind=kind)


def flag_surplus(act: Act, before: Holding, after: Holding) -> None:
    """Mark the command publicly if by it more was found than anyone else vouches for."""
    if after.found_g > before.found_g:
        act.flags.add("surplus")
