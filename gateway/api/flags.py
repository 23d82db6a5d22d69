"""What is not plausible: for inspectors everyone's, for everybody else the own party's."""

import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from gateway.api.flag_records import FlagRecords, ground_of, party_shown
from gateway.api.schemas_flags import FlagsAnswer
from gateway.http import paging
from gateway.http.documented import responses
from gateway.http.errors import FieldError, ProblemError
from gateway.http.readers import DatabaseDep, GatewayDep, LanguageDep, RequiredReader
from gateway.lookups.flags import PLACE, Wanted, flagged
from gateway.lookups.people import find_founding
from gateway.plausibility import FlagCode
from gateway.storage.database import Database
from gateway.typed import TownClock, TypedDateError, dates
from gateway.words.codes import GatewayCode

router = APIRouter(prefix="/flags", tags=["flags"])

_PSEUDONYM: Final = "^[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{11}$"


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
        str | None,
        Query(
            max_length=dates.CHARACTERS_MAX,
            description=(
                "Only of entries taken then or later. As people type it, too: a time without a"
                " zone is the town's, and a day begins at its midnight."
            ),
            examples=["2026-04-01T00:00:00Z", "2026-04-01"],
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
            after=None if after is None else await _since(after, database),
        ),
        before=paging.place(cursor, PLACE),
    )
    records = FlagRecords(gateway.names, language, reader.viewer)
    return {
        "flags": [records.flag(one) for one in page.items],
        "next": paging.cursor(page.next),
    }


async def _since(typed: str, database: Database) -> int:
    """Return where a typed period begins, seconds since 1970.

    Raises:
        ProblemError: `INVALID_REQUEST`; `errors` names the fault.
    """
    founding = await database.read(find_founding)
    offset = founding[0].utc_offset_minutes if founding else 0
    try:
        return dates.first_moment(typed, TownClock(utc_offset_minutes=offset, now=int(time.time())))
    except TypedDateError as error:
        field = FieldError(where="query.after", what=error.kind)
        raise ProblemError(GatewayCode.INVALID_REQUEST, errors=[field]) from None
