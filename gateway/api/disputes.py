"""Differences that are not settled: counts that differ, and origins that are denied."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection

from gateway.api import paging
from gateway.api import schemas_recalls as schemas
from gateway.api.documented import responses
from gateway.api.readers import DatabaseDep, GatewayDep, LanguageDep, RequiredReader
from gateway.api.records import Records
from gateway.lookups import lots, shipments
from gateway.lookups.lots import HoldingRecord
from gateway.lookups.places import Page, Place
from gateway.lookups.shipments import ShipmentRecord

router = APIRouter(tags=["shipments"])

DENIED_MAX: Final = 200


@router.get(
    "/disputes",
    operation_id="list_disputes",
    summary="One's own differences that are not settled",
    response_model=schemas.DisputesAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
)
async def list_disputes(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    language: LanguageDep,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of disputed shipments; the first also has goods whose origin is denied."""
    page, denied = await database.read(
        find,
        reader.party,
        limit=paging.limit(limit, gateway.settings.limits),
        before=paging.place(cursor, shipments.PLACE),
    )
    records = Records(gateway.names, language, reader.viewer)
    return {
        "shipments": [records.shipment(one) for one in page.items],
        "denied": [records.holding(one) for one in denied],
        "next": paging.cursor(page.next),
    }


def find(
    connection: Connection, party: str, *, limit: int, before: Place | None
) -> tuple[Page[ShipmentRecord], Sequence[HoldingRecord]]:
    """Return a page of a party's disputed shipments; with the first, its denied holdings."""
    page = shipments.of_party(connection, party, limit=limit, state="disputed", before=before)
    return page, lots.denied(connection, party, limit=DENIED_MAX) if before is None else ()
