"""The contract against the golden vectors, and the vectors against their generator."""

import json
from pathlib import Path

import pytest

from chaincode import reading
from chaincode.base import canonical, envelope, shapes
from chaincode.base.derived_ids import derive_id
from chaincode.base.errors import FaultError
from chaincode.registry.people import enrolment_message
from chaincode.rules import EVER
from tests.golden import generate

GOLDEN = Path(generate.__file__).parent


def vectors(name: str) -> list:
    return json.loads((GOLDEN / name).read_text())


def named(name: str) -> dict:
    """Return the parameters of a test that runs each entry of a file under its name."""
    rows = vectors(name)
    return {"argvalues": rows, "ids": [row.get("name", str(n)) for n, row in enumerate(rows)]}


@pytest.mark.parametrize("name", generate.FILES)
def test_a_file_is_what_the_generator_writes(name):
    assert (GOLDEN / name).read_text() == generate.spelled(generate.FILES[name]())


@pytest.mark.parametrize("name", ["commands_good", "commands_bad", "canonical_bad"])
def test_there_are_enough_of_each_kind(name):
    assert len(vectors(f"{name}.json")) >= 50


@pytest.mark.parametrize("vector", **named("canonical_good.json"))
def test_a_good_text_is_read_and_written_canonically(vector):
    value = canonical.decode(vector["json"].encode())
    assert canonical.encode(value).decode() == vector["canonical"]
    assert canonical.decode_canonical(vector["canonical"].encode()) == value


@pytest.mark.parametrize("vector", **named("canonical_bad.json"))
def test_a_bad_text_is_refused_with_its_code(vector):
    with pytest.raises(FaultError) as caught:
        canonical.decode_canonical(bytes.fromhex(vector["hex"]))
    assert caught.value.code == vector["code"]


@pytest.mark.parametrize("vector", **named("thumbprints.json"))
def test_a_key_has_its_thumbprint(vector):
    assert shapes.read(envelope.Jwk, vector["jwk"]).thumbprint == vector["kid"]


@pytest.mark.parametrize("vector", **named("derived_ids.json"))
def test_an_id_is_derived(vector):
    assert derive_id(**{name: one for name, one in vector.items() if name != "id"}) == vector["id"]


@pytest.mark.parametrize("vector", **named("enrolments.json"))
def test_an_enrolment_is_proven(vector):
    message = enrolment_message(
        ledger=vector["ledger"],
        actor=vector["actor"],
        nonce=vector["nonce"],
        kept=vector["kept"],
    )
    assert message.decode() == vector["message"]
    jwk = shapes.read(envelope.Jwk, vector["jwk"])
    assert envelope.is_signed(message, envelope.base64url_decode(vector["proof"]), jwk)


@pytest.mark.parametrize("vector", **named("commands_good.json"))
def test_a_good_command_is_read_and_its_signature_verifies(vector):
    request = reading.read(envelope.parse(vector["wire"].encode()), EVER)
    command = request.command
    assert command.id == vector["id"]
    assert command.signing_input.decode() == vector["signing_input"]
    assert (command.body, command.closed) == (vector["payload"]["body"], vector["closed"])
    assert canonical.encode(vector["payload"]).decode() == vector["canonical_payload"]
    if vector["closed"] is not None:
        raw = canonical.encode(vector["closed"])
        assert raw.decode() == vector["canonical_closed"]
        assert canonical.digest(raw) == vector["payload"]["closed"] == command.closed_hash
    envelope.verify(command, shapes.read(envelope.Jwk, vector["jwk"]))


@pytest.mark.parametrize("vector", **named("commands_bad.json"))
def test_a_bad_command_is_refused_with_its_code(vector):
    wire = bytes.fromhex(vector["hex"]) if "hex" in vector else vector["wire"].encode()
    with pytest.raises(FaultError) as caught:
        reading.read(envelope.parse(wire), EVER)
    assert caught.value.code == vector["code"]
