"""What may leave a holding, and what comes into one: the checks that every movement shares."""

from chaincode.base import times
from chaincode.base.errors import Code
from chaincode.command_types import Act, require
from chaincode.lots.records import Holding, Roots
from chaincode.recalls.records import OPEN_RECALLS, SAFETY, OpenRecalls


def find_or_empty(act: Act, key: str, roots: Roots) -> Holding:
    """Return the holding at `key`, or an empty one of a lot with these ancestors."""
    found = act.find(Holding, key)
    return Holding(held_g=0, roots=roots) if found is None else found


def require_harmless(act: Act, lot_id: str, holding: Holding) -> None:
    """Reject eating what an open recall for safety's sake meets (`RECALLED`)."""
    recalls, now = act.find(OpenRecalls, OPEN_RECALLS), times.timestamp(act.time)
    is_met = recalls is not None and recalls.meets(lot_id, holding.roots, now, kind=SAFETY)
    require(not is_met, Code.RECALLED)


def require_movable(act: Act, lot_id: str, holding: Holding) -> None:
    """Reject passing on what is on hold (`ON_HOLD`), or met by an open recall (`RECALLED`)."""
    require(not holding.is_on_hold, Code.ON_HOLD)
    require_not_recalled(act, lot_id, holding)


def require_not_recalled(act: Act, lot_id: str, holding: Holding) -> None:
    """Reject what is met by an open recall (`RECALLED`)."""
    recalls, now = act.find(OpenRecalls, OPEN_RECALLS), times.timestamp(act.time)
    require(recalls is None or not recalls.meets(lot_id, holding.roots, now), Code.RECALLED)


def flag_surplus(act: Act, before: Holding, after: Holding) -> None:
    """Mark the command publicly if by it more was found than anyone else vouches for."""
    if after.found_g > before.found_g:
        act.flags.add("surplus")
