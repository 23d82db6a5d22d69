"""One lot: what everyone may see, and with a session one's own share; one's own shipments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from gateway.api import schemas
from gateway.api.command_answers import entry_answer
from gateway.api.records import Answer, Records
from gateway.http import paging
from gateway.http.documented import SESSION_OPTIONAL, responses
from gateway.http.errors import ProblemError
from gateway.http.readers import (
    DatabaseDep,
    GatewayDep,
    LanguageDep,
    OptionalReader,
    RequiredReader,
    viewer_of,
)
from gateway.lookups import commands, history, lots, origins, recall_book, shipments
from gateway.lookups.history import HistoryEntry
from gateway.lookups.lots import HoldingRecord, LotRecord
from gateway.lookups.origins import Origins
from gateway.lookups.recall_book import Meeting
from gateway.lookups.shipments import ShipmentRecord
from gateway.projection import CommandRow
from gateway.words.codes import GatewayCode
from gateway.words.language import Language

router = APIRouter(tags=["lots"])

ENTRIES_FIRST = 50  # entries and shipments in the lot's own answer; the lists have the others

LotId = Annotated[str, Path(pattern="^[0-9A-HJKMNP-TV-Z]{20}$", examples=["5T2W8YK0M3R7B1XNQ4HD"])]


@router.get(
    "/lots/{lot}",
    operation_id="read_lot",
    summary="One lot: what everyone may see, and one's own share of it",
    response_model=schemas.LotAnswer,
    response_model_exclude_unset=True,
    responses=responses(401, 404, 422, 503),
    openapi_extra=SESSION_OPTIONAL,
)
async def read_lot(
    lot: LotId,
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: OptionalReader,
    language: LanguageDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a lot: without a session no grams, no stock, no buyers, no other holders."""
    viewer = viewer_of(reader)
    found = await database.read(find, lot, party=viewer.party)
    if found is None:
        raise ProblemError(GatewayCode.LOT_NOT_FOUND)
    return answer_of(found, Records(gateway.names, language, viewer), language)


@router.get(
    "/lots/{lot}/entries",
    operation_id="list_lot_entries",
    summary="The commands about a lot that concern one's own party, the newest first",
    response_model=schemas.EntriesAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
)
async def list_lot_entries(
    lot: LotId,
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    language: LanguageDep,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of entries with their closed parts; rejected ones of one's own too."""
    page = await database.read(
        commands.about_lot,
        lot,
        party=reader.party,
        limit=paging.limit(limit, gateway.settings.limits),
        before=paging.place(cursor, commands.PLACE),
    )
    return {
        "entries": [entry_answer(row, language) for row in page.items],
        "next": paging.cursor(page.next),
    }


@router.get(
    "/shipments",
    operation_id="list_shipments",
    summary="One's own shipments, the latest changed first",
    response_model=schemas.ShipmentsAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
    tags=["shipments"],
)
async def list_shipments(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    language: LanguageDep,
    direction: Annotated[
        shipments.Direction | None, Query(description="`in`: to one's own party; `out`: from it.")
    ] = None,
    state: Annotated[shipments.State | None, Query(description="Only those in it.")] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of the shipments that the reader's party sent or was sent."""
    page = await database.read(
        shipments.of_party,
        reader.party,
        limit=paging.limit(limit, gateway.settings.limits),
        direction=direction,
        state=state,
        before=paging.place(cursor, shipments.PLACE),
    )
    records = Records(gateway.names, language, reader.viewer)
    return {
        "shipments": [records.shipment(one) for one in page.items],
        "next": paging.cursor(page.next),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFound:
    """A lot, and one party's share of it; of the public's there is none."""

    lot: LotRecord
    history: Sequence[HistoryEntry]
    grown: Origins
    recalls: Mapping[str, Sequence[Meeting]]
    holdings: Sequence[HoldingRecord] = ()
    shipments: Sequence[ShipmentRecord] = ()
    entries: Sequence[CommandRow] = ()


def answer_of(found: LotFound, records: Records, language: Language) -> Answer:
    """Return a lot as the reader of `records` may see it."""
    return records.lot(
        found.lot,
        found.history,
        holdings=found.holdings,
        shipments=found.shipments,
        entries=[entry_answer(row, language) for row in found.entries],
        recalls=found.recalls,
        grown=found.grown,
    )


def find(connection: Connection, lot: str, *, party: str | None) -> LotFound | None:
    """Return a lot, and what of it is a party's own."""
    found = lots.find(connection, lot)
    if found is None:
        return None
    entries = history.of_lot(connection, lot)
    grown = origins.of_lot(connection, found)
    ancestors = [one.lot for one in grown.origins]
    known = LotFound(
        lot=found,
        history=entries,
        grown=grown,
        recalls=recall_book.meetings(connection, [found, *ancestors]),
    )
    if party is None:
        return known
    limit = ENTRIES_FIRST
    return replace(
        known,
        holdings=lots.holdings_of(connection, [lot], party).get(lot, ()),
        shipments=shipments.of_party(connection, party, lot=lot, limit=limit).items,
        entries=commands.about_lot(connection, lot, party=party, limit=limit).items,
    )
