"""What is not let in, and what finding that out costs: made-up keys, bootstraps."""

import asyncio
import json

import pytest

from chaincode.base import shapes
from gateway.device.signing import Device, new_nonce
from gateway.intake import CommandRefusedError
from tests.gateway.intake.conftest import GatewayOnDisk
from tests.gateway.intake.scripted_ledger import CLOCK_S, ScriptedLedger
from tests.gateway.intake.test_intake import (
    altered,
    base64url_decode,
    forge,
    harvests,
    sign_unknown,
)


class Counted:
    """Counts which keys a ledger is asked about."""

    def __init__(self, ledger):
        self._query, self.keys = ledger.query, []
        ledger.query = self

    async def __call__(self, keys):
        self.keys += keys
        return await self._query(keys)


async def test_unknown_keys_cost_the_ledger_a_few_reads_and_none_again(make_gateway, town):
    gateway = await make_gateway()
    await gateway.submit(*harvests(town, "farm-b", 1))
    asked = Counted(gateway.ledger)
    good, strange = harvests(town, "farm-a", 1), [sign_unknown(town) for _ in range(100)]
    for _ in range(3):
        with pytest.raises(CommandRefusedError) as refused:
            await gateway.intake.accept([*good, *strange])
        assert (refused.value.index, refused.value.code) == (1, "UNKNOWN_KEY")
    assert 0 < len(asked.keys) <= 20


async def test_many_keys_that_are_not_projected_yet_are_all_found(make_gateway, town):
    gateway = await make_gateway(is_following=False, unknown_keys_max=2)
    wires = [harvests(town, farm, 1)[0] for farm in town.plots]
    assert len(wires) == 12
    assert await gateway.submit(*wires) == ["ACCEPTED"] * 12
    with pytest.raises(CommandRefusedError) as refused:
        await gateway.intake.accept([*(harvests(town, "farm-a", 1)), sign_unknown(town)])
    assert (refused.value.index, refused.value.code) == (1, "UNKNOWN_KEY")


@pytest.mark.parametrize("is_following", [True, False])
async def test_a_key_that_was_unknown_is_found_soon_after_its_enrolment(
    make_gateway, town, is_following
):
    gateway = await make_gateway(is_following=is_following, unknown_key_s=0.2)
    phone, farmer = Device.create(ledger=town.ledger, actor=""), town.people["farm-a"]
    phone.actor = farmer.actor
    farmer.device, old = phone, farmer.device
    (wire,) = harvests(town, "farm-a", 1)
    farmer.device = old
    with pytest.raises(CommandRefusedError, match="UNKNOWN_KEY"):
        await gateway.intake.accept([wire])
    nonce = new_nonce()
    body = {
        "actor": farmer.actor,
        "jwk": shapes.write(phone.jwk),
        "kept": "file",
        "invitation": nonce,
    }
    body["proof"] = phone.prove_enrolment(nonce)
    enrol = town.registrars["coop"].device.sign("key.enrol", body, at=CLOCK_S)
    receipt = await gateway.ledger.submit([enrol])  # by another gateway
    assert receipt.results[0]["code"] == "ACCEPTED"
    started = asyncio.get_running_loop().time()
    while True:
        try:
            assert await gateway.submit(wire) == ["ACCEPTED"]
            break
        except CommandRefusedError:
            assert asyncio.get_running_loop().time() < started + 5
            await asyncio.sleep(0.01)


def bootstrap(town, signer=None, **changes):
    """A bootstrap by a key that nobody has seen; `changes` replace members of its payload."""
    signer = signer or Device.create(ledger=town.ledger, actor="S" * 12)
    body = {
        "organisation": "coop",
        "jwk": {"crv": "P-256", "kty": "EC", "x": signer.jwk.x, "y": signer.jwk.y},
        "kept": "file",
        "actor": signer.actor,
        "party": "Q" * 12,
        "since": "2020-04-01",
        **changes.pop("body", {}),
    }
    payload = signer.payload("registry.bootstrap", body, at=CLOCK_S) | changes
    return forge(signer, payload["kid"], payload)


async def test_bootstraps_are_no_gateway_s_to_send_and_never_queued(gateway, town):
    height, attempts = len(gateway.ledger.chain), len(gateway.ledger.submitted)
    good = harvests(town, "farm-a", 1)
    for place in (0, 1):
        wires = [bootstrap(town) for _ in range(20)]
        with pytest.raises(CommandRefusedError) as refused:
            await gateway.intake.accept([*good[:place], *wires])
        assert (refused.value.index, refused.value.code) == (place, "NOT_ADMIN")
    assert gateway.intake.waiting_count == 0
    assert await gateway.outbox.waiting() == []
    assert (len(gateway.ledger.chain), len(gateway.ledger.submitted)) == (height, attempts)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda town: bootstrap(town, ledger="0" * 64, seq=2), "WRONG_LEDGER"),
        (lambda town: bootstrap(town, actor="T" * 12, seq=2), "UNKNOWN_KEY"),
        (lambda town: altered(bootstrap(town, seq=2)), "BAD_SIGNATURE"),
        (lambda town: bootstrap(town, seq=2), "SEQUENCE_GAP"),
        (lambda town: bootstrap(town, prev="1" * 64), "WRONG_PREDECESSOR"),
        (
            lambda town: bootstrap(town, body={"constitution": shapes.write(town.constitution)}),
            "ALREADY_FOUNDED",
        ),
    ],
)
async def test_bootstrap_is_refused_with_the_contract_s_first_fault(gateway, town, make, code):
    wire = make(town)
    with pytest.raises(CommandRefusedError) as refused:
        await gateway.intake.accept([wire])
    receipt = await gateway.ledger.submit([wire])
    assert refused.value.code == receipt.results[0]["code"] == code


async def test_bootstrap_before_the_founding_has_to_found(tmp_path, town):
    gateway = await GatewayOnDisk(ScriptedLedger(), tmp_path).start()
    with pytest.raises(CommandRefusedError, match="NOT_FOUNDED"):
        await gateway.intake.accept([bootstrap(town)])
    founding = bootstrap(town, body={"constitution": shapes.write(town.constitution)})
    with pytest.raises(CommandRefusedError, match="NOT_ADMIN"):
        await gateway.intake.accept([founding])
    await gateway.stop()


async def test_bootstrap_on_record_is_answered_when_sent_again(gateway, town):
    chain = [transaction for block in gateway.ledger.chain for transaction in block.transactions]
    wire = chain[0].commands[0]
    registrar = town.registrars["coop"].device
    kid = json.loads(base64url_decode(wire.split(b".")[1]))["kid"]
    assert registrar.kid == kid
    body = {"device": town.people["farm-a"].device.kid, "actor": town.people["farm-a"].actor}
    revoke = registrar.sign("key.revoke", body, at=CLOCK_S)
    assert await gateway.submit(revoke) == ["ACCEPTED"]
    attempts = len(gateway.ledger.submitted)
    assert await gateway.submit(wire) == ["ACCEPTED"]
    assert len(gateway.ledger.submitted) == attempts


async def test_bootstrap_in_another_device_s_name_is_refused(gateway, town):
    victim = town.people["farm-a"].device
    with pytest.raises(CommandRefusedError, match=r"UNKNOWN_KEY body\.jwk"):
        await gateway.intake.accept([bootstrap(town, kid=victim.kid)])
