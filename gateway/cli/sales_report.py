"""What became of every row of a till's file: a list to read, and a CSV file to work through."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

import typer

from gateway.pos import WORDS, Allocation, Line, Reading, Told
from gateway.words import speaking

TOLD_MAX: Final = 200
LOTS_MAX: Final = 20
ROWS_NAMED_MAX: Final = 5


def show(reading: Reading, done: Allocation) -> None:
    """Print what is to be booked, each row that is not, and that all rows are accounted for."""
    told = [*done.refused, *done.hand]
    for one in told[:TOLD_MAX]:
        speaking.say(WORDS["report.row"], is_aside=True, row=one.row, **_facts(one))
    if len(told) > TOLD_MAX:
        speaking.say(WORDS["report.more"], is_aside=True, count=len(told) - TOLD_MAX)
    _show_passed(done)
    grams: Counter[str] = Counter()
    for sale in done.sales:
        grams[sale.lot] += sale.quantity_g
    for lot, quantity_g in grams.most_common(LOTS_MAX):
        typer.echo(f"{lot}  {quantity_g:>9,} g")
    if len(grams) > LOTS_MAX:
        speaking.say(WORDS["report.more_lots"], count=len(grams) - LOTS_MAX)
    new_g = sum(grams.values())
    speaking.say(WORDS["report.to_book"], sales=len(done.sales), grams=new_g)
    _show_sums(reading, done, new_g)


def _show_sums(reading: Reading, done: Allocation, new_g: int) -> None:
    """Print two sums: of all rows, and of the grams of lines that stand."""
    assert reading.rows == done.rows  # noqa: S101 - every row once, or the report would lie
    speaking.say(
        WORDS["report.rows"],
        rows=reading.rows,
        new=len(done.booked),
        before=len(done.before),
        hand=len(done.hand),
        refused=len(done.refused),
        passed=len(done.passed),
    )
    read_g, before_g = _grams(reading.lines), _grams(done.before)
    before_g += _grams(done.booked) - new_g  # of what was booked in part
    speaking.say(
        WORDS["report.grams"],
        grams=read_g,
        new_g=new_g,
        before_g=before_g,
        refused_g=read_g - new_g - before_g,
    )


def _grams(lines: tuple[Line, ...] | list[Line]) -> int:
    return sum(line.quantity_g for line in lines)


def _show_passed(done: Allocation) -> None:
    rows: dict[str, list[int]] = defaultdict(list)
    for one in done.passed:
        rows[one.say(speaking.language())].append(one.row)
    for why, there in rows.items():
        named = ", ".join(map(str, there[:ROWS_NAMED_MAX]))
        more = " …" if len(there) > ROWS_NAMED_MAX else ""
        speaking.say(WORDS["report.passed"], count=len(there), why=why, rows=named + more)


def _facts(one: Told) -> dict[str, object]:
    goods = one.goods.say()
    said = WORDS["report.goods"].say(speaking.language(), goods=goods) if goods else ""
    return {"why": one.say(speaking.language()), "goods": said}


def write_refused(path: Path, reading: Reading, done: Allocation) -> None:
    """Write the rows that a person has to look at: why, and the row as it stood in the file.

    The till's own headings stand after ours, so that the file can be imported once it is mended.
    """
    from gateway.typed import csv_cells  # noqa: PLC0415 - as in `gateway.cli.call_list`

    language = speaking.language()
    ours = [WORDS[f"report.heading.{name}"].say(language) for name in ("row", "why", "goods")]
    rows: list[tuple[str | int, ...]] = [
        (one.row, *map(_written, (one.say(language), one.goods.say(), *one.cells)))
        for one in (*done.refused, *done.hand)
    ]
    headings = [*ours, *map(_written, reading.headings)]
    path.write_bytes(csv_cells.write(headings, rows))
    speaking.say(WORDS["report.written"], is_aside=True, file=path)


def _written(cell: str) -> str:
    """Return a cell without what could not be decoded: a question mark stands for it."""
    return cell.encode("utf-8", "replace").decode()
