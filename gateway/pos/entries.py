"""One row of a till's file as an entry: what was sold, cancelled or brought back, on which receipt.

What a row says is read here; what rows mean to each other (`gateway.pos.settling`) is not.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from gateway.pos import amounts, codes
from gateway.pos.mapping import Item, PosMapping
from gateway.pos.refusals import CellRefusedError, Goods, Told
from gateway.pos.table import Row, Table, shown
from gateway.typed import TownClock, lot_numbers
from gateway.typed.characters import plain

Kind = Literal["sale", "void", "return"]

_TOTALS_JA: Final = "合計 総合計 総計 小計 計 日計 累計 合計金額 税込合計"
_TOTALS: Final = frozenset((*_TOTALS_JA.split(), "total", "grandtotal", "subtotal", "sum"))
_BREAK: Final = re.compile("[\t\r\n]")
_NUMBER: Final = re.compile(r"[\w ./:#*()-]+")  # of a receipt or line: nothing that parts cells
_AROUND: Final = ":【】[]()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a row says.

    Attributes:
        row: As a spreadsheet counts them, from 1.
        kind: Whether it is a sale, one that was cancelled, or goods that came back.
        is_negative: Whether it was written as fewer than none.
        day: ISO date.
        register: Empty where the file has no column for it.
        receipt: Its number as `codes.code` writes it; empty in a file of sums of the day.
        line: Its number on the receipt; empty where the file has none.
        original: Of which receipt it takes back; empty where the file doesn't say.
        code: The item code as `codes.code` writes it.
        count: Of what is sold by piece.
        quantity_g: Grams, more than none.
        lot: Where the file or the mapping knows it.
    """

    row: int
    kind: Kind
    is_negative: bool
    day: str
    register: str
    receipt: str
    line: str
    original: str
    code: str
    item: Item
    count: int | None
    quantity_g: int
    lot: str | None
    goods: Goods
    cells: tuple[str, ...]

    @property
    def content(self) -> tuple[str, ...]:
        """What it says of goods: a row that says the same may be the same."""
        amount = f"{self.quantity_g}g" if self.count is None else str(self.count)
        return (self.code, amount, self.lot or "")

    @property
    def place(self) -> tuple[str, ...]:
        """Where it was sold: which receipt of which register on which day."""
        return (self.register, self.day, self.receipt)

    def told(self, kind: str, **facts: object) -> Told:
        """Return that no command is signed for it, and why."""
        return Told(row=self.row, kind=kind, goods=self.goods, facts=facts, cells=self.cells)


class EntryReader:
    """Reads the rows of one table by its mapping."""

    def __init__(self, table: Table, mapping: PosMapping, town: TownClock) -> None:
        self._table, self._mapping, self._town = table, mapping, town
        self._places = {name: table.place(name) for name in mapping.columns}

    def read(self, row: Row) -> Entry | Told:
        """Return what a row says, or why it says nothing."""
        passed = self._passed(row)
        if passed is not None:
            return Told(row=row.number, kind=passed, cells=row.cells)
        headings = len(self._table.headings)
        if row.fault or len(row.cells) != headings:
            facts: dict[str, object] = {"cells": len(row.cells), "headings": headings}
            kind = row.fault or "row.cells"
            return Told(row=row.number, kind=kind, facts=facts, cells=row.cells)
        goods = self._goods(row)
        try:
            self._check_lines(row)
            return self._entry(row, goods)
        except CellRefusedError as error:
            return Told(
                row=row.number, kind=error.kind, goods=goods, facts=error.facts, cells=row.cells
            )

    def _passed(self, row: Row) -> str | None:
        """Return why a row is no entry of anything, `None` if it is one."""
        if row.fault:
            return None
        if self._table.is_headings(row):
            return "passed.headings"
        if self._is_total(row):
            return "passed.total"
        known = self._mapping.by_code
        code = codes.code(self._cell(row, self._mapping.item))
        is_whole = len(row.cells) == len(self._table.headings)
        return "passed.ignored" if is_whole and code in known and known[code] is None else None

    def _is_total(self, row: Row) -> bool:
        """Whether a row sums others up: it says so, and names neither an item nor a receipt."""

        def is_empty_or_total(name: str | None) -> bool:
            text = _word(self._cell(row, name))
            return not text or text in _TOTALS

        is_said = not _TOTALS.isdisjoint(map(_word, row.cells))
        return (
            is_said
            and is_empty_or_total(self._mapping.item)
            and is_empty_or_total(self._mapping.receipt)
        )

    def _cell(self, row: Row, name: str | None) -> str:
        place = self._places[name] if name else -1
        return row.cells[place] if 0 <= place < len(row.cells) else ""

    def _goods(self, row: Row) -> Goods:
        text = self._cell(row, self._mapping.item)
        item = self._mapping.by_code.get(codes.code(text))
        name = plain(self._cell(row, self._mapping.name))
        if item is None:
            return Goods(code=shown(text), name=shown(name))
        return Goods(
            code=shown(text),
            name=item.name or shown(name) or item.crop,
            farm=item.farm or item.owner or "",
        )

    def _check_lines(self, row: Row) -> None:
        """Refuse a row of which a cell that is read runs over lines or columns."""
        for name, place in self._places.items():
            if name != self._mapping.name and _BREAK.search(row.cells[place]):
                raise CellRefusedError("row.broken_cell", column=name)

    def _entry(self, row: Row, goods: Goods) -> Entry:
        mapping = self._mapping

        def cell(name: str | None) -> str:
            return self._cell(row, name)

        day = amounts.day(cell(mapping.date), self._town)
        receipt = _number(cell(mapping.receipt), "row.no_receipt") if mapping.receipt else ""
        line = _number(cell(mapping.line), "row.no_line") if mapping.line else ""
        code = codes.code(cell(mapping.item))
        item = self._item(cell(mapping.item), code)
        kind = self._kind(cell)
        count, quantity_g = _amount(item, mapping, cell)
        return Entry(
            row=row.number,
            kind=kind,
            is_negative=quantity_g < 0,
            day=day.isoformat(),
            register=codes.code(cell(mapping.register_column)),
            receipt=receipt,
            line=line,
            original=codes.code(cell(mapping.original)),
            code=code,
            item=item,
            count=None if count is None else abs(count),
            quantity_g=abs(quantity_g),
            lot=_lot(cell(mapping.lot)) or item.lot,
            goods=goods,
            cells=row.cells,
        )

    def _item(self, text: str, code: str) -> Item:
        if not code:
            raise CellRefusedError("row.no_item")
        item = self._mapping.by_code.get(code)
        if item is not None:
            return item
        if codes.is_shortened(text):
            raise CellRefusedError("row.shortened", typed=shown(text))
        wrong = codes.has_wrong_check_digit(text)
        raise CellRefusedError(
            "row.check_digit" if wrong else "row.unknown_item", typed=shown(text)
        )

    def _kind(self, cell: Callable[[str], str]) -> Kind:
        kinds: set[Kind] = set()
        for column in self._mapping.kinds:
            text = cell(column.column)
            kind = column.kind_of(text)
            if kind is None:
                raise CellRefusedError("row.kind", column=column.column, typed=shown(text))
            kinds.add(kind)
        # A return that was cancelled is nothing; the goods stayed with the customer.
        return "void" if "void" in kinds else "return" if "return" in kinds else "sale"


def _word(cell: str) -> str:
    return plain(cell).casefold().replace(" ", "").strip(_AROUND)


def _number(text: str, missing: str) -> str:
    if codes.is_shortened(text):
        raise CellRefusedError("row.shortened", typed=shown(text))
    number = codes.code(text)
    if not number:
        raise CellRefusedError(missing)
    if not _NUMBER.fullmatch(number):
        raise CellRefusedError("row.number", typed=shown(text))
    return number


def _amount(item: Item, mapping: PosMapping, cell: Callable[[str], str]) -> tuple[int | None, int]:
    """Return pieces, `None` of what is weighed, and grams."""
    if item.unit_g is None:
        return None, amounts.mass_g(cell(mapping.mass or mapping.count), item)
    pieces = amounts.count(cell(mapping.count))
    return pieces, pieces * item.unit_g


def _lot(text: str) -> str | None:
    if not plain(text):
        return None
    try:
        return lot_numbers.read(text).lot
    except lot_numbers.NumberError:
        raise CellRefusedError("row.lot", typed=shown(text)) from None
