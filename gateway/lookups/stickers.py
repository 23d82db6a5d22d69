"""Which lot a pre-printed sticker is on."""

from sqlalchemy import Connection, select

from gateway.projection.domain import sticker_ranges


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
