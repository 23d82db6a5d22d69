"""What an import of a till's file asks for: the stock, and which lines were booked before."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from gateway.api import schemas
from gateway.http.documented import responses
from gateway.http.models import Answer
from gateway.http.readers import DatabaseDep, RequiredReader
from gateway.lookups import selling

router = APIRouter(tags=["sales"])

RECEIPTS_MAX = 500

Receipt = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["9f86d081884c7d65" * 4])]


class SalesQuestion(BaseModel):
    """The lines that are about to be booked, by the hashes that their commands would carry."""

    model_config = ConfigDict(extra="forbid")

    receipts: Annotated[list[Receipt], Field(max_length=RECEIPTS_MAX)]


class SellableAnswer(Answer):
    """Grams of one lot that the reader's party may sell."""

    lot: schemas.LotId
    owner: schemas.Pseudonym
    crop: str
    harvested_at: schemas.Timestamp
    free_g: schemas.Grams


class BookedAnswer(Answer):
    """A sale on record for a line: as it was signed, and what its corrections have made of it."""

    command: schemas.CommandId
    lot: schemas.LotId
    owner: schemas.Pseudonym
    crop: str
    quantity_g: schemas.Grams
    stands_g: Annotated[
        int, Field(description="Grams that it says now; below 0 where a correction came twice.")
    ]


class SalesAnswer(Answer):
    """The stock, the oldest first, and what is on record as sold of each of the lines."""

    stock: list[SellableAnswer]
    booked: dict[Receipt, list[BookedAnswer]]


@router.post(
    "/sales/preparations",
    operation_id="prepare_sales",
    summary="One's own stock that may be sold, and what of receipt lines was booked already",
    response_model=SalesAnswer,
    responses=responses(400, 401, 403, 413, 422, 503),
)
async def prepare_sales(
    question: SalesQuestion, database: DatabaseDep, reader: RequiredReader
) -> Any:  # noqa: ANN401 - the model decides
    """Answer for the reader's party alone."""
    return {
        "stock": await database.read(selling.sellable, reader.party),
        "booked": await database.read(selling.booked, question.receipts, party=reader.party),
    }
