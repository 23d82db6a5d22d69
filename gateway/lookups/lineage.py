"""Where a lot comes from and what became of it: the graph of parents and children, with grams.

The ledger's records say who made what from what; how many grams of each parent are in each child
stands in the command of the run.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import CTE, Connection, Select, select, tuple_

from gateway.lookups.history import SORT_CLASS
from gateway.projection import json_text
from gateway.projection.domain import lot_parents, lots, sortings
from gateway.projection.tables import commands

NODES_MAX: Final = 500  # of a graph that is shown; a recall's closure has no such limit
_VALUES_MAX: Final = 450  # in one list of parameters, of which one may take two

Part = TypeVar("Part")


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
        runs = [
            _Run(lot=row.id, payload=_object(row.payload), closed=_object(row.closed))
            for row in connection.execute(query)
        ]
        sorted_by_class = _sortings(connection, runs)
        for run in runs:
            for edge in _edges_of(run, sorted_by_class.get(run.named)):
                if edge.parent in among:
                    yield edge


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """The command that made a lot."""

    lot: str
    payload: dict[str, Any]
    closed: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = self.payload["body"]
        return body

    @property
    def named(self) -> tuple[str, str]:
        return str(self.body.get("party")), str(self.body.get("id_nonce"))


def _object(text: str) -> dict[str, Any]:
    value: Any = json_text.decode(text)
    return dict(value)


def _sortings(connection: Connection, runs: Sequence[_Run]) -> dict[tuple[str, str], Any]:
    """Return, by party and nonce, what began those runs of which each class is a command."""
    asked = sorted({run.named for run in runs if run.payload.get("type") == SORT_CLASS})
    found = {}
    for part in _parts(asked):
        query = select(sortings).where(tuple_(sortings.c.party, sortings.c.nonce).in_(part))
        found.update({(row.party, row.nonce): row for row in connection.execute(query)})
    return found


def _edges_of(run: _Run, begun: Any) -> list[Edge]:  # noqa: ANN401 - a row
    """Return what went into one lot of a run; a lot that stands for two owners counts once.

    Args:
        run: What made it.
        begun: The record of the run, of which this is but one class; `None` of any other.
    """
    body = run.body
    if begun is None:
        place = [one["lot"] for one in body["children"]].index(run.lot)
        parents, shares = body["parents"], body["shares"]
        given = [(one.get("owner"), one["to_g"][place]) for one in run.closed["inputs"]]
    else:
        inputs: Any = json_text.decode(begun.inputs)
        parents, shares = [one["lot"] for one in inputs], begun.shares
        given = [(one.get("owner"), one["to_g"]) for one in run.closed["parts"]]
    owned: dict[str, dict[str, int]] = {}
    for parent, (other, quantity_g) in zip(parents, given, strict=True):
        of_parent = owned.setdefault(parent, {})
        owner = other or body.get("party", "")
        of_parent[owner] = of_parent.get(owner, 0) + quantity_g
    return [
        Edge(
            parent=parent,
            child=run.lot,
            quantity_g=sum(by_owner.values()),
            is_computed=shares == "computed",
            by_owner=tuple(sorted(by_owner.items())),
        )
        for parent, by_owner in sorted(owned.items())
    ]


def _parts(items: Sequence[Part]) -> Iterator[Sequence[Part]]:
    for start in range(0, len(items), _VALUES_MAX):
        yield items[start : start + _VALUES_MAX]
