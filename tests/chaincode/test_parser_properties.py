"""Nothing that is sent as a command can do worse than be refused with a code."""

import json
from base64 import urlsafe_b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaincode import reading
from chaincode.base import envelope
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, FaultError
from chaincode.rules import EVER
from tests.chaincode.drafts import types, valid
from tests.chaincode.pen import base64url, canonical, sha256_hex

SEARCHES = 200
SHAPE_CODES = list(Code)[1 : list(Code).index(Code.CLOSED_PART_MISMATCH) + 1]
WIRES = {type_name: valid(type_name).wire() for type_name in types()}
wires = st.sampled_from(list(WIRES.values()))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def decoded(text: bytes) -> bytes:
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def taken_apart(wire: bytes) -> tuple[dict, dict, bytes, dict | None]:
    jws, _, closed = wire.partition(b"~")
    header, payload, signature = (decoded(part) for part in jws.split(b"."))
    return (
        json.loads(header),
        json.loads(payload),
        signature,
        json.loads(decoded(closed)) if closed else None,
    )


def put_together(header: bytes, payload: bytes, signature: bytes, closed: bytes | None) -> bytes:
    jws = ".".join(base64url(part) for part in (header, payload, signature))
    return (jws if closed is None else f"{jws}~{base64url(closed)}").encode()


def shape_fault(wire: bytes) -> Code | None:
    """Read a command; return the fault, and see that it is one of shape."""
    try:
        reading.read(envelope.parse(wire), EVER)
    except FaultError as fault:
        code = fault.code
    else:
        return None
    assert code in SHAPE_CODES
    return code


@settings(max_examples=SEARCHES)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(wire):
    assert shape_fault(wire) is not None


@settings(max_examples=SEARCHES)
@given(st.text("abcdefgABCDEFG0123456789-_.~=", max_size=200))
def test_anything_that_looks_like_a_command_is_refused(text):
    assert shape_fault(text.encode()) is not None


@settings(max_examples=SEARCHES)
@given(wires, st.data())
def test_a_command_with_bytes_changed_put_in_or_taken_out_is_refused_or_means_the_same(wire, data):
    place = data.draw(st.integers(0, len(wire) - 1))
    length = data.draw(st.integers(0, 3))
    put_in = data.draw(st.binary(max_size=3))
    changed = wire[:place] + put_in + wire[place + length :]
    if shape_fault(changed) is None:
        assert changed == wire or is_unlike(changed, wire)


def is_unlike(changed: bytes, wire: bytes) -> bool:
    """Whether two commands differ in what is signed, or in the signature."""
    one, other = (envelope.parse(one) for one in (changed, wire))
    return (one.signing_input, one.signature) != (other.signing_input, other.signature)


@settings(max_examples=SEARCHES)
@given(wires, st.lists(st.binary(max_size=60), min_size=3, max_size=4))
def test_a_command_with_parts_of_any_bytes_is_refused(wire, parts):
    header, payload, signature, closed = (*parts, None)[:4]
    assert shape_fault(put_together(header, payload, signature, closed)) is not None
    own_header = decoded(wire.split(b".")[0])
    assert shape_fault(put_together(own_header, payload, signature.ljust(64)[:64], closed))


@settings(max_examples=SEARCHES)
@given(wires, st.data())
def test_a_payload_with_members_of_any_json_is_refused_or_read(wire, data):
    header, payload, signature, closed = taken_apart(wire)
    part = data.draw(st.sampled_from([one for one in (payload, payload["body"], closed) if one]))
    part[data.draw(st.sampled_from([*part, "note"]))] = data.draw(json_values)
    if closed is not None and part is closed:
        payload["closed"] = sha256_hex(canonical(closed))
    for spell in (escaped, canonical):
        closed_raw = None if closed is None else spell(closed)
        shape_fault(put_together(canonical(header), spell(payload), signature, closed_raw))


def escaped(value: dict) -> bytes:
    """Return JSON in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@settings(max_examples=SEARCHES)
@given(json_values)
def test_a_header_of_any_json_is_refused(value):
    _, payload, signature, closed = taken_apart(WIRES["lot.sell"])
    raw = json.dumps(value).encode()
    wire = put_together(raw, canonical(payload), signature, canonical(closed))
    assert shape_fault(wire) in {"BAD_HEADER", "BAD_ALGORITHM"}


@pytest.mark.parametrize("type_name", types())
def test_what_is_read_is_what_was_written(type_name):
    draft = valid(type_name)
    command = envelope.parse(draft.wire())
    payload = draft.payload()
    assert isinstance(command, Command)
    assert command.id == sha256_hex(canonical(payload))
    assert (command.type, command.kid, command.seq, command.prev, command.actor) == tuple(
        payload[name] for name in ("type", "kid", "seq", "prev", "actor")
    )
    assert (command.body, command.closed) == (payload["body"], draft.closed)
    assert command.closed_hash == payload.get("closed")
    assert command.wire == draft.wire()
