"""Types of command as a gateway tells them: held against, kept, and refused where not in force."""

import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaincode.base import shapes
from chaincode.base.errors import FaultError
from chaincode.rules import EVER
from gateway.cli import by_schema, kinds
from gateway.device.keyring import Key
from tests.chaincode.drafts import valid
from tests.gateway.cli.terminal import harvest, minori

AWAY = ("--gateway", "http://127.0.0.1:9")
NOTHING = object()


def verdict(check, *arguments):
    """Return the place that is wrong, `None` if nothing is."""
    try:
        check(*arguments)
    except FaultError as fault:
        return fault.member
    return None


def places(value, at=()):
    """Yield the place of everything in a value."""
    yield at
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in inner:
            yield from places(one, (*at, name))


def changed(value, place, by):
    """Return a copy of a value with something else at a place; `NOTHING` there: left out."""
    copy = json.loads(json.dumps(value))
    if not place:
        return by
    inner = copy
    for name in place[:-1]:
        inner = inner[name]
    if by is NOTHING and isinstance(inner, dict):
        del inner[place[-1]]
    elif by is not NOTHING:
        inner[place[-1]] = by
    return copy


STRANGE = (
    NOTHING,
    None,
    "",
    "x",
    "\n",
    0,
    -1,
    10**15,
    True,
    False,
    [],
    {},
    [{}],
    {"x": 1},
    "\uff58",
)


@given(st.data())
def test_a_value_is_judged_by_its_schema_as_by_the_contracts_own_shape(data):
    """Every part of every type, changed anywhere: the same members are wrong."""
    kind = EVER[data.draw(st.sampled_from(sorted(EVER)))]
    draft = valid(kind.name)
    for shape, part in ((kind.body, draft.body), (kind.closed, draft.closed)):
        if shape is None:
            continue
        place = data.draw(st.sampled_from(list(places(part))))
        value = changed(part, place, data.draw(st.sampled_from(STRANGE)))
        if not isinstance(value, dict):
            continue
        schema = shapes.schema(shape)
        by_shape = verdict(shapes.read, shape, value, "")
        found = verdict(by_schema.require, schema, value, "")
        assert found is None or by_shape is not None
        if by_shape is not None and found is None:  # a day that no month has, and the like
            assert isinstance(part, dict)
            assert place, (kind.name, value)


def test_types_are_kept_beside_the_key_and_used_where_there_is_no_line(stage, home):
    harvest(stage)
    key = Key.load(home / "keys" / "farm-a.json")
    path = kinds.path_of(key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(kinds.kept(key).by_name) == set(EVER)
    stored = json.loads(path.read_text())
    stored["types"] = [one for one in stored["types"] if one["name"] != "lot.harvest"]
    path.write_text(json.dumps(stored))
    before = json.loads(key.path.read_text())["seq"]
    said = harvest(stage, "--later", *AWAY, code=1)
    assert "lot.harvest is not in force" in said
    assert json.loads(key.path.read_text())["seq"] == before
    assert "使えません" in harvest(stage, "--later", *AWAY, "--lang", "ja", code=1)
    assert "accepted" in harvest(stage)  # the gateway tells anew


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"v": 2}', '{"v": 1, "ledger": "other"}'])
def test_what_can_not_be_read_is_asked_anew_or_the_programs_own(stage, home, damage):
    key = Key.load(home / "keys" / "farm-a.json")
    kinds.path_of(key).write_text(damage)
    assert kinds.kept(key) is None
    assert "waiting" in harvest(stage, "--later", *AWAY)
    assert set(kinds.latest(key).by_name) == set(EVER)


def test_no_such_type_is_told_with_those_there_are(stage):  # noqa: ARG001
    said = minori("submit", "lot.prise", "-k", "farm-a", code=1)
    assert "no command type 'lot.prise'" in said
    assert "lot.harvest" in said


def test_a_list_is_of_the_gateways_types_and_without_one_says_whose_it_is(stage):
    there = minori("submit", "list", "-k", "farm-a")
    assert "own rules" not in there
    away = minori("submit", "list", *AWAY)
    assert "own rules" in away
    assert set(EVER) <= set(away.split()) & set(there.split())
    assert minori("submit", "list", "--gateway", stage.url).split() == there.split()
