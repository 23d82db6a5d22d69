"""From a pre-printed sticker's number to the lot it is on."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from chaincode.lots.labels import STICKERS_MAX
from gateway.api import schemas_recalls as schemas
from gateway.api import visibility
from gateway.api.documented import responses
from gateway.api.errors import ProblemError
from gateway.api.readers import DatabaseDep
from gateway.api.visibility import cut
from gateway.codes import GatewayCode
from gateway.lookups import stickers

router = APIRouter(prefix="/stickers", tags=["lots"])


@router.get(
    "/{roll}/{number}",
    operation_id="read_sticker",
    summary="Which lot a sticker is on",
    response_model=schemas.StickerAnswer,
    responses=responses(404, 422, 503),
)
async def read_sticker(
    roll: Annotated[
        str, Path(pattern="^[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{11}$", examples=["R4M9X2B0KTD7"])
    ],
    number: Annotated[int, Path(ge=1, le=STICKERS_MAX, examples=[501])],
    database: DatabaseDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return the lot that the sticker was bound to last."""
    lot = await database.read(stickers.find_lot, roll, number)
    if lot is None:
        raise ProblemError(GatewayCode.STICKER_NOT_FOUND)
    return cut(visibility.STICKER, {"roll": roll, "number": number, "lot": lot}, ())
