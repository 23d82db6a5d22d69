"""Files that are no workbook of ours, or far too large: told by name, and at little cost."""

import contextlib
import resource
import time
import zipfile

import pytest

from gateway.setup.excel import package, sheet
from gateway.setup.faults import FaultKind, WorkbookError
from gateway.setup.reading import read_workbook
from gateway.setup.schema import PEOPLE
from tests.gateway.setup.excel.handwritten import Book, add_town
from tests.gateway.setup.workbooks import faults, page, save, town

K = FaultKind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", K.NOT_A_WORKBOOK),
        (b"PK\x03\x04", K.NOT_A_WORKBOOK),
        (b"%PDF-1.7 \xe3\x81", K.NOT_A_WORKBOOK),
        (b"\x89PNG\r\n\x1a\n\0\0", K.NOT_A_WORKBOOK),
        (b"code,name\r\nF001,\x94\x5f\x89\x80\r\n", K.IS_TEXT),  # CP932
        ("code,name\r\nF001,農園\r\n".encode("utf-8-sig"), K.IS_TEXT),
        ("code\tname\r\n".encode("utf-16"), K.IS_TEXT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, K.IS_XLS),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            K.HAS_PASSWORD,
        ),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', K.IS_XLS),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:excel">Excel</html>', K.IS_XLS),
    ],
)
def test_another_file_is_told_by_its_name(tmp_path, content, kind):
    path = tmp_path / "town.xlsx"
    path.write_bytes(content)
    with pytest.raises(WorkbookError) as error:
        read_workbook(path)
    assert [fault.kind for fault in error.value.faults] == [kind]
    assert error.value.faults[0].text("ja")


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, K.IS_ODS),
        ({"xl/workbook.bin": "x"}, K.IS_XLSB),
        ({"Index/Document.iwa": "x"}, K.NOT_A_WORKBOOK),
        ({"word/document.xml": "<x/>", "_rels/.rels": "<x/>"}, K.NOT_A_WORKBOOK),
    ],
)
def test_another_zip_is_told_by_its_name(tmp_path, parts, kind):
    path = tmp_path / "town.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    with pytest.raises(WorkbookError) as error:
        read_workbook(path)
    assert [fault.kind for fault in error.value.faults] == [kind]


def test_a_million_framed_blank_rows_are_nothing(tmp_path):
    """They cost no memory, and at most a few times what it takes to unpack them."""
    blank = "".join(
        f'<row r="{row}" spans="1:6" s="1" customFormat="1"><c r="A{row}" s="1"/></row>'
        for row in range(2_000, 1_048_577)
    )
    book = add_town(Book(formats=["@"]), town())
    body = book.sheets[page(PEOPLE)]
    book.sheets[page(PEOPLE)] = body.replace("</sheetData>", blank + "</sheetData>")
    path = book.save(tmp_path / "town.xlsx")
    del blank, book, body
    start = time.process_time()
    with zipfile.ZipFile(path) as packed:
        for entry in packed.infolist():
            packed.read(entry).count(b"<row")
    unpacking_s = time.process_time() - start
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    reading = read_workbook(path)
    assert time.process_time() - start < 40 * unpacking_s
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 64 * 1024
    assert faults(reading) == []


MIB = 1024 * 1024
BOMBS = {
    "one cell of text": ('<row r="2"><c r="A2" t="inlineStr"><is><t>', "x", "</t></is></c></row>"),
    "one number": ('<row r="2"><c r="A2"><v>', "9", "</v></c></row>"),
    "one attribute": ('<row r="2"><c r="', "A", '"><v>1</v></c></row>'),
    "one name": ('<row r="2"><c r="' + "A" * 3 * MIB + '2"><v>1</v></c></row>', " ", ""),
    "one comment": ("<!--", "x <", "-->"),
    "one instruction": ("<?x ", "y>", "?>"),
    "blanks": ("", " ", ""),
    "cells": ('<row r="2">', '<c r="A2"><v>1</v></c>', "</row>"),
    "rows": ("", "<row><c><v/></c></row>", ""),
    "texts": ("", '<row><c t="inlineStr"><is><t>xxxxxxxxxxxxxxxxxxxxxxxxx</t></is></c></row>', ""),
    "merges": ('<row r="1"/></sheetData><mergeCells>', '<mergeCell ref="A1:A9"/>', "</mergeCells>"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_costs_seconds_and_little_memory(tmp_path, monkeypatch, kind):
    """100 MiB of what nobody's workbook has, in a few hundred kilobytes.

    The limit of cells is a tenth, for the suite's sake: what they cost grows with it.
    """
    monkeypatch.setattr(sheet, "CELLS_MAX", sheet.CELLS_MAX // 10)
    before, filling, after = BOMBS[kind]
    book = add_town(Book(), town())
    path = book.save(tmp_path / "town.xlsx")
    bomb = tmp_path / "bomb.xlsx"
    block = (filling * (MIB // len(filling))).encode()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != "xl/worksheets/s3.xml":
                new.writestr(entry, old.read(entry))
                continue
            with new.open(entry.filename, "w") as part:
                head, tail = old.read(entry).decode().split("</sheetData>")
                part.write((head + before).encode())
                for _ in range(100):
                    part.write(block)
                end = "" if "</sheetData>" in before else "</sheetData>"
                part.write((after + end + tail).encode())
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with contextlib.suppress(WorkbookError):
        read_workbook(bomb)
    assert time.process_time() - start < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 300 * 1024


@pytest.mark.parametrize(
    ("where", "limit"),
    [
        (package, "FILE_BYTES_MAX"),
        (package, "UNPACKED_BYTES_MAX"),
        (package, "PART_BYTES_MAX"),
        (sheet, "ROWS_MAX"),
        (sheet, "CELLS_MAX"),
    ],
)
def test_a_workbook_too_large_is_refused(tmp_path, monkeypatch, where, limit):
    path = save(tmp_path / "town.xlsx", town())
    monkeypatch.setattr(where, limit, 3)
    with pytest.raises(WorkbookError) as error:
        read_workbook(path)
    assert [fault.kind for fault in error.value.faults] == [K.WORKBOOK_TOO_LARGE]
