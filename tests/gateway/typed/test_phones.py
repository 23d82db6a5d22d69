"""Telephone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.setup import values
from gateway.setup.faults import CellError, FaultKind
from gateway.typed.phones import PhoneError, ZeroLostError, dialled, numbers
from tests.gateway.setup.workbooks import wide

RIGHT = [
    ("0985-00-1234", ["0985001234"]),
    ("0985001234", ["0985001234"]),
    ("0985 00 1234", ["0985001234"]),
    ("0985.00.1234", ["0985001234"]),
    ("0985(00)1234", ["0985001234"]),
    ("(0985)00-1234", ["0985001234"]),
    ("(0985) 00-1234", ["0985001234"]),
    ("090-0000-1234", ["09000001234"]),
    ("0120-00-1234", ["0120001234"]),
    ("03-0000-1234", ["0300001234"]),
    ("+81 985 00 1234", ["+81985001234"]),
    ("+81-985-00-1234", ["+81985001234"]),
    ("+81 (0)985 00 1234", ["+81985001234"]),
    ("+1 212 555 0100", ["+12125550100"]),
    ("0985-00-1234 内線12", ["0985001234"]),
    ("0985-00-1234(内線 1234)", ["0985001234"]),
    ("0985-00-1234 (内)123456", ["0985001234"]),
    ("0985-00-1234 ext. 55", ["0985001234"]),
    ("0985-00-1234(呼出)", ["0985001234"]),
    ("呼出 0985-00-1234", ["0985001234"]),
    ("0985-00-1234/090-0000-1234", ["0985001234", "09000001234"]),
    ("0985-00-1234、090-0000-1234", ["0985001234", "09000001234"]),
    ("0985-00-1234 090-0000-1234", ["0985001234", "09000001234"]),
    ("0985 00 1234 090 0000 1234", ["0985001234", "09000001234"]),
    ("0985001234・09000001234", ["0985001234", "09000001234"]),
    ("自宅 0985-00-1234 携帯 090-0000-1234", ["0985001234", "09000001234"]),
    ("TEL:0985-00-1234", ["0985001234"]),
    ("0985-00-1234 FAX 0985-00-1235", ["0985001234", "0985001235"]),
    ("23-4567", ["234567"]),  # without the area's number, as neighbours write it
]


@pytest.mark.parametrize(("text", "found"), RIGHT)
def test_numbers_are_found_in_what_people_write(text, found):
    assert numbers(text) == found
    assert dialled(text) == found[0]
    assert values.phone(text) == text
    assert values.phone(wide(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        *("985001234", "985-00-1234", "9000001234", "90-0000-1234", "81985001234"),
        "0985-00-1234/9000001234",
    ],
)
def test_a_lost_zero_is_told(text):
    with pytest.raises(ZeroLostError):
        numbers(text)
    with pytest.raises(CellError) as error:
        values.phone(text)
    assert error.value.kind is FaultKind.PHONE_LOST_ZERO


@pytest.mark.parametrize(
    "text", ["", "なし", "役場まで", "110", "12", "0" * 30, "+1", "x@a.example"]
)
def test_what_is_no_number_is_told(text):
    with pytest.raises(PhoneError):
        numbers(text)
    assert dialled(text) == ""


@given(st.from_regex(r"0[1-9][0-9]{8,9}", fullmatch=True), st.sampled_from("-. "))
def test_a_number_is_found_however_it_is_parted(digits, mark):
    assert numbers(f"{digits[:4]}{mark}{digits[4:6]}{mark}{digits[6:]}") == [digits]


@given(st.integers(100_000_000, 9_999_999_999))
def test_a_number_in_a_cell_for_numbers_has_lost_its_zero(number):
    with pytest.raises(CellError) as error:
        values.phone(number)
    assert error.value.kind is FaultKind.PHONE_LOST_ZERO
