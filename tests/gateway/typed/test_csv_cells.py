"""No cell that is written runs in a spreadsheet, however the file is opened; and one writer."""

import ast
import csv
import io
import re
from pathlib import Path
from unicodedata import category, normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.typed.csv_cells import harmless, write

ROOT = Path(__file__).parents[3]
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
HIDING = (
    *("", " ", "   ", "\t", "\r", "\n", "\r\n", "\x00", "\x0b", "\x1f", "\x7f", "\u0085"),
    *("\u00a0", "\u3000", "\u2003", "\u2028", "\ufeff", "\u200b", "\u2060", "\u00ad", "\u202e"),
    *('"', '""', ' " '),
)
BEGINNINGS = ("", ";", "x;", "農園;", "x\t", "x\n", "x\r\n", "x\uff1b", "a;b;")


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("hiding", HIDING)
def test_a_formula_is_harmless_wherever_a_spreadsheet_would_begin_a_cell(beginning, hiding):
    for sign in SIGNS:
        text = f"{beginning}{hiding}{sign}1+1"
        cells = re.split("[;\t\r\n\uff1b]", str(harmless(text)))
        assert not any(runs(cell) for cell in cells), text


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *((-5, -5), (True, 1), (None, ""), ("", "")),
        *((text, text) for text in ("1=1", "a-b", "にんじん+A", "x; y", "2026-04-15", "a=1 b=-2")),
        *(("=1", "'=1"), (" =1", "' =1"), ("x;=1", "x;'=1"), ("\tx", "'\tx"), ("'=1", "'=1")),
    ],
)
def test_other_cells_stay_as_they_are(cell, expected):
    assert harmless(cell) == expected


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula, as another would write the rule."""
    for char in cell:
        if char.isspace() or category(char) in {"Cc", "Cf"} or char == '"':
            continue
        return normalize("NFKC", char).replace("\u2212", "-") in {*"=+-@"}
    return False


@given(
    st.lists(
        st.text(alphabet=[*"=+-@\uff1d\uff0b\uff0d\uff20;\uff1b,\"' \t\r\n\ufeff\u200b\u3000aに1"]),
        min_size=1,
    )
)
@example(["x;\ufeff \uff1dcmd|' /C calc'!A0"])
@example(['a"', '";=1'])
def test_nothing_runs_whichever_separator_the_reader_takes(row):
    text = write(["h"] * len(row), [row]).decode("utf-8-sig")
    (_, written) = csv.reader(io.StringIO(text, newline=""))
    assert not any(runs(cell) for cell in written)
    for separator in ";\t":
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not any(runs(cell) for cell in line if cell != text)


def test_nothing_else_in_the_project_writes_csv():
    found = set()
    for package in ("chaincode", "gateway", "network"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                is_made = isinstance(node, ast.Attribute) and node.attr in {"writer", "DictWriter"}
                is_taken = isinstance(node, ast.ImportFrom) and node.module == "csv"
                is_said = isinstance(node, ast.Constant) and "text/csv;" in str(node.value)
                if is_made or is_taken or is_said:
                    found.add(str(path.relative_to(ROOT)))
    assert found == {"gateway/typed/csv_cells.py"}


def test_no_page_or_script_makes_csv_of_its_own():
    for path in (ROOT / "gateway").rglob("*"):
        if path.suffix in {".js", ".html"}:
            assert "text/csv" not in path.read_text(encoding="utf-8"), path
