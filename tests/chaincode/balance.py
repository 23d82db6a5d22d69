"""The mass balance as the specification has it, invariant 1; written from it, not from the code."""

from collections.abc import Iterable

from chaincode.lots.records import Holding, Lot, Shipment


def is_balanced(lot: Lot, holdings: Iterable[Holding], shipments: Iterable[Shipment]) -> bool:
    """Whether it holds for a lot over all of its holdings and shipments."""
    came_g = lot.harvest_g + lot.supplement_g + lot.claimed_g + lot.made_g
    held_g = sum(
        (one.held_g + one.sold_g + one.discarded_g + one.own_use_g + one.transformed_g + one.lost_g)
        - one.surplus_g
        for one in holdings
    )
    under_way_g = sum(
        (one.shipped_g if one.state == "in_transit" else 0) + one.disputed_g + one.lost_g
        for one in shipments
    )
    return came_g == held_g + under_way_g
