"""The envelope: the parts of the wire form, each with what it is refused for."""

import pytest

from chaincode import reading
from chaincode.base import envelope
from chaincode.base.errors import FaultError
from chaincode.rules import EVER
from tests.chaincode.drafts import valid
from tests.chaincode.pen import Pen, base64url, canonical, sha256_hex, timestamp
from tests.chaincode.world import NOW

DRAFT = valid("lot.sell")
PAYLOAD = canonical(DRAFT.payload())
CLOSED = canonical(DRAFT.closed)
PEN = DRAFT.world.people["farmer"].pen


def code_of(wire: bytes) -> str | None:
    try:
        reading.read(envelope.parse(wire), EVER)
    except FaultError as fault:
        return str(fault.code)
    return None


def wire(
    header: bytes | dict | None = None, payload: bytes | None = None, closed: bytes | None = CLOSED
) -> bytes:
    """Return the sale with a part replaced."""
    head = canonical(header) if isinstance(header, dict) else header
    jws = PEN.jws(PAYLOAD if payload is None else payload, head)
    return jws if closed is None else jws + b"~" + base64url(closed).encode()


def test_the_sale_itself_is_read():
    assert wire() == DRAFT.wire()
    assert code_of(wire()) is None


@pytest.mark.parametrize(
    "changed",
    [
        lambda _: b"",
        lambda _: b"~",
        lambda _: b"..",
        lambda _: b"..~",
        lambda one: one.replace(b".", b"", 1),
        lambda one: one.replace(b".", b"..", 1),
        lambda one: one.replace(b".", b".AA.", 1),
        lambda one: b"." + one,
        lambda one: b" " + one,
        lambda one: one + b"\n",
        lambda one: one + b"=",
        lambda one: one + b"~",
        lambda one: one.replace(b".", b"=.", 1),
        lambda one: b"+" + one[1:],
        lambda one: b"/" + one[1:],
        lambda one: b"\xff" + one[1:],
        lambda one: "é".encode() + one,
        lambda one: one.partition(b"~")[0] + b"~",
        lambda one: one.partition(b"~")[0] + b"~A",
        lambda one: one.partition(b"~")[0] + b"~.",
    ],
)
def test_what_is_no_compact_jws_is_refused(changed):
    assert code_of(changed(wire())) == "NOT_A_JWS"


@pytest.mark.parametrize("length", [0, 1, 63, 65, 96, 128])
def test_a_signature_has_64_bytes(length):
    jws, _, closed = wire().partition(b"~")
    head, payload, _ = jws.split(b".")
    signature = base64url(bytes(length)).encode()
    assert code_of(b".".join((head, payload, signature)) + b"~" + closed) == "NOT_A_JWS"


def test_unused_bits_of_base64url_must_be_zero():
    jws, _, closed = wire().partition(b"~")
    last = jws[-1:]  # 64 bytes end in a character of which four bits are used
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = alphabet[alphabet.index(last) + 1 : alphabet.index(last) + 2]
    assert code_of(jws[:-1] + twin + b"~" + closed) == "NOT_A_JWS"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "none"}, "BAD_ALGORITHM"),
        ({"alg": "HS256"}, "BAD_ALGORITHM"),
        ({"alg": "ES384"}, "BAD_ALGORITHM"),
        ({"alg": "es256"}, "BAD_ALGORITHM"),
        ({"alg": 256}, "BAD_ALGORITHM"),
        ({"alg": None}, "BAD_ALGORITHM"),
        ({"typ": "JWT"}, "BAD_HEADER"),
        ({"typ": "minori-session+jws"}, "BAD_HEADER"),
        ({"kid": Pen("another").kid}, "BAD_HEADER"),
        ({"kid": "A"}, "BAD_HEADER"),
        ({"crit": ["b64"]}, "BAD_HEADER"),
        ({"jwk": PEN.jwk}, "BAD_HEADER"),
        ({"b64": False}, "BAD_HEADER"),
    ],
)
def test_a_header_says_es256_the_key_and_what_it_signs_and_nothing_else(header, code):
    assert code_of(wire({**PEN.header, **header})) == code


@pytest.mark.parametrize("member", ["kid", "typ"])
def test_a_header_without_a_member_is_refused(member):
    header = {name: value for name, value in PEN.header.items() if name != member}
    assert code_of(wire(header)) == "BAD_HEADER"


def test_a_header_without_an_algorithm_is_refused():
    assert code_of(wire({"kid": PEN.kid, "typ": PEN.header["typ"]})) == "BAD_ALGORITHM"


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b'"ES256"',
        b"null",
        b"{",
        canonical(PEN.header) + b" ",
        canonical(PEN.header).replace(b'"ES256"', b'"ES25\\u0036"'),
        canonical(PEN.header).replace(b'{"alg":"ES256"', b'{"alg":"ES256","alg":"none"'),
    ],
)
def test_a_header_that_is_not_canonical_json_is_refused(header):
    expected = "NOT_A_JWS" if header == b"" else "BAD_HEADER"
    assert code_of(wire(header)) == expected


@pytest.mark.parametrize("payload", [b"[]", b"null", b"1", b'"x"', b"true"])
def test_a_payload_is_an_object(payload):
    assert code_of(wire(payload=payload)) == "BAD_VALUE"


@pytest.mark.parametrize("closed", [b"[]", b"null", b"1"])
def test_a_closed_part_is_an_object(closed):
    payload = canonical(DRAFT.payload() | {"closed": sha256_hex(closed)})
    assert code_of(wire(payload=payload, closed=closed)) == "BAD_VALUE"


@pytest.mark.parametrize(
    ("closed", "code"),
    [
        (CLOSED + b" ", "NOT_CANONICAL"),
        (b"{", "NOT_JSON"),
        (b"\xff", "NOT_UTF8"),
        (b'{"salt":1,"salt":1}', "DUPLICATE_MEMBER"),
        (canonical(DRAFT.closed | {"salt": "0" * 32}), "CLOSED_PART_MISMATCH"),
    ],
)
def test_a_closed_part_is_canonical_and_the_one_that_was_signed(closed, code):
    assert code_of(wire(closed=closed)) == code


@pytest.mark.parametrize(
    ("header", "payload", "closed", "code"),
    [
        ({**PEN.header, "alg": "none"}, b"{", b"{", "BAD_ALGORITHM"),
        (None, b"{", b"[", "NOT_JSON"),
        (None, PAYLOAD.replace(b'"v":1', b'"v":2'), b"{", "BAD_VALUE"),
        (None, PAYLOAD.replace(b"lot.sell", b"lot.eat_"), b"{", "NOT_JSON"),
        (None, PAYLOAD.replace(b"lot.sell", b"lot.eat_"), CLOSED, "UNKNOWN_TYPE"),
    ],
)
def test_parts_are_judged_in_order_header_payload_closed_part_type(header, payload, closed, code):
    assert code_of(wire(header, payload, closed)) == code


def test_times_are_read_as_seconds():
    draft = valid("lot.sell")
    draft.members |= {
        "event_time": timestamp(NOW - 5),
        "signed_at": timestamp(NOW - 4),
        "expires": timestamp(NOW + 60),
    }
    command = envelope.parse(draft.wire())
    assert (command.event_time, command.signed_at, command.expires) == (NOW - 5, NOW - 4, NOW + 60)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (0, 0),
        (1, 1),
        (2**256 - 1, 2**256 - 1),
        (2**256 - 2**224 + 2**192 + 2**96 - 1, 1),  # the prime itself
    ],
)
def test_a_key_that_is_no_point_of_the_curve_verifies_nothing(x, y):
    jwk = envelope.Jwk(
        crv="P-256",
        kty="EC",
        x=base64url(x.to_bytes(32, "big")),
        y=base64url(y.to_bytes(32, "big")),
    )
    with pytest.raises(FaultError, match="BAD_SIGNATURE"):
        envelope.verify(envelope.parse(wire()), jwk)


def test_an_enrolled_key_names_itself_by_its_thumbprint():
    jwk = envelope.Jwk(**PEN.jwk)
    assert jwk.thumbprint == PEN.kid
