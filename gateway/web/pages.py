"""The pages: a lot's, the start page, what each problem means. No script, no state."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from gateway.api.about import kept_by
from gateway.http.error_answers import language_of
from gateway.http.errors import ProblemError
from gateway.http.gateway import Gateway
from gateway.http.problems import PROBLEMS
from gateway.http.readers import GatewayDep, Visitor
from gateway.invitations import code as codes
from gateway.lookups import lots
from gateway.lookups.lots import LotRecord
from gateway.lookups.people import Founding, find_founding
from gateway.typed import lot_numbers
from gateway.typed.lot_numbers import NumberError, TypedNumber
from gateway.web import lot_page, rendering, share_part
from gateway.web.contexts import JoinPage, LotCard, ProblemsPage, StartPage
from gateway.web.errors import problem_page
from gateway.web.lot_page import PublicLot, Writer
from gateway.web.own_contexts import SharePart
from gateway.web.share_part import ShareWriter
from gateway.web.visits import Visit
from gateway.web.words import word
from gateway.words.codes import GatewayCode
from gateway.words.language import Language

router = APIRouter(include_in_schema=False)

DEMO_LOTS_MAX: Final = 12
TYPED_CHARACTERS_MAX: Final = 60

Lang = Annotated[str | None, Query(alias="lang", max_length=2)]


@router.get("/")
async def show_start(request: Request, gateway: GatewayDep, _lang: Lang = None) -> Response:
    """Show what one can do here; in a demo, the latest lots."""
    return await _start(request, gateway)


@router.get("/lots")
async def find_lot(
    request: Request,
    gateway: GatewayDep,
    number: Annotated[str, Query(max_length=lot_numbers.TYPED_CHARACTERS_MAX)] = "",
    _lang: Lang = None,
) -> Response:
    """Go to the lot whose number somebody has typed, or a scanner has read (`lot_numbers`).

    A code with another town's address leads there only if that lot is on record here, too.
    """
    language = language_of(request)
    try:
        typed = lot_numbers.read(number)
    except NumberError as error:
        return await _start(request, gateway, typed=number, problem=error.say(language))
    if await _is_elsewhere(gateway, typed):
        problem = word("number_elsewhere", language).format(
            host=typed.host[: lot_numbers.SHOWN_MAX]
        )
        return await _start(request, gateway, typed=number, problem=problem)
    return RedirectResponse(f"/lots/{typed.lot}?lang={language}", status_code=303)


async def _is_elsewhere(gateway: Gateway, typed: TypedNumber) -> bool:
    """Whether a number came with an address that is not ours, and is not on record here."""
    town = gateway.catalogue.current.town.address
    own = {urlsplit(one).netloc.lower() for one in (*gateway.settings.origins, town)}
    if not typed.host or typed.host in own:
        return False
    return await gateway.projection.database.read(lots.find, typed.lot) is None


@router.get("/lots/{lot}")
async def show_lot(
    lot: Annotated[str, Path(max_length=TYPED_CHARACTERS_MAX)],
    request: Request,
    gateway: GatewayDep,
    reader: Visitor,
    _lang: Lang = None,
) -> Response:
    """Show a lot to whoever has its label; to somebody signed in, their own share besides."""
    if not lot_numbers.is_number(lot):
        raise ProblemError(GatewayCode.ROUTE_NOT_FOUND)
    language = language_of(request)
    founding, found = await gateway.projection.database.read(_find_lot, lot)
    if founding is None or found is None:
        raise ProblemError(GatewayCode.LOT_NOT_FOUND, member=lot)
    site = rendering.site_of(request, gateway.settings, language, founding)
    page = _writer(gateway, founding, language).lot(found)
    if reader is not None:
        visit = Visit(request=request, gateway=gateway, reader=reader, language=language)
        page = replace(page, own=await visit.own(f"/lots/{lot}"), share=await _share(visit, lot))
    return rendering.render("lot.html", site, page, private=reader is not None)


@router.get(codes.PATH)
async def show_join(request: Request, gateway: GatewayDep, _lang: Lang = None) -> Response:
    """Say what to do with an invitation, whose code the browser kept to itself."""
    site = rendering.site_of(request, gateway.settings, language_of(request), None)
    return rendering.render("join.html", site, JoinPage(gateway=gateway.settings.base_url))


@router.get("/problems")
async def show_problems(request: Request, gateway: GatewayDep, _lang: Lang = None) -> Response:
    """List every problem by its number."""
    language = language_of(request)
    site = rendering.site_of(request, gateway.settings, language, None)
    entries = sorted(PROBLEMS.values(), key=lambda entry: entry.number)
    page = ProblemsPage(problems=tuple(problem_page(entry, language) for entry in entries))
    return rendering.render("problems.html", site, page, indexed=True)


@router.get("/problems/{code}")
async def show_problem(
    code: Annotated[str, Path(max_length=TYPED_CHARACTERS_MAX)],
    request: Request,
    gateway: GatewayDep,
    _lang: Lang = None,
) -> Response:
    """Explain a problem, by its code or its number."""
    by_number = {str(entry.number): entry for entry in PROBLEMS.values()}
    entry = PROBLEMS.get(code) or by_number.get(code)
    if entry is None:
        raise ProblemError(GatewayCode.PROBLEM_NOT_FOUND)
    language = language_of(request)
    site = rendering.site_of(request, gateway.settings, language, None)
    return rendering.render("problem.html", site, problem_page(entry, language), indexed=True)


@router.get("/favicon.svg")
async def show_favicon() -> Response:
    """Show the mark in the browser's tab."""
    return Response(
        rendering.FAVICON,
        media_type="image/svg+xml",
        headers={"Cache-Control": "public, max-age=86400"},
    )


@router.get(rendering.style_url("{digest}"))
async def show_style(digest: Annotated[str, Path(max_length=TYPED_CHARACTERS_MAX)]) -> Response:
    """Show the stylesheet, to be kept for good (RFC 8246).

    Another version than this gateway's is of a page that it has not made: while gateways are
    changed for newer ones, a page gets the style that there is, for this once.
    """
    is_current = digest == rendering.STYLE_DIGEST
    kept = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return Response(rendering.STYLE, media_type="text/css", headers={"Cache-Control": kept})


@router.get("/robots.txt")
async def show_robots() -> Response:
    """Ask crawlers to leave lots and the API alone."""
    return Response("User-agent: *\nDisallow: /lots\nDisallow: /api\n", media_type="text/plain")


async def _share(visit: Visit, lot: str) -> SharePart | None:
    share = await visit.gateway.projection.database.read(share_part.find, lot, visit.viewer)
    if share is None:
        return None
    names, grids = visit.gateway.names, await visit.grids()
    return ShareWriter(names=names, viewer=visit.viewer, grids=grids).part(share)


async def _start(
    request: Request, gateway: Gateway, *, typed: str = "", problem: str = ""
) -> Response:
    language = language_of(request)
    founding, latest = await gateway.projection.database.read(_find_latest)
    cards: tuple[LotCard, ...] = ()
    if founding is not None:
        cards = tuple(map(_writer(gateway, founding, language).card, latest))
    site = rendering.site_of(request, gateway.settings, language, founding)
    page = StartPage(
        lots=cards,
        kept_by=kept_by(gateway.settings.ledger.kind, language),
        typed=typed,
        problem=problem,
    )
    return rendering.render("start.html", site, page, indexed=True)


def _writer(gateway: Gateway, founding: Founding, language: Language) -> Writer:
    head, constitution = founding
    return Writer(
        settings=gateway.settings,
        address=gateway.catalogue.current.town.address or gateway.settings.base_url,
        names=gateway.names,
        explanations=gateway.explanations,
        head=head,
        constitution=constitution,
        language=language,
    )


def _find_latest(connection: Connection) -> tuple[Founding | None, Sequence[LotRecord]]:
    """Return what the ledger was founded on, and in a demo its latest lots."""
    founding = find_founding(connection)
    if founding is None or not founding[1].demo:
        return founding, ()
    return founding, lots.latest(connection, limit=DEMO_LOTS_MAX)


def _find_lot(connection: Connection, lot: str) -> tuple[Founding | None, PublicLot | None]:
    """Return what the ledger was founded on, and a lot as everyone may see it."""
    return find_founding(connection), lot_page.find(connection, lot)
