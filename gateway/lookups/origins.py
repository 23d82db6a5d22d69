"""Where the parts of a lot grew: its first ancestors, by weight, for everyone and without grams.

A lot made from others has the origins of all its parents. How much of each went in decides only
their order, as labels of mixed goods have it (descending weight).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Connection

from gateway.lookups import lineage, lots
from gateway.lookups.lineage import Edge, Lineage
from gateway.lookups.lots import LotRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One ancestor that was not made from others here.

    Attributes:
        is_computed: Whether its share follows, somewhere on the way, from a formula.
    """

    lot: LotRecord
    is_computed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """A lot's origins, the heaviest first; `is_whole` false: there are more than are shown."""

    origins: tuple[Origin, ...]
    is_whole: bool


NONE = Origins(origins=(), is_whole=True)


def of_lot(connection: Connection, lot: LotRecord) -> Origins:
    """Return the origins of a lot made from others; of any other lot, none but itself."""
    if lot.origin != "made":
        return NONE
    graph = lineage.of_lot(connection, lot.id, descendants=False)
    weights, computed = shares(graph, lot.id)
    known = lots.find_all(connection, list(weights))
    by_weight = sorted(weights, key=lambda one: (-weights[one], one))
    return Origins(
        origins=tuple(
            Origin(lot=known[one], is_computed=one in computed) for one in by_weight if one in known
        ),
        is_whole=graph.is_whole,
    )


def shares(graph: Lineage, lot: str) -> tuple[dict[str, Fraction], set[str]]:
    """Return each first ancestor's share of a lot, and those whose share is computed; pure."""
    into: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        into[edge.child].append(edge)
    weights: dict[str, Fraction] = defaultdict(Fraction)
    marked: set[str] = set()
    share = defaultdict(Fraction, {lot: Fraction(1)})
    is_computed: set[str] = set()
    for one in _children_first(into, lot):
        # By formula a small part may come to no whole gram; it is in there all the same.
        parts = [edge for edge in into[one] if edge.quantity_g or edge.is_computed]
        whole_g = sum(edge.quantity_g for edge in parts)
        if not parts:
            weights[one] += share[one]
            marked |= {one} & is_computed
        for edge in parts:
            share[edge.parent] += share[one] * Fraction(edge.quantity_g, whole_g)
            if edge.is_computed or one in is_computed:
                is_computed.add(edge.parent)
    weights.pop(lot, None)
    return dict(weights), marked


def _children_first(into: dict[str, list[Edge]], lot: str) -> Sequence[str]:
    """Return all ancestors, each after every lot that was made of it; the lot itself first."""
    order: list[str] = []
    seen = {lot}
    stack = [(lot, iter([edge.parent for edge in into[lot]]))]
    while stack:
        one, parents = stack[-1]
        for parent in parents:
            if parent not in seen:
                seen.add(parent)
                stack.append((parent, iter([edge.parent for edge in into[parent]])))
                break
        else:
            stack.pop()
            order.append(one)
    return order[::-1]
