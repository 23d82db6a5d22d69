"""The shape of what waits for a reader's signature, as OpenAPI shows it."""

from pydantic import Field

from gateway.api.schemas import CommandId, Grams, LotId, Pseudonym, Timestamp
from gateway.api.schemas_recalls import RecallId
from gateway.http.models import Answer


class ClaimedAnswer(Answer):
    """What a `lot.accept_claim` names, beside how much of it is one's own."""

    lot: LotId
    holder: Pseudonym = Field(description="Who says that it came.")
    claimed_g: Grams


class WaitingAnswer(Answer):
    """What the reader may approve, confirm or, of a claim, answer, in words."""

    id: CommandId = Field(
        description="What `proposal.approve` names; of `recall.confirm`, the `entry` to sign; of a"
        " claim, the command that said last how much came."
    )
    type: str = Field(
        examples=["recall.declare"],
        description="`recall.confirm` and `lot.accept_claim` are signed themselves: they answer"
        " what is no proposal. Others are approved.",
    )
    recall: RecallId | None = Field(
        description="Of `recall.confirm`, the recall to name; null of proposals."
    )
    claim: ClaimedAnswer | None = Field(description="Of `lot.accept_claim`; null of all else.")
    text: str = Field(description="What it is.")
    follows: str = Field(description="What follows from the signature.")
    proposed_at: Timestamp
    proposed_on: str = Field(description="The same in words, by the town's clock.")
    expires: Timestamp | None = Field(description="Until when it can be approved; null: always.")
    actor: Pseudonym = Field(description="Who signed first.")
    on_behalf: Pseudonym | None
    party: Pseudonym = Field(description="The first signer's.")
    party_name: str | None
    organisation: str
    organisation_title: str


class WaitingsAnswer(Answer):
    """What waits for the reader's signature, the newest first."""

    waiting: list[WaitingAnswer]
    has_more: bool = Field(description="Whether there is more than is shown.")
