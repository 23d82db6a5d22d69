"""Mandates as a list: one's own, and to registrars those of their organisation's people."""

import time
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection

from chaincode.base import times
from chaincode.registry.records import REGISTRAR
from gateway.api.me_records import Answer, MeRecords
from gateway.api.schemas_me import MandatesAnswer
from gateway.http import paging
from gateway.http.documented import responses
from gateway.http.readers import DatabaseDep, GatewayDep, Reader, RequiredReader
from gateway.lookups.people import MandateRecord, find_founding, mandates_of
from gateway.lookups.places import Page, Place, paged
from gateway.storage.database import Database
from gateway.town.names import Names

router = APIRouter(tags=["me"])

PLACE: Final = (str, str)  # principal and agent


@router.get(
    "/mandates",
    operation_id="list_mandates",
    summary="Who may sign for whom, and until when",
    response_model=MandatesAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
)
async def list_mandates(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of mandates that were not taken back, also those that have ended.

    Everyone sees those that the own party has given and those that they hold; a registrar sees
    those given by or to people of the own organisation, which registrars gave by list or who gave
    them themselves.
    """
    most = paging.limit(limit, gateway.settings.limits)
    listed, end = await page_of(
        database, gateway.names, reader, limit=most, after=paging.place(cursor, PLACE)
    )
    return {"mandates": listed, "next": paging.cursor(end)}


async def page_of(
    database: Database, names: Names, reader: Reader, *, limit: int, after: Place | None
) -> tuple[list[Answer], Place | None]:
    """Return mandates as answers, and where the page ends if there are more."""
    today, page = await database.read(_find, reader, int(time.time()), limit=limit, after=after)
    records = MeRecords(names, reader, today)
    return [records.mandate(one) for one in page.items], page.next


def _find(
    connection: Connection, reader: Reader, now: int, *, limit: int, after: Place | None
) -> tuple[str, Page[MandateRecord]]:
    founding = find_founding(connection)
    today = times.local_date(now, founding[0].utc_offset_minutes if founding else 0)
    found = mandates_of(
        connection,
        party=reader.party,
        actor=reader.device.actor,
        organisation=reader.device.organisation if REGISTRAR in reader.roles else None,
        limit=limit + 1,
        after=after,
    )
    return today, paged([(one, (one.principal, one.agent)) for one in found], limit=limit)
