"""Where a lot comes from, and what was made of it: as far as whoever asks may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection

from gateway.answers import visibility
from gateway.answers.visibility import Role, Viewer, cut
from gateway.api import schemas_recalls as schemas
from gateway.api.lots import LotId
from gateway.api.records import Answer, Records
from gateway.http.documented import SESSION_OPTIONAL, responses
from gateway.http.errors import ProblemError
from gateway.http.readers import DatabaseDep, GatewayDep, LanguageDep, OptionalReader, viewer_of
from gateway.lookups import lineage, lots, recall_book
from gateway.lookups.lineage import Edge
from gateway.lookups.lots import LotRecord
from gateway.lookups.recall_book import Meeting
from gateway.words.codes import GatewayCode

router = APIRouter(tags=["lots"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A lineage that a reader may see; lots by id with their level."""

    levels: Mapping[str, int]
    edges: Sequence[Edge]
    known: Mapping[str, LotRecord]
    recalls: Mapping[str, Sequence[Meeting]]
    is_whole: bool


@router.get(
    "/lots/{lot}/lineage",
    operation_id="read_lineage",
    summary="What a lot was made of, and what was made of it",
    response_model=schemas.LineageAnswer,
    response_model_exclude_unset=True,
    responses=responses(401, 404, 422, 503),
    openapi_extra=SESSION_OPTIONAL,
)
async def read_lineage(
    lot: LotId,
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: OptionalReader,
    language: LanguageDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a lineage: to everyone its ancestors, and no grams.

    A maker sees one step on as well, and whoever's goods went into it; recall officers see all.
    """
    viewer = viewer_of(reader)
    graph = await database.read(find, lot, viewer)
    if graph is None:
        raise ProblemError(GatewayCode.LOT_NOT_FOUND)
    return answer_of(graph, lot, Records(gateway.names, language, viewer), viewer)


def answer_of(graph: Graph, lot: str, records: Records, viewer: Viewer) -> Answer:
    """Return a lineage as its reader may see it; `records` are that one's."""
    return {
        "lot": lot,
        "nodes": [
            records.origin(
                graph.known[one],
                grade=graph.known[one].grade,
                level=level,
                is_recalled=bool(graph.recalls.get(one)),
            )
            for one, level in graph.levels.items()
        ],
        "steps": [_step(edge, graph, viewer) for edge in graph.edges],
        "is_whole": graph.is_whole,
    }


def find(connection: Connection, lot: str, viewer: Viewer) -> Graph | None:
    """Return the part of a lot's lineage that a reader may see."""
    if lots.find(connection, lot) is None:
        return None
    is_officer = Role.RECALL_OFFICER in visibility.offices(viewer)
    found = lineage.of_lot(connection, lot, descendants=is_officer)
    levels = {one: level for level, ids in found.levels.items() for one in ids}
    edges = list(found.edges)
    if viewer.party is not None and not is_officer:
        steps = lineage.steps_down(connection, lot)
        children = lots.find_all(connection, [edge.child for edge in steps])
        mine = [
            edge
            for edge in steps
            if children[edge.child].party == viewer.party or edge.owned_g(viewer.party)
        ]
        levels |= {edge.child: 1 for edge in mine}
        edges += mine
    known = lots.find_all(connection, list(levels))
    return Graph(
        levels=levels,
        edges=edges,
        known=known,
        recalls=recall_book.meetings(connection, list(known.values())),
        is_whole=found.is_whole,
    )


def _step(edge: Edge, graph: Graph, viewer: Viewer) -> Answer:
    roles = visibility.offices(viewer)
    quantity_g = edge.quantity_g
    if graph.known[edge.child].party == viewer.party:
        roles.add(Role.MAKER)
    elif Role.RECALL_OFFICER not in roles and edge.owned_g(viewer.party):
        roles.add(Role.OWNER)
        quantity_g = edge.owned_g(viewer.party)
    record: Answer = {
        "parent": edge.parent,
        "child": edge.child,
        "is_computed": edge.is_computed,
        "quantity_g": quantity_g,
    }
    return cut(visibility.STEP, record, roles)
