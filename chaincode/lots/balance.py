"""The mass balance of one command: what it changes on the left of a lot it changes on the right.

What no command has touched has not changed, so the balance of all holds if that of each change
does. A breach is a bug of a rule's: the command answers `CONTRACT_FAULT`, and writes nothing.
"""

from collections.abc import Iterable

from chaincode.base.overlay import Change
from chaincode.lots.records import Holding, Lot, Shipment


class UnbalancedError(Exception):
    """A rule would make grams out of nothing, or lose some."""


def require_balance(changes: Iterable[Change]) -> None:
    """Check the balance of each lot over what a command changes.

    Raises:
        UnbalancedError: It would be broken; names the lot.
    """
    excess_g: dict[str, int] = {}
    for change in changes:
        lot = _lot_of(change)
        if lot is not None:
            gained_g = _came_g(change.after) - _came_g(change.before)
            excess_g[lot] = excess_g.get(lot, 0) + gained_g
    for lot, grams in excess_g.items():
        if grams:
            raise UnbalancedError(lot)


def _lot_of(change: Change) -> str | None:
    """Return the lot that a record counts grams of, if it counts any."""
    if isinstance(change.after, Lot | Holding):
        return change.key.split("/")[1]
    return change.after.lot if isinstance(change.after, Shipment) else None


def _came_g(record: object | None) -> int:
    """Return what stands on the left of the balance, less what stands on the right."""
    match record:
        case Lot():
            return record.harvest_g + record.supplement_g + record.claimed_g + record.made_g
        case Holding():
            gone_g = record.sold_g + record.discarded_g + record.own_use_g + record.transformed_g
            return record.surplus_g - record.held_g - gone_g - record.lost_g
        case Shipment():
            under_way_g = record.shipped_g if record.state == "in_transit" else 0
            return -under_way_g - record.disputed_g - record.lost_g
    return 0
