"""The page of what waits for one's own second signature. It only shows."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from gateway.api.waiting import WAITING_MAX, find_waiting
from gateway.api.waiting_records import Answer, WaitingRecords
from gateway.http.errors import ProblemError
from gateway.http.readers import DatabaseDep, RequiredReader
from gateway.web.own_contexts import Own
from gateway.web.own_pages import OwnVisitDep
from gateway.words.codes import GatewayCode

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    """What the template is given: proposals as `WaitingRecords` writes them, the newest first."""

    own: Own
    waiting: Sequence[Answer]
    has_more: bool


@router.get("/waiting")
async def show_waiting(
    visit: OwnVisitDep, database: DatabaseDep, reader: RequiredReader
) -> Response:
    """Show what waits for the reader's signature, in words."""
    constitution, found = await database.read(find_waiting, reader, now=int(time.time()))
    if constitution is None:
        raise ProblemError(GatewayCode.NOT_THERE_YET)
    records = WaitingRecords(visit.gateway.names, constitution, visit.language)
    page = WaitingPage(
        own=await visit.own("/waiting"),
        waiting=[records.waiting(one) for one in found[:WAITING_MAX]],
        has_more=len(found) > WAITING_MAX,
    )
    return await visit.render("waiting.html", page)
