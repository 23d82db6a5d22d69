"""Where a lot comes from and what became of it: the graph of parents and children, with grams.

The ledger's records say who made what from what; how many grams of each parent are in each child
stands in the command of the run.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CTE, Connection, Select, select

from gateway.projection import json_text
from gateway.projection.domain import lot_parents, lots
from gateway.projection.tables import commands

NODES_MAX: Final = 500  # of a graph that is shown; a recall's closure has no such limit
_VALUES_MAX: Final = 900  # in one list of parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Grams of one lot that went into another.

    Attributes:
        is_computed: Whether they follow from a formula, not from a scale.
        by_owner: The same grams by whose goods they were.
    """

    parent: str
    child: str
    quantity_g: int
    is_computed: bool
    by_owner: tuple[tuple[str, int], ...] = ()

    def owned_g(self, party: str | None) -> int:
        """Return how many of the grams were a party's."""
        return sum(quantity_g for owner, quantity_g in self.by_owner if owner == party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A lot's ancestors and descendants, the lot itself among both.

    Attributes:
        levels: Lot ids by their distance from the lot: ancestors at negative ones.
        edges: Between lots that are in `levels`, in the order of child and parent.
        is_whole: Whether nothing was left out for being too much.
    """

    levels: dict[int, tuple[str, ...]]
    edges: tuple[Edge, ...]
    is_whole: bool


def closure(roots: Sequence[str] | Select[tuple[str]]) -> CTE:
    """Return the query of lots, listed or selected, with all their descendants, as `lot`."""
    found = (
        select(lots.c.id.label("lot")).where(lots.c.id.in_(roots)).cte("closure", recursive=True)
    )
    return found.union(select(lot_parents.c.child).where(lot_parents.c.parent == found.c.lot))


def of_lot(
    connection: Connection, lot: str, *, ancestors: bool = True, descendants: bool = True
) -> Lineage:
    """Return the graph around a lot, level by level, nearest first."""
    levels: dict[int, tuple[str, ...]] = {0: (lot,)}
    seen = {lot}
    is_whole = True
    for wanted, step in ((ancestors, -1), (descendants, 1)):
        level: tuple[str, ...] = (lot,)
        distance = 0
        while wanted and level:
            distance += step
            near = set(_neighbours(connection, level, step)) - seen
            if len(seen) + len(near) > NODES_MAX:
                is_whole = False
                break
            seen |= near
            level = tuple(sorted(near))
            if level:
                levels[distance] = level
    return Lineage(
        levels=dict(sorted(levels.items())),
        edges=tuple(_edges(connection, seen)),
        is_whole=is_whole,
    )


def steps_down(connection: Connection, lot: str) -> list[Edge]:
    """Return the steps into what was made of a lot, at most `NODES_MAX` of them."""
    query = select(lot_parents.c.child).where(lot_parents.c.parent == lot).limit(NODES_MAX)
    children = set(connection.execute(query).scalars())
    return [edge for edge in _edges(connection, {lot, *children}) if edge.parent == lot]


def _neighbours(connection: Connection, level: Sequence[str], step: int) -> Iterator[str]:
    known, wanted = lot_parents.c.child, lot_parents.c.parent
    if step > 0:
        known, wanted = wanted, known
    for part in _parts(level):
        yield from connection.execute(select(wanted).where(known.in_(part))).scalars()


def _edges(connection: Connection, among: Collection[str]) -> Iterator[Edge]:
    """Yield the edges between these lots, from the commands of the runs that made them."""
    for part in _parts(sorted(among)):
        query = (
            select(lots.c.id, commands.c.payload, commands.c.closed)
            .join(commands, commands.c.id == lots.c.entry)
            .where(lots.c.id.in_(part), lots.c.origin == "made")
            .order_by(lots.c.id)
        )
        for row in connection.execute(query):
            body, closed = json_text.decode(row.payload), json_text.decode(row.closed)
            for edge in _edges_of(row.id, body, closed):
                if edge.parent in among:
                    yield edge


def _edges_of(child: str, payload: Any, closed: Any) -> list[Edge]:  # noqa: ANN401 - JSON
    """Return what went into one child of a run; a lot that stands for two owners counts once."""
    body: dict[str, Any] = payload["body"]
    place = [one["lot"] for one in body["children"]].index(child)
    owned: dict[str, dict[str, int]] = {}
    for parent, one in zip(body["parents"], closed["inputs"], strict=True):
        of_parent = owned.setdefault(parent, {})
        owner = one.get("owner") or body.get("party", "")
        of_parent[owner] = of_parent.get(owner, 0) + one["to_g"][place]
    return [
        Edge(
            parent=parent,
            child=child,
            quantity_g=sum(by_owner.values()),
            is_computed=body["shares"] == "computed",
            by_owner=tuple(sorted(by_owner.items())),
        )
        for parent, by_owner in sorted(owned.items())
    ]


def _parts(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _VALUES_MAX):
        yield items[start : start + _VALUES_MAX]
