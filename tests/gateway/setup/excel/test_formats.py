"""What Excel shows of a number, by its format."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.setup.excel.formats import FormatKind, kind_of, number, read, show

# (stored, format, shown, whether that is the whole number)
SHOWN = [
    ("12", "General", "12", True),
    ("0.30000000000000004", "General", "0.3", True),
    ("985001234", "0000000000", "0985001234", True),
    ("985001234", '0000"-"00"-"0000', "0985-00-1234", True),
    ("985001234", "0000\\-00\\-0000", "0985-00-1234", True),
    ("12", "0000", "0012", True),
    ("123456", "0000", "123456", True),
    ("0", "000", "000", True),
    ("1234567", "#,##0", "1,234,567", True),
    ("999", "#,##0", "999", True),
    ("-1234", "#,##0", "-1,234", True),
    ("-1234", "#,##0;(#,##0)", "(1,234)", True),
    ("0", '0;-0;"なし"', "なし", False),  # a word for nothing is not the number 0
    ("0.5", "0%", "50%", True),
    ("0.125", "0%", "13%", False),
    ("0.125", "0.0%", "12.5%", True),
    ("1.5", '0.0"kg"', "1.5kg", True),
    ("500", '0"g"', "500g", True),
    ("500", "0\\g", "500g", True),
    ("3", 'General"束"', "3束", True),
    ("3", '"約"0', "約3", True),
    ("1.4999", "0", "1", False),
    ("1.5", "0", "2", False),
    ("2.5", "0", "3", False),
    ("12.5", "0.##", "12.5", True),
    ("12", "0.##", "12.", True),
    ("1234", "0,", "1", False),
    ("1000", "0,", "1", False),
    ("123456789012", "General", "1.23457E+11", False),
    ("12345678901", "General", "12345678901", True),
    ("123456789012", "0", "123456789012", True),
    ("4901234567894", "0_ ", "4901234567894", True),
    ("1500", "0.00E+00", "1.50000E+3", False),
    ("0.5", "# ?/?", "5.00000E-1", False),
    ("5", ";;;", "", False),
    ("1200", "[$¥-411]#,##0", "¥1,200", True),
    ("1200", "[Red]#,##0", "1,200", True),
    ("8801234", "[<=999]000;[<=9999]000\\-00;000\\-0000", "880-1234", True),
    ("880", "[<=999]000;[<=9999]000\\-00;000\\-0000", "880", True),
    ("7", "@", "7", True),
    ("8", "??0", "8", True),
]  # fmt: skip


@pytest.mark.parametrize(("stored", "code", "shown", "is_exact"), SHOWN)
def test_digits_are_shown_as_excel_shows_them(stored, code, shown, is_exact):
    assert show(number(stored), code) == (shown, is_exact)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", FormatKind.DIGITS),
        ('0"年"', FormatKind.DIGITS),
        ("0\\d", FormatKind.DIGITS),
        ("#,##0_);[Red](#,##0)", FormatKind.DIGITS),
        ("0.00E+00", FormatKind.DIGITS),
        ("yyyy/m/d", FormatKind.DATE),
        ('yyyy"年"m"月"d"日"', FormatKind.DATE),
        ("[$-411]ge.m.d", FormatKind.DATE),
        ('[$-411]ggge"年"m"月"d"日";@', FormatKind.DATE),
        ("m/d", FormatKind.DATE),
        ("mmm", FormatKind.DATE),
        ("aaa", FormatKind.DATE),
        ("yyyy/m/d h:mm", FormatKind.DATE),
        ("h:mm", FormatKind.TIME),
        ("h:mm:ss AM/PM", FormatKind.TIME),
        ("mm:ss.0", FormatKind.TIME),
        ("[h]:mm", FormatKind.ELAPSED),
    ],
)
def test_a_format_says_what_a_number_is(code, kind):
    assert kind_of(code) is kind


@pytest.mark.parametrize(
    ("stored", "code", "is_1904", "expected"),
    [
        ("46113", "yyyy/m/d", False, datetime(2026, 4, 1)),  # noqa: DTZ001 - as Excel has it
        ("44651", "yyyy/m/d", True, datetime(2026, 4, 1)),  # noqa: DTZ001 - as Excel has it
        ("46113.75", "yyyy/m/d", False, datetime(2026, 4, 1, 18)),  # noqa: DTZ001 - as Excel has it
        ("0.375", "h:mm", False, time(9, 0)),
        ("1.0625", "[h]:mm", False, timedelta(hours=25, minutes=30)),
        ("-1", "yyyy/m/d", False, "#####"),
        ("3000000", "yyyy/m/d", False, "#####"),
        ("2958465.9999999", "yyyy/m/d", False, "#####"),
    ],
)
def test_dates_and_times(stored, code, is_1904, expected):
    assert read(number(stored), code, is_1904=is_1904) == expected


@given(st.text("0#?,.%;@\"\\_*[]<=>$-/ EGgydhms年'+()", max_size=12), st.decimals(-1e6, 1e6))
def test_no_format_fails(code, stored):
    read(number(str(stored)), code, is_1904=False)


@given(st.integers(0, 10**14))
def test_what_zeros_show_is_the_number(stored):
    shown, is_exact = show(Decimal(stored), "0000000000")
    assert is_exact
    assert int(shown) == stored
    assert len(shown) >= 10


@pytest.mark.parametrize("text", ["", "x", "NaN", "Infinity", "1e999999999", "1e400"])
def test_what_is_no_number_is_none(text):
    assert number(text) is None
