"""What is not plausible: for inspectors everyone's, for everybody else the own party's."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from chaincode.base import times
from gateway.api import paging
from gateway.api.documented import responses
from gateway.api.errors import ProblemError
from gateway.api.flag_records import FlagRecords, ground_of, party_shown
from gateway.api.readers import DatabaseDep, GatewayDep, LanguageDep, RequiredReader
from gateway.api.schemas_flags import FlagsAnswer
from gateway.codes import GatewayCode
from gateway.lookups.flags import PLACE, Wanted, flagged
from gateway.plausibility import FlagCode

router = APIRouter(prefix="/flags", tags=["flags"])

_PSEUDONYM: Final = "^[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{11}$"
_MOMENT: Final = (
    "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}Z$"
)


def _is_a_day(moment: str) -> str:
    times.seconds(moment)  # a ValueError is answered as a wrong request
    return moment


@router.get(
    "",
    operation_id="list_flags",
    summary="What is not plausible and may well be true, by the newest entries first",
    response_model=FlagsAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 403, 422, 503),
)
async def list_flags(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    language: LanguageDep,
    code: Annotated[FlagCode | None, Query(description="Only these.")] = None,
    party: Annotated[
        str | None,
        Query(
            pattern=_PSEUDONYM,
            description="Only of this party's entries; another's only for inspectors.",
            examples=["Q7M49X2B0KTD"],
        ),
    ] = None,
    after: Annotated[
        Annotated[str, AfterValidator(_is_a_day)] | None,
        Query(
            pattern=_MOMENT,
            description="Only of entries taken then or later.",
            examples=["2026-04-01T00:00:00Z"],
        ),
    ] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of flags.

    A page looks at two thousand entries at most: it may be short, or empty, and yet have a `next`.
    """
    shown = party_shown(reader.viewer)
    if shown is not None and party not in {None, shown}:
        raise ProblemError(GatewayCode.NOT_YOUR_OFFICE)
    page = await database.read(
        flagged,
        ground_of(gateway),
        limit=paging.limit(limit, gateway.settings.limits),
        wanted=Wanted(
            code=code,
            party=party or shown,
            after=None if after is None else times.seconds(after),
        ),
        before=paging.place(cursor, PLACE),
    )
    records = FlagRecords(gateway.names, language, reader.viewer)
    return {
        "flags": [records.flag(one) for one in page.items],
        "next": paging.cursor(page.next),
    }
