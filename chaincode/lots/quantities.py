"""Quantities as people give them, beside the grams that the ledger counts in.

Packing specs (how many grams a bundle of this crop has, from which date on) belong to whoever
packs, and stand outside the ledger. A command carries the conversion as it was applied.
"""

from dataclasses import dataclass
from typing import Annotated

from chaincode.base.errors import Code
from chaincode.base.shapes import Integer, Text
from chaincode.command_types import require

# 束 bunch, 袋 bag, パック pack, 本 stick, 玉 head, 個 piece, 株 plant, 箱 box, コンテナ crate,
# 俵 bale, 瓶 bottle, トレイ tray.
PackUnit = Annotated[
    str, Text("bunch|bag|pack|stick|head|piece|plant|box|crate|bale|bottle|tray", "bag")
]
# By which way an entry came; how late it may be depends on it (`times.LATE_AFTER_S`).
Channel = Annotated[str, Text("phone|desk|paper|import", "phone")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packs:
    """So many units, of so many grams each by the packing spec; without, they were weighed."""

    unit: PackUnit
    count: Annotated[int, Integer(1, 1_000_000)]
    unit_g: Annotated[int, Integer(1, 1_000_000)] | None = None


def require_packs(packs: Packs | None, quantity_g: int) -> None:
    """Reject a quantity that is not what its packs come to (`PACKS_DIFFER`)."""
    if packs is not None and packs.unit_g is not None:
        require(packs.count * packs.unit_g == quantity_g, Code.PACKS_DIFFER)
