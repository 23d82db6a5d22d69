"""What is refused costs little: no bytes that a stranger can send take ten times an honest command.

Ratios of processor time in one process, of the least of many runs: a busy machine slows both.
"""

import json
import time
from collections.abc import Callable

import pytest

from chaincode.base import canonical, envelope
from chaincode.base.envelope import COMMAND_BYTES_MAX
from chaincode.base.errors import FaultError
from chaincode.registry.records import Device
from tests.chaincode.drafts import valid
from tests.chaincode.pen import base64url, sha256_hex
from tests.golden.spoiled import parts, wide_run

RATIO_MAX = 10
RUNS = 15
PAYLOAD_BYTES = 11_500  # in base64url, with the rest, nearly all that a command may have


def least_s(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        start = time.process_time_ns()
        act()
        taken.append(time.process_time_ns() - start)
    return min(taken) / 1e9


def check(wire: bytes, jwk: envelope.Jwk) -> None:
    """Do what stands before any trust: read the envelope, and verify its signature."""
    try:
        envelope.verify(envelope.parse(wire), jwk)
    except FaultError:
        return


def filled(value: object) -> bytes:
    """Return a command whose body is this; canonical, and with a signature that does not hold."""
    sale = parts()
    payload = json.loads(sale.payload) | {"body": {"a": value}}
    raw = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return with_payload(raw)


def with_payload(raw: bytes) -> bytes:
    head, _, signature = parts().wire().partition(b"~")[0].split(b".")
    wire = b".".join((head, base64url(raw).encode(), signature))
    assert len(wire) <= COMMAND_BYTES_MAX
    return wire


def with_closed(value: object) -> bytes:
    raw = canonical.encode(value)
    sale = parts()
    payload = canonical.encode(json.loads(sale.payload) | {"closed": sha256_hex(raw)})
    return with_payload(payload) + b"~" + base64url(raw).encode()


NUMBERS = [1] * (PAYLOAD_BYTES // 2)
MARKS = "\u0301\u0323" * 1_000
MOST = {
    "combining marks": lambda: filled("a" + MARKS * 2),
    "many texts of combining marks": lambda: filled([("a" + MARKS)[:80]] * 70),
    "seventeen texts that pass": lambda: filled(["鷗" * 80] * 17),
    "many kanji": lambda: filled("漢" * 3_500),
    "escaped letters": lambda: with_payload(b'{"a":"' + b"\\u3042" * 1_900 + b'"}'),
    "numbers": lambda: filled(NUMBERS),
    "as many numbers as pass": lambda: filled([7] * 2_000),
    "members": lambda: filled({f"a{n:04}": n for n in range(900)}),
    "objects": lambda: filled([{}] * 2_000),
    "arrays": lambda: filled([[[[]]]] * 1_400),
    "brackets": lambda: with_payload(b"[" * PAYLOAD_BYTES),
    "digits": lambda: with_payload(b'{"a":' + b"9" * PAYLOAD_BYTES + b"}"),
    "one long text": lambda: filled("a" * PAYLOAD_BYTES),
    "backslashes": lambda: with_payload(b'{"a":"' + b"\\\\" * 5_000 + b'"}'),
    "a closed part of numbers": lambda: with_closed({"a": [7] * 2_000}),
    "a wide run": wide_run,
    "no JWS": lambda: b"A" * COMMAND_BYTES_MAX,
    "dots": lambda: b"." * COMMAND_BYTES_MAX,
    "too large": lambda: b"A" * 100_000,
}


@pytest.fixture(scope="module")
def honest() -> tuple[envelope.Jwk, float]:
    """Return a key, and what an ordinary command costs from its bytes to verified."""
    draft = valid("lot.ship")
    kid = draft.world.kid(draft.by)
    stored = draft.world.ledger.state[Device.key(kid)]
    key = json.loads(stored)["jwk"]
    jwk = envelope.Jwk(**key)
    wire = draft.wire()
    envelope.verify(envelope.parse(wire), jwk)
    return jwk, least_s(lambda: check(wire, jwk))


@pytest.mark.parametrize("name", MOST)
def test_what_is_refused_costs_at_most_ten_ordinary_commands(honest, name):
    jwk, ordinary_s = honest
    wire = MOST[name]()
    assert least_s(lambda: check(wire, jwk)) <= RATIO_MAX * ordinary_s
