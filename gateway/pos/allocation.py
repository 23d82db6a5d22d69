"""Which lots a till's lines were sold from: the lot it knows, or the oldest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

from chaincode.base.canonical import Json
from gateway.pos.reading import Line, RowError


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What the shop can sell of one lot; `harvested_at` is a `Timestamp`."""

    lot: str
    owner: str
    crop: str
    harvested_at: str
    free_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Grams of one lot that a line was, or part of a line.

    Attributes:
        receipt: Names the line: what keeps it from being booked twice.
        is_assumed: Whether the lot was chosen as the oldest, because the till does not know it.
    """

    line: Line
    lot: str
    owner: str
    quantity_g: int
    receipt: str
    is_assumed: bool

    def command(self, party: str) -> tuple[dict[str, Json], dict[str, Json]]:
        """Return open and closed part of the `lot.sell` that books it."""
        closed: dict[str, Json] = {
            "quantity_g": self.quantity_g,
            "basis": "oldest-first" if self.is_assumed else "pos",
            "receipt": self.receipt,
        }
        if self.owner != party:
            closed["owner"] = self.owner
        if self.quantity_g == self.line.quantity_g:
            item = self.line.item
            closed["packs"] = {
                "unit": item.unit,
                "count": self.line.count,
                "unit_g": item.unit_g,
            }
        return {"lot": self.lot, "party": party, "channel": "import"}, closed


def receipt_of(line: Line) -> str:
    """Return the receipt hash by which a line is found again, once some of it is booked."""
    return sha256(f"{line.key} 0".encode()).hexdigest()


def allocate(
    lines: Sequence[Line],
    stock: Sequence[Stock],
    *,
    party: str,
    booked_g: Mapping[str, int] = MappingProxyType({}),
    utc_offset_minutes: int = 0,
) -> tuple[list[Sale], list[RowError], list[Line]]:
    """Share lines out over the stock.

    Args:
        lines: As read, in the file's order.
        stock: What is there; of one owner and crop the oldest is sold first, and none that was
            harvested after the line's day.
        party: The shop's.
        booked_g: Grams by receipt hash that are on the ledger already; the rest is still to book.
        utc_offset_minutes: The town's.

    Returns:
        The sales; an error for each line of which more was sold than there is (nothing of it is
        booked: a person decides); the lines that were imported before.
    """
    free_g = {(one.lot, one.owner): one.free_g for one in stock}
    oldest = sorted(stock, key=lambda one: (one.harvested_at, one.lot))
    sales: list[Sale] = []
    errors: list[RowError] = []
    before: list[Line] = []
    for line in lines:
        rest_g = line.quantity_g - booked_g.get(receipt_of(line), 0)
        if rest_g <= 0:
            before.append(line)
            continue
        owner = line.item.owner or party
        fitting = [
            one
            for one in oldest
            if one.owner == owner
            and one.crop == line.item.crop
            and line.lot in {None, one.lot}
            and one.harvested_at <= line.day_end(utc_offset_minutes)
        ]
        parts: list[Sale] = []
        for one in fitting:
            part_g = min(rest_g, free_g[one.lot, one.owner])
            if part_g > 0:
                parts.append(
                    Sale(
                        line=line,
                        lot=one.lot,
                        owner=one.owner,
                        quantity_g=part_g,
                        receipt=receipt_of(line),
                        is_assumed=line.lot is None,
                    )
                )
                rest_g -= part_g
        if rest_g:
            errors.append(
                RowError(
                    row=line.row,
                    ja=f"在庫が{rest_g}g足りません。入荷か在庫の記録を先に直してください。",
                    en=f"{rest_g} g more than is in stock: first record arrivals or take stock",
                )
            )
            continue
        for sale in parts:
            free_g[sale.lot, sale.owner] -= sale.quantity_g
        sales += parts
    return sales, errors, before
