"""Who the reader is, what is its own by the office's names, and what it may choose from."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection

from chaincode.base import times
from chaincode.lots.harvest import INSPECTOR
from chaincode.plots import LAND_REGISTRAR
from gateway.api.choices import choices
from gateway.api.me_records import Answer, MeRecords, kept_words
from gateway.api.schemas_me import MeAnswer, PlotsAnswer
from gateway.http import paging
from gateway.http.documented import responses
from gateway.http.errors import ProblemError
from gateway.http.readers import DatabaseDep, GatewayDep, Reader, RequiredReader
from gateway.lookups.agreed import (
    ClaimRecord,
    ConsignmentRecord,
    claims_of,
    consignments_of,
)
from gateway.lookups.growers import PlotRecord, plots_of
from gateway.lookups.keys import Enrolment, enrolments_of
from gateway.lookups.organisations import SuspensionRecord, suspensions
from gateway.lookups.people import (
    Founding,
    MandateRecord,
    PartyRecord,
    PersonRecord,
    find_founding,
    mandates_of,
    parties_of,
    people_of,
    signed_for,
)
from gateway.lookups.places import Place, paged
from gateway.words.codes import GatewayCode

router = APIRouter(tags=["me"])

PLACE: Final = (str,)  # a plot's pseudonym
MANDATES_MAX: Final = 500
PLOTS_MAX: Final = 2_000  # more than a farm has: a hall that signs for hundreds may have more
PARTNERS_MAX: Final = 5_000
CONSIGNMENTS_MAX: Final = 2_000
CLAIMS_MAX: Final = 500  # a party has 50 of its own at most; many may claim in one's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the tables have of a reader; lists have one more than is shown if there is more."""

    founding: Founding
    today: str
    party: PartyRecord
    people: Sequence[PersonRecord]
    enrolment: Enrolment | None
    mandates: Sequence[MandateRecord]
    plots: Sequence[PlotRecord]
    partners: Sequence[PartyRecord]
    consignments: Sequence[ConsignmentRecord]
    claims: Sequence[ClaimRecord]
    suspension: SuspensionRecord | None


@router.get(
    "/me",
    operation_id="read_me",
    summary="Oneself: party, people, mandates, plots, partners, consignments, and choices",
    response_model=MeAnswer,
    response_model_exclude_unset=True,
    responses=responses(401, 422, 503),
)
async def read_me(gateway: GatewayDep, database: DatabaseDep, reader: RequiredReader) -> Any:  # noqa: ANN401 - the model decides
    """Return what a device keeps, to sign by names where there is no signal; in both languages.

    Names of plots and the office's codes are shown to the party itself and to its agents.
    """
    published = sorted(gateway.names.parties())[: PARTNERS_MAX + 2]
    found = await database.read(_find, reader, published, int(time.time()))
    if found is None:
        raise ProblemError(GatewayCode.NOT_THERE_YET)
    head, constitution = found.founding
    records = MeRecords(gateway.names, reader, found.today)
    return {
        "ledger": head.ledger,
        "town": constitution.title,
        "today": found.today,
        "utc_offset_minutes": head.utc_offset_minutes,
        "kid": reader.device.kid,
        **kept_words(reader.device.kept, found.enrolment),
        "actor": reader.device.actor,
        "party": records.party(found.party, constitution),
        "suspension": asdict(found.suspension) if found.suspension else None,
        "people": [records.person(one) for one in found.people],
        "mandates": [records.mandate(one) for one in found.mandates[:MANDATES_MAX]],
        "has_more_mandates": len(found.mandates) > MANDATES_MAX,
        "plots": [records.plot(one, found.mandates) for one in found.plots[:PLOTS_MAX]],
        "has_more_plots": len(found.plots) > PLOTS_MAX,
        "partners": [records.partner(one) for one in found.partners[:PARTNERS_MAX]],
        "has_more_partners": len(found.partners) > PARTNERS_MAX,
        "consignments": [records.consignment(one) for one in found.consignments[:CONSIGNMENTS_MAX]],
        "has_more_consignments": len(found.consignments) > CONSIGNMENTS_MAX,
        "claims": [records.claim(one) for one in found.claims[:CLAIMS_MAX]],
        "has_more_claims": len(found.claims) > CLAIMS_MAX,
        "choices": choices(gateway.names, gateway.catalogue.current, today=found.today),
    }


@router.get(
    "/plots",
    operation_id="list_plots",
    summary="Plots by the office's code and name: one's own, and those one is concerned with",
    response_model=PlotsAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 422, 503),
)
async def list_plots(
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.LIMIT_DEFAULT,
) -> Any:  # noqa: ANN401 - the model decides
    """Return a page of plots, by pseudonym.

    Everyone sees those of the own party and of whom one may sign for today; inspectors and land
    registrars see every plot.
    """
    most = paging.limit(limit, gateway.settings.limits)
    after = paging.place(cursor, PLACE)
    sees_all = bool(reader.roles & {INSPECTOR, LAND_REGISTRAR})
    today, mandates, plots = await database.read(
        _find_plots, reader, int(time.time()), sees_all=sees_all, limit=most + 1, after=after
    )
    page = paged([(one, (one.id,)) for one in plots], limit=most)
    records = MeRecords(gateway.names, reader, today)
    listed: list[Answer] = [records.plot(one, mandates) for one in page.items]
    return {"plots": listed, "next": paging.cursor(page.next)}


def _find(
    connection: Connection, reader: Reader, published: Sequence[str], now: int
) -> Found | None:
    founding = find_founding(connection)
    own = parties_of(connection, [reader.party])
    if founding is None or not own:
        return None
    today, mandates = _mandates(connection, founding, reader, now)
    others = [one for one in published if one != reader.party]
    return Found(
        founding=founding,
        today=today,
        party=own[0],
        people=people_of(connection, reader.party),
        enrolment=enrolments_of(connection, [reader.device.actor]).get(reader.device.kid),
        mandates=mandates,
        plots=plots_of(connection, _owners(reader, mandates, today), limit=PLOTS_MAX + 1),
        partners=parties_of(connection, others),
        consignments=consignments_of(connection, reader.party, limit=CONSIGNMENTS_MAX + 1),
        claims=claims_of(connection, reader.party, limit=CLAIMS_MAX + 1),
        suspension=next(
            (
                one
                for one in suspensions(connection, today)
                if one.organisation == own[0].organisation
            ),
            None,
        ),
    )


def _find_plots(
    connection: Connection,
    reader: Reader,
    now: int,
    *,
    sees_all: bool,
    limit: int,
    after: Place | None,
) -> tuple[str, Sequence[MandateRecord], Sequence[PlotRecord]]:
    founding = find_founding(connection)
    if founding is None:
        return "", (), ()
    today, mandates = _mandates(connection, founding, reader, now)
    owners = None if sees_all else _owners(reader, mandates, today)
    begin = str(after[0]) if after else ""
    return today, mandates, plots_of(connection, owners, limit=limit, after=begin)


def _mandates(
    connection: Connection, founding: Founding, reader: Reader, now: int
) -> tuple[str, Sequence[MandateRecord]]:
    """Return the town's day, and the mandates that the reader may know of."""
    today = times.local_date(now, founding[0].utc_offset_minutes)
    most = MANDATES_MAX + 1
    return today, mandates_of(connection, party=reader.party, actor=reader.device.actor, limit=most)


def _owners(reader: Reader, mandates: Sequence[MandateRecord], today: str) -> set[str]:
    """Return the parties whose plots the reader is told of: its own, and whom it signs for."""
    return {reader.party, *signed_for(mandates, reader.device.actor, today)}
