"""Records with a shape: what one dataclass reads, writes, and says of itself as a JSON Schema."""

from dataclasses import dataclass
from typing import Annotated

import jsonschema_rs
import pytest

from chaincode.base import shapes
from chaincode.base.canonical import Json  # noqa: F401 - `AnyObject` speaks of it
from chaincode.base.errors import FaultError
from chaincode.base.shapes import (
    AnyObject,
    Date,
    Grams,
    GramsOrNone,
    Integer,
    Items,
    Text,
    Timestamp,
    Title,
    Word,
)
from chaincode.rules import EVER
from tests.chaincode.drafts import types, valid


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A record within a record."""

    level: Annotated[int, Integer(-3, 3)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crate:
    """A record with a member of each kind."""

    word: Word
    grams: Grams | None
    sealed: bool
    labels: Annotated[tuple[Word, ...], Items(1, 3)]
    day: Date
    extra: AnyObject | None = None
    inner: Inner | None = None


FULL = {
    "word": "carrot",
    "grams": 500,
    "sealed": True,
    "labels": ["a", "b"],
    "day": "2026-04-15",
    "extra": {"anything": [1, None]},
    "inner": {"level": -3},
}
LEAST = {"word": "carrot", "sealed": False, "labels": ["a"], "day": "2026-04-15"}


@pytest.mark.parametrize("value", [FULL, LEAST])
def test_what_is_read_is_written_as_it_was(value):
    assert shapes.write(shapes.read(Crate, value)) == value
    jsonschema_rs.validate(shapes.schema(Crate), value)


WRONG = [
    ({"word": 1}, "word"),
    ({"word": "Carrot"}, "word"),
    ({"word": "carrot\n"}, "word"),
    ({"grams": None}, "grams"),
    ({"grams": 0}, "grams"),
    ({"grams": True}, "grams"),
    ({"grams": "1"}, "grams"),
    ({"grams": 1_000_000_001}, "grams"),
    ({"sealed": 1}, "sealed"),
    ({"sealed": "true"}, "sealed"),
    ({"sealed": None}, "sealed"),
    ({"labels": []}, "labels"),
    ({"labels": ["a"] * 4}, "labels"),
    ({"labels": "a"}, "labels"),
    ({"labels": {"0": "a"}}, "labels"),
    ({"labels": ["a", 1]}, "labels[1]"),
    ({"day": 20260415}, "day"),
    ({"extra": []}, "extra"),
    ({"inner": 1}, "inner"),
    ({"inner": {"level": 4}}, "inner.level"),
    ({"inner": {"level": -4}}, "inner.level"),
]


@pytest.mark.parametrize(("change", "member"), WRONG)
def test_a_value_of_another_shape_is_refused_and_its_schema_refuses_it_too(change, member):
    with pytest.raises(FaultError) as caught:
        shapes.read(Crate, FULL | change)
    assert (caught.value.code, caught.value.member) == ("BAD_VALUE", member)
    assert not jsonschema_rs.is_valid(shapes.schema(Crate), FULL | change)


@pytest.mark.parametrize("day", ["2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10"])
def test_a_day_that_no_calendar_has_is_refused(day):
    with pytest.raises(FaultError, match="BAD_VALUE day"):
        shapes.read(Crate, FULL | {"day": day})


def test_a_member_missing_or_unknown_within_a_record_is_named_by_its_path():
    with pytest.raises(FaultError, match=r"MISSING_MEMBER at\.inner\.level"):
        shapes.read(Crate, FULL | {"inner": {}}, "at")
    with pytest.raises(FaultError, match=r"UNKNOWN_MEMBER inner\.note"):
        shapes.read(Crate, FULL | {"inner": {"level": 1, "note": 1}})


def test_an_unknown_member_is_answered_before_one_of_another_shape():
    with pytest.raises(FaultError, match="UNKNOWN_MEMBER note"):
        shapes.read(Crate, {"note": 1})


@pytest.mark.parametrize("shape", [Word, Grams, GramsOrNone, Timestamp, Title])
def test_every_shape_says_what_it_allows(shape):
    constraint = shape.__metadata__[0]
    described = constraint.schema()
    if "examples" in described:
        (example,) = described["examples"]
        assert jsonschema_rs.is_valid(described, example)
        assert constraint.reader()(example, "") == example
    else:
        for edge in (described["minimum"], described["maximum"]):
            assert constraint.reader()(edge, "") == edge


def test_a_pattern_must_match_as_a_whole():
    reader = Text("a|b", "a").reader()
    for text in ("ab", "ca", "a\n", ""):
        with pytest.raises(FaultError):
            reader(text, "")


@pytest.mark.parametrize("type_name", types())
def test_the_schema_of_a_type_accepts_a_right_command(type_name):
    draft, kind = valid(type_name), EVER[type_name]
    jsonschema_rs.validate(shapes.schema(kind.body), draft.body)
    if kind.closed is not None:
        jsonschema_rs.validate(shapes.schema(kind.closed), draft.closed)


def test_a_record_needs_one_at_least_of_some_members():
    @shapes.some_of("ours_g", "theirs_g")
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Said:
        ours_g: shapes.Grams | None = None
        theirs_g: shapes.Grams | None = None
        note: shapes.Word | None = None

    described = shapes.schema(Said)
    for value in ({"ours_g": 1}, {"theirs_g": 1}, {"ours_g": 1, "theirs_g": 2, "note": "x"}):
        assert shapes.write(shapes.read(Said, value)) == value
        jsonschema_rs.validate(described, value)
    for value in ({}, {"note": "x"}):
        with pytest.raises(FaultError) as error:
            shapes.read(Said, value, "closed")
        assert (str(error.value.code), error.value.member) == ("MISSING_MEMBER", "closed.ours_g")
        assert not jsonschema_rs.is_valid(described, value)


@pytest.mark.parametrize("type_name", types())
def test_the_schema_of_a_type_knows_all_members_and_no_others(type_name):
    draft, kind = valid(type_name), EVER[type_name]
    schema = shapes.schema(kind.body)
    for name in schema["required"]:
        without = {member: value for member, value in draft.body.items() if member != name}
        assert not jsonschema_rs.is_valid(schema, without)
    assert not jsonschema_rs.is_valid(schema, draft.body | {"note": 1})
