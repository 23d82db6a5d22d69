"""What a rule is made of: a command type, and the act of applying one command.

A new rule is a `CommandType` in the `TYPES` of its module: the shapes of its open and closed part,
who may give it, which records it touches, and a function that changes them or raises
`RejectionError`. Nothing else needs to know of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from chaincode.base.envelope import Command
from chaincode.base.errors import Code, FaultError, RejectionError
from chaincode.base.overlay import Overlay
from chaincode.registry.records import Actor, Device, Head, Held, Mandate

Record = TypeVar("Record")
Proof = Literal["public", "parties", "never"]
Counterparty = Callable[[Overlay, Any, Any, str], str | None]


@dataclass(frozen=True, slots=True)
class Touches:
    """The state keys that a command names: those it reads, and those it may write."""

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandType:
    """One type of command.

    Attributes:
        name: `noun.verb`.
        body: Shape of the open part.
        closed: Shape of the closed part, or `None` if it has none.
        roles: The principal must hold one of these; empty: any enrolled device.
        signers: 2: the command proposes, and another person's `proposal.approve` applies it.
        independent: Of two signers, what must differ: the persons, or also their organisations.
        takes_shared_keys: Whether, of two signers, either may sign by a key that people share.
        witnesses: Who may be the second signer without being a party, and so has to read all of it.
        is_delegable: Whether an agent may be given a mandate for it.
        proof: Who may be given a proof that the ledger took it: everyone (its open part alone is
            shown), its parties (the closed part as well), or nobody. An approval's is that of what
            it approves.
        counterparty: The party across the table, from (overlay, open part, closed part, party of
            the principal); `None` if there is none. Nobody of it signs: see `authorise`.
        touches: The records it names, besides those of its envelope.
        apply: Checks authority, existence, state and rule in this order, then writes.
    """

    name: str
    body: type
    closed: type | None = None
    roles: frozenset[str] = frozenset()
    signers: Literal[1, 2] = 1
    independent: Literal["person", "organisation"] = "person"
    takes_shared_keys: bool = False
    witnesses: frozenset[str] = frozenset()
    is_delegable: bool = False
    proof: Proof = "never"
    counterparty: Counterparty | None = None
    touches: Callable[[Command, Any, Any], Touches]
    apply: Callable[["Act", Any, Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A person as the ledger knows them at this command's place in the chain.

    Attributes:
        roles: That they hold today.
        suspended: Offices that they would hold, were their organisation not suspended.
        service: That keeps the key they sign with: two keys of one are never two persons.
    """

    actor: str
    party: str
    organisation: str
    roles: frozenset[str]
    suspended: frozenset[str] = frozenset()
    service: str | None = None

    @classmethod
    def of_device(cls, device: Device, head: Head, today: str) -> "Signer":
        """Return the holder of a device."""
        held = head.held(device.organisation, device.roles, today)
        holder = cls._holding(device.actor, device.party, device.organisation, held)
        return replace(holder, service=device.service)

    @classmethod
    def of_actor(cls, actor_id: str, actor: Actor, head: Head, today: str) -> "Signer":
        """Return a person by their own record."""
        held = head.held(actor.organisation, actor.roles, today)
        return cls._holding(actor_id, actor.party, actor.organisation, held)

    @classmethod
    def _holding(cls, actor: str, party: str, organisation: str, held: Held) -> "Signer":
        return cls(
            actor=actor,
            party=party,
            organisation=organisation,
            roles=held.roles,
            suspended=held.suspended,
        )

    def is_of_another_service(self, *services: str | None) -> bool:
        """Whether none of some services keeps the key that this one signs with."""
        return self.service is None or self.service not in services

    def holds(self, *roles: str) -> bool:
        """Whether a signer has one of these roles today.

        Raises:
            FaultError: `ORGANISATION_SUSPENDED`: of these, only offices that they have back once
                the suspension has ended. What they sign is not taken, and can be sent again then.
        """
        if not self.roles.isdisjoint(roles):
            return True
        if not self.suspended.isdisjoint(roles):
            raise FaultError(Code.ORGANISATION_SUSPENDED)
        return False


@dataclass(slots=True, kw_only=True)
class Act:
    """One command being applied.

    Attributes:
        command: The command; for an approval, the approving one.
        time: Ledger time, seconds since 1970.
        today: The town's date at that time.
        head: `contract/head`.
        types: The command types in force, by name.
        versions: Of the rules that this program has.
        signer: Who signed.
        principal: For whom: the signer, or the giver of the mandate.
        proposer: For an approved command, the principal of the proposal.
        proposing: For an approved command, who signed the proposal.
        proposed_at: For an approved command, the ledger time of the proposal.
        flags: Public marks on the result if the command is accepted; a rule may add to them.
    """

    command: Command
    time: int
    today: str
    head: Head
    types: Mapping[str, CommandType]
    versions: Collection[int]
    signer: Signer
    principal: Signer
    overlay: Overlay
    proposer: Signer | None = None
    proposing: Signer | None = None
    proposed_at: str | None = None
    flags: set[str] = field(default_factory=set)

    def find(self, shape: type[Record], key: str) -> Record | None:
        """Return the record at `key`, or `None`."""
        return self.overlay.find(shape, key)

    def get(self, shape: type[Record], key: str, missing: Code) -> Record:
        """Return the record at `key`, or reject the command with `missing`."""
        record = self.overlay.find(shape, key)
        if record is None:
            raise RejectionError(missing)
        return record

    def put(self, key: str, record: object) -> None:
        """Write `record` at `key`."""
        self.overlay.put(key, record)


def require(condition: bool, code: Code) -> None:
    """Reject the command with `code` unless `condition` holds."""
    if not condition:
        raise RejectionError(code)


def require_own_service(act: Act, others: Iterable[str | None]) -> None:
    """Reject what another key of the signer's service has said already, as another person."""
    require(act.signer.is_of_another_service(*others), Code.NOT_INDEPENDENT)


def authorise(
    kind: CommandType,
    device: Device,
    on_behalf: str | None,
    *,
    parts: tuple[Any, Any],
    overlay: Overlay,
    head: Head,
    today: str,
) -> tuple[Signer, Signer]:
    """Return (signer, principal) of a command of this type, or reject it.

    Args:
        kind: The type whose rule is to be applied.
        device: The signer's.
        on_behalf: The principal, where it is not the signer.
        parts: The open and the closed part.
        overlay: Has the records that the command names.
        head: What each organisation may grant, and which are suspended.
        today: The town's date.

    Raises:
        RejectionError: `NO_MANDATE` if the signer may not act for `on_behalf` today, `ROLE_MISSING`
            if the principal holds none of the type's roles today, `SHARED_KEY` if two must sign
            and people share this key, `NOT_INDEPENDENT` if the signer
            or the principal is of the party with which the command deals.
        FaultError: `ORGANISATION_SUSPENDED` if a suspension alone keeps the role away.
    """
    signer = principal = Signer.of_device(device, head, today)
    if on_behalf is not None:
        actor = overlay.find(Actor, Actor.key(on_behalf))
        mandate = overlay.find(Mandate, Mandate.key(on_behalf, signer.actor))
        is_given = mandate is not None and kind.name in mandate.types
        is_in_force = mandate is not None and mandate.since <= today <= mandate.until
        if actor is None or not is_given or not is_in_force:
            raise RejectionError(Code.NO_MANDATE)
        principal = Signer.of_actor(on_behalf, actor, head, today)
    if kind.roles and not principal.holds(*kind.roles):
        raise RejectionError(Code.ROLE_MISSING)
    may_be_shared = kind.signers == 1 or kind.takes_shared_keys
    require(may_be_shared or not device.is_shared, Code.SHARED_KEY)
    if kind.counterparty is not None:
        across = kind.counterparty(overlay, *parts, principal.party)
        require(across not in {signer.party, principal.party}, Code.NOT_INDEPENDENT)
    return signer, principal


def envelope_touches(kid: str, actor: str, on_behalf: str | None) -> Touches:
    """Return the records that a command's envelope names: the device, and a mandate."""
    device = Device.key(kid)
    if on_behalf is None:
        return Touches(reads=(device,), writes=(device,))
    return Touches(
        reads=(device, Actor.key(on_behalf), Mandate.key(on_behalf, actor)), writes=(device,)
    )
