"""A mapping's file: read once, and told in one sentence where it is wrong."""

import json

import pytest

from gateway.pos import MappingError, PosMapping
from tests.gateway.pos.making import mapping


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_mapping_is_read_from_its_file(tmp_path):
    wanted = mapping(line="行")
    path = write(tmp_path / "m.json", wanted.model_dump(exclude_none=True))
    assert PosMapping.load(path) == wanted


def spoiled(**changes):
    return {**mapping().model_dump(exclude_none=True), **changes}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "m.json"),
        ("[]", "m.json"),
        (spoiled(colour="red"), "colour: there is no such member"),
        (spoiled(till=""), "till"),
        ({"till": "1"}, "date: is missing"),
        (spoiled(items={"1": {"crop": "carrot", "unit_g": 0}}), "items.1.unit_g"),
        (spoiled(items={"1": {"crop": "", "unit_g": 1}}), "items.1.crop"),
        (spoiled(items={"1": {"crop": "carrot", "unit_g": 1, "lot": "x"}}), "items.1.lot"),
        (spoiled(items={"1": {"crop": "carrot"}}), "items.1: what is sold by piece needs unit_g"),
        (spoiled(line="行", receipt=None), "a line's number needs the receipt's"),
        ('{"till": "1", "till": "2"}', "till stands twice"),
    ],
)
def test_a_wrong_mapping_says_where(tmp_path, content, said):
    path = write(tmp_path / "m.json", content)
    with pytest.raises(MappingError, match=said) as raised:
        PosMapping.load(path)
    assert "対応表" in raised.value.say("ja")
    assert "is missing" not in raised.value.say("ja")


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.json"):
        PosMapping.load(tmp_path / "none.json")
