"""Whose keys the reader may end: by what the office calls their holders, since when, last used."""

import time
from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection

from chaincode.base import times
from chaincode.registry.records import REGISTRAR
from gateway.api.me_records import MeRecords
from gateway.api.schemas_me import KeyHoldersAnswer
from gateway.http import paging
from gateway.http.documented import responses
from gateway.http.readers import DatabaseDep, GatewayDep, Reader, RequiredReader
from gateway.lookups.keys import HolderRecord, holders_of, manageable
from gateway.lookups.people import find_founding
from gateway.lookups.places import Place, paged

router = APIRouter(prefix="/devices", tags=["devices"])

PLACE: Final = (str,)  # a person's pseudonym


@router.get(
    "",
    operation_id="list_devices",
    summary="The keys that the reader may end, by who holds them",
    response_model=KeyHoldersAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
)
async def list_devices(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of people with their keys, by pseudonym.

    Everyone sees the own keys. A registrar sees those of everybody of the organisation, and those
    that registrars of two others end together: of an auditor's people, and of an organisation's
    whose offices are suspended. Keys that can sign nothing any more are left out.
    """
    most = paging.limit(limit, gateway.settings.limits)
    after = paging.place(cursor, PLACE)
    today, holders = await database.read(_find, reader, int(time.time()), most + 1, after)
    page = paged([(one, (one.actor,)) for one in holders], limit=most)
    records = MeRecords(gateway.names, reader, today)
    return {
        "holders": [records.holder(one) for one in page.items],
        "next": paging.cursor(page.next),
    }


def _find(
    connection: Connection, reader: Reader, now: int, limit: int, after: Place | None
) -> tuple[str, Sequence[HolderRecord]]:
    founding = find_founding(connection)
    if founding is None:
        return "", ()
    head, device = founding[0], reader.device
    today = times.local_date(now, head.utc_offset_minutes)
    theirs = manageable(
        head, device.organisation, is_registrar=REGISTRAR in reader.roles, today=today
    )
    begin = str(after[0]) if after else ""
    return today, holders_of(connection, theirs, device.actor, limit=limit, after=begin)
