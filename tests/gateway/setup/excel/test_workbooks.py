"""Workbooks as Excel, LibreOffice and others really write them, read as Excel shows them."""

import random
import zipfile

import pytest
from openpyxl import load_workbook

from gateway.setup.excel import sheet
from gateway.setup.faults import FaultKind
from gateway.setup.reading import read_workbook
from gateway.setup.schema import PARTIES, PEOPLE, PLOTS
from gateway.setup.template import write_template
from tests.gateway.setup.excel.handwritten import Book, add_town, number, text
from tests.gateway.setup.workbooks import faults, page, read, town, wide

K = FaultKind


def town_with(tmp_path, replaced=None, *, rows=None, options=None, **book):
    """Return what is read of a town whose cells are replaced by their own XML."""
    written = add_town(Book(**book), rows or town(), replaced=replaced, options=options)
    return read_workbook(written.save(tmp_path / "town.xlsx"))


@pytest.mark.parametrize("is_strict", [False, True])
def test_a_workbook_of_either_family_is_read(tmp_path, is_strict):
    same = read(tmp_path, town()).book
    assert town_with(tmp_path, is_strict=is_strict).book == same


# What stands in a cell for text, as XML with `@@` for its place, and the fault that it is.
NOT_TEXT = [
    ('<c r="@@" s="1"><v>46113</v></c>', K.DATE_NOT_TEXT),
    ('<c r="@@" s="2"><v>46113</v></c>', K.DATE_NOT_TEXT),
    ('<c r="@@" s="3"><v>46113</v></c>', K.DATE_NOT_TEXT),
    ('<c r="@@" s="4"><v>0.5</v></c>', K.DATE_NOT_TEXT),
    ('<c r="@@" s="5"><v>1.5</v></c>', K.DATE_NOT_TEXT),
    ('<c r="@@" t="d"><v>2026-04-01T00:00:00</v></c>', K.DATE_NOT_TEXT),
    ('<c r="@@" t="b"><v>1</v></c>', K.TRUTH_NOT_TEXT),
    ('<c r="@@" t="b"><v>0</v></c>', K.TRUTH_NOT_TEXT),
    ('<c r="@@" t="b"><f>TRUE()</f><v>1</v></c>', K.TRUTH_NOT_TEXT),
    ('<c r="@@" t="e"><v>#N/A</v></c>', K.FORMULA_BROKEN),
    ('<c r="@@" t="e"><f>1/0</f><v>#DIV/0!</v></c>', K.FORMULA_BROKEN),
    ('<c r="@@"><f>A1</f></c>', K.FORMULA_NOT_CALCULATED),
    ('<c r="@@"><f>A1</f><v></v></c>', K.FORMULA_NOT_CALCULATED),
    ('<c r="@@"><f>A1</f><v/></c>', K.FORMULA_NOT_CALCULATED),
    ('<c r="@@"><v>123456789012</v></c>', K.NUMBER_SHOWN_OTHERWISE),
    ('<c r="@@"><v>1.23456789012346E+15</v></c>', K.NUMBER_SHOWN_OTHERWISE),
    ('<c r="@@" s="6"><v>1.23456789012346E+15</v></c>', K.NUMBER_NOT_TEXT),
    ('<c r="@@" s="6"><v>1.5</v></c>', K.NUMBER_SHOWN_OTHERWISE),
    ('<c r="@@" s="7"><v>1234</v></c>', K.NUMBER_SHOWN_OTHERWISE),
    ('<c r="@@" s="8"><v>12</v></c>', K.NUMBER_SHOWN_OTHERWISE),
]  # fmt: skip
FORMATS = [14, 31, '[$-411]ggge"年"m"月"d"日"', 20, "[h]:mm", "0", "0.00E+00", ";;;"]
TEXT_CELLS = [
    ("parties", 4, "code"),
    ("parties", 4, "name"),
    ("parties", 4, "phone"),
    ("parties", 4, "kind"),
    ("people", 6, "code"),
    ("people", 6, "name"),
    ("people", 6, "reading"),
    ("people", 6, "role"),
    ("plots", 0, "code"),
    ("plots", 0, "name"),
    ("plots", 0, "district"),
    ("crops", 0, "code"),
    ("crops", 0, "name"),
    ("inputs", 0, "code"),
    ("organisations", 0, "title"),
    ("organisations", 0, "roles"),
    ("organisations", 0, "msp"),
    ("town", 0, "name"),
    ("town", 0, "phone"),
    ("town", 0, "office"),
]


@pytest.mark.parametrize("place", TEXT_CELLS)
def test_what_is_no_text_is_a_fault_in_every_column_for_text(tmp_path, place):
    """Every kind of wrong cell, in every kind of column: its fault, at its place, and no other."""
    for cell, kind in NOT_TEXT:
        found = faults(town_with(tmp_path, {place: cell}, formats=FORMATS))
        expected = (kind, place[0], place[1] + 2)
        assert [one[:3] for one in found] == [expected], (place, cell, found)


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ('<c r="@@"><v>985001234</v></c>', None),
        ('<c r="@@"><v>9000001234</v></c>', None),
        ('<c r="@@"><v>81985001234</v></c>', None),
        ('<c r="@@"><v>234567</v></c>', None),
        ('<c r="@@" s="1"><v>985001234</v></c>', "0985001234"),
        ('<c r="@@" s="2"><v>985001234</v></c>', "0985-00-1234"),
        ('<c r="@@" s="3"><v>9000001234</v></c>', "090-0000-1234"),
        (text("+81 985 00 1234", "@@"), "+81 985 00 1234"),
        (text(wide("0985-00-1234"), "@@"), "0985-00-1234"),
        (text("0985-00-1234（内線12）", "@@"), "0985-00-1234(内線12)"),
    ],
)
def test_a_telephone_number_in_a_cell_for_numbers(tmp_path, cell, phone):
    formats = ["0000000000", "0000\\-00\\-0000", '000"-"0000"-"0000']
    reading = town_with(tmp_path, {("parties", 4, "phone"): cell}, formats=formats)
    if phone is None:
        assert faults(reading) == [(K.PHONE_LOST_ZERO, "parties", 6, "telephone")]
    else:
        assert faults(reading) == []
        assert reading.book.parties[4].phone == phone


@pytest.mark.parametrize(
    ("cell", "percent"),
    [
        ('<c r="@@" s="1"><v>0.5</v></c>', 50),
        ('<c r="@@" s="2"><v>0.5</v></c>', 50),
        ('<c r="@@" s="1"><v>1</v></c>', 100),
        ('<c r="@@" s="3"><v>50</v></c>', 50),
        ('<c r="@@"><v>50.000000000000007</v></c>', 50),
        ('<c r="@@" s="1"><v>0.57999999999999996</v></c>', 58),
        ('<c r="@@" s="1"><v>0.505</v></c>', K.NUMBER_SHOWN_OTHERWISE),
        ('<c r="@@" s="4"><v>50.4</v></c>', K.NUMBER_SHOWN_OTHERWISE),
        ('<c r="@@"><v>0.5</v></c>', K.BAD_NUMBER),
        ('<c r="@@" t="b"><v>1</v></c>', K.BAD_NUMBER),
        ('<c r="@@" s="5"><v>46113</v></c>', K.BAD_NUMBER),
        ('<c r="@@"><v>x</v></c>', K.BAD_NUMBER),
    ],
)
def test_a_percentage_is_read_as_it_is_shown(tmp_path, cell, percent):
    formats = [9, "0.00%", '0"%"', "0", 14]
    reading = town_with(tmp_path, {("grades", 0, "pesticide_percent"): cell}, formats=formats)
    if isinstance(percent, int):
        assert faults(reading) == []
        assert reading.book.grades[0].pesticide_percent == percent
    else:
        assert faults(reading) == [(percent, "grades", 2, "pesticides at most (% of the norm)")]


@pytest.mark.parametrize(
    ("cell", "grams"),
    [
        ('<c r="@@" s="1"><v>1.5</v></c>', 1_500),
        ('<c r="@@" s="2"><v>1500</v></c>', 1_500),
        ('<c r="@@" s="3"><v>1500</v></c>', 1_500),
        ('<c r="@@"><v>1.5E3</v></c>', 1_500),
    ],
)
def test_a_unit_that_the_format_shows_counts(tmp_path, cell, grams):
    formats = ['0.0"kg"', "#,##0", '#,##0"g"']
    reading = town_with(tmp_path, {("packings", 0, "grams"): cell}, formats=formats)
    assert faults(reading) == []
    assert reading.book.packings[0].grams == grams


@pytest.mark.parametrize(
    ("is_1904", "cell", "day"),
    [
        (False, number(46113, "@@", 1), "2026-04-01"),
        (True, number(44651, "@@", 1), "2026-04-01"),
        (False, number(46113, "@@", 2), "2026-04-01"),
        (False, number(46113, "@@", 3), "2026-04-01"),
        (False, number(46113, "@@", 4), "2026-04-01"),
        (False, number(46113.5, "@@", 5), "2026-04-01"),
        (True, number(44651, "@@", 0), "2026-04-01"),
        (False, '<c r="@@" t="d"><v>2026-04-01</v></c>', "2026-04-01"),
        (False, '<c r="@@" t="d"><v>2026-04-01T09:00:00.000</v></c>', "2026-04-01"),
        (False, '<c r="@@" t="str"><f>x</f><v>令和8年4月1日</v></c>', "2026-04-01"),
        (False, number(46113, "@@", 6), "2026-04-01"),  # of April 2026, its first
        (False, number(46113, "@@", 7), "2026-04-01"),
        (False, number(46113, "@@", 8), "2026-04-01"),
        (False, number(46114, "@@", 8), "2026-04-02"),
        (False, number(46114, "@@", 6), K.NUMBER_SHOWN_OTHERWISE),
        (False, number(46114, "@@", 7), K.NUMBER_SHOWN_OTHERWISE),
        (False, number(0.5, "@@", 1), None),
        (False, number(-5, "@@", 1), None),
        (False, '<c r="@@" t="b"><v>1</v></c>', None),
    ],
)
def test_a_date_is_what_excel_shows(tmp_path, is_1904, cell, day):
    formats = [14, 31, 57, '[$-411]ggge"年"m"月"d"日"', "yyyy/m/d h:mm"]
    formats += ['yyyy"年"m"月"', 17, 'm"月"d"日"']
    place = ("people", 6, "since")
    reading = town_with(tmp_path, {place: cell}, formats=formats, is_1904=is_1904)
    if day is None or isinstance(day, FaultKind):
        assert faults(reading) == [(day or K.BAD_DATE, "people", 8, "from")]
    else:
        assert faults(reading) == []
        assert reading.book.people[6].since == day


@pytest.mark.parametrize(("stored", "minutes"), [("0.375", 540), ("0.39583333333333331", 570)])
def test_an_offset_that_excel_took_for_a_time(tmp_path, stored, minutes):
    place = ("town", 0, "offset_minutes")
    reading = town_with(tmp_path, {place: f'<c r="@@" s="1"><v>{stored}</v></c>'}, formats=[20])
    assert faults(reading) == []
    assert reading.book.town[0].offset_minutes == minutes


STRINGS = (
    "<si><t>畑</t></si>"
    "<si><r><rPr><b/></rPr><t xml:space='preserve'>髙﨑 </t></r><r><t>農園</t></r>"
    "<rPh sb='0' eb='2'><t>タカサキ</t></rPh><phoneticPr fontId='1'/></si>"
    "<si><t>北の_x000D_\n畑</t></si>"
    "<si><t>_x005F_x000D_</t></si>"
    "<si><t>_xD842__xDFB7_野家</t></si>"
    "<si><t>A_x0041_</t></si>"
    "<si><t/></si>"
    "<si><t>貼り付け_x0007_</t></si>"
)


@pytest.mark.parametrize(
    ("index", "name"),
    [
        (0, "畑"),
        (1, "髙﨑 農園"),  # how it is spoken stays out
        (2, "北の 畑"),
        (3, "_x000D_"),
        (4, "\U00020bb7野家"),
        (5, "AA"),
    ],
)
def test_a_text_is_what_excel_shows(tmp_path, index, name):
    cell = f'<c r="@@" t="s"><v>{index}</v></c>'
    reading = town_with(tmp_path, {("plots", 0, "name"): cell}, strings=STRINGS)
    assert faults(reading) == []
    assert reading.book.plots[0].name == name


def test_blank_and_hidden_characters_of_texts(tmp_path):
    empty = town_with(
        tmp_path, {("parties", 4, "name"): '<c r="@@" t="s"><v>6</v></c>'}, strings=STRINGS
    )
    assert faults(empty) == [(K.BLANK, "parties", 6, "display name")]
    bell = town_with(
        tmp_path, {("parties", 4, "name"): '<c r="@@" t="s"><v>7</v></c>'}, strings=STRINGS
    )
    assert faults(bell) == [(K.BAD_CHARACTER, "parties", 6, "display name")]
    formula = '<c r="@@" t="str"><f>""</f><v></v></c>'  # a text that a formula left empty is blank
    optional = town_with(tmp_path, {("parties", 4, "phone"): formula})
    assert faults(optional) == []
    assert optional.book.parties[4].phone == ""


def test_cells_that_do_not_say_where_they_stand(tmp_path):
    book = Book()
    add_town(book, town())
    for title, body in book.sheets.items():
        assert ' r="' in body
        book.sheets[title] = strip_places(body)
    same = read(tmp_path, town()).book
    assert read_workbook(book.save(tmp_path / "other.xlsx")).book == same


def strip_places(body):
    """Return a sheet's XML with every cell in its place and none saying so."""
    import re

    rows = []
    for row in re.findall("<row.*?</row>", body):
        cells = re.findall(r'<c(?: r="([A-Z]+)\d+")?.*?</c>', row)
        whole = [one.group(0) for one in re.finditer("<c.*?</c>", row)]
        filled, at = [], 0
        for named, cell in zip(cells, whole, strict=True):
            place = sheet.place_of(named) if named else at
            filled += ['<c s="0"/>'] * (place - at)
            filled.append(re.sub(' r="[A-Z0-9]+"', "", cell))
            at = place + 1
        rows.append(f"<row>{''.join(filled)}</row>")
    return f"<sheetData>{''.join(rows)}</sheetData>"


def test_prefixed_names_blank_styled_cells_and_rows_without_end(tmp_path):
    rows = "".join(f'<row r="{row}" s="1"><c r="A{row}" s="1"></c></row>' for row in range(20, 40))
    blank = {"parties": {"before": ""}}
    book = add_town(Book(), town(), options=blank)
    body = book.sheets[page(PARTIES)]
    book.sheets[page(PARTIES)] = body.replace("</sheetData>", rows + "</sheetData>")
    path = book.save(tmp_path / "town.xlsx")
    prefixed = tmp_path / "prefixed.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(prefixed, "w") as new:
        for entry in old.infolist():
            content = old.read(entry).decode()
            if entry.filename.startswith("xl/worksheets"):
                for name in ("worksheet", "sheetData", "row", "c", "is", "t", "v"):
                    content = content.replace(f"<{name} ", f"<x:{name} ")
                    content = content.replace(f"<{name}>", f"<x:{name}>")
                    content = content.replace(f"</{name}>", f"</x:{name}>")
                content = content.replace("xmlns=", "xmlns:x=")
            new.writestr(entry, content)
    assert read_workbook(prefixed).book == read(tmp_path, town()).book


def test_merged_rows_hold_for_each_and_endless_merges_end(tmp_path):
    rows = town()
    rows["packings"] += [{"unit": "箱", "grams": 5_000, "since": "2026-04-01"}]
    merges = '<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B900:C1048576"/></mergeCells>'
    reading = town_with(tmp_path, rows=rows, options={"packings": {"after": merges}})
    assert faults(reading) == []
    assert [row.crop for row in reading.book.packings] == ["rakkyo"] * 2


def test_what_is_hidden_is_read_and_told(tmp_path):
    def change(book):
        there = book[page(PEOPLE)]
        there.auto_filter.ref = "A1:H10"
        for row in (3, 5, 6, 7, 500):
            there.row_dimensions[row].hidden = True
        book[page(PARTIES)].column_dimensions["G"].hidden = True
        book[page(PARTIES)].column_dimensions["Z"].hidden = True
        book[page(PLOTS)].sheet_state = "veryHidden"

    reading = read(tmp_path, town(), change)
    assert reading.book == read(tmp_path, town()).book
    assert [one.text("en").split(" → ")[0] for one in reading.notes] == [
        "[973] parties / telephone: this column is hidden, and is read all the same",
        "[972] people: hidden or filtered rows are read all the same: 3, 5-7",
        "[971] plots: this sheet is hidden, and is read all the same",
    ]
    assert all("隠れ" in one.text("ja") for one in reading.notes)


def test_codes_whose_zeros_are_lost_beside_those_that_kept_them(tmp_path):
    rows = town()
    rows["plots"] = [{**rows["plots"][0], "code": code} for code in ("001", "002")]
    cell = '<c r="@@"><v>3</v></c>'
    rows["plots"].append({**rows["plots"][0], "code": "x"})
    reading = town_with(tmp_path, {("plots", 2, "code"): cell}, rows=rows)
    assert faults(reading) == [(K.ZERO_LOST, "plots", 4, "code")]
    shown = '<c r="@@" s="1"><v>3</v></c>'
    reading = town_with(tmp_path, {("plots", 2, "code"): shown}, rows=rows, formats=["000"])
    assert faults(reading) == []
    assert [row.code for row in reading.book.plots] == ["001", "002", "003"]


WORDS = "零一二三四五六七八九 abcXYZ髙﨑ﾐﾉﾘ①"


@pytest.mark.parametrize("seed", range(12))
def test_cells_drawn_by_a_machine_are_what_excel_would_show(tmp_path, seed):
    """Write the names of 12 plots in all ways that a writer has; what is read is what was meant."""
    draw = random.Random(seed)
    rows, replaced, meant, strings = town(), {}, [], []
    for place in range(12):
        name = "".join(draw.choices(WORDS.replace(" ", ""), k=draw.randint(1, 9)))
        digits = draw.randint(0, 10**9)
        way = draw.randrange(7)
        rows["plots"].append({**rows["plots"][0], "code": f"M-{place}"})
        match way:
            case 0:
                cell, said = text(name, "@@"), name
            case 1:
                strings.append(f"<si><t>{name}</t><rPh sb='0' eb='1'><t>カナ</t></rPh></si>")
                cell, said = f'<c r="@@" t="s"><v>{len(strings) - 1}</v></c>', name
            case 2:
                half = len(name) // 2
                runs = f"<r><t>{name[:half]}</t></r><r><rPr/><t>{name[half:]}</t></r>"
                strings.append(f"<si>{runs}</si>")
                cell, said = f'<c r="@@" t="s"><v>{len(strings) - 1}</v></c>', name
            case 3:
                cell, said = f'<c r="@@" t="str"><f>A1</f><v>{name}</v></c>', name
            case 4:
                escaped = "".join(f"_x{ord(char):04X}_" for char in name)
                cell, said = text(escaped, "@@"), name
            case 5:
                cell, said = number(digits, "@@", 1), f"{digits:09}"
            case _:
                cell, said = number(f"{digits}.0", "@@"), str(digits)
        replaced["plots", len(rows["plots"]) - 1, "name"] = cell
        meant.append(said)
    reading = town_with(
        tmp_path, replaced, rows=rows, formats=["000000000"], strings="".join(strings)
    )
    assert faults(reading) == []
    kana = {"ﾐ": "ミ", "ﾉ": "\u30ce", "ﾘ": "リ"}
    expected = ["".join(kana.get(char, char) for char in said) for said in meant]
    assert [row.name for row in reading.book.plots[2:]] == expected


def test_the_template_keeps_what_is_typed_as_it_is(tmp_path):
    path = tmp_path / "template.xlsx"
    write_template(path)
    there = load_workbook(path)[page(PARTIES)]
    assert there.column_dimensions["G"].number_format == "@"  # telephone
    assert there.column_dimensions["A"].number_format == "@"  # code
    assert load_workbook(path)[page(PEOPLE)].column_dimensions["F"].number_format == "General"
