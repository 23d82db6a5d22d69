"""The shape of what waits for a reader's signature, as OpenAPI shows it."""

from pydantic import Field

from gateway.api.schemas import Answer, CommandId, Pseudonym, Timestamp
from gateway.api.schemas_recalls import RecallId


class WaitingAnswer(Answer):
    """A proposal that the reader may approve, or a recall that they may confirm, in words."""

    id: CommandId = Field(
        description="What `proposal.approve` names; of `recall.confirm`, the `entry` to sign."
    )
    type: str = Field(
        examples=["recall.declare"],
        description="`recall.confirm` is no proposal: it is signed itself. Others are approved.",
    )
    recall: RecallId | None = Field(
        description="Of `recall.confirm`, the recall to name; null of proposals."
    )
    text: str = Field(description="What it is.")
    follows: str = Field(description="What follows from the second signature.")
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
