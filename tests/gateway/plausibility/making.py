"""Entries and rows for rules of plausibility: made up, one member at a time."""

from itertools import count

from gateway.plausibility.evidence import Entry, HoldingFacts, LotFacts
from gateway.plausibility.thresholds import thresholds

NOON = 1_795_000_000  # 2026-11-18, the time at which everything here happens
MINUTE, DAY = 60, 86_400
FARM, SHOP = "F4M9X2B0KTD7", "S4M9X2B0KTD7"
LOT = "5T2W8YK0M3R7B1XNQ4HD"
LIMITS = thresholds("2026-11-18")

_places = count(1)


def entry(
    kind, *, at=NOON, late_s=0, party=FARM, flags=(), closed=None, kid="kid", nonce="", **body
):
    """Return an entry, later in the chain than all made before; `late_s`: signed so much later."""
    place = next(_places)
    return Entry(
        block=place,
        position=0,
        id=f"{place:064}",
        kid=kid,
        seq=place,
        type=kind,
        actor="A4M9X2B0KTD7",
        party=party,
        event_time=at,
        signed_at=at + late_s,
        ledger_time=at + late_s,
        nonce=nonce or f"{place:032}",
        flags=flags,
        body={"lot": LOT, **body},
        closed=closed or {},
    )


def lot(**changes):
    values = {
        "id": LOT,
        "party": FARM,
        "origin": "harvest",
        "plot": "P4M9X2B0KTD7",
        "crop": "carrot",
        "harvested_at": NOON,
        "estimated": False,
        "harvest_g": 100_000,
        "supplement_g": 0,
        "claimed_g": 0,
        "made_g": 0,
    }
    return LotFacts(**values | changes)


def holding(holder=FARM, owner=FARM, *, lost_g=0, discarded_g=0, surplus_g=0):
    return HoldingFacts(
        holder=holder, owner=owner, lost_g=lost_g, discarded_g=discarded_g, surplus_g=surplus_g
    )
