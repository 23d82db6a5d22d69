"""Commands in, and what became of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from chaincode.base import envelope
from chaincode.base.errors import Code
from chaincode.rules import EVER
from gateway.answers.visibility import Role
from gateway.api import schemas, suspended
from gateway.api.command_answers import WAITING, Answer, row_answer, status_answer
from gateway.api.second_signatures import PROPOSED, awaits, awaits_of
from gateway.http import prefer
from gateway.http.documented import SESSION_OPTIONAL, responses
from gateway.http.errors import ProblemError, problem_object
from gateway.http.gateway import Gateway
from gateway.http.rate import RateLimits, client_of
from gateway.http.readers import (
    DatabaseDep,
    GatewayDep,
    LanguageDep,
    OptionalReader,
    Reader,
)
from gateway.intake import Intake, Status
from gateway.intake.answers import Answer as FinalAnswer
from gateway.intake.errors import (
    CommandRefusedError,
    DeviceBusyError,
    IntakeStoppedError,
    OverloadedError,
)
from gateway.lookups.commands import is_open_proposal, is_party_to
from gateway.lookups.people import DeviceRecord, Founding, find_device, find_founding
from gateway.lookups.proposals import Proposed, find_open
from gateway.projection import CommandRow, commands_by_id
from gateway.storage.database import Database
from gateway.words.codes import GatewayCode
from gateway.words.language import Language

router = APIRouter(prefix="/commands", tags=["commands"])

POLL_AFTER_S = 2  # what a sender whose commands still wait is told
SHOWN_WAIT_S = 1.0  # how long a sender waits for the tables to show what was taken
SHOWN_BLOCKS_MAX = 50  # tables that lag further are being filled anew: no use to wait


class CommandIn(BaseModel):
    """One command as it travels."""

    model_config = ConfigDict(extra="forbid")

    jws: str = Field(
        description="Compact JWS, typ `minori-command+jws`, over the canonical payload.",
        examples=["eyJhbGciOiJFUzI1NiIsImtpZCI6….eyJhY3RvciI6….MEUCIQ…"],
    )
    closed: str | None = Field(
        default=None,
        description="Base64url of the canonical closed part, for a command that has one.",
        examples=["eyJlc3RpbWF0ZWQiOmZhbHNlLCJxdWFudGl0eV9nIjoyMDAwMCwic2FsdCI6…"],
    )

    @property
    def wire(self) -> bytes:
        """The command as the contract reads it; what is not ASCII can't be one, and won't be."""
        closed = "" if self.closed is None else f"~{self.closed}"
        return f"{self.jws}{closed}".encode("ascii", errors="replace")


class SentCommand(CommandIn):
    """One command as it travels, and whether it is meant although the same entry came before."""

    again: bool = Field(
        default=False,
        strict=True,
        description="True after `ENTERED_TWICE`, if the entry happened once more: another key has"
        " signed the same before. Both then stand on record, and the later one is flagged.",
    )


class CommandsIn(BaseModel):
    """Commands of any devices; each device's in the order of its running numbers."""

    model_config = ConfigDict(extra="forbid")

    commands: list[SentCommand] = Field(min_length=1)


@router.post(
    "",
    operation_id="send_commands",
    summary="Send signed commands and wait for their answers",
    response_model=schemas.CommandsAnswer,
    response_model_exclude_unset=True,
    responses={
        202: {
            "model": schemas.CommandsAnswer,
            "description": "Durably queued; those still waiting are asked for by their ids.",
            "headers": {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
            },
        },
        **responses(400, 403, 409, 413, 415, 422, 503),
    },
)
async def send_commands(
    body: CommandsIn,
    request: Request,
    response: Response,
    gateway: GatewayDep,
    language: LanguageDep,
    wanted: Annotated[
        str | None,
        Header(alias="Prefer", description="`wait=N` (RFC 7240): wait up to N seconds."),
    ] = None,
) -> Any:  # noqa: ANN401 - the model decides
    """Queue commands durably, and wait until the answer to each is final.

    `200`: all answers are final; a rejected command has a problem object in its answer, and
    what was taken is shown to the next request, unless the tables lag by over a second. `202`: some
    are still waiting; they will be done, and need not be sent again. A fault of shape, key,
    signature or size in any of them refuses the whole request: `index` says which, and nothing
    was queued. So does an entry that the same party has sent before, signed by another key, with
    `ENTERED_TWICE`: with `again` it is taken. And so does a `registry.bootstrap`, with `NOT_ADMIN`:
    only an organisation's admin can submit it, and no gateway is one.
    """
    limits = gateway.settings.limits
    if len(body.commands) > limits.request_commands_max:
        raise ProblemError(GatewayCode.TOO_MANY_COMMANDS)
    wait_s = prefer.wait_s(wanted, default=limits.wait_default_s, most=limits.wait_max_s)
    rates, address = request.app.state.rates, client_of(request)
    rates.count_commands(address, len(body.commands))
    ids = await _accept(gateway.intake, body.commands, rates, address)
    found = await gateway.intake.wait(ids, timeout_s=wait_s)
    await _wait_until_shown(gateway, found.values(), timeout_s=min(wait_s, SHOWN_WAIT_S))
    if wanted is not None:
        response.headers["Preference-Applied"] = f"wait={wait_s:.0f}"
    answers = [status_answer(Status(id=one, answer=found[one]), language) for one in ids]
    await _tell_who_approves(gateway.projection.database, body.commands, answers, language)
    await _tell_of_suspensions(gateway.projection.database, body.commands, answers, language)
    waiting = [one["id"] for one in answers if one["status"] == WAITING]
    _tell_why_they_wait(gateway, answers, language)
    if waiting:
        response.status_code = 202
        response.headers["Location"] = f"/api/commands/{waiting[0]}"
        response.headers["Retry-After"] = str(POLL_AFTER_S)
    return {"commands": answers}


async def _wait_until_shown(
    gateway: Gateway, answers: Iterable[FinalAnswer | None], *, timeout_s: float
) -> None:
    """Let what was just taken be read by whoever reads next; not while the tables lag far."""
    blocks = [one.block_number for one in answers if one is not None and one.block_number]
    height = max(blocks, default=0) + 1
    if 0 < height - gateway.follower.height <= SHOWN_BLOCKS_MAX:
        await gateway.follower.wait_for_height(height, timeout_s=timeout_s)


async def _accept(
    intake: Intake, sent: Sequence[SentCommand], rates: RateLimits, address: str
) -> list[str]:
    """Queue commands and return their ids.

    A command's header has one spelling for each key, so it stands for the device without being
    decoded.
    """
    per_device = Counter(one.jws.partition(".")[0][:128] for one in sent)
    try:
        with rates.commands(address, per_device):
            statuses = await intake.accept(
                [one.wire for one in sent],
                again={index for index, one in enumerate(sent) if one.again},
            )
    except CommandRefusedError as error:
        raise ProblemError(error.code, member=error.member, index=error.index) from None
    except DeviceBusyError as error:
        raise ProblemError(GatewayCode.RATE_LIMITED, retry_after_s=error.retry_after_s) from None
    except OverloadedError as error:
        raise ProblemError(GatewayCode.QUEUE_FULL, retry_after_s=error.retry_after_s) from None
    except IntakeStoppedError:
        raise ProblemError(GatewayCode.STOPPING, retry_after_s=5) from None
    return [status.id for status in statuses]


@router.get(
    "/{command}",
    operation_id="read_command",
    summary="What became of a command",
    response_model=schemas.CommandContent,
    response_model_exclude_unset=True,
    responses=responses(401, 404, 422, 503),
    openapi_extra=SESSION_OPTIONAL,
)
async def read_command(
    command: Annotated[str, Path(pattern="^[0-9a-f]{64}$", examples=["9f86d081884c7d65" * 4])],
    gateway: GatewayDep,
    database: DatabaseDep,
    reader: OptionalReader,
    language: LanguageDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Return where a command stands; its content only to its parties.

    An accepted harvest, and an accepted correction of one, shows its open part to everyone.
    """
    row, may_read, proposed, founding = await database.read(_find, command, reader)
    if row is not None:
        shown = row_answer(row, language, (Role.PARTY,) if may_read else ())
        if proposed is not None and founding is not None:
            shown["awaits"] = awaits_of(proposed, founding, language)
        return shown
    status = await gateway.intake.status(command)
    if status is None:
        raise ProblemError(GatewayCode.COMMAND_NOT_FOUND)
    answer = status_answer(status, language)
    _tell_why_they_wait(gateway, [answer], language)
    return answer


def _find(
    connection: Connection, command: str, reader: Reader | None
) -> tuple[CommandRow | None, bool, Proposed | None, Founding | None]:
    """Return a command on record, whether the reader may see its content, and what it awaits."""
    row = commands_by_id(connection, [command]).get(command)
    if row is None or reader is None:
        return row, False, None, None
    may_read = is_party_to(connection, row, reader.party) or _may_approve(connection, row, reader)
    if not may_read:
        return row, False, None, None
    return row, True, find_open(connection, row.id), find_founding(connection)


async def _tell_who_approves(
    database: Database, sent: Sequence[SentCommand], answers: Sequence[Answer], language: Language
) -> None:
    """Add to the answers of proposals who may give the second signature."""
    for one, shown in zip(sent, answers, strict=True):
        if PROPOSED not in shown.get("flags", ()):
            continue
        command = envelope.parse(one.wire)
        device, founding = await database.read(_signer, command.kid)
        if device is not None and founding is not None:
            kind = EVER[command.type]
            shown["awaits"] = awaits(kind, founding, device.organisation, language)


def _tell_why_they_wait(gateway: Gateway, answers: Sequence[Answer], language: Language) -> None:
    """Say of what waits that a program here is too old, and who can end that."""
    if gateway.intake.lacks_rules:
        for shown in answers:
            if shown["status"] == WAITING:
                shown["problem"] = problem_object(GatewayCode.RULES_MISSING, language)


async def _tell_of_suspensions(
    database: Database, sent: Sequence[SentCommand], answers: Sequence[Answer], language: Language
) -> None:
    """Say in the answers that a suspended office got until when, and whom to ask."""
    kept = [
        (envelope.parse(one.wire), shown)
        for one, shown in zip(sent, answers, strict=True)
        if shown.get("code") == Code.ORGANISATION_SUSPENDED
    ]
    if kept:
        await database.read(suspended.explain, kept, language)


def _signer(connection: Connection, kid: str) -> tuple[DeviceRecord | None, Founding | None]:
    return find_device(connection, kid), find_founding(connection)


def _may_approve(connection: Connection, row: CommandRow, reader: Reader) -> bool:
    """Whether a reader may be the second signer of what is proposed, and so has to read it.

    A type's closed part is for its witnesses, and only while they are asked: who may else approve
    it is a party to it.
    """
    kind = EVER.get(row.type)
    if kind is None or kind.signers == 1:
        return False
    if kind.closed is None:
        return bool(kind.roles & reader.roles)
    return bool(kind.witnesses & reader.roles) and is_open_proposal(connection, row.id)
