"""The shape of what a reader may know of itself and choose from, as OpenAPI shows it."""

from typing import Annotated

from pydantic import Field

from gateway.api.schemas import Pseudonym, SuspensionAnswer, Timestamp
from gateway.http.models import Answer

Date = Annotated[str, Field(examples=["2026-04-01"])]
OfficeCode = Annotated[
    str | None, Field(description="The office's code; null if it has none.", examples=["A-01"])
]

Kept = Annotated[
    str,
    Field(
        description="How a key is kept: `browser`, `file`, `shared`, or `service:` and which.",
        examples=["file"],
    ),
]


class Named(Answer):
    """A name in both languages, for a device that keeps it."""

    ja: str
    en: str


class OwnParty(Answer):
    """The reader's own business or household."""

    id: Pseudonym
    code: OfficeCode
    name: Named | None = Field(description="As it publishes it; null if it does not.")
    kind: str = Field(examples=["farm"])
    organisation: str = Field(examples=["coop"])
    organisation_title: str


class RoleGrant(Answer):
    """A role from a day until a day of the town, both included; `until` null: without an end."""

    role: str = Field(examples=["farmer"])
    name: Named
    since: Date
    until: Date | None


class OwnPerson(Answer):
    """A person or till of the reader's own party."""

    id: Pseudonym
    code: OfficeCode
    is_me: bool
    roles: list[RoleGrant]
    devices_count: int = Field(ge=0, description="Keys that are enrolled and not revoked.")


class KeyAnswer(Answer):
    """A key that may still sign something."""

    kid: str
    kept: Kept
    kept_text: Named = Field(description="The same in words, and whether it is a further key.")
    is_further: bool | None = Field(
        description="Whether its holder had a key when it was enrolled; null: not on record here."
    )
    is_this: bool = Field(description="Whether it is the key that asks.")
    enrolled_at: Timestamp | None = Field(description="Null: not on record here.")
    used_at: Timestamp | None = Field(description="When its last command was taken; null: none.")
    is_revoked: bool = Field(description="Whether only what was spared may still come in.")
    spared_until: Date | None = Field(description="Until when that may; null: it is not revoked.")


class KeyHolder(Answer):
    """A person or till, and its keys in the order in which `actor.grant` names them."""

    actor: Pseudonym
    actor_code: OfficeCode
    is_me: bool
    party: Pseudonym
    party_code: OfficeCode
    party_name: Named | None
    organisation: str
    roles: list[RoleGrant]
    keys: list[KeyAnswer]


class KeyHoldersAnswer(Answer):
    """A page of them."""

    holders: list[KeyHolder]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")


class MandateAnswer(Answer):
    """Who may sign for whom: given by the reader's own party, or held by the reader.

    A registrar is told, by GET /api/mandates, of all of the own organisation's people.
    """

    principal: Pseudonym = Field(description="For whom: `on_behalf` of a command.")
    principal_code: OfficeCode
    principal_party: Pseudonym
    principal_party_code: OfficeCode
    principal_party_name: Named | None
    agent: Pseudonym
    agent_code: OfficeCode
    agent_party: Pseudonym
    agent_party_code: OfficeCode
    agent_party_name: Named | None
    types: list[str] = Field(examples=[["lot.harvest", "lot.ship"]])
    since: Date
    until: Date
    is_valid: bool = Field(description="Whether it holds today.")
    principal_has_key: bool = Field(
        description="Whether the principal could sign, too. Else registrars gave it, by list."
    )


class MandatesAnswer(Answer):
    """A page of mandates."""

    mandates: list[MandateAnswer]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")


class PlotAnswer(Answer):
    """A plot, to its own party, that party's agents, inspectors and land registrars alone."""

    id: Pseudonym = Field(description="What commands call `plot`.")
    code: OfficeCode
    name: str | None = Field(description="The office's; empty where it wrote none.")
    party: Pseudonym
    party_name: Named | None
    district: str = Field(examples=["45383-MINAMI"])
    district_name: Named | None


class PlotsAnswer(Answer):
    """A page of plots."""

    plots: list[PlotAnswer]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")


class Partner(Answer):
    """Another party, by the name it publishes: goods may go to it and come from it."""

    id: Pseudonym = Field(description="What commands call `recipient`, `sender`, `producer` ….")
    kind: str = Field(examples=["shop"])
    name: Named


class ConsignmentAnswer(Answer):
    """Who may take in whose goods as they come: one side of it is the reader's own party."""

    producer: Pseudonym
    producer_name: Named | None
    shop: Pseudonym
    shop_name: Named | None
    since: Date
    until: Date
    is_valid: bool = Field(description="Whether it holds today.")
    held_g: int = Field(ge=0, description="What of the producer's goods lies at the shop now.")


class ClaimAnswer(Answer):
    """Goods that came without a consignment, until their producer answers by lot.accept_claim."""

    lot: str = Field(description="As its label says; the lot need not be on record.")
    holder: Pseudonym = Field(description="Who says that they came.")
    holder_name: Named | None
    producer: Pseudonym = Field(description="In whose name: that one answers.")
    producer_name: Named | None
    crop: str
    claimed_g: int = Field(ge=1)
    arrived_at: str = Field(examples=["2026-04-01T21:05:00Z"])


class Choice(Answer):
    """A code of the town, with what people call it."""

    code: str = Field(examples=["carrot"])
    name: Named
    also: list[str] = Field(description="What else people call it: how it is read, say.")


class PackingChoice(Answer):
    """What one unit of a crop weighs today, by the town's packing spec."""

    crop: str = Field(examples=["carrot"])
    unit: str = Field(examples=["bag"])
    grams: int = Field(ge=1)


class VocabularyAnswer(Answer):
    """The words that a member takes in some types of command, and no others."""

    member: str = Field(description="Inside of others, too: `unit` of `packs`.", examples=["unit"])
    types: list[str] = Field(examples=[["lot.discard"]])
    words: list[Choice]


class Choices(Answer):
    """What can be chosen from in this town."""

    crops: list[Choice]
    districts: list[Choice]
    grades: list[Choice]
    packings: list[PackingChoice]
    vocabularies: list[VocabularyAnswer]


class MeAnswer(Answer):
    """What the reader's own device may keep, to be used where there is no signal."""

    ledger: str
    town: str
    today: Date = Field(description="The town's day.")
    utc_offset_minutes: int = Field(examples=[540])
    kid: str
    kept: Kept
    kept_text: Named = Field(description="The same in words, and whether it is a further key.")
    is_further: bool | None = Field(
        description="Whether one had a key when it was enrolled; null: not on record here."
    )
    actor: Pseudonym
    party: OwnParty
    suspension: SuspensionAnswer | None = Field(
        description="Of the own organisation's offices, or that some want it; own acts go on."
    )
    people: list[OwnPerson]
    mandates: list[MandateAnswer]
    has_more_mandates: bool
    plots: list[PlotAnswer] = Field(
        description="The party's own, and those of whom the reader may sign for today."
    )
    has_more_plots: bool = Field(description="Whether GET /api/plots has more.")
    partners: list[Partner]
    has_more_partners: bool
    consignments: list[ConsignmentAnswer] = Field(
        description="The party's own, as producer and as shop; those that were ended are left out."
    )
    has_more_consignments: bool
    claims: list[ClaimAnswer] = Field(
        description="The party's own, and those in its name, which it should answer."
    )
    has_more_claims: bool
    choices: Choices
