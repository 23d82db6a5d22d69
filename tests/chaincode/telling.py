"""Whether what one command made grow, on the left of the balance, was told of as specified."""

import re
from collections.abc import Collection, Mapping

from chaincode.base.overlay import decode_state
from chaincode.lots.records import Holding, Lot
from chaincode.rules import EVER
from tests.chaincode.specification import LEFT

SHAPES = {"lot": Lot, "holding": Holding}


def require_told(
    type_name: str,
    flags: Collection[str],
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
) -> None:
    """Assert of each gram by which one command let a term grow that `LEFT` has its reason."""
    made_g = 0
    for key, raw in after.items():
        shape = SHAPES.get(key.partition("/")[0])
        if shape is None or before.get(key) == raw:
            continue
        was = decode_state(shape, before[key]) if key in before else None
        now = decode_state(shape, raw)
        if shape is Holding:
            made_g -= max(0, now.transformed_g - (was.transformed_g if was else 0))
            _require_flagged(was, now, flags)
        for term, ways in LEFT.items():
            more_g = getattr(now, term, 0) - getattr(was, term, 0)
            if more_g > 0:
                assert type_name in ways, (type_name, term)
                _require_way(type_name, ways[type_name], flags)
                made_g += more_g if term == "made_g" else 0
    # A class is of what its run took before, and in the run's record no more is left than that.
    assert made_g <= 0 or type_name == "lot.sort_class"


def _require_way(type_name: str, way: str, flags: Collection[str]) -> None:
    """Assert what a line of the table says of one type; bounds are looked at where they hold."""
    kind = EVER[type_name]
    if "second party" in way:
        assert kind.signers == 2
    elif "public entry" in way:
        assert kind.proof == "public"
    if "bound" not in way:
        assert set(re.findall(r"flag `(\w+)`", way)) <= set(flags), (type_name, flags)


def _require_flagged(was: Holding | None, now: Holding, flags: Collection[str]) -> None:
    """Assert that more surplus than the bound allows is flagged, unless goods went home."""
    found_g = now.unproven_g + now.unproven_gone_g
    allowed_g = now.lost_g + now.came_g * 2 // 100
    assert found_g == max(0, now.surplus_g - allowed_g)
    if was is not None and now.surplus_g > was.surplus_g and found_g > was.found_g:
        assert "surplus" in flags
