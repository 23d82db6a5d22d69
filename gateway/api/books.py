"""One's own lists of lots: the stock, the lot book, the goods that lie with others."""

from typing import Annotated, Any, Final, Protocol

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection

from gateway.api import schemas
from gateway.api.records import Answer, Records
from gateway.http import paging
from gateway.http.documented import responses
from gateway.http.gateway import Gateway
from gateway.http.readers import (
    DatabaseDep,
    GatewayDep,
    LanguageDep,
    Reader,
    RequiredReader,
)
from gateway.lookups import books, recall_book
from gateway.lookups.books import Filters, HeldLot
from gateway.lookups.places import Page, Place
from gateway.lookups.recall_book import Meeting
from gateway.storage.database import Database
from gateway.words.language import Language

router = APIRouter(tags=["lots"])

CROP_PATTERN: Final = "^[a-z0-9-]{1,40}$"


class Book(Protocol):
    """One of the lists of `gateway.lookups.books`."""

    def __call__(
        self,
        connection: Connection,
        party: str,
        *,
        limit: int,
        before: Place | None = None,
        filters: Filters = books.ALL,
    ) -> Page[HeldLot]:
        """Return a page."""
        ...


async def filters_of(
    crop: Annotated[
        str | None, Query(pattern=CROP_PATTERN, description="Only of this crop.")
    ] = None,
    has_stock: Annotated[
        bool | None, Query(description="Only those of which something is left, or nothing.")
    ] = None,
    on_hold: Annotated[
        bool | None, Query(description="Only those that are stopped, or are not.")
    ] = None,
) -> Filters:
    """Return which lots of a list are asked for."""
    return Filters(crop=crop, has_stock=has_stock, is_on_hold=on_hold)


FiltersDep = Annotated[Filters, Depends(filters_of)]


async def page_of(
    book: Book,
    *,
    gateway: Gateway,
    database: Database,
    reader: Reader,
    language: Language,
    filters: Filters,
    limit: int,
    before: Place | None,
) -> tuple[list[Answer], Place | None]:
    """Return a page of a list as answers, cut for the reader, and where it ends."""
    page, met = await database.read(
        _find, book, reader.party, limit=limit, before=before, filters=filters
    )
    records = Records(gateway.names, language, reader.viewer)
    return [records.listed(one, met) for one in page.items], page.next


@router.get(
    "/lots",
    operation_id="list_lots",
    summary="One's own stock, the lots harvested last first",
    response_model=schemas.LotsAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
)
async def list_lots(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    language: LanguageDep,
    filters: FiltersDep,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of the lots that the reader's party holds or held, whosever goods they are."""
    return await _answer(books.held, gateway, database, reader, language, filters, cursor, limit)


@router.get(
    "/lot-book",
    operation_id="list_lot_book",
    summary="What one's own party harvested or made, the latest first",
    response_model=schemas.LotsAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
)
async def list_lot_book(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    language: LanguageDep,
    crop: Annotated[
        str | None, Query(pattern=CROP_PATTERN, description="Only of this crop.")
    ] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of lots with where their goods are: at oneself, and on consignment."""
    filters = Filters(crop=crop)
    return await _answer(
        books.produced, gateway, database, reader, language, filters, cursor, limit
    )


@router.get(
    "/consignments",
    operation_id="list_consignments",
    summary="One's own goods with others, the lots harvested last first",
    response_model=schemas.LotsAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
)
async def list_consignments(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    language: LanguageDep,
    crop: Annotated[
        str | None, Query(pattern=CROP_PATTERN, description="Only of this crop.")
    ] = None,
    has_stock: Annotated[
        bool | None, Query(description="Only those of which something is left, or nothing.")
    ] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of lots with what of the reader's own goods lies, or lay, at whom."""
    filters = Filters(crop=crop, has_stock=has_stock)
    return await _answer(
        books.consigned, gateway, database, reader, language, filters, cursor, limit
    )


async def _answer(
    book: Book,
    gateway: Gateway,
    database: Database,
    reader: Reader,
    language: Language,
    filters: Filters,
    cursor: str | None,
    limit: int,
) -> Answer:
    listed, end = await page_of(
        book,
        gateway=gateway,
        database=database,
        reader=reader,
        language=language,
        filters=filters,
        limit=paging.limit(limit, gateway.settings.limits),
        before=paging.place(cursor, books.PLACE),
    )
    return {"lots": listed, "next": paging.cursor(end)}


def _find(
    connection: Connection,
    book: Book,
    party: str,
    *,
    limit: int,
    before: Place | None,
    filters: Filters,
) -> tuple[Page[HeldLot], dict[str, tuple[Meeting, ...]]]:
    page = book(connection, party, limit=limit, before=before, filters=filters)
    return page, recall_book.meetings(connection, [one.lot for one in page.items])
