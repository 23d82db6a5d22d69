"""How a batch of commands is taken: key, sequence, time, authority, then the rule.

Pure: `take` is a function of the commands, the prefetched state, the time and the submitter. Each
command of a batch is accepted, rejected or not taken on its own, and sees what those before it
wrote.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from chaincode import proposals
from chaincode.base import times
from chaincode.base.errors import Code, FaultError, RejectionError
from chaincode.base.overlay import Overlay
from chaincode.base.stub import Creator
from chaincode.command_types import Act, authorise
from chaincode.reading import EVERY_TRANSACTION_READS, Request, Result
from chaincode.registry import founding
from chaincode.registry.records import HEAD, Device, Head
from chaincode.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a transaction knows besides state.

    Attributes:
        time: Ledger time, seconds since 1970.
        creator: Who submits it.
        rules: In force when the batch was read.
        versions: Of the rules that this program has.
        is_dry_run: Whether nothing will come of it; then signature and sequence are not looked at.
    """

    time: int
    creator: Creator
    rules: Rules
    versions: Collection[int]
    is_dry_run: bool = False


def take(
    requests: Sequence[Request | Result], overlay: Overlay, circumstances: Circumstances
) -> list[Result]:
    """Take each command in order; what they write is in the overlay.

    Args:
        requests: Commands as `read_verified` gave them; a `Result` stands for one it refused.
        overlay: Has every record that the commands and `EVERY_TRANSACTION_READS` name.
        circumstances: Time and submitter.
    """
    results = []
    before = overlay.look(Head, HEAD)
    for request in requests:
        if isinstance(request, Result):
            results.append(request)
        elif _has_changed(before, overlay.look(Head, HEAD)):
            results.append(Result(id=request.command.id, code=Code.RULES_CHANGED))
        else:
            results.append(_take_one(request, overlay, circumstances))
    return results


def _has_changed(before: Head | None, now: Head | None) -> bool:
    """Whether the commands of this batch were read by rules that are no longer in force."""
    return before is not None and now is not None and before.rules != now.rules


def _take_one(request: Request, overlay: Overlay, circumstances: Circumstances) -> Result:
    overlay.begin(
        reads=frozenset((*request.touches.reads, *EVERY_TRANSACTION_READS)),
        writes=frozenset(request.touches.writes),
    )
    flags: set[str] = set()
    try:
        code = _check_and_apply(request, overlay, circumstances, flags)
        overlay.keep()
    except FaultError as fault:
        overlay.drop()
        return Result(id=request.command.id, code=fault.code, member=fault.member)
    except Exception:  # noqa: BLE001 - whatever a rule's bug raises, the others of the batch go on
        overlay.drop()
        return Result(id=request.command.id, code=Code.CONTRACT_FAULT)
    return Result(id=request.command.id, code=code, flags=tuple(sorted(flags)))


def _check_and_apply(
    request: Request, overlay: Overlay, circumstances: Circumstances, flags: set[str]
) -> Code:
    command = request.command
    head = overlay.find(Head, HEAD)
    if request.kind.name == founding.BOOTSTRAP:
        founding.bootstrap(
            command,
            request.body,
            head,
            overlay,
            creator=circumstances.creator,
            families=circumstances.rules.families,
        )
        return Code.ACCEPTED
    if head is None:
        raise FaultError(Code.NOT_FOUNDED)
    taken = circumstances.rules.taken(head.families)
    if request.judged.name not in taken:  # read before the ledger was founded, in this batch
        raise FaultError(Code.UNKNOWN_TYPE, "type")
    device = _check_device(request, head, overlay, circumstances)
    advanced = replace(device, next=device.next + 1, prev=command.id)
    overlay.put(Device.key(command.kid), advanced)
    try:
        told = _judge(
            request, circumstances, head=head, device=advanced, overlay=overlay, flags=flags
        )
        for guard in circumstances.rules.guards:
            guard(overlay)
    except RejectionError as rejection:
        overlay.drop()
        overlay.put(Device.key(command.kid), advanced)
        return rejection.code
    for invariant in circumstances.rules.invariants:
        invariant(overlay.changes())
    flags |= told  # only now: what a rule says of a command that a guard rejects has not happened
    return Code.ACCEPTED


def _check_device(
    request: Request, head: Head, overlay: Overlay, circumstances: Circumstances
) -> Device:
    """Check ledger, key and sequence: what leaves no trace when it fails.

    The signature holds already: a key is named by its hash, so it is the one that was verified.
    """
    command = request.command
    if command.ledger != head.ledger:
        raise FaultError(Code.WRONG_LEDGER, "ledger")
    device = overlay.find(Device, Device.key(command.kid))
    if device is None:
        raise FaultError(Code.UNKNOWN_KEY, "kid")
    if circumstances.is_dry_run:
        if device.revoked is not None:
            raise FaultError(Code.KEY_REVOKED, "kid")
        return device
    if command.seq < device.next:
        raise FaultError(Code.ALREADY_TAKEN, "seq")
    if device.revoked is not None:
        today = times.local_date(circumstances.time, head.utc_offset_minutes)
        is_spared = circumstances.rules.spares(device.revoked, request)
        if not is_spared or device.revoked.is_over(today):
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
) -> set[str]:
    """Judge time and authority, then hand over to the rule; a rejection from here on is final.

    Returns:
        The rule's flags, for when the command is accepted; those of time are added to `flags`.
    """
    command, kind = request.command, request.kind
    _check_time(request, circumstances.time, flags)
    if command.actor != device.actor:
        raise RejectionError(Code.WRONG_ACTOR)
    # Everyone may be given a proof of a public command, with all that its open part says.
    may_say_who = device.is_shared and request.judged.proof != "public"
    if command.operator is not None and not may_say_who:
        raise RejectionError(Code.OPERATOR_UNEXPECTED)
    today = times.local_date(circumstances.time, head.utc_offset_minutes)
    is_approval = request.judged is not kind
    signer, principal = authorise(
        request.judged,
        device,
        command.on_behalf,
        parts=request.closed[1:] if is_approval else (request.body, request.closed),
        overlay=overlay,
        head=head,
        today=today,
    )
    act = Act(
        command=command,
        time=circumstances.time,
        today=today,
        head=head,
        types=circumstances.rules.taken(head.families),
        versions=circumstances.versions,
        signer=signer,
        principal=principal,
        overlay=overlay,
    )
    if is_approval:
        proposals.approve(act, request.body, *request.closed)
    elif kind.signers == 2:
        proposals.propose(act, kind)
    else:
        kind.apply(act, request.body, request.closed)
    return act.flags


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
