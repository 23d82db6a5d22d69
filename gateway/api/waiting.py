"""What waits for the reader's own signature, and what the reader proposed to others."""

import time
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection

from chaincode.registry.records import Constitution
from gateway.api.schemas_waiting import WaitingsAnswer
from gateway.api.waiting_records import Answer, WaitingRecords
from gateway.http.documented import responses
from gateway.http.errors import ProblemError
from gateway.http.readers import DatabaseDep, GatewayDep, LanguageDep, Reader, RequiredReader
from gateway.lookups import awaited
from gateway.lookups.awaited import Awaited
from gateway.lookups.people import find_founding
from gateway.town.names import Names
from gateway.words.codes import GatewayCode
from gateway.words.language import Language

router = APIRouter(tags=["me"])

WAITING_MAX: Final = 100


@router.get(
    "/me/waiting",
    operation_id="list_waiting",
    summary="What waits for one's own signature, in words",
    response_model=WaitingsAnswer,
    response_model_exclude_unset=True,
    responses=responses(401, 422, 503),
)
async def list_waiting(
    gateway: GatewayDep, database: DatabaseDep, reader: RequiredReader, language: LanguageDep
) -> Any:  # noqa: ANN401 - the model decides
    """Return the proposals of two signers, recalls of one, and claims that this reader may answer.

    A claim is what somebody says came of the reader's own goods without its consent.
    By role, not its own, of another organisation where that is needed, neither expired nor applied.
    What can be signed under a mandate for somebody else is not among them: it would tell the agent
    what two others agree on, and a mandate to sign is none to read.
    """
    found = await database.read(find_waiting, reader, now=int(time.time()))
    return _answer(gateway.names, language, *found)


@router.get(
    "/me/proposed",
    operation_id="list_proposed",
    summary="What one has signed oneself, and waits for another's signature, in words",
    response_model=WaitingsAnswer,
    response_model_exclude_unset=True,
    responses=responses(401, 422, 503),
)
async def list_proposed(
    gateway: GatewayDep, database: DatabaseDep, reader: RequiredReader, language: LanguageDep
) -> Any:  # noqa: ANN401 - the model decides
    """Return the reader's own open proposals: what `proposal.withdraw` may take back."""
    found = await database.read(find_proposed, reader, now=int(time.time()))
    return _answer(gateway.names, language, *found)


def _answer(
    names: Names, language: Language, constitution: Constitution | None, found: list[Awaited]
) -> Answer:
    """Return what waits, in words; the last one only says that there is more."""
    if constitution is None:
        raise ProblemError(GatewayCode.NOT_THERE_YET)
    records = WaitingRecords(names, constitution, language)
    return {
        "waiting": [records.waiting(one) for one in found[:WAITING_MAX]],
        "has_more": len(found) > WAITING_MAX,
    }


def find_proposed(
    connection: Connection, reader: Reader, *, now: int
) -> tuple[Constitution | None, list[Awaited]]:
    """Return the constitution, and a reader's own proposals; one more than is shown, if any."""
    founding = find_founding(connection)
    if founding is None:
        return None, []
    actor = reader.device.actor
    return founding[1], awaited.of_signer(connection, actor, now=now, limit=WAITING_MAX + 1)


def find_waiting(
    connection: Connection, reader: Reader, *, now: int
) -> tuple[Constitution | None, list[Awaited]]:
    """Return the constitution, and what waits for a reader; one more than is shown, if any."""
    founding = find_founding(connection)
    if founding is None:
        return None, []
    found = awaited.for_reader(
        connection, reader.device, reader.roles, now=now, limit=WAITING_MAX + 1
    )
    return founding[1], found
