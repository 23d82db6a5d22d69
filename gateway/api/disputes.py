"""Differences that are not settled: of counts, origins that are denied, what others found."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection

from gateway.api import schemas_recalls as schemas
from gateway.api.records import Records
from gateway.http import paging
from gateway.http.documented import responses
from gateway.http.readers import DatabaseDep, GatewayDep, LanguageDep, RequiredReader
from gateway.lookups import lots, shipments, surpluses
from gateway.lookups.lots import HoldingRecord
from gateway.lookups.places import Page, Place
from gateway.lookups.shipments import ShipmentRecord
from gateway.lookups.surpluses import SurplusRecord

router = APIRouter(tags=["shipments"])

DENIED_MAX: Final = 200
SURPLUSES_MAX: Final = 200


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
    """Return a page of disputed shipments.

    The first also has goods whose origin is denied, and what others found of one's own goods.
    """
    page, denied, found = await database.read(
        find,
        reader.party,
        limit=paging.limit(limit, gateway.settings.limits),
        before=paging.place(cursor, shipments.PLACE),
    )
    records = Records(gateway.names, language, reader.viewer)
    return {
        "shipments": [records.shipment(one) for one in page.items],
        "denied": [records.holding(one) for one in denied],
        "surpluses": [records.surplus(one) for one in found],
        "next": paging.cursor(page.next),
    }


def find(
    connection: Connection, party: str, *, limit: int, before: Place | None
) -> tuple[Page[ShipmentRecord], Sequence[HoldingRecord], Sequence[SurplusRecord]]:
    """Return a page of a party's disputed shipments.

    With the first go its denied holdings, and the surpluses of its goods at others.
    """
    page = shipments.of_party(connection, party, limit=limit, state="disputed", before=before)
    if before is not None:
        return page, (), ()
    denied = lots.denied(connection, party, limit=DENIED_MAX)
    return page, denied, surpluses.of_party(connection, party, limit=SURPLUSES_MAX)
