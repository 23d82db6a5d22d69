"""How one shop's till writes its file: column names, and what each item code stands for.

`gateway/docs/tills.md` describes the file for those who write it; `minori sales map` makes one.
"""

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.pos import codes
from gateway.pos.decoding import Encoding
from gateway.pos.refusals import WORDS
from gateway.pos.table import heading
from gateway.town.catalogue import PACK_UNITS
from gateway.words import SaidError
from gateway.words.wrong_values import told_of

WEIGHED_G: Final = {"g": 1, "kg": 1_000}
"""Units of what is sold by weight, in grams."""

_LOT = "[0-9A-HJKMNP-TV-Z]{20}"
CROP: Final = re.compile("[a-z][a-z0-9_-]{0,31}")
PARTY: Final = re.compile("[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{11}")
_BY_SLIP: Final = {slip: unit for unit, slip in PACK_UNITS.items()}

Heading = Annotated[str, Field(min_length=1, max_length=200)]


class MappingError(SaidError):
    """The mapping's file can't be used; the message says where and why."""


class UnclearError(SaidError, ValueError):
    """Members of a mapping don't go together."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Item(_Model):
    """What the till sells under one code.

    Attributes:
        crop: The goods: the town's code, or in a file written by hand their name.
        owner: The farm's party, or its code or name; absent for the shop's own goods.
        unit: How it is sold: one of `PACK_UNITS`, or `kg` or `g` if by weight.
        unit_g: Grams of one; absent if it is sold by weight.
        lot: Set where the code stands for one lot alone.
        name: What people call the goods, for messages alone.
        farm: What people call the farm, for messages alone.
    """

    crop: str = Field(min_length=1, max_length=80)
    owner: str | None = Field(default=None, min_length=1, max_length=80)
    unit: str = "bag"
    unit_g: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    lot: str | None = Field(default=None, pattern=f"^{_LOT}$")
    name: str = Field(default="", max_length=80)
    farm: str = Field(default="", max_length=80)

    @model_validator(mode="before")
    @classmethod
    def _named_by_slip(cls, values: object) -> object:
        """Take 袋 for bag."""
        if isinstance(values, dict) and values.get("unit") in _BY_SLIP:
            return values | {"unit": _BY_SLIP[values["unit"]]}
        return values

    @model_validator(mode="after")
    def _has_grams(self) -> Self:
        if self.unit not in PACK_UNITS and self.unit not in WEIGHED_G:
            known = ", ".join((*_BY_SLIP, *PACK_UNITS, *WEIGHED_G))
            raise UnclearError(WORDS["mapping.unit"], unit=self.unit, known=known)
        if (self.unit in WEIGHED_G) is (self.unit_g is not None):
            raise UnclearError(WORDS["mapping.unit_g"])
        return self

    @property
    def is_weighed(self) -> bool:
        """Whether it is sold by weight."""
        return self.unit in WEIGHED_G


class KindColumn(_Model):
    """A column that says whether a row is a sale, was cancelled, or is a return.

    Attributes:
        column: Its heading.
        sale: What stands in it for a sale.
        void: What stands in it where the sale was cancelled.
        returned: `return` in the file: what stands in it where goods came back.
    """

    column: Heading
    sale: tuple[str, ...] = ("", "0")
    void: tuple[str, ...] = ()
    returned: tuple[str, ...] = Field(default=(), alias="return")

    @model_validator(mode="after")
    def _is_clear(self) -> Self:
        words = [heading(word) for word in (*self.sale, *self.void, *self.returned)]
        if len({*words}) < len(words):
            raise UnclearError(WORDS["mapping.kinds"], column=self.column)
        return self

    def kind_of(self, cell: str) -> Literal["sale", "void", "return"] | None:
        """Return what a cell says, `None` if nobody has said what it means."""
        if heading(cell) in map(heading, self.void):
            return "void"
        if heading(cell) in map(heading, self.returned):
            return "return"
        return "sale" if heading(cell) in map(heading, self.sale) else None


class PosMapping(_Model):
    """The columns of the file, by their headings, and the items.

    Attributes:
        till: Which till's file it is; with the receipt it names a line for ever.
        encoding: Which encoding the file is in, where that can't be told from it.
        date: 2026-04-15, 2026/4/15 10:23, 20260415, 令和8年4月15日.
        receipt: The receipt's number; absent for a till that writes sums of the day by item.
        line: The line's number on the receipt, where the till writes one.
        item: The item code.
        count: How many were sold; of what is sold by weight, how much, unless `mass` is given.
        mass: How much was sold of what is sold by weight.
        lot: A column with the lot's own number, for tills that read it.
        register: The register's number, where one file has several with receipts of their own.
        original: The number of the receipt that a cancellation or return is about.
        name: What the till calls the goods, for messages alone.
        identical: Rows alike in all of this, without a line number: `count` if each is a sale,
            `once` if the till writes a row twice; absent: refused.
        kinds: Columns that tell of cancellations and returns.
        ignored: Codes of what is not the ledger's, such as bags and eggs.
        items: What the other codes stand for.
    """

    till: str = Field(min_length=1, max_length=40)
    encoding: Encoding | None = None
    date: Heading
    receipt: Heading | None = None
    line: Heading | None = None
    item: Heading
    count: Heading
    mass: Heading | None = None
    lot: Heading | None = None
    register_column: Heading | None = Field(default=None, alias="register")
    original: Heading | None = None
    name: Heading | None = None
    identical: Literal["count", "once"] | None = None
    kinds: tuple[KindColumn, ...] = ()
    ignored: tuple[str, ...] = ()
    items: dict[str, Item] = {}

    @model_validator(mode="after")
    def _is_clear(self) -> Self:
        if self.line and not self.receipt:
            raise UnclearError(WORDS["mapping.line"])
        known: dict[str, str] = {}
        for written in (*self.items, *self.ignored):
            if codes.is_shortened(written):
                raise UnclearError(WORDS["mapping.shortened"], code=written)
            code = codes.code(written)
            if not code or code in known:
                raise UnclearError(
                    WORDS["mapping.same_code"], code=written, other=known.get(code, "")
                )
            known[code] = written
        return self

    @cached_property
    def by_code(self) -> dict[str, Item | None]:
        """The items by their codes as `codes.code` writes them; `None`: not the ledger's."""
        known: dict[str, Item | None] = {codes.code(code): None for code in self.ignored}
        return known | {codes.code(code): item for code, item in self.items.items()}

    @property
    def columns(self) -> list[str]:
        """The headings that a file must have."""
        single = (self.date, self.receipt, self.line, self.item, self.count, self.mass, self.lot)
        more = (self.register_column, self.original, self.name)
        return [one for one in (*single, *more, *(kind.column for kind in self.kinds)) if one]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a mapping from its JSON file.

        Raises:
            MappingError: Something in it is wrong.
            OSError: It can't be read.
        """
        try:
            return cls.model_validate(_json(path.read_bytes()))
        except ValueError as error:
            what = told_of(error)
        raise MappingError(WORDS["mapping.unusable"], file=path, why=what)

    def save(self, path: Path) -> None:
        """Write it for the next time."""
        content = self.model_dump(by_alias=True, exclude_defaults=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _json(content: bytes) -> object:
    """Read JSON in which no name stands twice: the first of two items would be lost."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        named = dict(pairs)
        if len(named) < len(pairs):
            twice = next(name for name, _ in pairs if [one for one, _ in pairs].count(name) > 1)
            raise UnclearError(WORDS["mapping.twice"], name=twice)
        return named

    parsed: object = json.loads(content.decode("utf-8-sig"), object_pairs_hook=once)
    return parsed
