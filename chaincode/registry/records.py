"""The registry's state: one dataclass per record, each with the key it stands under."""

from dataclasses import dataclass, replace
from typing import Annotated, get_args

from chaincode.base.envelope import Jwk
from chaincode.base.shapes import (
    Base64Url32,
    Bits128,
    Date,
    Integer,
    Items,
    MspId,
    PseudonymId,
    SequenceNumber,
    Sha256,
    Text,
    Timestamp,
    Title,
    TypeName,
    Word,
)

DEVICES_MAX = 8  # per actor, revoked ones not counted
SPARED_MAX = 64
SPARED_DAYS_MAX = 31  # a queue that has not arrived by then is signed again with another key

# Members that hold ledger time, and so differ between two ledgers with one history.
LEDGER_TIMES = frozenset({"lapses_at", "ledger_time", "proposed_at", "revoked_at"})

HEAD = "contract/head"
CONSTITUTION = "contract/constitution"
DEMO_TIME = "contract/demo_time"

# How a key is kept: in a browser that never gives it away, in a file, on a device that several
# people stand at, or by a service that signs for people; the service is named.
SHARED = "shared"
SERVICE = "service:"
_OWN = f"browser|file|{SERVICE}{get_args(PseudonymId)[1].pattern}"
OwnKeeping = Annotated[str, Text(_OWN, "browser")]
Keeping = Annotated[str, Text(f"{SHARED}|{_OWN}", "browser")]

PartyKind = Annotated[
    str, Text("farm|shop|hall|household|office", "farm")
]  # what the business or household is
OrganisationKind = Annotated[str, Text("cooperative|shops|municipality|auditor", "municipality")]
Families = Annotated[tuple[Word, ...], Items(1, 16)]
AUDITOR = "auditor"
REGISTRAR = "registrar"
# What a person does for an organisation and not for themselves: taken while it is suspended.
OFFICES = frozenset({REGISTRAR, "land-registrar", "recall-officer", "inspector", "clerk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role from a date until a date, both included; dates are the town's."""

    role: Word
    since: Date
    until: Date | None = None

    def is_valid_on(self, today: str) -> bool:
        """Whether the role is held on that date."""
        return self.since <= today and (self.until is None or today <= self.until)


Grants = Annotated[tuple[Grant, ...], Items(0, 16)]
Roles = Annotated[tuple[Word, ...], Items(1, 32)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an organisation may grant today, so that authority is judged without a further record.

    Attributes:
        id: The organisation's.
        roles: As the constitution has them.
        suspended_until: The last day on which it holds no offices; of the past, or absent: it does.
    """

    id: Word
    roles: Roles
    suspended_until: Date | None = None

    def is_suspended_on(self, today: str) -> bool:
        """Whether the others have taken its offices for that day."""
        return self.suspended_until is not None and today <= self.suspended_until

    @property
    def has_registrars(self) -> bool:
        """Whether it takes part in what organisations decide: all do but auditors."""
        return REGISTRAR in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The roles that a person has on a day, and the offices that only a suspension keeps away."""

    roles: frozenset[str]
    suspended: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`contract/head`: read by every transaction, so that a change of it ends older envelopes.

    Attributes:
        ledger: SHA-256 of the founding constitution; never changes.
        rules: Version of the rules in force.
        epoch: Counts up whenever envelopes endorsed before must die.
        demo: Whether transactions may carry their own ledger time; never changes.
        utc_offset_minutes: The town's offset from UTC; never changes.
        families: Of command types, which the ledger takes; never change.
        organisations: In the constitution's order, what each may grant and whether it is suspended.
    """

    ledger: Sha256
    rules: SequenceNumber
    epoch: SequenceNumber
    demo: bool
    utc_offset_minutes: Annotated[int, Integer(-720, 840)]
    families: Families
    organisations: Annotated[tuple[Standing, ...], Items(2, 16)]

    def standing(self, organisation_id: str) -> Standing | None:
        """Return the organisation of that id."""
        return next((one for one in self.organisations if one.id == organisation_id), None)

    def deciding_about(self, organisation_id: str) -> tuple[Standing, ...]:
        """Return the organisations that decide about one, whether or not they can today."""
        return tuple(
            one for one in self.organisations if one.has_registrars and one.id != organisation_id
        )

    def held(self, organisation_id: str, grants: Grants, today: str) -> Held:
        """Return what somebody of an organisation has of the roles granted to them.

        A role that an amendment has taken from the organisation is nobody's any more.
        """
        standing = self.standing(organisation_id)
        if standing is None:
            return Held(roles=frozenset(), suspended=frozenset())
        granted = {one.role for one in grants if one.is_valid_on(today)}
        roles = granted.intersection(standing.roles)
        gone = OFFICES if standing.is_suspended_on(today) else frozenset[str]()
        return Held(roles=frozenset(roles - gone), suspended=frozenset(roles & gone))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTime:
    """`contract/demo_time`: the latest ledger time a demo's transaction has carried."""

    ledger_time: SequenceNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation of the constitution and the roles that its registrars may grant."""

    id: Word
    msp: MspId
    kind: OrganisationKind
    title: Title
    roles: Roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Constitution:
    """`contract/constitution`: what the organisations agreed on when they founded the ledger.

    Attributes:
        id: Random, so that no two ledgers have one hash.
        title: The town's name, as it publishes it.
        utc_offset_minutes: The town's offset from UTC, which decides what day it is.
        demo: Whether this is a demonstration; shown on every page.
        families: Of command types, which this ledger takes, sorted.
        organisations: Two or more.
    """

    id: Bits128
    title: Title
    utc_offset_minutes: Annotated[int, Integer(-720, 840)]
    demo: bool
    families: Families
    organisations: Annotated[tuple[Organisation, ...], Items(2, 16)]

    def organisation(self, organisation_id: str) -> Organisation | None:
        """Return the organisation of that id."""
        return next((one for one in self.organisations if one.id == organisation_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrar:
    """`registrar/<organisation>`: the key that the organisation's admin set last."""

    device: Base64Url32
    actor: PseudonymId

    @staticmethod
    def key(organisation_id: str) -> str:
        """Return the state key."""
        return f"registrar/{organisation_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """`party/<id>`: a business or household, member of one organisation."""

    organisation: Word
    kind: PartyKind

    @staticmethod
    def key(party_id: str) -> str:
        """Return the state key."""
        return f"party/{party_id}"


Devices = Annotated[tuple[Base64Url32, ...], Items(0, DEVICES_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draining:
    """A revoked device that was spared commands, and the last day on which these are taken."""

    device: Base64Url32
    until: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """`actor/<id>`: one person or till, of exactly one party."""

    party: PseudonymId
    organisation: Word
    roles: Grants
    devices: Devices
    draining: Annotated[tuple[Draining, ...], Items(0, DEVICES_MAX)]

    @staticmethod
    def key(actor_id: str) -> str:
        """Return the state key."""
        return f"actor/{actor_id}"

    @property
    def reached(self) -> tuple[str, ...]:
        """Every device that may still sign something: a change of roles has to reach them all."""
        return self.devices + tuple(one.device for one in self.draining)

    def draining_on(self, today: str) -> tuple[Draining, ...]:
        """Return those that may still bring in something on that date."""
        return tuple(one for one in self.draining if today <= one.until)

    def ending(self, kid: str, *, spared: "Spared | None" = None, today: str = "") -> "Actor":
        """Return the actor once a device is revoked; those whose time is over are left out.

        Args:
            kid: The device.
            spared: What of it may still come in.
            today: The town's date; without one, all that drain are kept.
        """
        others = tuple(one for one in self.draining_on(today) if one.device != kid)
        draining = (Draining(device=kid, until=spared.until),) if spared else ()
        return replace(
            self,
            devices=tuple(one for one in self.devices if one != kid),
            draining=others + draining,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """Commands that a device had signed, and not brought in, when it was revoked.

    Attributes:
        next: Running number of the first. The others follow it, so each counts at its place alone,
            and nobody can choose between two. In state it is the device's next number at the time.
        commands: Their ids, in order.
        until: The last day on which they are taken, the town's.
    """

    next: SequenceNumber
    commands: Annotated[tuple[Sha256, ...], Items(1, SPARED_MAX)]
    until: Date

    def has(self, command_id: str, seq: int) -> bool:
        """Whether that command is spared, at its place."""
        place = seq - self.next
        return 0 <= place < len(self.commands) and self.commands[place] == command_id

    def narrowed(self, other: "Spared | None", *, seq: int, today: str) -> "Spared | None":
        """Return what both spare and can still come in; `None` where that is nothing.

        Args:
            other: Another revocation's word on the same device.
            seq: The device's next running number.
            today: The town's date.
        """
        if other is None or today > min(self.until, other.until):
            return None
        if seq < max(self.next, other.next):
            return None  # what was to come before them is not spared
        pairs = zip(
            self.commands[seq - self.next :], other.commands[seq - other.next :], strict=False
        )
        commands = []
        for one, same in pairs:
            if one != same:
                break  # a device's commands follow each other: nothing after this can come in
            commands.append(one)
        if not commands:
            return None
        return Spared(next=seq, commands=tuple(commands), until=min(self.until, other.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """The end of a device, less the commands that are known to be its owner's."""

    spared: Spared | None = None

    def is_over(self, today: str) -> bool:
        """Whether nothing of the device comes in any more, by the town's date."""
        return self.spared is None or today > self.spared.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """`device/<kid>`: a device's public key, whose it is, and where its sequence stands.

    Carries its actor's party, organisation and roles, so that a command reads one record less.

    Attributes:
        kept: How its key is kept.
        next: The `seq` that the next command must have.
        prev: The id of the last command taken, or `FIRST_PREVIOUS`.
        revoked: Set once the key is revoked.
    """

    jwk: Jwk
    kept: Keeping
    actor: PseudonymId
    party: PseudonymId
    organisation: Word
    roles: Grants
    next: SequenceNumber
    prev: Sha256
    revoked: Revocation | None = None

    @property
    def is_shared(self) -> bool:
        """Whether several people stand at the device."""
        return self.kept == SHARED

    @property
    def service(self) -> str | None:
        """The service that keeps the key, if one does."""
        return self.kept.removeprefix(SERVICE) if self.kept.startswith(SERVICE) else None

    @staticmethod
    def key(kid: str) -> str:
        """Return the state key."""
        return f"device/{kid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """`mandate/<principal>/<agent>`: the types of command that the agent may give for another.

    Attributes:
        types: None once it is revoked.
        revoked_at: Ledger time of the last revocation: what was proposed until then is void.
    """

    types: Annotated[tuple[TypeName, ...], Items(0, 32)]
    since: Date
    until: Date
    revoked_at: Timestamp | None = None

    @staticmethod
    def key(principal: str, agent: str) -> str:
        """Return the state key."""
        return f"mandate/{principal}/{agent}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`pending/<command id>`: the first of two signatures under one command.

    Attributes:
        hash: SHA-256 of the canonical [type, body, hash of the closed part or null].
        device: The proposer's key.
        on_behalf: For whom it was proposed.
        actor: Who holds that key.
        organisation: Whose person that is.
        proposed_at: Ledger time of the proposal.
        expires: Ledger time from which it can't be approved any more.
        state: `open`, `applied` or `withdrawn`.
    """

    hash: Sha256
    device: Base64Url32
    actor: PseudonymId
    organisation: Word
    on_behalf: PseudonymId | None = None
    proposed_at: Timestamp
    expires: Timestamp
    state: Annotated[str, Text("open|applied|withdrawn", "open")]

    @staticmethod
    def key(command_id: str) -> str:
        """Return the state key."""
        return f"pending/{command_id}"
