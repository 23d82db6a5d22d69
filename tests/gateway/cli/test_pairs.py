"""`LOT=MASS`: which lot, how much, and never a lot twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli import arguments, kinds, pairs
from gateway.cli.arguments import ArgumentError
from gateway.typed import lot_numbers
from gateway.words import SaidError

LOTS = ("5" * 20, "7K3M9X2B0KTD7C4Q8R1V")
WRITTEN = {
    "as it is": lambda lot: lot,
    "small letters": str.lower,
    "full width": lambda lot: "".join(chr(ord(char) + 0xFEE0) for char in lot),
    "in groups": lambda lot: "-".join(lot_numbers.grouped(lot)),
    "with its check character": lambda lot: lot + lot_numbers.check_character(lot),
    "scanned": lambda lot: f"https://minori.example/lots/{lot}?lang=ja",
    "scanned from another's label": lambda lot: f"(10){lot}",
}


def test_each_lot_has_its_mass_in_the_order_given():
    assert pairs.masses_g([f"{LOTS[1]}=2.4kg", f"{LOTS[0]}=0"], str) == {LOTS[1]: 2_400, LOTS[0]: 0}


@given(first=st.sampled_from([*WRITTEN]), second=st.sampled_from([*WRITTEN]))
def test_a_lot_named_twice_is_refused_however_it_is_written(first, second):
    words = [f"{WRITTEN[first](LOTS[1])}=1kg", f"{LOTS[0]}=1kg", f"{WRITTEN[second](LOTS[1])}=1kg"]
    with pytest.raises(ArgumentError, match=f"{LOTS[1]} is named twice"):
        pairs.masses_g(words, str)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (LOTS[0], "write LOT=MASS"),
        ("=1kg", "is not a number"),
        (f"{LOTS[0][:-1]}=1kg", "is not a number"),
        (f"{LOTS[1]}X=1kg", "check character"),
        (f"{LOTS[0]}=", "quantity_g="),
        (f"{LOTS[0]}=a lot", "quantity_g=a lot"),
        (f"{LOTS[0]}=0.5g", "whole number of grams"),
    ],
)
def test_what_is_no_pair_is_told(word, said):
    with pytest.raises(SaidError, match=said):
        pairs.masses_g([word], str)


@pytest.mark.parametrize(
    "words",
    [
        ("quantity_g=1kg", "quantity_g=2kg"),
        ("lot=" + LOTS[0], "quantity_g=1kg", "lot=" + LOTS[0]),
    ],
)
def test_no_member_of_a_command_stands_twice_either(words):
    with pytest.raises(ArgumentError, match="stands twice") as raised:
        arguments.read(kinds.own().of("lot.sell"), words)
    assert "2回" in raised.value.say("ja")
