"""A crop that the office has not named yet: its words stay with this gateway."""

import sqlite3
import time
from collections.abc import Callable
from typing import Annotated, Any

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chaincode.base import times
from gateway.answers import visibility
from gateway.answers.visibility import Role, cut
from gateway.api.schemas import Timestamp
from gateway.http.documented import responses
from gateway.http.errors import ProblemError
from gateway.http.models import Answer
from gateway.http.readers import GatewayDep, LanguageDep, Registrar, RequiredReader
from gateway.plausibility.goods import called
from gateway.town.names import Names
from gateway.town.other_crops import WORDS_CHARACTERS_MAX, OtherCrop, OtherCropError, is_other
from gateway.typed.my_number import has_my_number
from gateway.words.codes import GatewayCode
from gateway.words.language import Language

router = APIRouter(prefix="/other-crops", tags=["commands"])

RETRY_AFTER_S = 10
_log = structlog.get_logger(__name__)


EnteredCode = Annotated[str, StringConstraints(pattern="^other-[0-9a-z]{26}$")]


class OtherCropIn(BaseModel):
    """What somebody calls a crop that is in no list."""

    model_config = ConfigDict(extra="forbid")

    words: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=WORDS_CHARACTERS_MAX),
        Field(examples=["へべす"]),
    ]
    salt: (
        Annotated[
            str,
            StringConstraints(pattern="^[0-9a-f]{32}$"),
            Field(description="Of a code that was made and signed where there was no line."),
        ]
        | None
    ) = None


class NamedIn(BaseModel):
    """Which of the town's crops a code stands for."""

    model_config = ConfigDict(extra="forbid")

    code: EnteredCode
    crop: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_-]{0,31}$")]


class ErasedIn(BaseModel):
    """A code whose words are to be erased."""

    model_config = ConfigDict(extra="forbid")

    code: EnteredCode


class EnteredCropAnswer(Answer):
    """A crop that was entered in words, to the registrars who name it."""

    code: str
    words: str | None = Field(description="Null once they are erased.")
    entered_at: Timestamp
    crop: str | None = Field(description="As what the office has named it; null: not yet.")
    crop_name: str | None


class EnteredCropsAnswer(Answer):
    """All of them, those without a name first."""

    crops: list[EnteredCropAnswer]


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
        entered = gateway.names.others.enter(body.words, now=int(time.time()), salt=body.salt or "")
    except OtherCropError:
        raise ProblemError(GatewayCode.INVALID_REQUEST, member="body.words") from None
    except sqlite3.Error as error:
        _log.warning("other_crop_not_kept", error=type(error).__name__)
        raise ProblemError(GatewayCode.BUSY, retry_after_s=RETRY_AFTER_S) from None
    _log.info("other_crop_entered", actor=reader.device.actor)
    record = {"code": entered.code, "words": entered.words}
    return cut(visibility.OTHER_CROP, record, {Role.PARTY})


@router.get(
    "",
    operation_id="list_other_crops",
    summary="Crops that were entered in words, for the office to name",
    response_model=EnteredCropsAnswer,
    response_model_exclude_unset=True,
    responses=responses(401, 403, 422, 503),
)
async def list_other_crops(
    gateway: GatewayDep,
    _registrar: Registrar,
    language: LanguageDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return every such crop of this gateway, to registrars."""
    return {"crops": [_entered(one, gateway.names, language) for one in gateway.names.others.all()]}


@router.post(
    "/names",
    operation_id="name_other_crop",
    summary="Say which of the town's crops it is that was entered in words",
    response_model=EnteredCropAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 403, 413, 415, 422, 503),
)
async def name_other_crop(
    body: NamedIn, gateway: GatewayDep, reader: Registrar, language: LanguageDep
) -> Any:  # noqa: ANN401 - the model decides
    """Name a crop: pages and recall previews go by it from now on. For registrars."""
    if body.crop not in called(gateway.names.known()) or is_other(body.crop):
        raise ProblemError(GatewayCode.INVALID_REQUEST, member="body.crop")
    others = gateway.names.others
    _keep(lambda: others.name(body.code, body.crop))
    _log.info("other_crop_named", actor=reader.device.actor, code=body.code, crop=body.crop)
    return _found(body.code, gateway.names, language)


@router.post(
    "/erasures",
    operation_id="erase_other_crop",
    summary="Erase the words of a crop that was entered in words",
    response_model=EnteredCropAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 403, 413, 415, 422, 503),
)
async def erase_other_crop(
    body: ErasedIn, gateway: GatewayDep, reader: Registrar, language: LanguageDep
) -> Any:  # noqa: ANN401 - the model decides
    """Erase the words for good; what they were named as stays, and so does the code.

    For registrars. A second time changes nothing.
    """
    _keep(lambda: gateway.names.others.forget(body.code))
    _log.info("other_crop_erased", actor=reader.device.actor, code=body.code)
    return _found(body.code, gateway.names, language)


def _keep(change: Callable[[], None]) -> None:
    """Make a change of a code's entry."""
    try:
        change()
    except OtherCropError:
        raise ProblemError(GatewayCode.INVALID_REQUEST, member="body.code") from None
    except sqlite3.Error as error:
        _log.warning("other_crop_not_kept", error=type(error).__name__)
        raise ProblemError(GatewayCode.BUSY, retry_after_s=RETRY_AFTER_S) from None


def _found(code: str, names: Names, language: Language) -> dict[str, Any]:
    entered = names.others.find(code)
    assert entered is not None  # noqa: S101 - it was just changed
    return _entered(entered, names, language)


def _entered(one: OtherCrop, names: Names, language: Language) -> dict[str, Any]:
    record = {
        "code": one.code,
        "words": one.words or None,
        "entered_at": times.timestamp(one.entered_at),
        "crop": one.crop or None,
        "crop_name": names.crop(one.crop, language) if one.crop else None,
    }
    return cut(visibility.OTHER_CROP, record, {Role.REGISTRAR})
