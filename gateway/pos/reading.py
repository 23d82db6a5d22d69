"""A till's file as lines sold; what can't be read is said row by row, and stops nothing else."""

from dataclasses import dataclass
from typing import Final

from gateway.pos.decoding import decode
from gateway.pos.entries import Entry, EntryReader
from gateway.pos.mapping import PosMapping
from gateway.pos.refusals import FileError, Told
from gateway.pos.settling import Line, by_row, settle
from gateway.pos.table import read_table
from gateway.typed import TownClock

FILE_BYTES_MAX: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file, every row of it once.

    Attributes:
        headings: As they stand in the file.
        rows: How many rows are not blank, without the headings.
        lines: What was sold.
        cancelled: Lines that were taken back: nothing to book, unless they were booked before.
        returned: Goods that came back: a person says what becomes of them.
        refused: Rows that are not understood, or contradict others.
        passed: Rows that are no entry: titles, totals, what cancels another.
    """

    headings: tuple[str, ...]
    rows: int
    lines: tuple[Line, ...]
    cancelled: tuple[Line, ...]
    returned: tuple[Line, ...]
    refused: tuple[Told, ...]
    passed: tuple[Told, ...]


def read_file(content: bytes, mapping: PosMapping, *, party: str, town: TownClock) -> Reading:
    """Read a file.

    Args:
        content: The file: UTF-8, UTF-16 or CP932, with or without a byte order mark; or EUC-JP,
            if the mapping says so.
        mapping: How to read it.
        party: The shop's, which a line's key is bound to.
        town: The town's clock: no line is of a day to come.

    Raises:
        FileError: It is no such file; nothing of it may be booked.
    """
    if len(content) > FILE_BYTES_MAX:
        raise FileError(1, "file.too_large", limit_mib=FILE_BYTES_MAX // 1024**2)
    table = read_table(decode(content, mapping.encoding), mapping.columns)
    reader = EntryReader(table, mapping, town)
    read = [reader.read(row) for row in table.rows]
    told = [one for one in read if isinstance(one, Told)]
    settled = settle([one for one in read if isinstance(one, Entry)], mapping, party=party)
    titles = [
        Told(row=row.number, kind=row.fault or "passed.titles", cells=row.cells)
        for row in table.titles
    ]
    every = [*titles, *told]
    return Reading(
        headings=table.headings,
        rows=len(table.titles) + len(table.rows),
        lines=_by_row(settled.lines),
        cancelled=_by_row(settled.cancelled),
        returned=_by_row(settled.returned),
        refused=tuple(by_row([*_of(every, "row"), *settled.refused])),
        passed=tuple(by_row([*_of(every, "passed"), *settled.passed])),
    )


def _by_row(lines: list[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: line.entry.row))


def _of(told: list[Told], family: str) -> list[Told]:
    return [one for one in told if one.kind.startswith(f"{family}.")]
