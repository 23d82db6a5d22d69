"""What a dump of the state says about every lot, added up by other code than the contract's."""

import json
from collections import defaultdict


def read(dump: bytes) -> dict[str, dict]:
    """Return the state by key."""
    return dict(json.loads(line) for line in dump.splitlines())


def unbalanced(state: dict[str, dict]) -> list[str]:
    """Return the lots whose mass balance does not hold."""
    left: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    for key, value in state.items():
        kind, _, rest = key.partition("/")
        if kind == "lot":
            terms = ("harvest_g", "supplement_g", "claimed_g", "made_g")
            left[rest] += sum(value[term] for term in terms)
        elif kind == "holding":
            lot = rest.split("/")[0]
            left[lot] += value["surplus_g"]
            gone = ("sold_g", "discarded_g", "own_use_g", "transformed_g", "lost_g")
            right[lot] += value["held_g"] + sum(value[term] for term in gone)
        elif kind == "shipment":
            in_transit_g = value["shipped_g"] if value["state"] == "in_transit" else 0
            right[value["lot"]] += in_transit_g + value["disputed_g"] + value["lost_g"]
    return sorted(lot for lot in left | right if left[lot] != right[lot])


def holdings(state: dict[str, dict], *, holder: str) -> dict[tuple[str, str], dict]:
    """Return what a party holds, by lot and owner."""
    found = {}
    for key, value in state.items():
        kind, _, rest = key.partition("/")
        if kind == "holding":
            lot, held_by, owner = rest.split("/")
            if held_by == holder:
                found[lot, owner] = value
    return found
