"""A command by the rules in force: the shapes of its parts, and the records that it names.

Costs come in the order of trust. An envelope is read from its bytes alone (`envelope.parse`); its
signature is verified with the sender's key; only then is it looked at what the command says
(`read`), and only then are the records read that it names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chaincode import proposals
from chaincode.base import envelope, shapes
from chaincode.base.canonical import Json
from chaincode.base.envelope import Command, Jwk
from chaincode.base.errors import Code, FaultError
from chaincode.base.overlay import Overlay
from chaincode.command_types import CommandType, Touches, envelope_touches
from chaincode.recalls.records import OPEN_RECALLS
from chaincode.registry import founding
from chaincode.registry.records import DEMO_TIME, HEAD, Device, Head, Proposal

EVERY_TRANSACTION_READS: Final = (HEAD, DEMO_TIME, OPEN_RECALLS)
OPERATIONS_MAX: Final = 400  # reads and writes of one command, besides what every transaction reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command whose shape is right, with its parts read as records of its type."""

    command: Command
    kind: CommandType
    body: Any
    closed: Any
    touches: Touches

    @property
    def judged(self) -> CommandType:
        """The type whose rule is applied: of an approval, the approved one."""
        kind: CommandType = self.closed[0] if self.kind.name == proposals.APPROVE else self.kind
        return kind

    @property
    def operations(self) -> int:
        """How many state operations it costs, besides what every transaction reads."""
        reads = set(self.touches.reads).difference(EVERY_TRANSACTION_READS)
        return len(reads) + len(self.touches.writes)

    @property
    def enrols(self) -> Jwk | None:
        """The key that it may bring onto the ledger: commands after it can be signed with that."""
        body = self.closed[1] if self.kind.name == proposals.APPROVE else self.body
        jwk = getattr(body, "jwk", None)
        return jwk if isinstance(jwk, Jwk) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer to one command: only what may be public.

    Attributes:
        id: The command's id; for bytes that are no command, their SHA-256.
        code: The answer.
        flags: Sorted public marks: `claimed`, `corrected`, `denied`, `disputed`, `drill`, `future`,
            `late`, `opening`, `proposed`, `second_key`, `supplemented`, `surplus`, `unconfirmed`.
            README says what each is.
        member: The JSON member at fault; never recorded, only for the sender.
    """

    id: str
    code: Code
    flags: tuple[str, ...] = ()
    member: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return what is endorsed and stands in the block."""
        return {"id": self.id, "code": str(self.code), "flags": list(self.flags)}


def read_verified(
    commands: Sequence[Command | Result],
    overlay: Overlay,
    types: Mapping[str, CommandType],
    *,
    is_dry_run: bool = False,
) -> list[Request | Result]:
    """Read those commands of a batch whose signature holds; the others are answered here.

    Args:
        commands: As `envelope.parse` gave them; a `Result` stands for one that it refused.
        overlay: Has what every transaction reads, and the senders' devices.
        types: Those of the rules in force.
        is_dry_run: Whether nothing will come of it; then signatures are not looked at.
    """
    head = overlay.look(Head, HEAD)
    ledger = head.ledger if head else None
    keys: dict[str, Jwk] = {}  # that commands of this batch bring, by thumbprint
    requests: list[Request | Result] = []
    for command in commands:
        if isinstance(command, Result):
            requests.append(command)
            continue
        try:
            if command.type == founding.BOOTSTRAP:
                request = read(command, types)
                founding.check_signature(command, request.body, ledger)
                ledger = command.ledger
            else:
                if not is_dry_run:
                    _verify(command, ledger, overlay, keys)
                request = read(command, types)
        except FaultError as fault:
            requests.append(Result(id=command.id, code=fault.code, member=fault.member))
            continue
        if (jwk := request.enrols) is not None:
            keys[jwk.thumbprint] = jwk
        requests.append(request)
    return requests


def _verify(
    command: Command, ledger: str | None, overlay: Overlay, keys: Mapping[str, Jwk]
) -> None:
    """Check ledger, key and signature by what stood there before this batch, or came with it."""
    if ledger is None:
        raise FaultError(Code.NOT_FOUNDED)
    if command.ledger != ledger:
        raise FaultError(Code.WRONG_LEDGER, "ledger")
    device = overlay.look(Device, Device.key(command.kid))
    jwk = device.jwk if device else keys.get(command.kid)
    if jwk is None:
        raise FaultError(Code.UNKNOWN_KEY, "kid")
    envelope.verify(command, jwk)
    if device is not None and command.seq < device.next:
        raise FaultError(Code.ALREADY_TAKEN, "seq")


def read(command: Command, types: Mapping[str, CommandType]) -> Request:
    """Check what a command's type asks of its parts; it needs no state.

    Raises:
        FaultError: A fault of shape, with the member's name.
    """
    kind = types.get(command.type)
    if kind is None:
        raise FaultError(Code.UNKNOWN_TYPE, "type")
    body: Any = shapes.read(kind.body, command.body, "body")
    if kind.name == founding.BOOTSTRAP:
        _check_bare(command)
    if kind.name == proposals.APPROVE:
        touches, closed = _read_approval(command, body, types)
    else:
        closed = _read_closed(kind, command)
        touches = kind.touches(command, body, closed)
        if kind.signers == 2:
            touches = Touches(writes=(Proposal.key(command.id),))
    own = envelope_touches(command.kid, command.actor, command.on_behalf)
    request = Request(
        command=command,
        kind=kind,
        body=body,
        closed=closed,
        touches=Touches(
            reads=tuple(dict.fromkeys(own.reads + touches.reads)),
            writes=tuple(dict.fromkeys(own.writes + touches.writes)),
        ),
    )
    if request.operations > OPERATIONS_MAX:
        raise FaultError(Code.TOO_MANY_RECORDS, "body")
    return request


def _check_bare(command: Command) -> None:
    """Refuse what a bootstrap, by an admin and for good, has no use for."""
    for member in ("on_behalf", "expires", "operator"):
        if getattr(command, member) is not None:
            raise FaultError(Code.UNKNOWN_MEMBER, member)


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
