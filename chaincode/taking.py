"""How a batch of commands is taken: shape, key, signature, sequence, authority, then the rule.

Pure: `take` is a function of the commands, the prefetched state, the time and the submitter. Each
command of a batch is accepted, rejected or not taken on its own, and sees what those before it
wrote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chaincode import lots, plots, proposals, recalls
from chaincode.base import envelope, shapes, times
from chaincode.base.canonical import Json
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, FaultError, RejectionError
from chaincode.base.overlay import Overlay
from chaincode.base.stub import Creator
from chaincode.command_types import (
    Act,
    CommandType,
    Touches,
    authorise,
    envelope_touches,
    types_by_name,
)
from chaincode.recalls.records import OPEN_RECALLS
from chaincode.registry import founding, mandates, people
from chaincode.registry.records import DEMO_TIME, HEAD, Device, Head, Proposal

TYPES: Mapping[str, CommandType] = types_by_name(
    founding.TYPES,
    people.TYPES,
    mandates.TYPES,
    plots.TYPES,
    lots.TYPES,
    recalls.TYPES,
    proposals.TYPES,
)
RULES_VERSIONS: Mapping[int, Mapping[str, CommandType]] = {1: TYPES}
EVERY_TRANSACTION_READS = (HEAD, DEMO_TIME, OPEN_RECALLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command whose shape is right, with its parts read as records of its type."""

    command: Command
    kind: CommandType
    body: Any
    closed: Any
    touches: Touches


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer to one command: only what may be public.

    Attributes:
        id: The command's id; for bytes that are no command, their SHA-256.
        code: The answer.
        flags: Sorted public marks: `claimed`, `corrected`, `denied`, `disputed`, `drill`, `future`,
            `late`, `opening`, `proposed`, `supplemented`, `unconfirmed`. README says what each is.
        member: The JSON member at fault; never recorded, only for the sender.
    """

    id: str
    code: Code
    flags: tuple[str, ...] = ()
    member: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return what is endorsed and stands in the block."""
        return {"id": self.id, "code": str(self.code), "flags": list(self.flags)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a transaction knows besides state.

    Attributes:
        time: Ledger time, seconds since 1970.
        creator: Who submits it.
        is_dry_run: Whether nothing will come of it; then signature and sequence are not looked at.
    """

    time: int
    creator: Creator
    is_dry_run: bool = False


def read(wire: bytes, types: Mapping[str, CommandType] = TYPES) -> Request:
    """Check everything about a command that needs no state.

    Raises:
        FaultError: A fault of shape, with the member's name.
    """
    command = envelope.parse(wire)
    kind = types.get(command.type)
    if kind is None:
        raise FaultError(Code.UNKNOWN_TYPE, "type")
    body: Any = shapes.read(kind.body, command.body, "body")
    if kind.name == founding.BOOTSTRAP and (command.on_behalf, command.expires) != (None, None):
        raise FaultError(Code.UNKNOWN_MEMBER, "on_behalf" if command.on_behalf else "expires")
    if kind.name == proposals.APPROVE:
        touches, closed = _read_approval(command, body, types)
    else:
        closed = _read_closed(kind, command)
        touches = kind.touches(command, body, closed)
        if kind.signers == 2:
            touches = Touches(writes=(Proposal.key(command.id),))
    own = envelope_touches(command.kid, command.actor, command.on_behalf)
    return Request(
        command=command,
        kind=kind,
        body=body,
        closed=closed,
        touches=Touches(
            reads=tuple(dict.fromkeys(own.reads + touches.reads)),
            writes=tuple(dict.fromkeys(own.writes + touches.writes)),
        ),
    )


def _read_closed(kind: CommandType, command: Command) -> Any:  # noqa: ANN401 - the type's shape
    """Return the closed part as a record of its type, `None` where the type has none."""
    if kind.closed is None:
        if command.closed_hash is not None:
            raise FaultError(Code.CLOSED_PART_UNEXPECTED, "closed")
        return None
    if command.closed is None:
        raise FaultError(Code.CLOSED_PART_MISSING, "closed")
    return shapes.read(kind.closed, command.closed, "closed")


def _read_approval(
    command: Command, body: proposals.Approve, types: Mapping[str, CommandType]
) -> tuple[Touches, Any]:
    """Return what an approval touches: its own records and those of the command it approves."""
    kind = types.get(body.type)
    if kind is None or kind.signers != 2:
        raise FaultError(Code.UNKNOWN_TYPE, "body.type")
    inner: Any = shapes.read(kind.body, body.body, "body.body")
    closed = _read_closed(kind, command)
    inner_touches = kind.touches(command, inner, closed)
    touches = proposals.touches(body)
    return (
        Touches(
            reads=touches.reads + inner_touches.reads, writes=touches.writes + inner_touches.writes
        ),
        (kind, inner, closed),
    )


def take(
    requests: Sequence[Request | Result],
    prefetched: Mapping[str, bytes | None],
    circumstances: Circumstances,
) -> tuple[list[Result], dict[str, bytes]]:
    """Take each command in order.

    Args:
        requests: Commands as `read` gave them; a `Result` stands for one that `read` refused.
        prefetched: The value of every key that the commands and `EVERY_TRANSACTION_READS` name.
        circumstances: Time and submitter.

    Returns:
        A result per request, and the writes in key order.
    """
    overlay = Overlay(prefetched)
    results = []
    for request in requests:
        if isinstance(request, Result):
            results.append(request)
            continue
        results.append(_take_one(request, overlay, circumstances))
    return results, overlay.writes()


def _take_one(request: Request, overlay: Overlay, circumstances: Circumstances) -> Result:
    overlay.begin(
        reads=frozenset((*request.touches.reads, *EVERY_TRANSACTION_READS)),
        writes=frozenset(request.touches.writes),
    )
    flags: set[str] = set()
    try:
        code = _check_and_apply(request, overlay, circumstances, flags)
    except FaultError as fault:
        overlay.drop()
        return Result(id=request.command.id, code=fault.code, member=fault.member)
    except Exception:  # noqa: BLE001 - whatever a rule's bug raises, the others of the batch go on
        overlay.drop()
        return Result(id=request.command.id, code=Code.CONTRACT_FAULT)
    overlay.keep()
    return Result(id=request.command.id, code=code, flags=tuple(sorted(flags)))


def _check_and_apply(
    request: Request, overlay: Overlay, circumstances: Circumstances, flags: set[str]
) -> Code:
    command = request.command
    head = overlay.find(Head, HEAD)
    if request.kind.name == founding.BOOTSTRAP:
        founding.bootstrap(request.command, request.body, head, overlay, circumstances.creator)
        return Code.ACCEPTED
    if head is None:
        raise FaultError(Code.NOT_FOUNDED)
    device = _check_device(command, head, overlay, is_dry_run=circumstances.is_dry_run)
    advanced = replace(device, next=device.next + 1, prev=command.id)
    overlay.put(Device.key(command.kid), advanced)
    try:
        _judge(request, circumstances, head=head, device=advanced, overlay=overlay, flags=flags)
    except RejectionError as rejection:
        overlay.drop()
        overlay.put(Device.key(command.kid), advanced)
        return rejection.code
    return Code.ACCEPTED


def _check_device(command: Command, head: Head, overlay: Overlay, *, is_dry_run: bool) -> Device:
    """Check ledger, key, signature and sequence: what leaves no trace when it fails."""
    if command.ledger != head.ledger:
        raise FaultError(Code.WRONG_LEDGER, "ledger")
    device = overlay.find(Device, Device.key(command.kid))
    if device is None:
        raise FaultError(Code.UNKNOWN_KEY, "kid")
    if is_dry_run:
        if device.revoked is not None:
            raise FaultError(Code.KEY_REVOKED, "kid")
        return device
    envelope.verify(command, device.jwk)
    if command.seq < device.next:
        raise FaultError(Code.ALREADY_TAKEN, "seq")
    if device.revoked is not None and command.id not in device.revoked.spared:
        raise FaultError(Code.KEY_REVOKED, "kid")
    if command.seq > device.next:
        raise FaultError(Code.SEQUENCE_GAP, "seq")
    if command.prev != device.prev:
        raise FaultError(Code.WRONG_PREDECESSOR, "prev")
    return device


def _judge(
    request: Request,
    circumstances: Circumstances,
    *,
    head: Head,
    device: Device,
    overlay: Overlay,
    flags: set[str],
) -> None:
    """Judge time and authority, then hand over to the rule; a rejection from here on is final."""
    command, kind = request.command, request.kind
    _check_time(request, circumstances.time, flags)
    if command.actor != device.actor:
        raise RejectionError(Code.WRONG_ACTOR)
    today = times.local_date(circumstances.time, head.utc_offset_minutes)
    approved = kind.name == proposals.APPROVE
    judged_kind = request.closed[0] if approved else kind
    signer, principal = authorise(
        judged_kind, device, command.on_behalf, overlay=overlay, today=today
    )
    act = Act(
        command=command,
        time=circumstances.time,
        today=today,
        head=head,
        signer=signer,
        principal=principal,
        overlay=overlay,
        flags=flags,
    )
    if approved:
        proposals.approve(act, request.body, *request.closed)
    elif kind.signers == 2:
        proposals.propose(act, kind)
    else:
        kind.apply(act, request.body, request.closed)


def _check_time(request: Request, time: int, flags: set[str]) -> None:
    command = request.command
    if command.expires is not None and time >= command.expires:
        raise RejectionError(Code.EXPIRED)
    ahead_s = command.event_time - time
    if ahead_s > times.FUTURE_REFUSED_S:
        raise RejectionError(Code.FUTURE_EVENT)
    if ahead_s > times.FUTURE_FLAG_S:
        flags.add("future")
    channel = getattr(request.body, "channel", None)  # of types whose entries come on paper too
    if -ahead_s > times.LATE_AFTER_S_BY.get(channel, times.LATE_AFTER_S):
        flags.add("late")
