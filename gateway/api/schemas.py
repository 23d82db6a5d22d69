"""The answers' shapes, as OpenAPI shows them. Which members an answer has, `visibility` decides."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chaincode.command_types import Proof
from gateway.http.models import Answer, ProblemObject

Timestamp = Annotated[str, Field(examples=["2026-04-01T21:05:00Z"])]
Grams = Annotated[int, Field(ge=0, examples=[12_000])]
Pseudonym = Annotated[str, Field(examples=["Q4M9X2B0KTD7"])]
CommandId = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["9f86d081884c7d65" * 4])]
LotId = Annotated[str, Field(examples=["5T2W8YK0M3R7B1XNQ4HD"])]
Object = dict[str, Any]


CommandStatus = Literal["waiting", "accepted", "rejected", "dropped"]


class AwaitsAnswer(Answer):
    """Who may give the second signature that a proposal waits for."""

    roles: list[str] = Field(examples=[["recall-officer"]])
    organisations: list[str] = Field(examples=[["coop", "town"]])
    text: str = Field(description="The same in words.")


class CommandAnswer(Answer):
    """Where a command stands. Only `accepted` and `rejected` are on the ledger, and final."""

    id: CommandId
    status: CommandStatus = Field(
        description="`waiting`: durably queued here; `dropped`: not taken, it left no trace."
    )
    code: str | None = Field(default=None, examples=["ACCEPTED"])
    flags: list[str] | None = Field(
        default=None,
        description=(
            "Public marks, sorted: `claimed`, `corrected`, `denied`, `disputed`, `drill`, "
            "`future`, `late`, `opening`, `proposed`, `second_key`, `supplemented`, `surplus`, "
            "`unconfirmed`."
        ),
        examples=[["late"]],
    )
    block: int | None = Field(default=None, ge=0)
    ledger_time: Timestamp | None = None
    awaits: AwaitsAnswer | None = Field(
        default=None,
        description="Of a proposal not applied yet: it is on record, and nothing more so far.",
    )
    problem: ProblemObject | None = None


class CommandContent(CommandAnswer):
    """A command with what this reader may see of it."""

    type: str | None = Field(default=None, examples=["lot.harvest"])
    jws: str | None = Field(default=None, description="The compact JWS.")
    payload: Object | None = Field(default=None, description="What was signed.")
    closed: str | None = Field(default=None, description="The closed part as base64url.")
    closed_part: Object | None = Field(default=None, description="The closed part.")


class CommandsAnswer(Answer):
    """The commands of a request, in its order."""

    commands: list[CommandAnswer]


class ChallengeAnswer(Answer):
    """What to sign, and as what this gateway knows itself."""

    challenge: str
    audience: str = Field(description="This gateway's origin.", examples=["http://127.0.0.1:8000"])
    expires_at: Timestamp


class SessionAnswer(Answer):
    """An open session; the same token is set as a cookie."""

    token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - no password
    expires_at: Timestamp
    kid: str
    actor: Pseudonym
    party: Pseudonym
    organisation: str
    roles: list[Object]


class LinkAnswer(Answer):
    """Where a browser on the same computer opens the pages of the session's own device."""

    url: str = Field(examples=["http://127.0.0.1:8000/enter?code=f83O….Zm9v…"])
    expires_at: Timestamp


class HeadAnswer(Answer):
    """Where a device's sequence stands on the ledger."""

    kid: str
    next: int = Field(ge=1, description="`seq` of the next command.")
    prev: CommandId = Field(description="`prev` of the next command.")
    revoked: bool


class HistoryAnswer(Answer):
    """A public entry of a lot."""

    id: CommandId
    type: str = Field(examples=["lot.harvest"])
    event_time: Timestamp = Field(description="As the device claimed.")
    ledger_time: Timestamp = Field(description="When the ledger took it.")
    block: int
    flags: list[str]
    crop: str
    district: str | None
    harvested_at: Timestamp
    reason: str | None = None
    corrects: CommandId | None = None
    entered_by: Pseudonym | None = Field(default=None, description="The agent's party.")
    entered_by_name: str | None = None


class HoldingAnswer(Answer):
    """Grams of a lot at the reader's own party, or of its own goods at another.

    They add up: what came in, and `surplus_g`, is in one of the others.
    """

    lot: LotId
    holder: Pseudonym
    holder_name: str | None
    owner: Pseudonym = Field(description="The goods stay the owner's until the holder sells them.")
    owner_name: str | None
    held_g: Grams
    sold_g: Grams
    discarded_g: Grams
    own_use_g: Grams
    transformed_g: Grams = Field(description="Went into other lots.")
    lost_g: Grams
    surplus_g: Grams = Field(description="Found at a stock-taking beyond what was on record.")
    unproven_g: Grams = Field(
        description=(
            "Of `held_g`, found beyond what was lost before and 2 % of what came in: it can be "
            "sold here, and goes nowhere else."
        )
    )
    denied_g: Grams = Field(
        description=(
            "Of `held_g`, what its producer or owner denies; no more than the rest can be sold."
        )
    )
    is_on_hold: bool | None = Field(default=None, description="At the reader's own party only.")


class ShipmentAnswer(Answer):
    """A shipment that the reader's own party sent or was sent."""

    id: str = Field(examples=["0C9F6ZP3S8V2J5EAG7MT"])
    lot: LotId
    crop: str
    crop_name: str
    direction: Literal["in", "out"]
    state: str = Field(examples=["in_transit"])
    sender: Pseudonym
    sender_name: str | None
    recipient: Pseudonym
    recipient_name: str | None
    owner: Pseudonym = Field(description="Whose goods they are when they leave.")
    owner_name: str | None
    is_consigned: bool = Field(description="Whether they stay the owner's at the recipient.")
    shipped_g: Grams
    received_g: Grams
    disputed_g: Grams
    lost_g: Grams
    entry: CommandId
    brought_by: str | None = Field(
        description="Of goods sent back, the shipment that had brought them."
    )
    changed_at: Timestamp


Origin = Annotated[
    Literal["harvest", "opening", "claim", "made", "unmade"],
    Field(
        description="`opening`: from before this ledger, by document; `claim`: somewhere before its"
        " record; `made`: from other lots; `unmade`: that was a mistake."
    ),
]


class MeetingAnswer(Answer):
    """A recall in force that a lot meets, itself or by an ancestor."""

    id: LotId
    state: str = Field(examples=["confirmed"])
    kind: str = Field(examples=["safety"])
    cause: str = Field(examples=["residue"])
    is_certain: bool = Field(
        description="False: nobody knows all that the lot was made of, so this recall may mean it;"
        " it is stopped until an officer clears it."
    )


class OriginAnswer(Answer):
    """An ancestor of a lot made from others; what is only claimed of one is not told."""

    id: LotId
    origin: Origin
    crop: str | None = None
    crop_name: str | None = None
    district: str | None
    district_name: str | None
    producer: Pseudonym | None = None
    producer_name: str | None = None
    harvested_at: Timestamp | None = None
    is_computed: bool = Field(description="Whether its share follows from a formula.")
    is_recalled: bool


class ListedLot(Answer):
    """A lot in one of the reader's own lists."""

    id: LotId
    origin: Origin
    crop: str | None = Field(default=None, examples=["carrot"])
    crop_name: str | None = Field(default=None, examples=["にんじん"])
    grade: str | None = Field(default=None, examples=["l"])
    district: str | None = Field(default=None, examples=["45383-MINAMI"])
    district_name: str | None = None
    producer: Pseudonym | None = Field(
        default=None, description="Of a lot made from others, the maker."
    )
    producer_name: str | None = Field(
        default=None, description="Absent from the ledger; null once withdrawn."
    )
    harvested_at: Timestamp | None = None
    is_denied: bool | None = Field(
        default=None, description="Whether the producer denies some of what others received."
    )
    has_surplus: bool | None = Field(
        default=None,
        description="Whether a holder found more at a stock-taking than anyone else vouches for.",
    )
    recalls: list[MeetingAnswer]
    plot: Pseudonym | None = None
    plot_code: str | None = Field(default=None, description="The office's.", examples=["A-01"])
    plot_name: str | None = Field(default=None, description="Empty where the office wrote none.")
    harvest_g: Grams | None = None
    estimated: bool | None = None
    supplement_g: Grams | None = None
    claimed_g: Grams | None = Field(
        default=None, description="Received by others beyond what is on record."
    )
    denied_g: Grams | None = None
    made_g: Grams | None = None
    holdings: list[HoldingAnswer] | None = Field(
        default=None, description="The reader's own: at itself, and its goods at others."
    )


class LotAnswer(ListedLot):
    """A lot, as far as this reader may see it."""

    recorded_at: Timestamp | None = Field(description="Null before its own record arrived.")
    corrected_at: Timestamp | None
    flags: list[str]
    origins: list[OriginAnswer] = Field(
        description="Of a lot made from others: where its parts grew, the heaviest first."
    )
    has_more_origins: bool
    history: list[HistoryAnswer]
    shipments: list[ShipmentAnswer] | None = None
    entries: list[CommandContent] | None = Field(
        default=None, description="The latest commands about it that concern the reader's party."
    )


class LotsAnswer(Answer):
    """A page of one of the reader's own lists of lots."""

    lots: list[ListedLot]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")


class ShipmentsAnswer(Answer):
    """A page of the reader's own shipments."""

    shipments: list[ShipmentAnswer]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")


class EntriesAnswer(Answer):
    """A page of the commands about a lot that concern the reader's party, the newest first."""

    entries: list[CommandContent]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")


class VoteAnswer(Answer):
    """That one organisation wants another's offices suspended."""

    organisation: str
    reason: str
    until: str = Field(description="The last day on which the vote counts.")


class SuspensionAnswer(Answer):
    """Offices that a majority of the other organisations has taken, or that some want to."""

    organisation: str
    until: str | None = Field(description="The last day, the town's; null without a majority.")
    votes: list[VoteAnswer]


class NamingAnswer(Answer):
    """One organisation's word that another's MSP has a new name."""

    organisation: str
    msp: str = Field(examples=["CoopMSP2"])
    until: str = Field(description="The last day on which it counts.")


class SuccessionAnswer(Answer):
    """An MSP's new name, said by other organisations, until its admin bootstraps."""

    organisation: str
    msp: str | None = Field(description="What enough of them name; null: not enough yet.")
    namings: list[NamingAnswer]


class LedgerAnswer(Answer):
    """The ledger behind this gateway."""

    id: str | None = Field(description="Stands in every command; null before it is founded.")
    kind: Literal["embedded", "fabric"]
    kept_by: str = Field(description="Who keeps the record, in words.")
    demo: bool
    height: int = Field(ge=0, description="Blocks shown here; the number of the next.")
    rules: int | None
    epoch: int | None
    constitution: Object | None
    suspensions: list[SuspensionAnswer] = Field(description="Offices suspended, or asked to be.")
    successions: list[SuccessionAnswer] = Field(description="New names of MSPs, as others say.")
    audience: str = Field(description="This gateway's origin, as a session proof names it.")
    first_prev: str = Field(description="`prev` of a device's first command.")


class CommandTypeAnswer(Answer):
    """A type of command, with the JSON Schema (2020-12) of its parts."""

    name: str
    body: Object
    closed: Object | None
    roles: list[str] = Field(description="The principal holds one; empty: any enrolled device.")
    signers: Literal[1, 2]
    independent: Literal["person", "organisation"]
    proof: Proof = Field(
        description="Who may be given a proof that the ledger took it: everyone, who may then see"
        " its open part; its parties; or nobody."
    )
    delegable: bool


class CommandTypesAnswer(Answer):
    """All types of command, by name."""

    types: list[CommandTypeAnswer]


class HealthAnswer(Answer):
    """How the gateway is. `ready` false: requests may wait, or be answered with 503."""

    ready: bool
    ledger: Object
    projection: Object
    outbox: Object
    storage: Object = Field(description="Of each file, whether the last write to it succeeded.")
