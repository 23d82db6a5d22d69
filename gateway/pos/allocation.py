"""Which lots a till's lines were sold from: the lot it knows, or the oldest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from chaincode.canonical import Json
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
        receipt: Names the line, and the part of it: what keeps it from being booked twice.
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
    """Return the receipt hash by which a line is found again, once it is booked."""
    return _receipt(line, 0)


def allocate(
    lines: Sequence[Line], stock: Sequence[Stock], *, party: str, known: Collection[str] = ()
) -> tuple[list[Sale], list[RowError], list[Line]]:
    """Share lines out over the stock.

    Args:
        lines: As read, in the file's order.
        stock: What is there; of one owner and crop the oldest is sold first.
        party: The shop's.
        known: Receipt hashes that are on the ledger already.

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
        if _receipt(line, 0) in known:
            before.append(line)
            continue
        owner = line.item.owner or party
        fitting = [
            one
            for one in oldest
            if one.owner == owner and one.crop == line.item.crop and line.lot in {None, one.lot}
        ]
        parts: list[Sale] = []
        rest_g = line.quantity_g
        for one in fitting:
            part_g = min(rest_g, free_g[one.lot, one.owner])
            if part_g > 0:
                parts.append(
                    Sale(
                        line=line,
                        lot=one.lot,
                        owner=one.owner,
                        quantity_g=part_g,
                        receipt=_receipt(line, len(parts)),
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


def _receipt(line: Line, part: int) -> str:
    return sha256(f"{line.key} {part}".encode()).hexdigest()
