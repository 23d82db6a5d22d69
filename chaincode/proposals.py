"""Two signers are two commands: the first proposes, the second approves and so applies.

A command whose type has two signers writes `pending/<its id>`; `proposal.approve` repeats its type,
body and closed part, and is applied at its own place in the chain, if both are still authorised
then and are different people (or organisations, where the type says so).
"""

from dataclasses import dataclass, replace
from typing import Any

from chaincode.base import canonical, times
from chaincode.base.canonical import Json
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, FaultError, RejectionError
from chaincode.base.shapes import AnyObject, Base64Url32, PseudonymId, Sha256, TypeName
from chaincode.command_types import (
    Act,
    CommandType,
    Signer,
    Touches,
    authorise,
    envelope_touches,
    require,
)
from chaincode.registry.records import REGISTRAR, Device, Proposal

APPROVE = "proposal.approve"
LASTS_S = 31 * 86_400  # from what it is about, unless the proposal says when it expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposer:
    """Whose proposal is approved, so that the approval names every record it touches."""

    device: Base64Url32
    actor: PseudonymId
    on_behalf: PseudonymId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve:
    """Open part of `proposal.approve`. Its closed part is the proposal's, byte for byte."""

    proposal: Sha256
    proposer: Proposer
    type: TypeName
    body: AnyObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Open part of `proposal.withdraw`: how a mistaken proposal is put right.

    By any device of whoever proposed it, or by a registrar of their organisation.
    """

    proposal: Sha256


def touches(body: Approve) -> Touches:
    """Return the records an approval names besides those of the command it approves."""
    proposer = body.proposer
    pending = Proposal.key(body.proposal)
    theirs = envelope_touches(proposer.device, proposer.actor, proposer.on_behalf)
    return Touches(reads=(pending, *theirs.reads), writes=(pending,))


def propose(act: Act, kind: CommandType) -> None:
    """Write down that this command waits for a second signature."""
    command = act.command
    act.put(
        Proposal.key(command.id),
        Proposal(
            hash=content_hash(kind.name, command.body, command.closed_hash),
            device=command.kid,
            actor=act.signer.actor,
            organisation=act.signer.organisation,
            on_behalf=command.on_behalf,
            proposed_at=times.timestamp(act.time),
            expires=times.timestamp(command.expires or command.event_time + LASTS_S),
            state="open",
        ),
    )
    act.flags.add("proposed")


def approve(act: Act, body: Approve, kind: CommandType, inner: Any, closed: Any) -> None:  # noqa: ANN401 - shapes of the approved type
    """Apply a proposed command at this place in the chain."""
    key = Proposal.key(body.proposal)
    proposal = act.get(Proposal, key, Code.UNKNOWN_PROPOSAL)
    named = (body.proposer.device, body.proposer.on_behalf)
    require((proposal.device, proposal.on_behalf) == named, Code.UNKNOWN_PROPOSAL)
    device = act.get(Device, Device.key(proposal.device), Code.UNKNOWN_PROPOSAL)
    require(device.actor == body.proposer.actor, Code.UNKNOWN_PROPOSAL)
    act.proposing, act.proposer = _authorise_proposer(act, kind, device, (inner, closed), proposal)
    _require_independence(kind, (act.proposing, act.proposer), (act.signer, act.principal))
    is_expired = act.time >= times.seconds(proposal.expires)
    require(proposal.state == "open" and not is_expired, Code.PROPOSAL_CLOSED)
    repeated = content_hash(kind.name, body.body, act.command.closed_hash)
    require(repeated == proposal.hash, Code.PROPOSAL_DIFFERS)
    require(device.revoked is None, Code.DEVICE_REVOKED)
    act.put(key, replace(proposal, state="applied"))
    act.proposed_at = proposal.proposed_at
    kind.apply(act, inner, closed)


def _authorise_proposer(
    act: Act, kind: CommandType, device: Device, parts: tuple[Any, Any], proposal: Proposal
) -> tuple[Signer, Signer]:
    """Return who proposed; a suspension of theirs is no fault of the approver's device."""
    try:
        return authorise(
            kind,
            device,
            proposal.on_behalf,
            parts=parts,
            overlay=act.overlay,
            head=act.head,
            today=act.today,
        )
    except FaultError:
        raise RejectionError(Code.ROLE_MISSING) from None


def content_hash(type_name: str, body: dict[str, Json], closed_hash: str | None) -> str:
    """Return the hash by which an approval is compared with its proposal."""
    return canonical.digest(canonical.encode([type_name, body, closed_hash]))


def _require_independence(
    kind: CommandType, proposing: tuple[Signer, Signer], approving: tuple[Signer, Signer]
) -> None:
    if {one.actor for one in proposing} & {one.actor for one in approving}:
        raise RejectionError(Code.NOT_INDEPENDENT)
    services = [one.service for one in approving]
    if not all(one.is_of_another_service(*services) for one in proposing):
        raise RejectionError(Code.NOT_INDEPENDENT)
    organisations = {one.organisation for one in proposing} & {
        one.organisation for one in approving
    }
    if kind.independent == "organisation" and organisations:
        raise RejectionError(Code.NOT_INDEPENDENT)


def _withdraw(act: Act, body: Withdraw, _closed: None) -> None:
    key = Proposal.key(body.proposal)
    proposal = act.get(Proposal, key, Code.UNKNOWN_PROPOSAL)
    is_theirs = act.signer.organisation == proposal.organisation
    is_own = act.signer.actor == proposal.actor
    may_withdraw = is_own or (is_theirs and act.signer.holds(REGISTRAR))
    require(may_withdraw, Code.UNKNOWN_PROPOSAL)
    require(proposal.state == "open", Code.PROPOSAL_CLOSED)
    act.put(key, replace(proposal, state="withdrawn"))


def _withdraw_touches(_command: Command, body: Withdraw, _closed: None) -> Touches:
    pending = Proposal.key(body.proposal)
    return Touches(reads=(pending,), writes=(pending,))


def _unreachable(*_arguments: object) -> Touches:
    raise AssertionError(APPROVE)


def _unreachable_apply(*_arguments: object) -> None:
    raise AssertionError(APPROVE)


TYPES = (
    CommandType(
        name=APPROVE,
        body=Approve,
        touches=_unreachable,  # it touches what the approved type touches: `taking.read`
        apply=_unreachable_apply,  # it applies the approved type: `taking.take`
    ),
    CommandType(
        name="proposal.withdraw", body=Withdraw, touches=_withdraw_touches, apply=_withdraw
    ),
)
