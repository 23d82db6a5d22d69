"""How one shop's till writes its file: column names, and what each item code stands for."""

import json
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.words import SaidError

_LOT = "[0-9A-HJKMNP-TV-Z]{20}"
_PARTY = "[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{11}"


class MappingError(SaidError):
    """The mapping's file can't be used; the message says where and why."""


class Item(BaseModel):
    """What the till sells under one code.

    Attributes:
        crop: The goods.
        owner: The farm's party; absent for the shop's own goods.
        unit: How it is sold.
        unit_g: Grams of one.
        lot: Set where the code stands for one lot alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    crop: str = Field(pattern="^[a-z][a-z0-9_-]{0,31}$")
    owner: str | None = Field(default=None, pattern=f"^{_PARTY}$")
    unit: str = "bag"
    unit_g: Annotated[int, Field(ge=1, le=1_000_000)]
    lot: str | None = Field(default=None, pattern=f"^{_LOT}$")


class PosMapping(BaseModel):
    """The columns of the file, by their headings, and the items.

    Attributes:
        till: Which till's file it is; with the receipt it names a line for ever.
        date: 2026-04-15, 2026/4/15, 20260415 or R8.4.15.
        receipt: The receipt's number.
        line: The line's number on the receipt; absent: lines are counted in the file's order.
        item: The item code.
        count: How many were sold; fewer than none is a return, which a person books.
        lot: A column with the lot's own code, for tills that read it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    till: str = Field(min_length=1, max_length=40)
    date: str
    receipt: str
    line: str | None = None
    item: str
    count: str
    lot: str | None = None
    items: dict[str, Item]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a mapping from its JSON file.

        Raises:
            MappingError: It can't be read, or something in it is wrong.
        """
        try:
            return cls.model_validate(json.loads(path.read_bytes()))
        except (OSError, ValueError) as error:
            if isinstance(error, ValidationError):
                faults = [
                    f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
                ]
                raise MappingError(f"{path}: {'; '.join(faults)}") from None
            raise MappingError(f"{path}: {error}") from None
