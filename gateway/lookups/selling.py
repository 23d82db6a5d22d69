"""What a shop can sell, and which lines of a till's file it has booked already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from chaincode.base.errors import Code
from gateway.lookups.lineage import closure
from gateway.lookups.open_recalls import is_live
from gateway.projection import json_text
from gateway.projection.domain import actors, holdings, lots, recalled_roots
from gateway.projection.tables import command_subject, commands

STOCK_MAX = 10_000  # holdings of one party that have anything left


@dataclass(frozen=True, slots=True, kw_only=True)
class Sellable:
    """Grams of one lot that a holder may sell. `harvested_at` is a `Timestamp`."""

    lot: str
    owner: str
    crop: str
    harvested_at: str
    free_g: int


def sellable(connection: Connection, party: str) -> list[Sellable]:
    """Return what a party holds and may sell, the oldest first; nothing on hold or recalled."""
    query = (
        select(
            holdings.c.lot,
            holdings.c.owner,
            lots.c.crop,
            lots.c.harvested_at,
            (holdings.c.held_g - holdings.c.denied_g).label("free_g"),
        )
        .join(lots, lots.c.id == holdings.c.lot)
        .where(
            holdings.c.holder == party,
            holdings.c.held_g > holdings.c.denied_g,
            holdings.c.is_on_hold.is_(False),
            lots.c.id.not_in(select(closure(select(recalled_roots.c.root).where(is_live())).c.lot)),
        )
        .order_by(lots.c.harvested_at, lots.c.id, holdings.c.owner)
        .limit(STOCK_MAX)
    )
    return [Sellable(**row) for row in connection.execute(query).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedSale:
    """A sale on record for a line of a till's file.

    Attributes:
        command: Its id.
        quantity_g: As it was signed.
        stands_g: What its corrections have made of it; below 0 where one was signed twice.
    """

    command: str
    lot: str
    owner: str
    crop: str
    quantity_g: int
    stands_g: int


def booked(
    connection: Connection, receipts: Sequence[str], *, party: str
) -> dict[str, list[BookedSale]]:
    """Return a party's accepted sales of each of these lines, at most 500, in the ledger's order.

    A sale corrected afterwards is there, too: what of its line is to be booked, a person decides.
    """
    keys = [f"receipt/{one}" for one in receipts]
    query = (
        select(command_subject.c.subject_key, commands.c.id, commands.c.payload, commands.c.closed)
        .join(commands, commands.c.id == command_subject.c.command_id)
        .join(actors, and_(actors.c.id == commands.c.actor, actors.c.party == party))
        .where(command_subject.c.subject_key.in_(keys), commands.c.code == Code.ACCEPTED)
        .order_by(commands.c.block_number, commands.c.position)
    )
    signed: list[tuple[str, str, Any, Any]] = []
    for key, command, payload, closed in connection.execute(query):
        said: Any = json_text.decode(payload)
        signed.append((key, command, said["body"], json_text.decode(closed)))
    lot_ids = {body["lot"] for _, _, body, _ in signed}
    crops = _crops(connection, lot_ids)
    more_g = _corrected_g(connection, {command for _, command, _, _ in signed}, lot_ids, party)
    found: dict[str, list[BookedSale]] = {}
    for key, command, body, closed in signed:
        goods = (body["lot"], closed.get("owner", party))
        sale = BookedSale(
            command=command,
            lot=body["lot"],
            owner=goods[1],
            crop=crops[body["lot"]],
            quantity_g=closed["quantity_g"],
            stands_g=closed["quantity_g"] + more_g.get((command, *goods), 0),
        )
        found.setdefault(key.removeprefix("receipt/"), []).append(sale)
    return dict(sorted(found.items()))


def _corrected_g(
    connection: Connection, sales: Collection[str], lot_ids: Collection[str], party: str
) -> dict[tuple[str, str, str], int]:
    """Return by sale, lot and owner how many grams more its corrections have booked; mostly fewer.

    A correction names the sale, or the correction before it. As on the ledger, each adds what it
    says it should have been, less what it says it was.
    """
    query = (
        select(commands.c.id, commands.c.payload, commands.c.closed)
        .join(command_subject, command_subject.c.command_id == commands.c.id)
        .where(
            command_subject.c.subject_key.in_([f"lot/{one}" for one in lot_ids]),
            commands.c.type == "lot.correct_outflow",
            commands.c.code == Code.ACCEPTED,
        )
        .order_by(commands.c.block_number, commands.c.position)
    )
    of = {one: one for one in sales}
    more_g: dict[tuple[str, str, str], int] = {}
    for command, payload, stored in connection.execute(query):
        said: Any = json_text.decode(payload)
        body: Any = said["body"]
        closed: Any = json_text.decode(stored)
        sale = of.get(body["corrects"])
        if sale is None or (body["party"], body["outflow"]) != (party, "sold"):
            continue
        of[command] = sale
        key = (sale, body["lot"], closed.get("owner", party))
        more_g[key] = more_g.get(key, 0) + closed["quantity_g"] - closed["was_g"]
    return more_g


def _crops(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    query = select(lots.c.id, lots.c.crop).where(lots.c.id.in_(ids))
    return {row.id: row.crop for row in connection.execute(query)}
