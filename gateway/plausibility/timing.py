"""When things are said to have happened: late, ahead, in an order or at a speed that can't be."""

from collections.abc import Sequence

from chaincode.base.times import DAY_S
from gateway.plausibility.codes import FlagCode
from gateway.plausibility.evidence import Entry, Flag, LotFacts
from gateway.plausibility.thresholds import MINUTE_S, Thresholds

HARVEST, ARRIVE, SHIP, RECEIVE = "lot.harvest", "lot.arrive", "lot.ship", "lot.receive"


def entered_late(entry: Entry) -> Flag | None:
    """Tell what the contract has marked `late`: by its own bounds, wider for paper."""
    if "late" not in entry.flags:
        return None
    days = (entry.ledger_time - entry.event_time) // DAY_S
    return entry.flag(FlagCode.ENTERED_LATE, subject_of(entry), late_days=days)


def dated_ahead(entry: Entry) -> Flag | None:
    """Tell what the contract has marked `future`."""
    if "future" not in entry.flags:
        return None
    minutes = (entry.event_time - entry.ledger_time) // MINUTE_S
    return entry.flag(FlagCode.DATED_AHEAD, subject_of(entry), ahead_minutes=minutes)


def received_before_shipped(
    entry: Entry, story: Sequence[Entry], limits: Thresholds
) -> Flag | None:
    """Compare a receipt's time with that of the shipment it names.

    Args:
        entry: The receipt.
        story: Of the shipment.
        limits: In force.
    """
    shipped = next((one for one in story if one.type == SHIP), None)
    if shipped is None or shipped.event_time - entry.event_time <= limits.clock_s:
        return None
    return entry.flag(
        FlagCode.RECEIVED_BEFORE_SHIPPED,
        f"shipment/{entry.text('shipment')}",
        before_minutes=(shipped.event_time - entry.event_time) // MINUTE_S,
        limit_minutes=limits.clock_s // MINUTE_S,
    )


def arrived_before_harvest(
    entry: Entry, lot: LotFacts, story: Sequence[Entry], limits: Thresholds
) -> Flag | None:
    """Compare the arrival of goods with their harvest; whichever was entered later is flagged.

    Args:
        entry: A harvest, or the arrival or receipt of goods.
        lot: As corrected: a mended date ends the flag.
        story: Of the lot.
        limits: In force.
    """
    if lot.origin != "harvest":
        return None
    if entry.type == HARVEST:
        came = [one.event_time for one in story if one.type == ARRIVE and one.place < entry.place]
        arrived_at = min(came, default=lot.harvested_at)
    elif _is_recorded_before(entry, story):
        arrived_at = entry.event_time
    else:
        return None
    early_s = lot.harvested_at - arrived_at
    if early_s <= limits.clock_s:
        return None
    return entry.flag(
        FlagCode.ARRIVED_BEFORE_HARVEST,
        f"lot/{lot.id}",
        before_minutes=early_s // MINUTE_S,
        limit_minutes=limits.clock_s // MINUTE_S,
    )


def arrived_soon(
    entry: Entry, lot: LotFacts, story: Sequence[Entry], limits: Thresholds
) -> Flag | None:
    """Tell much that arrived so soon after it was harvested that nobody can have carried it."""
    if lot.origin != "harvest" or not _is_recorded_before(entry, story):
        return None
    quantity_g = entry.number("counted_g" if entry.type == ARRIVE else "received_g")
    after_s = entry.event_time - lot.harvested_at
    is_soon = -limits.clock_s <= after_s < limits.soon_s
    if not is_soon or quantity_g < limits.soon_g:
        return None
    return entry.flag(
        FlagCode.ARRIVED_SOON,
        f"lot/{lot.id}",
        after_minutes=max(after_s, 0) // MINUTE_S,
        limit_minutes=limits.soon_s // MINUTE_S,
        quantity_g=quantity_g,
    )


def subject_of(entry: Entry) -> str:
    """Return the state key of the record that an entry is about first."""
    for kind in ("shipment", "lot", "roll"):
        if entry.text(kind):
            return f"{kind}/{entry.text(kind)}"
    children = entry.body.get("children")
    if isinstance(children, list) and children and isinstance(children[0], dict):
        return f"lot/{children[0].get('lot')}"
    child = entry.body.get("child")
    if isinstance(child, dict):
        return f"lot/{child.get('lot')}"
    return f"actor/{entry.actor}"


def _is_recorded_before(entry: Entry, story: Sequence[Entry]) -> bool:
    return any(one.type == HARVEST and one.place < entry.place for one in story)
