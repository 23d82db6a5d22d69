"""The answers' shapes of lineage, recalls, disputes and trials, as OpenAPI shows them."""

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.schemas import (
    AwaitsAnswer,
    CommandId,
    Grams,
    HoldingAnswer,
    LotId,
    Object,
    OriginAnswer,
    Pseudonym,
    ShipmentAnswer,
    Timestamp,
)
from gateway.http.models import Answer, ProblemObject
from gateway.plausibility import FlagCode

RecallId = Annotated[str, Field(examples=["8S3V2J5EAG7MT0C9F6ZP"])]
RollId = Annotated[str, Field(examples=["3R4M9X2B0KTD7S8V2J5E"])]
NextPage = Annotated[str | None, Field(description="`cursor` of the next page; null at the end.")]


class LineageNode(OriginAnswer):
    """A lot of a lineage."""

    is_computed: bool = False
    grade: str | None
    level: int = Field(description="Steps from the lot asked for; ancestors have negative ones.")


class LineageStep(Answer):
    """Some of one lot went into another."""

    parent: LotId
    child: LotId
    is_computed: bool = Field(description="Whether shares follow from a formula.")
    quantity_g: Grams | None = Field(
        default=None, description="For the maker; an owner sees what was its own."
    )


class LineageAnswer(Answer):
    """A lot's lineage, as far as this reader may see it."""

    lot: LotId
    nodes: list[LineageNode]
    steps: list[LineageStep]
    is_whole: bool = Field(description="Whether nothing was left out for being too much.")


class RecallEventAnswer(Answer):
    """Something done about a recall."""

    id: CommandId
    type: str = Field(examples=["recall.declare"])
    ledger_time: Timestamp
    reason: str | None
    explanation: str | None = Field(description="SHA-256 of salt and text told to the public.")
    roots_count: int | None


class RecallInList(Answer):
    """A recall in a list."""

    id: RecallId
    party: Pseudonym
    party_name: str | None
    state: str = Field(
        examples=["confirmed"],
        description="`unconfirmed`: by one person alone, in force all the same; `confirmed`;"
        " `lapsed`: not confirmed in time, of what endangers nobody; `lifted`: it was a mistake;"
        " `closed`; `drill`: shown to officers only.",
    )
    is_own: bool = Field(description="Whether a party recalls goods of its own.")
    kind: str = Field(examples=["safety"])
    cause: str = Field(examples=["residue"])
    scope: str = Field(examples=["lot"])
    roots_count: int
    entry: CommandId = Field(
        description="The command that changed it last. `recall.confirm`, `recall.clear`,"
        " `recall.lift` and `recall.close` name it as `entry`, so that nobody ends what was"
        " extended meanwhile."
    )
    changed_at: Timestamp
    confirm_by: Timestamp | None = Field(
        description="Where one person signed any of it alone: by when another has to confirm"
        " that; overdue after it."
    )


class RecallAnswer(RecallInList):
    """A recall; its lots and everything made of them must not be passed on while it is in force."""

    roots: list[LotId] = Field(description="What it names, or named until it ended.")
    cleared: list[LotId] = Field(
        description="While it is in force: lots that an officer has found to come of none of these"
        " `roots`, though nobody knows all that they were made of. Each stays stopped by what other"
        " organisations have put into the recall, until they clear it too."
    )
    declared_at: Timestamp | None
    history: list[RecallEventAnswer]


class RecallsAnswer(Answer):
    """A page of recalls."""

    recalls: list[RecallInList]
    next: NextPage


class AffectedAnswer(Answer):
    """One party that has, or had, goods that a recall reaches; whom to call is not kept here."""

    party: Pseudonym
    party_name: str | None
    held_g: Grams
    in_transit_g: Grams = Field(description="On the way to it.")
    disputed_g: Grams = Field(description="Sent to it and not counted there; not settled yet.")
    sold_g: Grams
    lots_count: int


class LeftOutAnswer(Answer):
    """A lot that a recall does not name: of another crop, or of ancestors nobody knows all."""

    id: LotId
    crop: str = Field(examples=["carot"])
    crop_name: str
    crop_words: str | None = Field(
        description="In which it was entered, where the office has not named it; off the ledger."
    )
    harvested_at: Timestamp


class ExtensionAnswer(Answer):
    """The open part of a `recall.extend` of one signer's, ready to be signed."""

    recall: RecallId
    roots: list[LotId]


class ScopeAnswer(Answer):
    """How far a recall of some lots reaches, as things stand."""

    seeds_count: int
    has_more_seeds: bool = Field(
        description="More lots fit than one recall can name: narrow it down, or recall in parts."
    )
    roots: list[LotId] = Field(
        description="What has to be signed, in this order: the first 400 as the roots of the"
        " declaration, each further 400 of a `recall.widen`. Approvals sent in one request are"
        " written at once. Where not all fit, the first ones matter most."
    )
    roots_count: int
    unrecorded: list[LotId] = Field(
        description="Those of `roots` that are on no record: a business claims them, or nobody"
        " knows them. Two organisations name them by `recall.declare` or `recall.widen`; a command"
        " of one signer's has to leave them out. Nothing of a claim leaves before its producer has"
        " accepted it."
    )
    crops: list[str] = Field(
        description="Of the roots, as far as anybody says it: what `recall.declare` and"
        " `recall.widen` name.",
        examples=[["carrot"]],
    )
    lots_count: int = Field(description="Lots that it reaches, those that are only claimed too.")
    affected: list[AffectedAnswer]
    commands_needed: int = Field(
        description="One command names 400 roots at most: a declaration, and so many more."
    )
    limit: int = Field(
        description="Roots that a safety recall by the reader's organisation and another has room"
        " for now."
    )
    fits: bool = Field(
        description="Whether all `roots` fit into it. If not, have holders hold the others' goods."
    )
    left_out: list[LeftOutAnswer] = Field(
        description="Of a question by crop: lots of the same producer and days that it does not"
        " reach. A crop may be misspelt, or not named yet: look at each."
    )
    has_more_left_out: bool
    uncertain: list[LeftOutAnswer] = Field(
        description="Lots that it stops for safety's sake though it does not reach them as far as"
        " is known: nobody knows all that they were made of. Of a recall in force, an officer"
        " clears them by `recall.clear`."
    )
    has_more_uncertain: bool
    missing: list[LotId] | None = Field(
        default=None, description="Of a recall in force: what it ought to name besides. An alarm."
    )
    extensions: list[ExtensionAnswer] | None = Field(
        default=None, description="What one officer may sign at once; `unrecorded` takes two."
    )


class SurplusAnswer(Answer):
    """What a holder found of the reader's goods beyond what came, and nobody else vouches for.

    Its producer, and its owner, deny it by `lot.deny_claim` with `surplus`.
    """

    lot: LotId
    crop: str
    crop_name: str | None
    holder: Pseudonym
    holder_name: str | None
    owner: Pseudonym = Field(description="The holder itself, if it bought the goods.")
    owner_name: str | None
    unproven_g: Grams = Field(description="Of what is held.")
    gone_g: Grams = Field(description="What of it was sold, used or discarded.")
    is_denied: bool = Field(description="Whether the reader's party denies it.")


class DisputesAnswer(Answer):
    """Differences of the reader's own that are not settled."""

    shipments: list[ShipmentAnswer] = Field(description="A page of them.")
    denied: list[HoldingAnswer] = Field(
        description="Goods whose origin their named producer denies; the first page has them."
    )
    surpluses: list[SurplusAnswer] = Field(
        description="Of one's own goods at others, also where they were bought; the same."
    )
    next: NextPage


class StickerAnswer(Answer):
    """Which lot a sticker is on."""

    roll: RollId
    number: int
    lot: LotId


class RollAnswer(Answer):
    """A roll of stickers of the reader's own party."""

    id: RollId = Field(description="What commands call `roll`.")
    first: int = Field(description="The lowest number that is on a lot.")
    last: int = Field(description="The highest.")
    ranges_count: int
    lot: LotId = Field(description="That the highest range is on.")
    crop: str
    crop_name: str | None


class RollsAnswer(Answer):
    """A page of rolls."""

    rolls: list[RollAnswer]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")


class WarningAnswer(Answer):
    """Something in a command to ask its signer about; it is not necessarily wrong."""

    code: FlagCode = Field(examples=["CROP_UNKNOWN"])
    member: str = Field(examples=["crop"])
    text: str = Field(description="What was compared with what, and what may explain it.")
    choices: list[str] = Field(
        description="Codes that may have been meant, the nearest first.", examples=[["carrot"]]
    )


class TrialAnswer(Answer):
    """What would become of one command."""

    id: str
    status: Literal["accepted", "rejected", "dropped"]
    code: str
    flags: list[str]
    member: str | None = None
    awaits: AwaitsAnswer | None = Field(
        default=None, description="Of a proposal: who may give the second signature."
    )
    problem: ProblemObject | None = None
    warnings: list[WarningAnswer]


class TrialRecords(Answer):
    """The reader's own records as they would be."""

    lots: list[Object]
    holdings: list[HoldingAnswer]
    shipments: list[Object]


class TrialsAnswer(Answer):
    """What would become of commands if they were ordered now, in this order. Nothing was."""

    time: Timestamp
    commands: list[TrialAnswer]
    records: TrialRecords
