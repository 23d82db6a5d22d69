"""From a pre-printed sticker's number to the lot it is on."""

import asyncio
import time
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from chaincode.base import shapes, times
from chaincode.lots.labels import STICKERS_MAX
from gateway.answers import visibility
from gateway.answers.visibility import Role, cut
from gateway.api import schemas_recalls as schemas
from gateway.http import paging
from gateway.http.documented import responses
from gateway.http.errors import ProblemError
from gateway.http.readers import DatabaseDep, GatewayDep, LanguageDep, RequiredReader
from gateway.lookups import stickers
from gateway.lookups.people import find_founding
from gateway.words.codes import GatewayCode

_ROLL: Final = str(get_args(shapes.RollId)[1].schema()["pattern"])

router = APIRouter(prefix="/stickers", tags=["lots"])
rolls = APIRouter(tags=["lots"])


@router.get(
    "/{roll}/{number}",
    operation_id="read_sticker",
    summary="Which lot a sticker is on",
    response_model=schemas.StickerAnswer,
    responses=responses(404, 422, 503),
)
async def read_sticker(
    roll: Annotated[str, Path(pattern=_ROLL, examples=["3R4M9X2B0KTD7S8V2J5E"])],
    number: Annotated[int, Path(ge=1, le=STICKERS_MAX, examples=[501])],
    gateway: GatewayDep,
    database: DatabaseDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return the lot that the sticker was bound to last.

    How often each number is asked about is counted by days, and nothing of who asked.
    """
    lot, offset = await database.read(_find, roll, number)
    if lot is None:
        raise ProblemError(GatewayCode.STICKER_NOT_FOUND)
    day = times.local_date(int(time.time()), offset)
    await asyncio.to_thread(gateway.scans.note, roll, number, day=day)
    return cut(visibility.STICKER, {"roll": roll, "number": number, "lot": lot}, ())


@rolls.get(
    "/rolls",
    operation_id="list_rolls",
    summary="One's own rolls of stickers, and what they were last stuck on",
    response_model=schemas.RollsAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
)
async def list_rolls(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    language: LanguageDep,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of the rolls of which stickers are on lots, by number."""
    page = await database.read(
        stickers.rolls_of,
        reader.party,
        limit=paging.limit(limit, gateway.settings.limits),
        after=paging.place(cursor, stickers.PLACE),
    )
    listed = [
        {
            "id": one.id,
            "first": one.first,
            "last": one.last,
            "ranges_count": one.ranges_count,
            "lot": one.lot,
            "crop": one.crop,
            "crop_name": gateway.names.crop(one.crop, language),
        }
        for one in page.items
    ]
    return {
        "rolls": [cut(visibility.ROLL, one, {Role.PARTY}) for one in listed],
        "next": paging.cursor(page.next),
    }


def _find(connection: Connection, roll: str, number: int) -> tuple[str | None, int]:
    """Return the lot that a sticker is on, and the town's offset from UTC in minutes."""
    founding = find_founding(connection)
    lot = stickers.find_lot(connection, roll, number)
    return lot, founding[0].utc_offset_minutes if founding else 0
