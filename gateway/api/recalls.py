"""Recalls: for everyone which there are; for recall officers how far one reaches."""

import time
from collections.abc import Sequence
from typing import Annotated, Any, Final, Self, TypeAlias, get_args

import structlog
from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from chaincode.base import shapes, times
from chaincode.base.errors import Code
from chaincode.recalls.records import RECALL_OFFICER
from gateway.answers.visibility import Viewer
from gateway.api import schemas_recalls as schemas
from gateway.api.recall_records import (
    BESIDE_MAX,
    NOTHING,
    Answer,
    Beside,
    RecallRecords,
    WholeRecall,
)
from gateway.http import paging
from gateway.http.documented import SESSION_OPTIONAL, responses
from gateway.http.errors import FieldError, ProblemError
from gateway.http.gateway import Gateway
from gateway.http.readers import (
    DatabaseDep,
    GatewayDep,
    LanguageDep,
    OptionalReader,
    Reader,
    RecallOfficer,
    viewer_of,
)
from gateway.lookups import hidden, narrowing, open_recalls, recall_book, recalls
from gateway.lookups.narrowing import SEEDS_MAX, Crops
from gateway.lookups.people import find_founding
from gateway.lookups.recall_book import DRILL
from gateway.lookups.recalls import IN_FORCE, Scope
from gateway.storage.database import Database
from gateway.town.other_crops import OTHER, WORDS_CHARACTERS_MAX, OtherCrops
from gateway.typed import TownClock, TypedDateError, dates
from gateway.words.codes import GatewayCode
from gateway.words.language import Language

router = APIRouter(prefix="/recalls", tags=["recalls"])

_ID: Final = "^[0-9A-HJKMNP-TV-Z]{20}$"
_CROP: Final = str(get_args(shapes.Word)[1].schema()["pattern"])
_PSEUDONYM: Final = "^[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{11}$"
_log = structlog.get_logger(__name__)

RecallId = Annotated[str, Path(pattern=_ID, examples=["8S3V2J5EAG7MT0C9F6ZP"])]
Moment = Annotated[
    str,
    Field(
        min_length=1,
        max_length=dates.CHARACTERS_MAX,
        description=(
            "As people type it, by the town's clock: a day is the whole of it. A timestamp in UTC"
            " is taken as it is."
        ),
        examples=["2026-04-01T00:00:00Z", "2026-04-01 17:00", "令和8年4月1日", "11/29"],
    ),
]
LotNumber = Annotated[str, Field(pattern=_ID, examples=["5T2W8YK0M3R7B1XNQ4HD"])]
Pseudonym = Annotated[str, Field(pattern=_PSEUDONYM, examples=["Q7M49X2B0KTD"])]


class ByLots(BaseModel):
    """A recall of lots that are known; one that is not on record yet may be named, too."""

    model_config = ConfigDict(extra="forbid")

    lots: list[LotNumber] = Field(min_length=1, max_length=SEEDS_MAX)


class ByPlot(BaseModel):
    """A recall of what was harvested on a plot within a period, both ends included.

    What came from the same farm then, and is on no plot by the record, is among it: it may be.
    """

    model_config = ConfigDict(extra="forbid")

    plot: Pseudonym
    since: Moment
    until: Moment


class ByPeriod(BaseModel):
    """A recall of what a producer harvested or made of a crop within a period.

    Of what the producer has not recorded, it counts when somebody says that it came.
    `crop` finds what was entered before the office named it, too; `other` is whatever has no name
    yet. `words` are those in which such a crop was entered.
    """

    model_config = ConfigDict(extra="forbid")

    producer: Pseudonym
    crop: Annotated[str, Field(pattern=_CROP, examples=["carrot"])] | None = None
    words: (
        Annotated[str, Field(min_length=1, max_length=WORDS_CHARACTERS_MAX, examples=["へべす"])]
        | None
    ) = None
    since: Moment
    until: Moment

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if (self.crop is None) == (self.words is None):
            raise ValueError("give either crop or words")
        return self

    def crops(self, others: OtherCrops) -> Crops:
        """Return the codes that are meant."""
        if self.words is not None:
            return Crops(codes=tuple(one.code for one in others.called(self.words)))
        assert self.crop is not None  # noqa: S101 - as checked
        if self.crop == OTHER:
            named = tuple(one.code for one in others.all() if one.crop)
            return Crops(codes=(), with_unnamed=True, named=named)
        return Crops(codes=tuple(others.kin(self.crop)))


By: TypeAlias = ByLots | ByPlot | ByPeriod


@router.get(
    "",
    operation_id="list_recalls",
    summary="All recalls, the latest changed first; those that ended stay listed",
    response_model=schemas.RecallsAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
    openapi_extra=SESSION_OPTIONAL,
)
async def list_recalls(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: OptionalReader,
    language: LanguageDep,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of recalls; drills to recall officers alone."""
    viewer = viewer_of(reader)
    page = await database.read(
        recall_book.listed,
        limit=paging.limit(limit, gateway.settings.limits),
        before=paging.place(cursor, recall_book.PLACE),
        with_drills=RECALL_OFFICER in viewer.roles,
    )
    records = RecallRecords(gateway.names, language, viewer)
    return {
        "recalls": [records.listed(one) for one in page.items],
        "next": paging.cursor(page.next),
    }


@router.get("/scope", include_in_schema=False)
async def read_no_recall() -> None:
    """Refuse to read what only takes a wish; else it would be taken for a recall's number."""
    raise ProblemError(GatewayCode.METHOD_NOT_ALLOWED)


@router.get(
    "/{recall}",
    operation_id="read_recall",
    summary="One recall, its lots and how it came about",
    response_model=schemas.RecallAnswer,
    response_model_exclude_unset=True,
    responses=responses(401, 404, 422, 503),
    openapi_extra=SESSION_OPTIONAL,
)
async def read_recall(
    recall: RecallId,
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: OptionalReader,
    language: LanguageDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a recall; a drill is as good as unknown to whoever is no recall officer."""
    viewer = viewer_of(reader)
    found = await database.read(find, recall, viewer)
    if found is None:
        raise ProblemError(GatewayCode.RECALL_NOT_FOUND)
    return RecallRecords(gateway.names, language, viewer).whole(found)


@router.post(
    "/scope",
    operation_id="preview_recall",
    summary="How far a recall would reach, and what to sign for it",
    response_model=schemas.ScopeAnswer,
    response_model_exclude_unset=True,
    responses=responses(401, 403, 404, 413, 415, 422, 503),
)
async def preview_recall(
    by: By,
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RecallOfficer,
    language: LanguageDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return roots, counts and holders of a recall that nobody has declared yet.

    Nothing is written to the ledger. That an officer looked is written to this gateway's log.
    """
    asked = by if isinstance(by, ByLots) else by.model_copy(update=await _period(by, database))
    return await preview(
        asked, gateway=gateway, database=database, reader=reader, language=language
    )


async def _period(by: ByPlot | ByPeriod, database: Database) -> dict[str, str]:
    """Return the ends of a typed period as timestamps.

    Raises:
        ProblemError: `INVALID_REQUEST`; `errors` names the member and the fault.
    """
    founding = await database.read(find_founding)
    offset = founding[0].utc_offset_minutes if founding else 0
    town = TownClock(utc_offset_minutes=offset, now=int(time.time()))
    ends = {"since": dates.first_moment, "until": dates.last_moment}
    read, faults = {}, []
    for member, end in ends.items():
        try:
            read[member] = times.timestamp(end(getattr(by, member), town))
        except TypedDateError as error:
            faults.append(FieldError(where=f"body.{member}", what=error.kind))
    if faults:
        raise ProblemError(GatewayCode.INVALID_REQUEST, errors=faults)
    return read


async def preview(
    by: By, *, gateway: Gateway, database: Database, reader: Reader, language: Language
) -> Answer:
    """Return how far a recall would reach, for an officer.

    Raises:
        ProblemError: `SCOPE_EMPTY`.
    """
    organisation = reader.device.organisation
    scope, room, beside = await database.read(_preview, by, organisation, gateway.names.others)
    if scope is None:
        raise ProblemError(GatewayCode.SCOPE_EMPTY)
    _log.info("recall_previewed", actor=reader.device.actor, lots=scope.lots)
    records = RecallRecords(gateway.names, language, reader.viewer)
    return records.scope(scope, room=room, beside=beside)


@router.get(
    "/{recall}/scope",
    operation_id="read_recall_scope",
    summary="How far a recall in force reaches, and what it ought to name besides",
    response_model=schemas.ScopeAnswer,
    response_model_exclude_unset=True,
    responses=responses(401, 403, 404, 409, 422, 503),
)
async def read_recall_scope(
    recall: RecallId,
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RecallOfficer,
    language: LanguageDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return the scope as the tables show it now; `missing` roots are an alarm.

    Whatever was made with a lineage of its own (of too many ancestors) is not met by its ancestors'
    recall, and is missing until `recall.extend` names it; so is, in a recall by plot or period,
    what was harvested there and then and came on record afterwards. Of a drill, what it would
    reach.
    """
    return await scope(recall, gateway=gateway, database=database, reader=reader, language=language)


async def scope(
    recall: str, *, gateway: Gateway, database: Database, reader: Reader, language: Language
) -> Answer:
    """Return how far a recall in force reaches, for an officer.

    Raises:
        ProblemError: `RECALL_NOT_FOUND`; `RECALL_ENDED`.
    """
    reached, missing, room, beside = await database.read(
        scope_in_force, recall, reader, gateway.names.others
    )
    _log.info("recall_scope_read", actor=reader.device.actor, recall=recall)
    records = RecallRecords(gateway.names, language, reader.viewer)
    answer = records.scope(reached, room=room, beside=beside)
    return answer | records.missing(recall, missing, reached.unrecorded)


def find(connection: Connection, recall: str, viewer: Viewer) -> WholeRecall | None:
    """Return a recall with its lots and what was done about it; a drill only to officers."""
    summary = recall_book.find(connection, recall)
    if summary is None:
        return None
    if summary.state == DRILL:
        if RECALL_OFFICER not in viewer.roles:
            return None
        roots = recall_book.named(connection, recall)
    elif summary.state in recall_book.ENDED:
        roots = recall_book.named(connection, recall)
    else:
        roots = open_recalls.roots_of(connection, recall)
    return WholeRecall(
        summary=summary,
        roots=roots,
        cleared=hidden.cleared(connection, recall),
        events=recall_book.events(connection, recall),
    )


def scope_in_force(
    connection: Connection, recall: str, reader: Reader, others: OtherCrops
) -> tuple[Scope, list[str], int, Beside]:
    """Return a recall's scope as it is now, what it lacks, the room beside it, and others.

    Raises:
        ProblemError: `RECALL_NOT_FOUND`; `RECALL_ENDED`.
    """
    found = find(connection, recall, reader.viewer)
    if found is None:
        raise ProblemError(GatewayCode.RECALL_NOT_FOUND)
    summary, roots = found.summary, found.roots
    room = open_recalls.room(connection, reader.device.organisation, but=recall)
    if summary.state not in (*IN_FORCE, DRILL):
        raise ProblemError(Code.RECALL_ENDED)
    if summary.state == DRILL:
        return recalls.scope_of(connection, roots, stopped=()), [], room, NOTHING
    founding = find_founding(connection)
    late, beside = narrowing.entered_since(
        connection,
        recall,
        summary.scope,
        utc_offset_minutes=founding[0].utc_offset_minutes if founding else 0,
        kin=others.kin,
    )
    stopped = hidden.stopped(connection, recall)
    scope = recalls.scope_of(connection, [*roots, *late], beside=beside, stopped=stopped)
    signed = set(roots)
    missing = [root for root in scope.roots if root not in signed]
    return scope, missing, room, _beside(connection, scope)


def _preview(
    connection: Connection, by: By, organisation: str, others: OtherCrops
) -> tuple[Scope | None, int, Beside]:
    seeds, beside = _seeds(connection, by, others)
    room = open_recalls.room(connection, organisation)
    if not seeds and not beside:
        return None, room, NOTHING
    scope = recalls.scope_of(connection, seeds, beside=beside)
    return scope, room, _beside(connection, scope)


def _seeds(
    connection: Connection, by: By, others: OtherCrops
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the lots that a recall begins with, and what a question by crop leaves out.

    Of each one more than a recall can have, if there are more.
    """
    if isinstance(by, ByLots):
        return sorted(set(by.lots)), ()
    if isinstance(by, ByPlot):
        return narrowing.lots_of_plot(connection, by.plot, since=by.since, until=by.until), ()
    return narrowing.lots_of_period(
        connection, party=by.producer, crops=by.crops(others), since=by.since, until=by.until
    )


def _beside(connection: Connection, scope: Scope) -> Beside:
    """Return the lots that a scope does not name, by crop, one more than is shown if there are."""
    return Beside(
        left_out=narrowing.find_all(connection, scope.left_out[: BESIDE_MAX + 1]),
        uncertain=narrowing.find_all(connection, scope.uncertain[: BESIDE_MAX + 1]),
    )
