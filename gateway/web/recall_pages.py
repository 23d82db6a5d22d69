"""The pages of recalls: for everyone which there are; for recall officers how far one reaches."""

import time
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from chaincode.recalls.records import RECALL_OFFICER
from gateway.answers.visibility import NOBODY
from gateway.api import recalls
from gateway.api.recall_records import Answer, RecallRecords
from gateway.api.recalls import RecallId
from gateway.api.records import Records
from gateway.http import paging
from gateway.http.error_answers import language_of
from gateway.http.errors import ProblemError
from gateway.http.readers import DatabaseDep, GatewayDep, RecallOfficer, Visitor
from gateway.lookups import lots, recall_book
from gateway.storage.database import Database
from gateway.typed import TypedDateError
from gateway.typed.lot_numbers import NumberError, check_character, grouped
from gateway.web import preview_choices
from gateway.web.own_pages import ITEMS
from gateway.web.pages import Lang
from gateway.web.preview_form import PreviewForm, preview_form
from gateway.web.recall_contexts import PreviewPage, RecallsPage, ScopePage
from gateway.web.recall_writer import ROOTS_SHOWN, RecallWriter
from gateway.web.visits import Visit
from gateway.web.words import word
from gateway.words.codes import GatewayCode

router = APIRouter(include_in_schema=False)


async def _visit(
    request: Request, gateway: GatewayDep, reader: Visitor, _lang: Lang = None
) -> Visit:
    return Visit(request=request, gateway=gateway, reader=reader, language=language_of(request))


async def _officers_visit(
    request: Request, gateway: GatewayDep, reader: RecallOfficer, _lang: Lang = None
) -> Visit:
    return Visit(request=request, gateway=gateway, reader=reader, language=language_of(request))


VisitDep = Annotated[Visit, Depends(_visit)]
OfficersVisitDep = Annotated[Visit, Depends(_officers_visit)]


@router.get("/recalls")
async def show_recalls(
    visit: VisitDep, database: DatabaseDep, cursor: paging.Cursor = None
) -> Response:
    """Show all recalls, those that ended, too; drills to officers."""
    page = await database.read(
        recall_book.listed,
        limit=paging.limit(ITEMS, visit.gateway.settings.limits),
        before=paging.place(cursor, recall_book.PLACE),
        with_drills=RECALL_OFFICER in visit.viewer.roles,
    )
    records = RecallRecords(visit.gateway.names, visit.language, visit.viewer)
    writer = await _writer(visit)
    first = f"/recalls?lang={visit.language}"
    end = paging.cursor(page.next)
    shown = RecallsPage(
        own=await visit.own_if_any("/recalls"),
        recalls=tuple(writer.line(records.listed(one)) for one in page.items),
        first_url=first if cursor else "",
        next_url=f"{first}&cursor={end}" if end else "",
        csv_url="/api/csv/recalls",
    )
    kept = {"cursor": cursor} if cursor else {}
    return await visit.render("recalls.html", shown, kept=kept)


@router.get("/recalls/preview")
async def show_preview(
    visit: OfficersVisitDep,
    database: DatabaseDep,
    reader: RecallOfficer,
    form: Annotated[PreviewForm, Depends(preview_form)],
) -> Response:
    """Ask what a recall is to begin with, and show how far it would reach."""
    part, problem, said = None, "", ""
    choices = preview_choices.choices(
        *await database.read(preview_choices.find), visit.gateway.names, visit.language
    )
    if not form.is_empty:
        try:
            by = form.read(await visit.town_clock(), choices.producer_of)
            scope = await recalls.preview(
                by,
                gateway=visit.gateway,
                database=database,
                reader=reader,
                language=visit.language,
            )
            part = (await _writer(visit)).part(scope)
        except NumberError as error:
            problem, said = "preview_wrong", error.say(visit.language)
        except TypedDateError as error:
            problem, said = "preview_wrong", error.say(visit.language)
        except ValueError:
            problem = "preview_wrong"
        except ProblemError as error:
            if error.code != GatewayCode.SCOPE_EMPTY:
                raise
            problem = "preview_empty"
    typed = asdict(form)
    page = PreviewPage(
        own=await visit.own("/recalls/preview"),
        typed=typed,
        crops=preview_choices.crops(visit.gateway.names, visit.language),
        producers=choices.producers,
        plots=choices.plots,
        problem=said or (word(problem, visit.language) if problem else ""),
        part=part,
    )
    status = {"preview_wrong": 422, "preview_empty": 404}.get(problem, 200)
    kept = {name: value for name, value in typed.items() if value}
    return await visit.render("preview.html", page, kept=kept, status=status)


@router.get("/recalls/{recall}")
async def show_recall(recall: RecallId, visit: VisitDep, database: DatabaseDep) -> Response:
    """Show one recall, its lots and how it came about."""
    writer = await _writer(visit)
    answer = await _whole(visit, database, recall)
    known = await database.read(lots.find_all, answer["roots"][:ROOTS_SHOWN])
    records = Records(visit.gateway.names, visit.language, NOBODY)
    origins = [records.origin(lot) for lot in known.values()]
    page = writer.page(
        answer,
        {one["id"]: one.get("crop_name", "") for one in origins},
        await visit.own_if_any("/recalls"),
        is_officer=RECALL_OFFICER in visit.viewer.roles,
    )
    return await visit.render("recall.html", page)


@router.get("/recalls/{recall}/scope")
async def show_scope(
    recall: RecallId, visit: OfficersVisitDep, database: DatabaseDep, reader: RecallOfficer
) -> Response:
    """Show officers who has what, and what a recall in force ought to name besides."""
    answer = await _whole(visit, database, recall)
    scope = await recalls.scope(
        recall, gateway=visit.gateway, database=database, reader=reader, language=visit.language
    )
    writer = await _writer(visit)
    page = ScopePage(
        own=await visit.own("/recalls"),
        summary=writer.line(answer),
        number=grouped(recall),
        check=check_character(recall),
        back_url=f"/recalls/{recall}?lang={visit.language}",
        part=writer.part(scope, state=answer["state"]),
    )
    return await visit.render("scope.html", page)


def _now() -> float:
    return time.time()


async def _writer(visit: Visit) -> RecallWriter:
    return RecallWriter(
        language=visit.language,
        grids=await visit.grids(),
        explanations=visit.gateway.explanations,
        now=_now(),
    )


async def _whole(visit: Visit, database: Database, recall: str) -> Answer:
    """Return a recall as its reader may see it.

    Raises:
        ProblemError: `RECALL_NOT_FOUND`.
    """
    found = await database.read(recalls.find, recall, visit.viewer)
    if found is None:
        raise ProblemError(GatewayCode.RECALL_NOT_FOUND)
    return RecallRecords(visit.gateway.names, visit.language, visit.viewer).whole(found)
