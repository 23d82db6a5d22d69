"""Every way in which a workbook can be wrong, each with its place, its words and its number."""

import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES

from chaincode.rules import EVER
from gateway.setup.checking import check
from gateway.setup.faults import WORDING, CellError, Fault, FaultKind, WorkbookError
from gateway.setup.reading import read_workbook
from gateway.setup.schema import PARTIES, PEOPLE, SHEETS, TOWN
from gateway.setup.template import write_template
from gateway.town.vocabulary import ROLES
from tests.gateway.setup.workbooks import TODAY, page, read, town, wide

K = FaultKind

# (sheet, row of the list or None for a new one, cells, kind, heading of the column)
CELLS = [
    ("town", 0, {"name": None}, K.BLANK, "name"),
    ("town", 0, {"name": "町" * 81}, K.TOO_LONG, "name"),
    ("town", 0, {"name": "み\u202eのり"}, K.BAD_CHARACTER, "name"),
    ("town", 0, {"name": "みのり\U0001f955町"}, K.BAD_CHARACTER, "name"),  # the contract's own rule
    ("town", 0, {"kind": "練習"}, K.BAD_CHOICE, "kind"),
    ("town", 0, {"offset_minutes": "東京"}, K.BAD_OFFSET, "UTC offset"),
    ("town", 0, {"offset_minutes": "+15:00"}, K.BAD_OFFSET, "UTC offset"),
    ("town", 0, {"offset_minutes": "+9:75"}, K.BAD_OFFSET, "UTC offset"),
    ("town", 0, {"phone": "役場まで"}, K.BAD_PHONE, "office telephone"),
    ("town", 0, {"address": "minori.example"}, K.BAD_ADDRESS, "printed address"),
    ("town", 0, {"address": "https://a.example/lots"}, K.BAD_ADDRESS, "printed address"),
    ("town", 0, {"ledger": "1234"}, K.BAD_LEDGER, "ledger id"),
    ("town", None, {"name": "二つ目"}, K.ONE_ROW_ONLY, ""),
    ("organisations", 0, {"code": "村"}, K.BAD_WORD, "code"),
    *(
        ("crops", 0, {"code": code}, K.RESERVED_WORD, "code")
        for code in ("other", "Other", wide("OTHER"), "other-", "other-2k9f3q7d", " other-herb ")
    ),
    ("organisations", 0, {"msp": "村MSP"}, K.BAD_MSP, "MSP"),
    ("organisations", 0, {"msp": "NokyoMSP"}, K.TWICE, "MSP"),
    ("organisations", 0, {"roles": "検査員"}, K.UNSOUND_ORGANISATION, "roles it can grant"),
    ("organisations", 3, {"kind": "監査"}, K.UNSOUND_ORGANISATION, "roles it can grant"),
    ("districts", 0, {"code": "上野原123番地"}, K.BAD_AREA_CODE, "code"),
    ("parties", 4, {"code": "高崎 実"}, K.BAD_CODE, "code"),
    ("parties", 4, {"code": "S001"}, K.TWICE, "code"),
    ("parties", 4, {"code": "f002"}, K.TWICE, "code"),  # one file of keys, on some computers
    ("parties", 4, {"organisation": "jimusho"}, K.UNKNOWN_REFERENCE, "organisation"),
    ("parties", 4, {"publish": "たぶん"}, K.BAD_CHOICE, "publish the name"),
    ("parties", 4, {"name": "1234 5678 9018"}, K.MY_NUMBER, "display name"),
    ("parties", 4, {"name": f"農園{wide('1234-5678-9018')}"}, K.MY_NUMBER, "display name"),
    ("people", 6, {"since": "令和8年2月30日"}, K.BAD_DATE, "from"),
    ("people", 6, {"since": "令和1年4月30日"}, K.BAD_DATE, "from"),  # 平成 until then
    ("people", 6, {"since": "平成31年5月1日"}, K.BAD_DATE, "from"),
    ("people", 6, {"since": "26/4/1"}, K.BAD_DATE, "from"),
    ("people", 6, {"since": "平成元年4月1日"}, K.DATE_OUT_OF_RANGE, "from"),
    ("people", 6, {"since": None}, K.ROLE_WITHOUT_DATE, "from"),
    ("people", 6, {"until": "2018-03-31"}, K.PERIOD_REVERSED, "until"),
    ("people", 6, {"role": "検査員"}, K.ROLE_NOT_GRANTABLE, "role"),
    ("people", 6, {"role": "村長"}, K.BAD_CHOICE, "role"),
    ("people", 6, {"party": "F999"}, K.UNKNOWN_REFERENCE, "party"),
    ("people", 6, {"party": None}, K.BLANK, "party"),
    ("people", 6, {"name": None}, K.BLANK, "display name"),
    ("people", 6, {"key": "合鍵"}, K.BAD_CHOICE, "key"),
    ("people", 1, {"name": "別の人"}, K.ROWS_DIFFER, "display name"),
    ("people", 1, {"role": "登録係", "since": "2020-04-01"}, K.TWICE, "role"),
    ("people", 0, {"key": "招待"}, K.NO_REGISTRAR, "code"),
    ("people", 2, {"until": "2026-11-17"}, K.NO_REGISTRAR, "code"),
    ("people", 2, {"party": "F001"}, K.NO_REGISTRAR, "code"),  # not an office
    ("people", 5, {"since": "2026-11-19"}, K.NO_LAND_REGISTRAR, ""),
    ("plots", 0, {"district": "45209-SHIMO"}, K.UNKNOWN_REFERENCE, "district"),
    ("plots", 0, {"area": "広い"}, K.BAD_AREA, "area"),
    ("plots", 0, {"area": "1反と少し"}, K.BAD_AREA, "area"),
    ("plots", 0, {"area": "0a"}, K.BAD_AREA, "area"),
    ("plots", 1, {"unit": None}, K.AREA_WITHOUT_UNIT, "area"),
    ("packings", 0, {"grams": "ひと束"}, K.BAD_MASS, "grams"),
    ("packings", 0, {"grams": 0.5}, K.BAD_MASS, "grams"),
    ("packings", 0, {"grams": "1.2345kg"}, K.BAD_MASS, "grams"),
    ("packings", 0, {"crop": "daikon"}, K.UNKNOWN_REFERENCE, "crop"),
    ("packings", None, None, K.TWICE, "from"),
    ("inputs", 0, {"until": "2026-03-31"}, K.PERIOD_REVERSED, "until"),
    ("norms", 0, {"value_tenths": "十二"}, K.BAD_NUMBER, "value"),
    ("norms", 0, {"value_tenths": "1.25"}, K.BAD_NUMBER, "value"),
    ("norms", 0, {"value_tenths": -1}, K.NUMBER_OUT_OF_RANGE, "value"),
    ("grades", 0, {"pesticide_percent": 101}, K.NUMBER_OUT_OF_RANGE, None),
]


def spoiled(sheet, row, cells):
    rows = town()
    if row is None:
        rows[sheet].append({**rows[sheet][0], **(cells or {})})
    else:
        rows[sheet][row] |= cells
    return rows


@pytest.mark.parametrize(("sheet", "row", "cells", "kind", "column"), CELLS)
def test_a_wrong_cell_is_told_with_its_place(tmp_path, sheet, row, cells, kind, column):
    faults = check(read(tmp_path, spoiled(sheet, row, cells)), today=TODAY)
    (found, *_) = [fault for fault in faults if fault.kind == kind] or [None]
    assert found is not None, [fault.text("en") for fault in faults]
    if column is not None:
        assert found.column[1] == column
    if found.row and kind != K.NO_REGISTRAR:
        expected = len(spoiled(sheet, row, cells)[sheet]) if row is None else row + 1
        assert found.row == expected + 1 or kind == K.TWICE
    for language in ("ja", "en"):
        text = found.text(language)
        assert "{" not in text
        assert str(WORDING[kind].number) in text


def organisations(rows, count):
    rows["organisations"] = rows["organisations"][:count]


def test_one_organisation_is_too_few(tmp_path):
    rows = town()
    organisations(rows, 1)
    assert K.TOO_FEW_ORGANISATIONS in {one.kind for one in check(read(tmp_path, rows), today=TODAY)}


def test_nobody_of_an_auditor_is_entered(tmp_path):
    rows = town()
    rows["organisations"].append(
        {"code": "kansa", "msp": "KansaMSP", "kind": "監査", "title": "監査", "roles": "監査人"}
    )
    rows["parties"].append({"code": "K1", "organisation": "kansa", "kind": "事務所", "name": "x"})
    (fault,) = check(read(tmp_path, rows), today=TODAY)
    assert (fault.kind, fault.row) == (K.AUDITOR_PERSON, len(rows["parties"]) + 1)


@pytest.mark.parametrize(
    ("clerk", "packer", "is_wrong"),
    [("O2", "O2", True), ("O2", "H1", False), ("H1", "H1", True), ("O1", "H1", False)],
)
def test_a_desk_is_a_party_other_than_the_packing_house(tmp_path, clerk, packer, is_wrong):
    """Nobody of a packing house may sign for the farmers who ship to it."""
    rows = town()
    for one in rows["organisations"]:
        one["roles"] += "、窓口、選果場"
    rows["parties"].append({"code": "H1", "organisation": "nokyo", "kind": "店", "name": "選果場"})
    entered = {"since": "2026-04-01", "name": "窓口 花子"}
    rows["people"] += [
        {"code": "D1", "party": clerk, "role": "窓口", **entered},
        {"code": "D2", "party": packer, "role": "選果場", **entered},
    ]
    faults = check(read(tmp_path, rows), today=TODAY)
    assert [fault.kind for fault in faults] == [K.DESK_IN_PACKING_HOUSE] * is_wrong
    assert [fault.row for fault in faults] == [len(rows["people"])] * is_wrong


def test_a_person_has_sixteen_roles_at_most(tmp_path):
    rows = town()
    rows["people"] += [
        {"code": "P001", "role": "生産者", "since": f"2026-05-{day:02}"} for day in range(1, 18)
    ]
    assert K.TOO_MANY_ROLES in {one.kind for one in check(read(tmp_path, rows), today=TODAY)}


def test_all_faults_come_at_once_in_the_order_of_the_sheets(tmp_path):
    rows = town()
    rows["grades"][0]["rank"] = "x"
    rows["parties"][4]["kind"] = "x"
    rows["people"][6]["since"] = "x"
    rows["people"][2]["key"] = "x"
    rows["town"][0]["phone"] = "x"
    faults = check(read(tmp_path, rows), today=TODAY)
    assert [fault.sheet[1] for fault in faults] == ["town", "parties", "people", "people", "grades"]
    assert [fault.row for fault in faults] == [2, 6, 4, 8, 2]


def test_a_row_with_a_fault_is_no_unknown_reference_elsewhere(tmp_path):
    rows = town()
    rows["parties"][4]["phone"] = "x"
    (fault,) = check(read(tmp_path, rows), today=TODAY)
    assert fault.kind == K.BAD_PHONE


def without_sheet(book):
    del book[page(PEOPLE)]


def without_headings(book):
    book[page(PARTIES)].delete_rows(1)


def without_column(book):
    book[page(PARTIES)].delete_cols(2)


def with_column_twice(book):
    book[page(PARTIES)].cell(row=1, column=9, value="コード")


def with_uncalculated_formula(book):
    book[page(TOWN)].cell(row=2, column=1, value='="みのり"&"町"')


def with_failed_formula(book):
    assert "#REF!" in ERROR_CODES
    book[page(TOWN)].cell(row=2, column=1, value="#REF!")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (without_sheet, K.SHEET_MISSING),
        (without_headings, K.HEADINGS_MISSING),
        (without_column, K.COLUMN_MISSING),
        (with_column_twice, K.COLUMN_TWICE),
        (with_uncalculated_formula, K.FORMULA_NOT_CALCULATED),
        (with_failed_formula, K.FORMULA_BROKEN),
    ],
)
def test_a_spoiled_sheet_is_told(tmp_path, change, kind):
    assert kind in {one.kind for one in check(read(tmp_path, town(), change), today=TODAY)}


def test_a_zip_of_something_else_is_told_to_be_none(tmp_path):
    path = tmp_path / "town.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "<nothing/>")
    with pytest.raises(WorkbookError) as error:
        read_workbook(path)
    assert [fault.kind for fault in error.value.faults] == [K.NOT_A_WORKBOOK]


def test_a_workbook_with_entities_is_refused(tmp_path):
    path = tmp_path / "town.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(WorkbookError) as error:
        read_workbook(path)
    assert [fault.kind for fault in error.value.faults] == [K.NOT_A_WORKBOOK]


def test_every_kind_has_words_and_a_number_of_its_own():
    assert set(WORDING) == set(FaultKind)
    assert len({one.number for one in WORDING.values()}) == len(WORDING)


def test_every_kind_is_raised_by_a_test():
    here = {kind for *_, kind, _ in CELLS}
    here |= {K.TOO_FEW_ORGANISATIONS, K.AUDITOR_PERSON, K.TOO_MANY_ROLES, K.NOT_A_WORKBOOK}
    here |= {K.WORKBOOK_TOO_LARGE, K.SHEET_MISSING, K.HEADINGS_MISSING, K.COLUMN_MISSING}
    here |= {K.COLUMN_TWICE, K.FORMULA_NOT_CALCULATED, K.FORMULA_BROKEN}
    here |= {K.DESK_IN_PACKING_HOUSE}
    in_consigning = {K.CONSIGNED_TO_ITSELF, K.CONSIGNED_TO_DESK}
    in_repeating = {K.NOT_CHANGEABLE, K.SPEC_CHANGED, K.SPEC_TOO_EARLY}
    in_excel = {K.IS_XLS, K.IS_XLSB, K.IS_ODS, K.IS_TEXT, K.HAS_PASSWORD, K.ZERO_LOST}
    in_excel |= {K.DATE_NOT_TEXT, K.TRUTH_NOT_TEXT, K.NUMBER_NOT_TEXT, K.NUMBER_SHOWN_OTHERWISE}
    in_excel |= {K.PHONE_LOST_ZERO, K.HIDDEN_SHEET, K.HIDDEN_ROWS, K.HIDDEN_COLUMN}
    assert here | in_repeating | in_excel | in_consigning == set(FaultKind)


def test_a_row_with_two_faults_tells_both(tmp_path):
    rows = town()
    rows["parties"][4] |= {"organisation": "jimusho", "publish": "たぶん"}
    faults = check(read(tmp_path, rows), today=TODAY)
    assert {one.kind for one in faults} == {K.BAD_CHOICE, K.UNKNOWN_REFERENCE}


BREEDING = [
    ("parties", 4, {"code": "高崎 実"}),
    ("parties", 4, {"code": None}),
    ("parties", 4, {"organisation": None}),
    ("parties", 4, {"phone": "x"}),
    ("organisations", 1, {"code": "農協"}),
    ("organisations", 1, {"kind": "組合"}),
    ("organisations", 1, {"roles": "登録係、せいさんしゃ"}),
    ("organisations", 1, {"msp": "農協"}),
    ("people", 0, {"since": "いつか"}),
    ("people", 0, {"code": "登録 一郎"}),
    ("people", 0, {"role": "村長"}),
    ("people", 0, {"name": None, "since": "x"}),
    ("people", 5, {"key": "合鍵"}),
    ("districts", 0, {"code": "上"}),
    ("crops", 0, {"code": "らっきょう"}),
    ("town", 0, {"phone": "x"}),
]


@pytest.mark.parametrize(("sheet", "row", "cells"), BREEDING)
def test_one_fault_breeds_no_second(tmp_path, sheet, row, cells):
    """Twenty more rows speak of the faulty one: none of them is told to be wrong."""
    rows = spoiled(sheet, row, cells)
    rows["people"] += [
        {"code": f"Z{one}", "party": "F001", "name": "人", "role": "生産者", "since": "2026-04-01"}
        for one in range(10)
    ]
    rows["plots"] += [
        {"code": f"Z{one}", "party": "F001", "district": "45209-KAMI"} for one in range(10)
    ]
    rows["packings"] += [
        {"crop": "rakkyo", "unit": "箱", "grams": 9, "since": f"2026-04-0{one}"}
        for one in range(1, 10)
    ]
    faults = check(read(tmp_path, rows), today=TODAY)
    places = {(one.sheet[1], one.row) for one in faults}
    assert places == {(sheet, row + 2)}, [one.text("en") for one in faults]


@pytest.mark.parametrize("spoil", [without_sheet, without_headings, without_column])
def test_a_sheet_that_can_not_be_read_breeds_no_second(tmp_path, spoil):
    faults = check(read(tmp_path, town(), spoil), today=TODAY)
    assert len(faults) == 1, [one.text("en") for one in faults]


def test_what_is_missing_is_told_once_with_its_rows(tmp_path):
    rows = town()
    for one in range(4):
        rows["plots"].append({"code": f"Z{one}", "party": "F999", "district": "45209-KAMI"})
    rows["people"].append(
        {"code": "Z", "party": "F001", "name": "x", "role": "選果場", "since": "2026-04-01"}
    )
    rows["people"].append({"code": "Z", "role": "選果場", "since": "2026-05-01"})
    lacking, unknown = check(read(tmp_path, rows), today=TODAY)
    assert (unknown.kind, unknown.row) == (K.UNKNOWN_REFERENCE, 4)
    assert "F999: 4-7" in unknown.text("ja")
    assert (lacking.kind, lacking.row) == (K.ROLE_NOT_GRANTABLE, 11)
    assert "選果場 packer: 11-12" in lacking.text("ja")


VOCABULARIES = [(one, column) for one in SHEETS for column in one.columns if column.choices]


@pytest.mark.parametrize(
    ("sheet", "column"), VOCABULARIES, ids=lambda one: getattr(one, "key", str(one))
)
def test_every_vocabulary_has_words_a_drop_down_and_a_remedy(tmp_path, sheet, column):
    path = tmp_path / "template.xlsx"
    write_template(path)
    there = load_workbook(path)[page(sheet)]
    offered = {one.formula1 for one in there.data_validations.dataValidation}
    assert f'"{",".join(column.choices.values())}"' in offered
    for english, japanese in column.choices.items():
        one = column.read(english)
        assert column.read(japanese) == one == ((english,) if column.is_list else english)
        assert english.isascii() is False or english == japanese or not japanese.isascii()
    with pytest.raises(CellError) as error:
        column.read("こんなことばはない")
    fault = Fault(kind=error.value.kind, values=error.value.values)
    assert fault.kind is K.BAD_CHOICE
    for language in ("ja", "en"):
        assert all(word in fault.text(language) for word in column.choices)
        assert all(word in fault.text(language) for word in column.choices.values())


def test_every_role_of_the_contract_has_a_word():
    known = {role for kind in EVER.values() for role in (*kind.roles, *kind.witnesses)}
    assert known - {""} <= set(ROLES)
    assert "packer" in known
