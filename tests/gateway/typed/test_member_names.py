"""What members of commands are called: all of them, and each by one name in a command."""

import pytest

from chaincode.base import shapes
from chaincode.rules import EVER
from gateway.typed.member_names import _JAPANESE, in_path, label, listed, meant, typed
from tests.gateway.setup.workbooks import wide

OF_THE_COMMAND_LINE = {"command", "event_time", "on_behalf"}  # of no part of a command


def members_of(schema):
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from members_of(inner)
    if isinstance(schema.get("items"), dict):
        yield from members_of(schema["items"])


def parts(kind):
    return [shapes.schema(shape) for shape in (kind.body, kind.closed) if shape is not None]


def test_every_member_of_every_command_is_called_something_and_nothing_else_is():
    members = {one for kind in EVER.values() for part in parts(kind) for one in members_of(part)}
    assert set(_JAPANESE) == members | OF_THE_COMMAND_LINE


@pytest.mark.parametrize("kind", EVER.values(), ids=lambda kind: kind.name)
def test_a_member_is_meant_by_either_name_and_by_no_other(kind):
    members = [name for part in parts(kind) for name in part["properties"]]
    for member in members:
        for name in (member, wide(member), label(member).ja, label(member).en):
            assert meant(name, members) == member
    assert meant("だれか", members) == "だれか"


def test_names_are_said_as_they_are_typed():
    assert (label("shop").ja, label("shop").en) == ("店", "shop")
    assert (typed("shop").ja, typed("shop").en) == ("店（shop）", "shop")
    assert listed(["shop", "lot"]).ja == "店（shop）, ロット（lot）"
    assert in_path("closed.packs.unit").ja == "単位（closed.packs.unit）"
    assert in_path("body.children[2]").ja == "できたロット（body.children[2]）"
    assert in_path("").ja == ""
