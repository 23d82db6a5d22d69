"""One's own lists as CSV files, the public's list of recalls, the inspectors' of flags."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from chaincode.recalls.records import RECALL_OFFICER
from gateway.answers.visibility import Viewer
from gateway.api import csv_columns
from gateway.api.books import Book
from gateway.api.csv_columns import Column
from gateway.api.flag_records import FlagRecords, ground_of, party_shown
from gateway.api.recall_records import RecallRecords
from gateway.api.records import Answer, Records
from gateway.http.documented import SESSION_OPTIONAL, responses
from gateway.http.errors import ProblemError
from gateway.http.readers import DatabaseDep, GatewayDep, LanguageDep, OptionalReader, viewer_of
from gateway.lookups import books, recall_book, shipments
from gateway.lookups.evidence import Ground
from gateway.lookups.flags import Wanted, flagged
from gateway.lookups.people import find_founding
from gateway.lookups.places import Page, Place
from gateway.plausibility import Flag
from gateway.town.names import Names
from gateway.typed.csv_cells import MEDIA_TYPE, Cell, write
from gateway.words.codes import GatewayCode
from gateway.words.language import Language

router = APIRouter(prefix="/csv", tags=["lots"])

ROWS_MAX: Final = 20_000
_PAGE: Final = 1_000
_MORE: Final = {
    "ja": "これより前の分があります（一つのファイルに入りきりません）。",
    "en": "There are earlier ones, more than one file holds.",
}
_ENOUGH: Final[Answer] = {}  # instead of a row: there is more, and it would take too long
_FLAG_PAGES_MAX: Final = 25  # each looks at two thousand entries, in a quarter of a second
_FILE: Final[dict[str, Any]] = {
    "content": {"text/csv": {"schema": {"type": "string", "example": "\ufeffロット番号,品目\r\n"}}},
    "description": "UTF-8 with a byte order mark, lines ending in CR LF, a row of headings.",
}


class ListName(StrEnum):
    """Which list."""

    STOCK = "stock"
    LOT_BOOK = "lot-book"
    CONSIGNMENTS = "consignments"
    SHIPMENTS = "shipments"
    DISPUTES = "disputes"
    RECALLS = "recalls"
    FLAGS = "flags"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """Who asks, and in which words and names the answer is."""

    names: Names
    language: Language
    viewer: Viewer
    ground: Ground

    @property
    def records(self) -> Records:
        return Records(self.names, self.language, self.viewer)


_Source = Callable[[Connection, _Writer], Iterator[Answer]]


@router.get(
    "/{list}",
    operation_id="read_csv",
    summary="A list as a CSV file that opens in Japanese Excel",
    response_class=Response,
    responses={**responses(401, 422, 503), 200: _FILE},
    openapi_extra=SESSION_OPTIONAL,
)
async def read_csv(
    list: ListName,  # noqa: A002 - as it stands in the path
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: OptionalReader,
    language: LanguageDep,
) -> Response:
    """Return a list, the latest first; all but the recalls need a session.

    At most 20,000 rows; if there are more, the last row says so. A text that a spreadsheet would
    take for a formula has an apostrophe before it. Times are the town's.
    """
    if reader is None and list is not ListName.RECALLS:
        raise ProblemError(GatewayCode.SESSION_REQUIRED)
    writer = _Writer(
        names=gateway.names,
        language=language,
        viewer=viewer_of(reader),
        ground=ground_of(gateway),
    )
    content = await database.read(_file, list, writer)
    return Response(
        content,
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="minori-{list.value}.csv"'},
    )


def _file(connection: Connection, name: ListName, writer: _Writer) -> bytes:
    columns, source = _LISTS[name]
    founding = find_founding(connection)
    zone = timezone(timedelta(minutes=founding[0].utc_offset_minutes)) if founding else UTC
    rows: list[Sequence[Cell]] = []
    for row in source(connection, writer):
        if len(rows) == ROWS_MAX or row is _ENOUGH:
            rows.append([_MORE[writer.language]])
            break
        rows.append([_cell(column, row, zone) for column in columns])
    is_english = writer.language == "en"
    return write([column.en if is_english else column.ja for column in columns], rows)


def _cell(column: Column, row: Answer, zone: timezone) -> Cell:
    cell = column.cell(row)
    if column.is_time and isinstance(cell, str):
        return datetime.fromisoformat(cell).astimezone(zone).strftime("%Y/%m/%d %H:%M")
    return cell


def _book(book: Book) -> _Source:
    """Return the source of a list of lots: a row for each holding, and for a lot without any."""

    def rows(connection: Connection, writer: _Writer) -> Iterator[Answer]:
        def page(before: Place | None) -> Page[books.HeldLot]:
            return book(connection, _party(writer), limit=_PAGE, before=before)

        for part in _pages(page):
            met = recall_book.meetings(connection, [one.lot for one in part])
            for one in part:
                yield from _by_holding(writer.records.listed(one, met))

    return rows


def _lot_book(connection: Connection, writer: _Writer) -> Iterator[Answer]:
    def page(before: Place | None) -> Page[books.HeldLot]:
        return books.produced(connection, _party(writer), limit=_PAGE, before=before)

    for part in _pages(page):
        met = recall_book.meetings(connection, [one.lot for one in part])
        yield from (writer.records.listed(one, met) for one in part)


def _shipped(state: shipments.State | None) -> _Source:
    def rows(connection: Connection, writer: _Writer) -> Iterator[Answer]:
        def page(before: Place | None) -> Page[shipments.ShipmentRecord]:
            return shipments.of_party(
                connection, _party(writer), limit=_PAGE, state=state, before=before
            )

        for part in _pages(page):
            yield from map(writer.records.shipment, part)

    return rows


def _recalls(connection: Connection, writer: _Writer) -> Iterator[Answer]:
    records = RecallRecords(writer.names, writer.language, writer.viewer)
    is_officer = RECALL_OFFICER in writer.viewer.roles

    def page(before: Place | None) -> Page[recall_book.RecallSummary]:
        return recall_book.listed(connection, limit=_PAGE, before=before, with_drills=is_officer)

    for part in _pages(page):
        yield from map(records.listed, part)


def _flags(connection: Connection, writer: _Writer) -> Iterator[Answer]:
    records = FlagRecords(writer.names, writer.language, writer.viewer)
    wanted = Wanted(party=party_shown(writer.viewer))

    def page(before: Place | None) -> Page[Flag]:
        return flagged(connection, writer.ground, limit=_PAGE, wanted=wanted, before=before)

    for number, part in enumerate(_pages(page)):
        if number == _FLAG_PAGES_MAX:
            yield _ENOUGH
            return
        yield from map(records.flag, part)


def _pages(page: Callable[[Place | None], Page[Any]]) -> Iterator[Sequence[Any]]:
    before: Place | None = None
    while True:
        found = page(before)
        yield found.items
        if found.next is None:
            return
        before = found.next


def _by_holding(lot: Answer) -> Iterable[Answer]:
    return [lot | {"holding": holding} for holding in lot.get("holdings", ())]


def _party(writer: _Writer) -> str:
    assert writer.viewer.party is not None  # noqa: S101 - a session was asked for
    return writer.viewer.party


_LISTS: Final[Mapping[ListName, tuple[Sequence[Column], _Source]]] = {
    ListName.STOCK: (csv_columns.STOCK, _book(books.held)),
    ListName.CONSIGNMENTS: (csv_columns.CONSIGNMENTS, _book(books.consigned)),
    ListName.LOT_BOOK: (csv_columns.LOT_BOOK, _lot_book),
    ListName.SHIPMENTS: (csv_columns.SHIPMENTS, _shipped(None)),
    ListName.DISPUTES: (csv_columns.SHIPMENTS, _shipped("disputed")),
    ListName.RECALLS: (csv_columns.RECALLS, _recalls),
    ListName.FLAGS: (csv_columns.FLAGS, _flags),
}
