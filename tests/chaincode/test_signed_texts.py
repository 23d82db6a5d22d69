"""Every text that a device's key signs, given to every reader: each takes its own kind alone."""

import ast
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from chaincode.base import envelope
from chaincode.base.envelope import Jwk, base64url_decode
from chaincode.base.errors import FaultError
from chaincode.base.signed_texts import TEXTS, Kind
from chaincode.registry.people import enrolment_message
from gateway.sessions import proof
from gateway.sessions.challenge import CHARACTERS
from tests.chaincode.drafts import valid
from tests.chaincode.pen import Pen, base64url, bits128, canonical, sha256_hex

ROOT = Path(__file__).parents[2]
PEN = Pen("device farmer")
LEDGER, ACTOR, INVITATION = sha256_hex(b"ledger"), "K" * 12, bits128("invitation")
KEY = Jwk(**PEN.jwk)
ENROLMENT = enrolment_message(ledger=LEDGER, actor=ACTOR, nonce=INVITATION, kept="browser")


def command() -> bytes:
    """Return a command's signing input."""
    wire, _, _ = valid("lot.sell").wire().partition(b"~")
    return wire.rpartition(b".")[0]


def session() -> bytes:
    """Return a session proof's signing input."""
    payload = {
        "audience": "https://minori.example",
        "challenge": "A" * CHARACTERS,
        "kid": PEN.kid,
        "ledger": LEDGER,
    }
    header = {"alg": "ES256", "kid": PEN.kid, "typ": "minori-session+jws"}
    return PEN.jws(canonical(payload), canonical(header)).rpartition(b".")[0]


def enrolment() -> bytes:
    """Return what a new key signs."""
    return canonical(["minori-enrolment", LEDGER, ACTOR, INVITATION, "browser"])


def reads_command(signed: bytes, signature: bytes) -> None:
    read = envelope.parse(signed + b"." + base64url(signature).encode())
    envelope.verify(read, KEY)


def reads_session(signed: bytes, signature: bytes) -> None:
    read = proof.read((signed + b"." + base64url(signature).encode()).decode())
    if not read.is_signed_by(KEY):
        raise FaultError("BAD_SIGNATURE")


def reads_enrolment(_signed: bytes, signature: bytes) -> None:
    """The contract writes the text itself, from what the command names."""
    if not envelope.is_signed(ENROLMENT, signature, KEY):
        raise FaultError("BAD_PROOF")


SIGNED: dict[Kind, Callable[[], bytes]] = {
    Kind.COMMAND: command,
    Kind.SESSION: session,
    Kind.ENROLMENT: enrolment,
}
PACKAGES = ("chaincode", "gateway", "network")
SIGNING = {
    "chaincode": ["chaincode/base/envelope.py"],  # verifies
    "gateway": ["gateway/device/signing.py", "gateway/fabric/identity.py"],
    "network": [],
}
READERS: dict[Kind, Callable[[bytes, bytes], None]] = {
    Kind.COMMAND: reads_command,
    Kind.SESSION: reads_session,
    Kind.ENROLMENT: reads_enrolment,
}


def test_every_kind_is_tried_here_and_told_in_the_table():
    assert set(SIGNED) == set(READERS) == set(TEXTS) == set(Kind)


@pytest.mark.parametrize(("kind", "reader"), list(product(Kind, Kind)))
def test_a_text_of_one_kind_is_read_as_no_other(kind, reader):
    text = SIGNED[kind]()
    signature = PEN.sign_bytes(text)
    if kind is reader:
        READERS[reader](text, signature)
        return
    with pytest.raises(FaultError):  # the text as it is
        READERS[reader](text, signature)
    with pytest.raises(FaultError):  # the signature alone, under a right text of the other kind
        READERS[reader](SIGNED[reader](), signature)


@pytest.mark.parametrize(("kind", "other"), list(product((Kind.COMMAND, Kind.SESSION), Kind)))
def test_a_jws_is_read_under_its_own_mark_alone(kind, other):
    """The payload of one kind, signed under the header of another."""
    header, _, payload = SIGNED[kind]().partition(b".")
    changed = base64url_decode(header.decode()).replace(str(kind).encode(), str(other).encode())
    text = f"{base64url(changed)}.{payload.decode()}".encode()
    signature = PEN.sign_bytes(text)
    for reader in Kind:
        if reader is kind is other:
            READERS[reader](text, signature)
        else:
            with pytest.raises(FaultError):
                READERS[reader](text, signature)


def test_the_contract_writes_the_text_that_a_new_key_signs():
    assert enrolment() == ENROLMENT


def constants(path: Path) -> set[str]:
    """Return the texts that a module gives to something: all but its docstrings and messages."""
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_a_mark_is_spelled_in_the_table_alone(package):
    """A new kind of signed text can't come past the table: no module has a mark of its own."""
    mark = re.compile(r"[a-z-]+\+jws|minori-enrolment")
    found = [path for path in modules(package) if any(map(mark.fullmatch, constants(ROOT / path)))]
    assert found == (["chaincode/base/signed_texts.py"] if package == "chaincode" else [])


@pytest.mark.parametrize("package", PACKAGES)
def test_a_devices_key_signs_in_one_module_alone(package):
    """Signatures of organisations' keys apart: their own certificates and Fabric's messages."""
    calls = re.compile(r"ec\.ECDSA\(")
    found = [path for path in modules(package) if calls.search((ROOT / path).read_text())]
    assert found == SIGNING[package]


def modules(package: str) -> list[str]:
    return [one.relative_to(ROOT).as_posix() for one in sorted((ROOT / package).rglob("*.py"))]
