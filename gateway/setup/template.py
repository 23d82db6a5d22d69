"""Workbooks that this project writes: the empty template, and a filled one (the demo's).

Each heading cell has the Japanese name and the English one below it; cells with few answers get a
drop-down, references one of the codes in the other sheet. The example's row begins with 例: and is
never read.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.setup.schema import SHEETS
from gateway.setup.sheets import Column, Sheet

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

ROWS_WITH_HELP: Final = 5_000  # that get drop-downs
WIDTH: Final = 18
PROMPT_CHARACTERS_MAX: Final = 255  # what Excel takes
EXAMPLE: Final = "例: "

Rows = Mapping[str, Sequence[Mapping[str, str | int]]]


def write_template(path: Path) -> None:
    """Write an empty workbook with headings, drop-downs, a sheet of help, and one example each."""
    book = _new()
    _write_help(book)
    for sheet in SHEETS:
        page = _write_sheet(book, sheet, [])
        for place, column in enumerate(sheet.columns, start=1):
            mark = EXAMPLE if place == 1 else ""
            cell = page.cell(row=2, column=place, value=f"{mark}{column.example}")
            cell.style = "Explanatory Text"
    book.save(path)


def write_filled(path: Path, rows: Rows) -> None:
    """Write a workbook with rows, by the sheet's key and the column's."""
    book = _new()
    for sheet in SHEETS:
        _write_sheet(book, sheet, rows.get(sheet.key, ()))
    book.save(path)


def _new() -> "Workbook":
    from openpyxl import Workbook  # noqa: PLC0415 - a third of a second to import

    book = Workbook()
    for page in book.worksheets:
        book.remove(page)
    return book


def _write_sheet(
    book: "Workbook", sheet: Sheet, rows: Iterable[Mapping[str, str | int]]
) -> "Worksheet":
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - see above

    page: Worksheet = book.create_sheet(f"{sheet.ja} {sheet.en}")
    page.freeze_panes = "B2"
    for place, column in enumerate(sheet.columns, start=1):
        head = page.cell(row=1, column=place, value=f"{column.ja}\n{column.en}")
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="top")
        colour = "FFE8F0D8" if column.required else "FFF4F4F0"
        head.fill = PatternFill("solid", start_color=colour)
        page.column_dimensions[head.column_letter].width = WIDTH
        if column.is_text:  # or a telephone number loses its 0, and 4-1 becomes a date
            page.column_dimensions[head.column_letter].number_format = "@"
        _add_answers(page, place, column)
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(sheet.columns, start=1):
            page.cell(row=number, column=place, value=row.get(column.key))
    return page


def _add_answers(page: "Worksheet", place: int, column: Column) -> None:
    """Offer the answers of a column in a drop-down.

    Other answers stay possible for references, and where several may stand in a cell.
    """
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see above
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - see above

    if column.choices:
        formula = '"' + ",".join(column.choices.values()) + '"'
    elif column.refers:
        there = next(sheet for sheet in SHEETS if sheet.key == column.refers)
        formula = f"'{there.ja} {there.en}'!$A$2:$A${ROWS_WITH_HELP}"
    else:
        return
    offered = DataValidation(type="list", formula1=formula, allow_blank=True)
    offered.showErrorMessage = column.choices is not None and not column.is_list
    if column.is_list:
        offered.promptTitle, offered.prompt = column.ja, column.note[0][:PROMPT_CHARACTERS_MAX]
        offered.showInputMessage = True
    letter = get_column_letter(place)
    offered.add(f"{letter}2:{letter}{ROWS_WITH_HELP}")
    page.add_data_validation(offered)


def _write_help(book: "Workbook") -> None:
    from openpyxl.styles import Font  # noqa: PLC0415 - see above

    page = book.create_sheet("説明 help")
    lines: list[tuple[str, ...]] = [
        ("みのりの町をつくるブック", "The workbook that sets up a town"),
        (
            "緑の見出しは必ず書く列です。列の順は自由、知らない列は読みません",
            "green headings are required; columns may stand in any order, others are not read",
        ),
        (
            "「例:」で始まる行は読みません。名前や電話番号は台帳に書きません",
            "rows that begin with 例: are not read; no name or telephone number reaches the ledger",
        ),
        (
            "何度でも当てられます。足した行だけが登録されます",
            "apply it as often as you like: only what is new is entered",
        ),
        (),
        ("シート sheet", "列 column", "必須 required", "例 example", "説明", "note"),
    ]
    for sheet in SHEETS:
        lines.append((f"{sheet.ja} {sheet.en}", "", "", "", *sheet.note))
        lines += [
            (
                "",
                f"{column.ja} {column.en}",
                "○" if column.required else "",
                str(column.example),
                *column.note,
            )
            for column in sheet.columns
        ]
    for number, line in enumerate(lines, start=1):
        for place, text in enumerate(line, start=1):
            page.cell(row=number, column=place, value=text)
    page["A1"].font = Font(bold=True, size=14)
    for letter in "ABCDEF":
        page.column_dimensions[letter].width = 2 * WIDTH
