"""What offices really have in their sheets, read as they mean it."""

import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from gateway.setup import values
from gateway.setup.checking import check
from gateway.setup.faults import CellError
from gateway.setup.reading import read_workbook
from gateway.setup.schema import PACKINGS, PARTIES, PEOPLE, PLOTS, SHEETS
from gateway.setup.template import write_template
from tests.gateway.setup.workbooks import TODAY, page, read, save, town, wide


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (datetime(2026, 4, 1, 9, 30), "2026-04-01"),  # noqa: DTZ001 - as Excel has it
        (date(2026, 4, 1), "2026-04-01"),
        ("2026-04-01", "2026-04-01"),
        ("2026/4/1", "2026-04-01"),
        (wide("2026/4/1"), "2026-04-01"),
        ("2026年4月1日", "2026-04-01"),
        ("令和8年4月1日", "2026-04-01"),
        (f"令和{wide('8')}年{wide('4')}月{wide('1')}日", "2026-04-01"),
        ("令和 8年 4月 1日", "2026-04-01"),
        ("令和元年5月1日", "2019-05-01"),
        ("R8.4.1", "2026-04-01"),
        ("r8/4/1", "2026-04-01"),
        ("H31.4.30", "2019-04-30"),
        ("\u337b8年4月1日", "1996-04-01"),  # the squared 平成; out of range, see below
        (46_113, "2026-04-01"),  # Excel's own count of days, in a cell for numbers
        (46_113.0, "2026-04-01"),
        (20_260_401, "2026-04-01"),
    ],
)
def test_a_date_is_read(cell, expected):
    if expected < "2000":
        with pytest.raises(CellError):
            values.day(cell)
    else:
        assert values.day(cell) == expected


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("10a", "", 1_000),
        (f"{wide('10')}a", "", 1_000),
        ("10アール", "", 1_000),
        ("10ｱｰﾙ", "", 1_000),
        ("\u33030.5", None, None),
        ("0.3ha", "", 3_000),
        ("-5", None, None),
        (-5, None, None),
        ("0", None, None),
        (f"{wide('-5')}a", None, None),
        ("△5a", None, None),
        ("5-a", None, None),
        ("1反", "", 992),
        ("1反5畝", "", 1_488),
        ("1町2反", "", 11_901),
        ("300坪", "", 992),
        ("1,000\u33a1", "", 1_000),  # the squared m2
        ("1000m\u00b2", "", 1_000),
        ("1500平米", "", 1_500),
        (12, "a", 1_200),
        (12.5, "a", 1_250),
        ("12", "反", 11_901),
    ],
)
def test_an_area_is_read(text, unit, expected):
    if expected is None:
        with pytest.raises(CellError):
            values.area_text(text)
    else:
        assert values.area_m2(values.area_text(text), unit) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (500, 500),
        (500.0, 500),
        ("500", 500),
        (wide("500g"), 500),
        ("1.5kg", 1_500),
        ("1,500", 1_500),
        ("2 キロ", 2_000),
        ("15 KG", 15_000),
    ],
)
def test_a_mass_is_read(cell, expected):
    assert values.grams(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("ﾐﾉﾘ農園", "ミノリ農園"),
        ("ﾊﾞﾅﾅ園", "バナナ園"),
        ("か\u3099んばり農園", "がんばり農園"),  # as macOS types it
        ("髙﨑\u3000実", "髙﨑 実"),
        ("山田\n太郎", "山田 太郎"),
        ("\u795e社前", "\u795e社前"),
        ("\ufa19社前", "\ufa19社前"),  # the other 神 stays what it is
        ("㈱みのり①", "㈱みのり①"),
        ("有限会社Ａ", "有限会社Ａ"),
        (123, "123"),
        (123.0, "123"),
        ("1234-5678-9012", "1234-5678-9012"),  # 12 digits, and no My Number
        ("0985-00-1234 内線5678", "0985-00-1234 内線5678"),
    ],
)
def test_a_name_stays_as_it_was_written(cell, expected):
    assert values.name(cell) == expected


@pytest.mark.parametrize(
    "text", ["0985\u221200\u22121234", "0985\u30fc00\u30fc1234", "0985\uff0d00\uff0d1234"]
)
def test_every_dash_of_old_code_pages_is_a_hyphen_between_digits(text):
    assert values.phone(text) == "0985-00-1234"


def test_a_code_that_is_a_number_in_excel_is_its_digits():
    assert [values.code(one) for one in (1, 1.0, "1", wide("1"))] == ["1"] * 4


def test_a_reading_is_in_hiragana():
    assert [values.reading(one) for one in ("ﾀｶｻｷ", "タカサキ", "たかさき")] == ["たかさき"] * 3


def test_the_second_town_has_no_fault(tmp_path):
    reading = read(tmp_path, town())
    assert check(reading, today=TODAY) == []
    assert reading.passed_over == []


def test_columns_stand_in_any_order_under_any_of_their_headings(tmp_path):
    book = Workbook()
    book.remove(book.active)
    for sheet in reversed(SHEETS):
        there = book.create_sheet(sheet.en.upper() if sheet.key != "people" else "　人　")
        columns = list(reversed(sheet.columns))
        there.append([sheet.ja + "の一覧"])
        there.append([])
        there.append([column.en.title() if column.en != "from" else "開始日" for column in columns])
        for row in town().get(sheet.key, []):
            there.append([row.get(column.key) for column in columns])
            there.append([None, "  ", None])
    path = tmp_path / "other.xlsx"
    book.save(path)
    other, same = read_workbook(path), read(tmp_path, town())
    assert check(other, today=TODAY) == []
    for sheet in SHEETS:
        theirs = [strip(row) for row in getattr(other.book, sheet.key)]
        assert theirs == [strip(row) for row in getattr(same.book, sheet.key)]


def strip(row):
    return {name: getattr(row, name) for name in type(row).__slots__ if name != "row"}


def test_unknown_sheets_and_columns_are_passed_over_and_said(tmp_path):
    def change(book):
        book.create_sheet("メモ").append(["あとで直す"])
        book[page(PARTIES)].cell(row=1, column=9, value="備考")

    assert read(tmp_path, town(), change).passed_over == [f"{page(PARTIES)}: 備考", "メモ"]


def test_a_merged_cell_holds_for_each_of_its_rows(tmp_path):
    rows = town()
    rows["packings"] += [
        {"unit": "箱", "grams": 5_000, "since": "2026-04-01"},
        {"unit": "束", "grams": 300, "since": "2026-04-01"},
    ]

    def change(book):
        book[page(PACKINGS)].merge_cells("A2:A4")

    reading = read(tmp_path, rows, change)
    assert check(reading, today=TODAY) == []
    assert [row.crop for row in reading.book.packings] == ["rakkyo"] * 3


def test_headings_merged_over_two_rows_are_no_row(tmp_path):
    def change(book):
        there = book[page(PARTIES)]
        there.insert_rows(2)
        for letter in "ABCDEFG":
            there.merge_cells(f"{letter}1:{letter}2")

    assert check(read(tmp_path, town(), change), today=TODAY) == []


def test_a_formula_counts_by_its_saved_result(tmp_path):
    def change(book):
        book[page(PLOTS)]["E3"] = "=5+5"

    path = save(tmp_path / "town.xlsx", town(), change)
    # As Excel saves it: the formula and its result. openpyxl writes the first only.
    saved = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(saved, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            content = content.replace(b"<f>5+5</f><v></v>", b"<f>5+5</f><v>10</v>")
            content = content.replace(b"<f>5+5</f><v />", b"<f>5+5</f><v>10</v>")
            new.writestr(entry, content)
    reading = read_workbook(saved)
    assert check(reading, today=TODAY) == []
    assert reading.book.plots[1].area == "10"


def test_excel_dates_of_both_kinds(tmp_path):
    def change(book):
        there = book[page(PEOPLE)]
        there["F8"] = datetime(2018, 4, 1)  # noqa: DTZ001 - as Excel has it
        there["F9"] = 46_113

    people = read(tmp_path, town(), change).book.people
    assert [row.since for row in people[6:8]] == ["2018-04-01", "2026-04-01"]


def test_ten_thousand_farms_are_read(tmp_path):
    rows = town()
    rows["parties"] += [
        {"code": f"X{number}", "organisation": "nokyo", "kind": "農園", "name": f"農園{number}"}
        for number in range(10_000)
    ]
    rows["people"] += [
        {
            "code": f"Y{number}",
            "party": f"X{number}",
            "name": "人",
            "role": "生産者",
            "since": "令和8年4月1日",
        }
        for number in range(10_000)
    ]
    reading = read(tmp_path, rows)
    assert check(reading, today=TODAY) == []
    assert len(reading.book.people) == len(rows["people"])


def test_the_template_is_read_and_its_examples_are_not(tmp_path):
    path = tmp_path / "template.xlsx"
    write_template(path)
    reading = read_workbook(path)
    assert reading.faults == []
    assert reading.passed_over == []
    assert all(getattr(reading.book, sheet.key) == () for sheet in SHEETS)


def test_the_examples_of_the_template_are_right(tmp_path):
    path = tmp_path / "template.xlsx"
    write_template(path)
    book = load_workbook(path)
    for sheet in SHEETS:
        first = book[page(sheet)].cell(row=2, column=1)
        first.value = str(first.value).removeprefix("例: ")
    book.save(path)
    reading = read_workbook(path)
    assert reading.faults == []
    assert all(len(getattr(reading.book, sheet.key)) == 1 for sheet in SHEETS)


def test_the_template_offers_answers(tmp_path):
    path = tmp_path / "template.xlsx"
    write_template(path)
    there = load_workbook(path)[page(PARTIES)]
    offered = {one.formula1 for one in there.data_validations.dataValidation}
    assert '"はい,いいえ"' in offered
    assert "'団体 organisations'!$A$2:$A$5000" in offered
    for sheet in SHEETS:
        for column in sheet.columns:
            assert len(",".join((column.choices or {}).values())) <= 253  # what Excel takes
