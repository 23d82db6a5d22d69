"""Workbooks written by hand, byte by byte, as Excel, LibreOffice and others write them."""

import zipfile
from xml.sax.saxutils import escape, quoteattr

from gateway.setup.schema import SHEETS
from tests.gateway.setup.workbooks import page

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def letter(place):
    return chr(ord("A") + place)


def text(said, reference=""):
    """Return a cell with its text in place, as Google and some tills write it."""
    at = f' r="{reference}"' if reference else ""
    return f'<c{at} t="inlineStr"><is><t>{escape(said)}</t></is></c>'


def number(value, reference, style=0):
    return f'<c r="{reference}" s="{style}"><v>{value}</v></c>'


class Book:
    """A workbook to be written: sheets as XML of their rows, formats of its styles from 1 on."""

    def __init__(self, *, formats=(), is_strict=False, is_1904=False, strings=""):
        self.formats = list(formats)
        self.is_strict = is_strict
        self.is_1904 = is_1904
        self.strings = strings
        self.sheets = {}
        self.states = {}

    def add(self, title, rows, *, before="", after="", state=""):
        """Add a sheet; `rows` is XML, or (number, XML of its cells)."""
        whole = "".join(
            row if isinstance(row, str) else f'<row r="{row[0]}">{row[1]}</row>' for row in rows
        )
        self.sheets[title] = f"{before}<sheetData>{whole}</sheetData>{after}"
        self.states[title] = state

    def styles(self):
        named = "".join(
            f'<numFmt numFmtId="{164 + place}" formatCode={quoteattr(code)}/>'
            for place, code in enumerate(self.formats)
            if isinstance(code, str)
        )
        ids = [
            164 + place if isinstance(code, str) else code
            for place, code in enumerate(self.formats)
        ]
        xfs = "".join(f'<xf numFmtId="{one}" applyNumberFormat="1"/>' for one in [0, *ids])
        return (
            f"<styleSheet xmlns='{self.main}'><numFmts>{named}</numFmts>"
            f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{xfs}</cellXfs></styleSheet>'
        )

    @property
    def main(self):
        return STRICT_MAIN if self.is_strict else MAIN

    @property
    def office(self):
        return STRICT_OFFICE if self.is_strict else OFFICE

    def relationships(self, targets):
        each = "".join(
            f'<Relationship Id="r{place}" Type="{self.office}/{kind}" Target="{target}"/>'
            for place, (kind, target) in enumerate(targets)
        )
        return f'{HEAD}<Relationships xmlns="{PACKAGE}">{each}</Relationships>'

    def save(self, path):
        targets = [("worksheet", f"worksheets/s{place}.xml") for place in range(len(self.sheets))]
        parts = [*targets, ("styles", "/xl/styles.xml"), ("sharedStrings", "strings.xml")]
        listed = "".join(
            f'<sheet name={quoteattr(title)} sheetId="{place + 1}" r:id="r{place}"'
            + (f' state="{self.states[title]}"' if self.states[title] else "")
            + "/>"
            for place, title in enumerate(self.sheets)
        )
        epoch = '<workbookPr date1904="1"/>' if self.is_1904 else ""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("_rels/.rels", self.relationships([("officeDocument", "xl/wb.xml")]))
            packed.writestr("xl/_rels/wb.xml.rels", self.relationships(parts))
            packed.writestr(
                "xl/wb.xml",
                f'{HEAD}<workbook xmlns="{self.main}" xmlns:r="{self.office}">{epoch}'
                f"<sheets>{listed}</sheets></workbook>",
            )
            packed.writestr("xl/styles.xml", HEAD + self.styles())
            packed.writestr(
                "xl/strings.xml", f'{HEAD}<sst xmlns="{self.main}">{self.strings}</sst>'
            )
            for place, body in enumerate(self.sheets.values()):
                packed.writestr(
                    f"xl/worksheets/s{place}.xml",
                    f'{HEAD}<worksheet xmlns="{self.main}">{body}</worksheet>',
                )
        return path


def add_town(book, rows, *, replaced=None, options=None):
    """Add every sheet of a town; `replaced` has, by (sheet, row, column), a cell's own XML.

    Args:
        book: To which they are added.
        rows: As `workbooks.town` has them.
        replaced: Rows count from 0.
        options: By sheet, what `Book.add` takes.
    """
    for sheet in SHEETS:
        lines = [(1, "".join(text(column.ja) for column in sheet.columns))]
        for number_of, row in enumerate(rows.get(sheet.key, [])):
            cells = []
            for place, column in enumerate(sheet.columns):
                at = f"{letter(place)}{number_of + 2}"
                own = (replaced or {}).get((sheet.key, number_of, column.key))
                said = row.get(column.key)
                if own is not None:
                    cells.append(own.replace("@@", at))
                elif said is not None:
                    cells.append(text(str(said), at))
            lines.append((number_of + 2, "".join(cells)))
        book.add(page(sheet), lines, **(options or {}).get(sheet.key, {}))
    return book
