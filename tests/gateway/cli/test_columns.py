"""Columns of the command line meet in either language, whatever stands in them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.columns import LABEL, padded, width
from gateway.cli.said import WORDS
from tests.gateway.cli.terminal import drawn, harvest, minori

ROOT = Path(__file__).parents[3]
ID = re.compile(r"\b[0-9A-Z]{20}\b|\b[0-9a-f]{64}\b")
# Of labels whose width is not the words' own: what is put together, and the town's wider ones.
WIDER = {"call_list.line", "choosing.more", "town.more", "keyring.in_use"}


@given(st.text(st.characters(exclude_categories=("C", "M", "Z")), max_size=12), st.integers(0, 24))
def test_a_padded_text_takes_its_places(text, places):
    assert width(padded(text, places)) == max(width(text), places)


@pytest.mark.parametrize(
    ("text", "places"),
    [("", 0), ("lot", 3), ("受付", 4), ("ﾛｯﾄ", 3), ("か\u3099", 2), ("\uff21", 2)],
)
def test_japanese_takes_two_places(text, places):
    assert width(text) == places


@pytest.mark.parametrize("language", ["ja", "en"])
def test_labels_in_texts_are_of_one_width(language):
    for name, text in WORDS.items():
        found = re.match(r"([^\s{]+ {2,})\S", text.template(language))
        if found and name not in WIDER:
            wide = LABEL + (2 if name.startswith("town.") else 1)
            assert width(found[1]) == wide, (name, found[1])


def test_nothing_is_padded_by_characters():
    """`f"{text:8}"` counts a character as one place."""
    folders = (ROOT / "gateway/cli", ROOT / "network")
    files = [path for one in folders for path in (*one.glob("*.py"), *one.glob("words.toml"))]
    said = re.compile(r"\{[^{}:]+:[<>^]?[0-9]+s?\}|\.ljust\(")
    assert [path.name for path in files if said.search(path.read_text())] == []


@pytest.mark.parametrize(("language", "lot"), [("ja", "ロット"), ("en", "lot")])
def test_what_was_signed_and_drawn_stands_in_one_column(stage, language, lot):
    said = harvest(stage, "--lang", language)
    lines = [line for line in said.splitlines() if ID.search(line)]
    assert len(lines) == 3  # signed, lot, accepted
    assert {width(line[: ID.search(line).start()]) for line in lines} == {LABEL + 1}
    number = drawn(said, lot)
    sent = minori(
        *("submit", "lot.ship", f"lot={number}", "quantity_g=1kg", "--lang", language),
        *(f"recipient={stage.town.people['shop-a'].party}", "-k", "farm-a"),
    )
    assert drawn(sent, "送り状" if language == "ja" else "shipment")
