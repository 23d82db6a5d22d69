"""The shapes of answers about plausibility, as OpenAPI shows them."""

from typing import Annotated

from pydantic import Field

from gateway.api.schemas import CommandId, Pseudonym, Timestamp
from gateway.http.models import Answer
from gateway.plausibility import FlagCode

Figures = Annotated[
    dict[str, int | str],
    Field(
        description="What was compared with what; the unit ends each name.",
        examples=[{"gone_g": 9_000, "lot_g": 20_000, "limit_percent": 40}],
    ),
]


class FlagAnswer(Answer):
    """Something that is not plausible, and may well be true."""

    code: FlagCode = Field(examples=["LOSS_LARGE"])
    text: str = Field(
        description="What was compared with what, and what may explain it.",
        examples=[
            "9 kg discarded or missing, of a lot of 20 kg. It is not necessarily wrong: …",
        ],
    )
    subject: str = Field(
        description="The record that it is about: kind and id.",
        examples=["lot/5T2W8YK0M3R7B1XNQ4HD"],
    )
    party: Pseudonym = Field(description="Whose entry made it so.")
    party_name: str | None
    entry: CommandId = Field(description="The entry that made it so.")
    at: Timestamp = Field(description="When the ledger took that entry.")
    figures: Figures


class FlagsAnswer(Answer):
    """A page of flags, those of the newest entries first; it may be short, and have a next."""

    flags: list[FlagAnswer]
    next: str | None = Field(description="`cursor` of the next page; null at the end.")
