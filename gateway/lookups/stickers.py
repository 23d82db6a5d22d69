"""Which lot a pre-printed sticker is on, and which rolls of stickers a party has."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from gateway.lookups.places import Page, Place, paged
from gateway.projection.domain import lots, sticker_ranges

PLACE: Final = (str,)  # a roll's number


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRecord:
    """A roll of which stickers are on lots.

    Attributes:
        first, last: The lowest and the highest number that is on a lot.
        ranges_count: How many ranges are.
        lot: That the highest range is on.
        crop: Of that lot.
    """

    id: str
    party: str
    first: int
    last: int
    ranges_count: int
    lot: str
    crop: str


def rolls_of(
    connection: Connection, party: str, *, limit: int, after: Place | None = None
) -> Page[RollRecord]:
    """Return a party's rolls, by number."""
    least, most, count = (
        func.min(sticker_ranges.c.first).label("least"),
        func.max(sticker_ranges.c.last).label("most"),
        func.count().label("ranges_count"),
    )
    every = (
        select(sticker_ranges.c.roll, least, most, count)
        .where(sticker_ranges.c.party == party, sticker_ranges.c.roll > (after[0] if after else ""))
        .group_by(sticker_ranges.c.roll)
        .subquery()
    )
    query = (
        select(every, sticker_ranges.c.lot, lots.c.crop)
        .join(
            sticker_ranges,
            (sticker_ranges.c.roll == every.c.roll) & (sticker_ranges.c.last == every.c.most),
        )
        .join(lots, lots.c.id == sticker_ranges.c.lot)
        .order_by(every.c.roll)
        .limit(limit + 1)
    )
    found = [
        RollRecord(
            id=row.roll,
            party=party,
            first=row.least,
            last=row.most,
            ranges_count=row.ranges_count,
            lot=row.lot,
            crop=row.crop,
        )
        for row in connection.execute(query)
    ]
    return paged([(one, (one.id,)) for one in found], limit=limit)


def find_lot(connection: Connection, roll: str, number: int) -> str | None:
    """Return the lot that a roll's sticker of this number is bound to."""
    query = (
        select(sticker_ranges.c.lot, sticker_ranges.c.last)
        .where(sticker_ranges.c.state_key == f"roll/{roll}", sticker_ranges.c.first <= number)
        .order_by(sticker_ranges.c.first.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return row.lot if row is not None and number <= row.last else None
