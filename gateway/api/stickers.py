"""From a pre-printed sticker's number to the lot it is on."""

import asyncio
import time
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from chaincode.base import shapes, times
from chaincode.lots.labels import STICKERS_MAX
from gateway.api import schemas_recalls as schemas
from gateway.api import visibility
from gateway.api.documented import responses
from gateway.api.errors import ProblemError
from gateway.api.readers import DatabaseDep, GatewayDep
from gateway.api.visibility import cut
from gateway.codes import GatewayCode
from gateway.lookups import stickers
from gateway.lookups.people import find_founding

_ROLL: Final = str(get_args(shapes.RollId)[1].schema()["pattern"])

router = APIRouter(prefix="/stickers", tags=["lots"])


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


def _find(connection: Connection, roll: str, number: int) -> tuple[str | None, int]:
    """Return the lot that a sticker is on, and the town's offset from UTC in minutes."""
    founding = find_founding(connection)
    lot = stickers.find_lot(connection, roll, number)
    return lot, founding[0].utc_offset_minutes if founding else 0
