"""Every member of every command: left out, added to, or of another shape; and its closed part."""

from collections.abc import Iterator
from copy import deepcopy

import pytest

from chaincode import reading
from chaincode.base import envelope
from chaincode.base.errors import FaultError
from chaincode.rules import EVER
from tests.chaincode.drafts import Draft, types, valid
from tests.chaincode.pen import Pen, canonical

OPTIONAL = {
    "body.constitution",
    "body.roles[0].until",
    "body.channel",
    "body.spared",
    "body.explanation",
    "body.run.children[0].grade",
    "body.child.grade",
    "body.made.child.grade",
    *(f"body.children[{place}].grade" for place in range(3)),
    "closed.owner",
    "closed.consigned",
    "closed.packs",
    "closed.packed",
    "closed.basis",
    "closed.receipt",
    *(f"closed.inputs[{place}].owner" for place in range(2)),
    *(f"closed.parts[{place}].owner" for place in range(2)),
}
OPTIONAL_OF = {("label.bind", "body.id_nonce"), ("label.bind", "body.index")}
REQUIRED = {("constitution.amend", "body.constitution"), ("lot.take_back", "closed.owner")}
MAY_BE_EMPTY = {"body.roles", "body.devices"}
WRONG = (None, True, -1, 2**53 - 1, "", "no such", "0" * 81, [], [None], {}, {"x": 1}, 1)
WITH_CLOSED = [name for name in types() if valid(name).closed]


def fault(draft: Draft) -> tuple[str, str] | None:
    """Return code and member that a draft's bytes are refused for, `None` if they aren't."""
    try:
        reading.read(envelope.parse(draft.wire()), EVER)
    except FaultError as error:
        return str(error.code), error.member
    return None


def members(value: dict, path: str) -> Iterator[tuple[str, dict, str]]:
    """Yield (path, object, name) of every member, the objects within objects and lists too."""
    for name, member in value.items():
        yield f"{path}.{name}", value, name
        if isinstance(member, dict):
            yield from members(member, f"{path}.{name}")
        elif isinstance(member, list):
            for place, item in enumerate(member):
                if isinstance(item, dict):
                    yield from members(item, f"{path}.{name}[{place}]")


def parts(type_name: str) -> Iterator[tuple[Draft, str, dict, str]]:
    """Yield a fresh draft per member of its open and closed part."""
    draft = valid(type_name)
    paths = [path for path, *_ in members(draft.body, "body")]
    paths += [path for path, *_ in members(draft.closed or {}, "closed")]
    for path in paths:
        fresh = valid(type_name)
        found = [*members(fresh.body, "body"), *members(fresh.closed or {}, "closed")]
        value, name = next((value, name) for at, value, name in found if at == path)
        yield fresh, path, value, name


@pytest.mark.parametrize("type_name", types())
def test_a_member_left_out_is_missed(type_name):
    for draft, path, value, name in parts(type_name):
        del value[name]
        is_optional = path in OPTIONAL or (type_name, path) in OPTIONAL_OF
        if is_optional and (type_name, path) not in REQUIRED:
            assert fault(draft) is None
        else:
            assert fault(draft) == ("MISSING_MEMBER", path)


@pytest.mark.parametrize("type_name", types())
def test_a_member_of_another_shape_is_refused(type_name):
    for draft, path, value, name in parts(type_name):
        right = value[name]
        for wrong in WRONG:
            value[name] = deepcopy(wrong)
            code, member = fault(draft) or ("", path)
            is_empty_list = wrong == [] and path in MAY_BE_EMPTY
            assert code or is_empty_list or is_possible(right, wrong), (path, wrong)
            assert code in {"", "BAD_VALUE", "MISSING_MEMBER", "UNKNOWN_MEMBER", "UNKNOWN_TYPE"}
            assert member.startswith(path), (path, wrong, code, member)
        value[name] = right


def is_possible(right: object, wrong: object) -> bool:
    """Whether `wrong` may well be right: of the same kind, where the kind has such values."""
    if isinstance(right, bool) or isinstance(wrong, bool):
        return isinstance(right, bool) and isinstance(wrong, bool)
    return type(right) is type(wrong) and isinstance(right, int | str)


@pytest.mark.parametrize("type_name", types())
def test_an_unknown_member_is_refused(type_name):
    for draft, path, value, _ in parts(type_name):
        value["note"] = 1
        at = path.rpartition(".")[0]
        assert fault(draft) == ("UNKNOWN_MEMBER", f"{at}.note")
        del value["note"]


def test_the_first_unknown_member_by_name_is_named():
    draft = valid("lot.sell")
    draft.body |= {"zz": 1, "aa": 1}
    assert fault(draft) == ("UNKNOWN_MEMBER", "body.aa")


@pytest.mark.parametrize("type_name", types())
@pytest.mark.parametrize(
    "member", ["body", "type", "kid", "seq", "prev", "actor", "ledger", "v", "nonce"]
)
def test_a_member_of_the_envelope_left_out_is_missed(type_name, member):
    draft = valid(type_name)
    draft.members[member] = None
    assert fault(draft) == ("MISSING_MEMBER", member)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("v", 0),
        ("v", 2),
        ("v", "1"),
        ("v", True),
        ("ledger", "AB" * 32),
        ("ledger", "ab" * 31),
        ("seq", 0),
        ("seq", -1),
        ("seq", "1"),
        ("seq", True),
        ("prev", ""),
        ("actor", "0" * 12),  # twelve digits are what a My Number looks like
        ("actor", "ILOU" * 3),
        ("actor", "k" * 12),
        ("on_behalf", "K" * 11),
        ("on_behalf", "K" * 13),
        ("operator", "K" * 11),
        ("operator", ""),
        ("type", "lot"),
        ("type", "lot.Sell"),
        ("type", "lot.sell "),
        ("event_time", "2026-04-15"),
        ("event_time", "2026-04-15T09:00:00"),
        ("event_time", "2026-04-15T09:00:00+09:00"),
        ("event_time", "2026-04-15T09:00:00.0Z"),
        ("event_time", "2026-04-15T24:00:00Z"),
        ("event_time", "2026-04-15T23:60:00Z"),
        ("event_time", "2026-04-15T23:59:60Z"),
        ("event_time", "2026-02-30T00:00:00Z"),
        ("event_time", "2026-02-29T00:00:00Z"),
        ("event_time", "2026-13-01T00:00:00Z"),
        ("event_time", "2026-00-01T00:00:00Z"),
        ("event_time", "2026-04-00T00:00:00Z"),
        ("event_time", "1999-12-31T23:59:59Z"),
        ("event_time", "2100-01-01T00:00:00Z"),
        ("event_time", "2026-04-15t00:00:00z"),
        ("signed_at", 1_776_211_200),
        ("expires", ""),
        ("nonce", ""),
        ("nonce", "0" * 31),
        ("nonce", "0" * 33),
        ("nonce", "A" * 32),
        ("nonce", 0),
        ("body", []),
        ("body", "{}"),
        ("closed", "AB" * 32),
    ],
)
def test_a_member_of_the_envelope_of_another_shape_is_refused(member, value):
    draft = valid("lot.sell")
    draft.members[member] = value
    assert fault(draft) == ("BAD_VALUE", member)


@pytest.mark.parametrize("text", ["2028-02-29T23:59:59Z", "2000-01-01T00:00:00Z"])
def test_a_time_that_the_calendar_has_is_read(text):
    draft = valid("lot.sell")
    draft.members["event_time"] = text
    assert fault(draft) is None


def test_an_unknown_member_of_the_envelope_is_refused():
    draft = valid("lot.sell")
    draft.members["note"] = "x"
    assert fault(draft) == ("UNKNOWN_MEMBER", "note")


@pytest.mark.parametrize("type_name", types())
def test_no_part_of_a_command_calls_anything_else_a_nonce(type_name):
    """Ids derive from `id_nonce`, a key's proof from `invitation`: the entry's is the payload's."""
    draft = valid(type_name)
    named = {name for part in (draft.body, draft.closed or {}) for *_, name in members(part, "")}
    assert "nonce" not in named
    assert "nonce" in draft.payload()


def test_a_type_that_nobody_wrote_is_unknown():
    draft = valid("lot.sell")
    draft.members["type"] = "lot.eat"
    assert fault(draft) == ("UNKNOWN_TYPE", "type")


@pytest.mark.parametrize("type_name", WITH_CLOSED)
def test_a_closed_part_that_is_left_behind_is_missed(type_name):
    draft = valid(type_name)
    wire, _, _ = draft.wire().partition(b"~")
    with pytest.raises(FaultError, match="CLOSED_PART_MISSING"):
        reading.read(envelope.parse(wire), EVER)
    draft.closed = None
    assert fault(draft) == ("CLOSED_PART_MISSING", "closed")


@pytest.mark.parametrize("type_name", [name for name in types() if name not in WITH_CLOSED])
def test_a_closed_part_that_the_type_does_not_have_is_refused(type_name):
    draft = valid(type_name)
    draft.closed = {"salt": "0" * 32}
    assert fault(draft) == ("CLOSED_PART_UNEXPECTED", "closed")
    wire, _, _ = draft.wire().partition(b"~")
    with pytest.raises(FaultError, match="CLOSED_PART_UNEXPECTED"):
        reading.read(envelope.parse(wire), EVER)


@pytest.mark.parametrize("type_name", types())
def test_a_command_names_every_record_it_may_touch(type_name):
    draft = valid(type_name).last()
    touches = reading.read(envelope.parse(draft.wire()), EVER).touches
    assert draft.submit()["code"] == "ACCEPTED"
    stub = draft.world.ledger.stub
    everywhere = {"contract/head", "contract/demo_time", "recalls/open"}
    assert set(stub.reads) | set(stub.writes) == {*touches.reads, *touches.writes} | everywhere


def test_packs_may_say_how_many_grams_each_has():
    draft = valid("lot.harvest")
    draft.closed["packs"] |= {"count": 40, "unit_g": 500}
    assert fault(draft) is None
    for wrong in (0, 1_000_001, "500", True):
        draft.closed["packs"]["unit_g"] = wrong
        assert fault(draft) == ("BAD_VALUE", "closed.packs.unit_g")


@pytest.mark.parametrize(
    ("part", "member", "most"),
    [
        ("body", "parents", 64),
        ("body", "children", 16),
        ("closed", "inputs", 64),
    ],
)
def test_a_run_has_as_many_parts_as_it_may_have_and_no_more(part, member, most):
    """The shape's bounds; what they come to in bytes is bounded as well."""
    draft = valid("lot.repack")
    values = {"body": draft.body, "closed": draft.closed}[part]
    values[member] = values[member][:1] * most
    assert fault(draft) is None
    values[member] = values[member][:1] * (most + 1)
    assert fault(draft) == ("BAD_VALUE", f"{part}.{member}")


def test_a_recall_names_as_many_roots_at_once_as_a_command_has_room_for():
    draft = valid("recall.declare")
    draft.body["roots"] = [f"{number:020}" for number in range(400)]
    assert draft.answer() == "ACCEPTED"
    draft.body["roots"].append("Z" * 20)
    assert fault(draft) == ("BAD_VALUE", "body.roots")


def test_a_grant_of_the_most_roles_and_devices_is_read():
    draft = valid("actor.grant")
    draft.body["devices"] = [Pen(f"device {number}").kid for number in range(16)]
    draft.body["roles"] *= 16
    assert fault(draft) is None
    draft.body["roles"] *= 2
    assert fault(draft) == ("BAD_VALUE", "body.roles")


def test_the_largest_command_is_read_and_one_byte_more_is_not():
    draft = valid("key.revoke")
    wire = draft.wire()
    room = envelope.COMMAND_BYTES_MAX - len(wire)
    assert room > 0
    with pytest.raises(FaultError, match="NOT_A_JWS"):
        reading.read(envelope.parse(wire + b"A" * room), EVER)
    with pytest.raises(FaultError, match="TOO_LARGE"):
        reading.read(envelope.parse(wire + b"A" * (room + 1)), EVER)
    assert canonical(draft.payload())
