"""One's own pages: stock, lot book, goods at others, shipments, differences. They only show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from gateway.api import books as book_answers
from gateway.api import disputes, mandates
from gateway.api.books import Book
from gateway.api.flag_records import FlagRecords, ground_of, party_shown
from gateway.api.records import Answer, Records
from gateway.http import paging
from gateway.http.error_answers import language_of
from gateway.http.readers import DatabaseDep, GatewayDep, RequiredReader
from gateway.lookups import books, shipments
from gateway.lookups.books import Filters
from gateway.lookups.flags import PLACE as FLAGS_PLACE
from gateway.lookups.flags import Wanted, flagged
from gateway.lookups.places import Place
from gateway.storage.database import Database
from gateway.web.own_contexts import CropForm, Grid, Link, ListPage
from gateway.web.pages import Lang
from gateway.web.visits import Visit
from gateway.web.words import word

router = APIRouter(include_in_schema=False)

ITEMS: Final = 50  # on a page

Crop = Annotated[str, Query(pattern="^([a-z0-9-]{1,40})?$")]


class HeldPart(StrEnum):
    """Which part of the stock."""

    STOCK = "stock"
    HOLD = "hold"
    ALL = "all"


class AwayPart(StrEnum):
    """Which part of the goods at others."""

    STOCK = "stock"
    ALL = "all"


class ShippedPart(StrEnum):
    """Which part of the shipments."""

    ALL = "all"
    OPEN = "open"
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVisit(Visit):
    """A visit to one of one's own lists, which begins at `cursor`."""

    database: Database
    cursor: str | None

    @property
    def limit(self) -> int:
        """How many items a page has."""
        return paging.limit(ITEMS, self.gateway.settings.limits)

    async def books(
        self,
        name: str,
        book: Book,
        filters: Filters,
        *,
        show: StrEnum | None = None,
    ) -> Response:
        """Return the page of a list of lots."""
        assert self.reader is not None  # noqa: S101 - `_visit` asks for a session
        lots, end = await book_answers.page_of(
            book,
            gateway=self.gateway,
            database=self.database,
            reader=self.reader,
            language=self.language,
            filters=filters,
            limit=self.limit,
            before=paging.place(self.cursor, books.PLACE),
        )
        grids = await self.grids()
        write = {"stock": grids.stock, "lot-book": grids.lot_book}.get(name, grids.consignments)
        return await self.show(name, write(lots), end, show=show, crop=filters.crop or "")

    async def show(
        self,
        name: str,
        grid: Grid,
        end: Place | None,
        *,
        show: StrEnum | None = None,
        crop: str | None = None,
        more: Sequence[tuple[str, Grid]] = (),
        has_file: bool = True,
    ) -> Response:
        """Return the page of a list.

        Args:
            name: The list's, as in the path.
            grid: What is on this page of it.
            end: Where that ends.
            show: Which part of the list it is, if it has parts.
            crop: Which crop is shown, empty for all; `None` for a list that can't be narrowed.
            more: Further tables, with their titles.
            has_file: Whether all of it is there as a file.
        """
        path = f"/own/{name}"
        asked = _said({"show": show.value if show else "", "crop": crop or ""})
        kept = asked | _said({"cursor": self.cursor or ""})
        page = ListPage(
            own=await self.own(path),
            title=word(f"nav_{name}", self.language),
            note=word(f"note_{name}", self.language),
            filters=self._filters(path, show, crop or ""),
            crops=None if crop is None else self._crops(path, show, crop),
            grid=grid,
            more=more,
            first_url=self._url(path, asked) if self.cursor else "",
            next_url=self._url(path, asked, cursor=paging.cursor(end)) if end else "",
            csv_url=f"/api/csv/{name}" if has_file else "",
        )
        return await self.render("list.html", page, kept=kept)

    def _filters(self, path: str, show: StrEnum | None, crop: str) -> tuple[Link, ...]:
        return tuple(
            Link(
                text=word(f"filter_{part.value}", self.language),
                url=self._url(path, _said({"show": part.value, "crop": crop})),
                is_here=part is show,
            )
            for part in (type(show) if show else ())
        )

    def _crops(self, path: str, show: StrEnum | None, crop: str) -> CropForm:
        crops = self.gateway.names.crops(self.language)
        return CropForm(
            action=path,
            show=show.value if show else "",
            chosen=crop,
            crops=tuple(crops),
        )

    def _url(self, path: str, asked: Mapping[str, str], cursor: str | None = None) -> str:
        more = {"cursor": cursor} if cursor else {}
        return f"{path}?{urlencode({**asked, **more, 'lang': self.language})}"


async def _visit(
    request: Request,
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    cursor: paging.Cursor = None,
    _lang: Lang = None,
) -> OwnVisit:
    return OwnVisit(
        request=request,
        gateway=gateway,
        database=database,
        reader=reader,
        language=language_of(request),
        cursor=cursor,
    )


OwnVisitDep = Annotated[OwnVisit, Depends(_visit)]


@router.get("/own/stock")
async def show_stock(
    visit: OwnVisitDep, show: HeldPart = HeldPart.STOCK, crop: Crop = ""
) -> Response:
    """Show what one's own party holds, whosever goods they are."""
    filters = Filters(
        crop=crop or None,
        has_stock=True if show is HeldPart.STOCK else None,
        is_on_hold=True if show is HeldPart.HOLD else None,
    )
    return await visit.books("stock", books.held, filters, show=show)


@router.get("/own/lot-book")
async def show_lot_book(visit: OwnVisitDep, crop: Crop = "") -> Response:
    """Show what one's own party harvested or made."""
    return await visit.books("lot-book", books.produced, Filters(crop=crop or None))


@router.get("/own/consignments")
async def show_consignments(
    visit: OwnVisitDep, show: AwayPart = AwayPart.STOCK, crop: Crop = ""
) -> Response:
    """Show one's own goods that lie with others."""
    filters = Filters(crop=crop or None, has_stock=True if show is AwayPart.STOCK else None)
    return await visit.books("consignments", books.consigned, filters, show=show)


_SHIPPED: Final[Mapping[ShippedPart, tuple[shipments.Direction | None, shipments.State | None]]] = {
    ShippedPart.ALL: (None, None),
    ShippedPart.OPEN: (None, "in_transit"),
    ShippedPart.IN: ("in", None),
    ShippedPart.OUT: ("out", None),
}


@router.get("/own/shipments")
async def show_shipments(visit: OwnVisitDep, show: ShippedPart = ShippedPart.ALL) -> Response:
    """Show what one's own party sent and was sent."""
    direction, state = _SHIPPED[show]
    page = await visit.database.read(
        shipments.of_party,
        visit.party,
        limit=visit.limit,
        direction=direction,
        state=state,
        before=paging.place(visit.cursor, shipments.PLACE),
    )
    grids = await visit.grids()
    grid = grids.shipments(_shipments(visit, page.items))
    return await visit.show("shipments", grid, page.next, show=show)


@router.get("/own/disputes")
async def show_disputes(visit: OwnVisitDep) -> Response:
    """Show one's own differences, origins that are denied, and what others found of one's own."""
    page, denied, found = await visit.database.read(
        disputes.find,
        visit.party,
        limit=visit.limit,
        before=paging.place(visit.cursor, shipments.PLACE),
    )
    grids = await visit.grids()
    grid = grids.shipments(_shipments(visit, page.items))
    records = Records(visit.gateway.names, visit.language, visit.viewer)
    titled = [
        (
            word("denied_title", visit.language),
            grids.denied([records.holding(one) for one in denied]),
        ),
        (
            word("surpluses_title", visit.language),
            grids.surpluses([records.surplus(one) for one in found]),
        ),
    ]
    return await visit.show(
        "disputes", grid, page.next, more=[one for one in titled if one[1].rows]
    )


@router.get("/own/mandates")
async def show_mandates(visit: OwnVisitDep, reader: RequiredReader) -> Response:
    """Show who may sign for whom; to a registrar, of the own organisation's people."""
    found, end = await mandates.page_of(
        visit.database,
        visit.gateway.names,
        reader,
        limit=visit.limit,
        after=paging.place(visit.cursor, mandates.PLACE),
    )
    grids = await visit.grids()
    return await visit.show("mandates", grids.mandates(found), end, has_file=False)


@router.get("/own/flags")
async def show_flags(visit: OwnVisitDep) -> Response:
    """Show what is not plausible: inspectors everyone's, everybody else the own party's."""
    page = await visit.database.read(
        flagged,
        ground_of(visit.gateway),
        limit=visit.limit,
        wanted=Wanted(party=party_shown(visit.viewer)),
        before=paging.place(visit.cursor, FLAGS_PLACE),
    )
    records = FlagRecords(visit.gateway.names, visit.language, visit.viewer)
    grids = await visit.grids()
    grid = grids.flags([records.flag(one) for one in page.items], has_more=page.next is not None)
    return await visit.show("flags", grid, page.next)


def _shipments(visit: Visit, found: Sequence[shipments.ShipmentRecord]) -> list[Answer]:
    records = Records(visit.gateway.names, visit.language, visit.viewer)
    return [records.shipment(one) for one in found]


def _said(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
