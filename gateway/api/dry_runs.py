"""What would become of commands: decided by the contract itself, ordered by nobody."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from chaincode import reading
from chaincode.base import envelope, times
from chaincode.base.canonical import Json
from chaincode.base.errors import Code, FaultError
from chaincode.command_types import CommandType
from chaincode.rules import EVER
from gateway.answers import visibility
from gateway.answers.visibility import Role, cut
from gateway.api import doubts, suspended
from gateway.api import schemas_recalls as schemas
from gateway.api.commands import CommandIn
from gateway.api.records import Answer, Records
from gateway.api.second_signatures import PROPOSED, awaits
from gateway.http.documented import responses
from gateway.http.errors import ProblemError, problem_object
from gateway.http.rate import client_of
from gateway.http.readers import DatabaseDep, GatewayDep, LanguageDep, Reader, RequiredReader
from gateway.ledgers.port import DryRun
from gateway.lookups.lots import HoldingRecord
from gateway.lookups.people import find_founding
from gateway.settings import LimitSettings
from gateway.words.codes import GatewayCode
from gateway.words.language import Language

router = APIRouter(prefix="/dry-runs", tags=["commands"])

RETRY_AFTER_S: Final = 2
# Whether an arrival is more than the producer has on record: to be had for nothing, again and
# again, it would tell a shop to the gram what is in a farmer's store.
FLAGS_WITHHELD: Final = frozenset({"claimed"})
_LOT_MEMBERS: Final = (
    *("origin", "crop", "grade", "harvested_at", "plot", "harvest_g", "estimated"),
    *("supplement_g", "claimed_g", "denied_g", "made_g"),
)
_SHIPMENT_MEMBERS: Final = (
    *("lot", "sender", "recipient", "owner", "is_consigned", "state"),
    *("shipped_g", "received_g", "disputed_g", "lost_g"),
)


class Turns:
    """Lets a few in at a time; the others wait for their turn, but not for long."""

    def __init__(self, most: int, *, wait_s: float) -> None:
        self._free = asyncio.Semaphore(most)
        self._wait_s = wait_s

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold a turn; wait for it before.

        Raises:
            ProblemError: `BUSY`.
        """
        try:
            async with asyncio.timeout(self._wait_s):
                await self._free.acquire()
        except TimeoutError:
            raise ProblemError(GatewayCode.BUSY, retry_after_s=RETRY_AFTER_S) from None
        try:
            yield
        finally:
            self._free.release()


class TrialsIn(BaseModel):
    """Commands to try, in order; signatures and running numbers are not looked at."""

    model_config = ConfigDict(extra="forbid")

    commands: list[CommandIn] = Field(min_length=1)


@router.post(
    "",
    operation_id="try_commands",
    summary="Say what would become of commands; nothing is queued, nothing is ordered",
    response_model=schemas.TrialsAnswer,
    response_model_exclude_unset=True,
    responses=responses(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
async def try_commands(
    body: TrialsIn,
    request: Request,
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: RequiredReader,
    language: LanguageDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return what the contract would answer now, and one's own records as they would be.

    `warnings` say what a person is asked about before signing: crops and classes that nobody has
    named, packs that nobody packs. They refuse nothing.

    The actor of every command is the session's own. What others hold is not told: neither their
    records, nor whether an arrival exceeds what its producer has on record (`claimed`). At most as
    much is tried at once as goes into one transaction: beyond its commands, bytes or records the
    answer is 413 `TOO_MANY_COMMANDS`, and `index` says from where on.
    """
    limits, rates, turns = gateway.settings.limits, request.app.state.rates, request.app.state.turns
    if len(body.commands) > limits.batch_commands_max:
        raise ProblemError(GatewayCode.TOO_MANY_COMMANDS, index=limits.batch_commands_max)
    wires = [one.wire for one in body.commands]
    rates.count_commands(client_of(request), len(wires))
    with rates.commands("", {f"dry-run {reader.device.kid}": len(wires)}):
        types = await gateway.intake.types_in_force()
        tried = [_read(index, wire, reader, types) for index, wire in enumerate(wires)]
        _check_size(tried, limits)
        async with turns.turn():
            found = await gateway.ledger.dry_run(wires)
    asked = await database.read(
        doubts.of_commands, [one.command for one in tried], gateway.names.known(), reader.party
    )
    trials = [
        _trial(one, language) | {"warnings": doubts.answers(some, gateway.names, language)}
        for one, some in zip(found.results, asked, strict=True)
    ]
    answered = [(one.command, shown) for one, shown in zip(tried, trials, strict=True)]
    await database.read(suspended.explain, answered, language)
    founding = await database.read(find_founding)
    for one, shown in zip(tried, trials, strict=True):
        if PROPOSED in shown["flags"] and founding is not None:
            kind = EVER[one.command.type]
            shown["awaits"] = awaits(kind, founding, reader.device.organisation, language)
    return {
        "time": times.timestamp(found.time),
        "commands": trials,
        "records": _records(found, Records(gateway.names, language, reader.viewer), reader.party),
    }


def _read(
    index: int, wire: bytes, reader: Reader, types: Mapping[str, CommandType]
) -> reading.Request:
    try:
        read = reading.read(envelope.parse(wire), types)
    except FaultError as fault:
        raise ProblemError(fault.code, member=fault.member, index=index) from None
    if read.command.actor != reader.device.actor:
        raise ProblemError(GatewayCode.NOT_YOUR_COMMAND, member="actor", index=index)
    return read


def _check_size(tried: Sequence[reading.Request], limits: LimitSettings) -> None:
    """Refuse more than fits into one transaction, as the intake makes them.

    On Fabric a peer runs it against a deadline, and commits no block meanwhile.
    """
    size = 0
    reads: set[str] = set()
    writes: set[str] = set()
    for index, one in enumerate(tried):
        size += len(one.command.wire)
        reads.update(one.touches.reads)
        writes.update(one.touches.writes)
        operations = len(reads) + len(writes)
        if index and (size > limits.batch_bytes_max or operations > limits.batch_operations_max):
            raise ProblemError(GatewayCode.TOO_MANY_COMMANDS, index=index)


def _trial(result: Mapping[str, Json], language: Language) -> Answer:
    code = Code(str(result["code"]))
    flags = result.get("flags")
    shown: Answer = {
        "id": result["id"],
        "status": "accepted"
        if code == Code.ACCEPTED
        else "rejected"
        if code.is_taken
        else "dropped",
        "code": code.value,
        "flags": [one for one in flags if one not in FLAGS_WITHHELD]
        if isinstance(flags, list)
        else [],
    }
    if member := result.get("member"):
        shown["member"] = member
    if code != Code.ACCEPTED:
        shown["problem"] = problem_object(code, language, member=str(member or ""))
    return shown


def _records(found: DryRun, records: Records, party: str) -> Answer:
    """Return the reader's own records as they would be; others' are left out."""
    answer: Answer = {"lots": [], "holdings": [], "shipments": []}
    for key, value in found.writes.items():
        if not isinstance(value, dict):
            continue
        kind, *names = key.split("/")
        match kind, names:
            case "lot", [lot] if value.get("party") == party:
                answer["lots"].append(_lot(lot, value))
            case "holding", [lot, holder, owner] if party in {holder, owner}:
                held = {name: value[name] for name in _HELD}
                record = HoldingRecord(lot=lot, holder=holder, owner=owner, **held)  # type: ignore[arg-type]  # the contract's own record
                answer["holdings"].append(records.holding(record))
            case "shipment", [shipment] if party in {value.get("sender"), value.get("recipient")}:
                members = _members(value, _SHIPMENT_MEMBERS)
                seen = cut(visibility.SHIPMENT, members, (Role.SENDER, Role.RECIPIENT))
                answer["shipments"].append({"id": shipment, **seen})
    return answer


_HELD: Final = (
    *("held_g", "sold_g", "discarded_g", "own_use_g", "transformed_g", "lost_g"),
    *("surplus_g", "unproven_g", "denied_g", "is_on_hold"),
)


def _lot(lot: str, value: Mapping[str, Json]) -> Answer:
    is_made = value.get("origin") in {"made", "unmade"}
    role = Role.MAKER if is_made else Role.PRODUCER
    return {"id": lot, **cut(visibility.LOT, _members(value, _LOT_MEMBERS), (role,))}


def _members(value: Mapping[str, Json], names: Sequence[str]) -> dict[str, Json]:
    return {name: value[name] for name in names if name in value}
