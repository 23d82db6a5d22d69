"""Lots' numbers as people type them and as scanners do."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.typed import lot_numbers
from gateway.typed.lot_numbers import (
    ALPHABET,
    CHARACTERS,
    NumberError,
    NumberFault,
    check_character,
)

LOT = "5T2W8YK0M3R7B1XNQ4HD"
CHECK = check_character(LOT)

numbers = st.text(ALPHABET, min_size=CHARACTERS, max_size=CHARACTERS)
places = st.integers(0, CHARACTERS)


@given(numbers)
def test_a_number_with_its_check_character_is_sure_and_without_it_is_not(lot):
    whole = lot_numbers.read(lot + check_character(lot))
    assert (whole.lot, whole.is_sure) == (lot, True)
    bare = lot_numbers.read(lot)
    assert (bare.lot, bare.is_sure) == (lot, False)


@given(numbers, places, st.integers(1, 31))
def test_every_single_wrong_character_is_told(lot, place, other):
    whole = lot + check_character(lot)
    wrong = ALPHABET[(ALPHABET.index(whole[place]) + other) % 32]
    with pytest.raises(NumberError) as error:
        lot_numbers.read(whole[:place] + wrong + whole[place + 1 :])
    assert error.value.fault is NumberFault.CHECK_WRONG


@given(numbers, places, places)
def test_every_two_characters_that_changed_places_are_told(lot, one, other):
    whole = list(lot + check_character(lot))
    if whole[one] == whole[other]:
        return
    whole[one], whole[other] = whole[other], whole[one]
    with pytest.raises(NumberError):
        lot_numbers.read("".join(whole))


@given(numbers, st.integers(0, CHARACTERS - 1))
def test_a_character_left_out_leaves_a_number_that_nobody_is_sure_of(lot, place):
    whole = lot + check_character(lot)
    read = lot_numbers.read(whole[:place] + whole[place + 1 :])
    assert not read.is_sure


def full_width(text):
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def shift(text):
    """As a Japanese input that is on turns the signs of an address."""
    return full_width(text).translate(str.maketrans({"\uff0e": "。", "/": "・", "\uff0f": "・"}))


MISREAD = LOT.replace("0", "o").replace("1", "l")
URL = f"https://aya.example/lots/{LOT}"
SCANNED = [
    URL,
    f"{URL}?lang=ja",
    URL.upper(),
    URL.swapcase(),
    f"http://127.0.0.1:8000/lots/{LOT}/",
    f"aya.example/lots/{LOT}",
    f"https://id.gs1.org/01/04912345678904/10/{LOT}",
    f"https://id.gs1.org/01/04912345678904/10/{LOT}/21/12?17=271231",
    f"https://aya.example/r/gtin/04912345678904/lot/{LOT}",
    f"(01)04912345678904(10){LOT}",
    f"(10){LOT}(21)12",
    f"]Q3{URL}",
    f"]d2(01)04912345678904(10){LOT}",
    f"https+//aya.example/lots/{LOT}?lang^ja",  # a scanner set to another country's keyboard
    f"https'//aya.example/lots/{LOT}",
    f"ｈっｔｐｓ：・・あや。ぇｘあｍｐぇ・ぉｔｓ・{full_width(LOT)}",
    "https://aya.example/lots/" + "-".join(lot_numbers.grouped(LOT)),
]
TYPED = [
    LOT,
    LOT.lower(),
    MISREAD,
    MISREAD.upper(),
    " ".join(lot_numbers.grouped(LOT)),
    "-".join(lot_numbers.grouped(LOT)),
    "ー".join(lot_numbers.grouped(full_width(LOT))),
    "\u3000".join(lot_numbers.grouped(LOT)),
    "\u2010".join(lot_numbers.grouped(LOT)),
    "\u2212".join(lot_numbers.grouped(LOT)),
]


@pytest.mark.parametrize("end", ["", "\r", "\r\n", "\t", " ", "\u3000", "\u200b"])
@pytest.mark.parametrize("change", [str, full_width, shift])
@pytest.mark.parametrize("text", SCANNED)
def test_what_a_scanner_types_is_read(text, change, end):
    found = lot_numbers.read(change(text) + end)
    assert (found.lot, found.is_sure) == (LOT, True)


@pytest.mark.parametrize("end", ["", "\r", "\n", "\t", "\u3000"])
@pytest.mark.parametrize("check", ["", CHECK, f" {CHECK.lower()}", f"-{full_width(CHECK)}"])
@pytest.mark.parametrize("text", TYPED)
def test_what_a_person_types_is_read(text, check, end):
    found = lot_numbers.read(text + check + end)
    assert (found.lot, found.is_sure, found.host) == (LOT, bool(check), "")


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\r\n", LOT[:19], LOT + CHECK + "0", LOT.replace("K", "U"), "へべす", "0" * 19),
        *("https://aya.example/", "https://aya.example/recalls/" + LOT, f"{URL}0/x", "https://[/x"),
        *(
            "javascript://x",
            "//",
            "(10)",
            "(01)04912345678904",
            f"https://a.example/lots/{LOT[:9]}",
        ),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(NumberError):
        lot_numbers.read(text)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(NumberError):
        assert re.fullmatch(f"[{ALPHABET}]{{{CHARACTERS}}}", lot_numbers.read(text).lot)


@pytest.mark.parametrize(
    ("text", "host"),
    [(URL, "aya.example"), (URL.upper(), "aya.example"), (f"http://h:8000/lots/{LOT}", "h:8000")],
)
def test_the_host_of_a_scanned_address_is_told(text, host):
    assert lot_numbers.read(text).host == host
