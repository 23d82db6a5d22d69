"""Whether an invitation is still good: asked by whoever has it, before they make a key."""

from typing import Annotated, Any, Final, Literal, get_args

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chaincode.base import shapes
from gateway.http.documented import responses
from gateway.http.models import Answer
from gateway.http.readers import DatabaseDep
from gateway.lookups.invitations import is_used

_PSEUDONYM: Final = str(get_args(shapes.PseudonymId)[1].schema()["pattern"])

router = APIRouter(prefix="/invitations", tags=["sessions"])


class InvitationRequest(BaseModel):
    """Which invitation; nobody can guess its nonce."""

    model_config = ConfigDict(extra="forbid")

    actor: Annotated[str, Field(pattern=_PSEUDONYM, examples=["Q4M9X2B0KTD7"])]
    nonce: Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["0" * 32])]


class InvitationAnswer(Answer):
    """What became of it."""

    state: Literal["open", "used"] = Field(description="`used`: a key was enrolled by it.")


@router.post(
    "",
    operation_id="ask_invitation",
    summary="Whether an invitation was used",
    response_model=InvitationAnswer,
    responses=responses(403, 413, 415, 422, 503),
)
async def ask_invitation(body: InvitationRequest, database: DatabaseDep) -> Any:  # noqa: ANN401
    """Return whether a key of that person was enrolled by it; of an unknown one, that none was."""
    used = await database.read(is_used, actor=body.actor, nonce=body.nonce)
    return {"state": "used" if used else "open"}
