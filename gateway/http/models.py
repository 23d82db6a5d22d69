"""The shape of an answer, and of a problem (RFC 9457)."""

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """An answer; members that this reader may not see are absent, never null."""

    model_config = ConfigDict(frozen=True)


class ProblemErrors(Answer):
    """One thing wrong with a request."""

    where: str = Field(examples=["body.commands.0.jws"])
    what: str = Field(examples=["missing"])


class ProblemObject(Answer):
    """Every error: RFC 9457, with a stable code and how to put it right."""

    type: str = Field(description="Where the code is explained.", examples=["/problems/NOT_NFC"])
    status: int = Field(ge=400, le=599)
    title: str
    detail: str
    remedy: str = Field(description="How to put it right.")
    code: str = Field(examples=["NOT_NFC"])
    number: int = Field(ge=100, le=999, description="The same code, to read out on the telephone.")
    until: str | None = Field(
        default=None, description="Of ORGANISATION_SUSPENDED: the last day, the town's."
    )
    member: str | None = Field(default=None, description="The member of the command at fault.")
    index: int | None = Field(default=None, description="The command's place in the request.")
    errors: list[ProblemErrors] | None = None
    request: str | None = Field(default=None, description="The request's id, for the office.")
