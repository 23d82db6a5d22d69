"""A crop that the office has not named yet: its words stay with this gateway."""

import sqlite3
import time
from typing import Annotated, Any

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gateway.api import visibility
from gateway.api.documented import responses
from gateway.api.errors import ProblemError
from gateway.api.readers import GatewayDep, RequiredReader
from gateway.api.schemas import Answer
from gateway.api.visibility import Role, cut
from gateway.codes import GatewayCode
from gateway.other_crops import WORDS_CHARACTERS_MAX, OtherCropError
from gateway.setup.values import has_my_number

router = APIRouter(prefix="/other-crops", tags=["commands"])

RETRY_AFTER_S = 10
_log = structlog.get_logger(__name__)


class OtherCropIn(BaseModel):
    """What somebody calls a crop that is in no list."""

    model_config = ConfigDict(extra="forbid")

    words: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=WORDS_CHARACTERS_MAX),
        Field(examples=["へべす"]),
    ]


class OtherCropAnswer(Answer):
    """The code for these words, to be signed as a crop; a salted hash, which tells nobody them."""

    code: str = Field(examples=["other-2k9f3q7d0m8t5w1x6z4r2v8n0b"])
    words: str


@router.post(
    "",
    operation_id="enter_other_crop",
    summary="Enter a crop that is in no list in one's own words; the office names it later",
    response_model=OtherCropAnswer,
    responses=responses(400, 401, 403, 413, 415, 422, 503),
)
async def enter_other_crop(body: OtherCropIn, gateway: GatewayDep, reader: RequiredReader) -> Any:  # noqa: ANN401 - the model decides
    """Keep the words off the ledger, and return the code that commands carry as `crop`.

    The same words have the same code. Recall officers find the lots by these words, and under
    `other`; from the day on which the office names the crop, under that.
    """
    if has_my_number(body.words):
        raise ProblemError(GatewayCode.INVALID_REQUEST, member="body.words")
    try:
        entered = gateway.names.others.enter(body.words, now=int(time.time()))
    except OtherCropError:
        raise ProblemError(GatewayCode.INVALID_REQUEST, member="body.words") from None
    except sqlite3.Error as error:
        _log.warning("other_crop_not_kept", error=type(error).__name__)
        raise ProblemError(GatewayCode.BUSY, retry_after_s=RETRY_AFTER_S) from None
    _log.info("other_crop_entered", actor=reader.device.actor)
    record = {"code": entered.code, "words": entered.words}
    return cut(visibility.OTHER_CROP, record, {Role.PARTY})
