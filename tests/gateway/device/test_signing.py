"""What a device drafts, read back by the contract's own parser."""

from chaincode.base import envelope
from gateway.device.signing import Device, new_nonce, new_pseudonym

BODY = {"lot": "0" * 20, "party": "K" * 12}


def test_no_two_drafts_of_one_entry_have_an_id_in_common():
    device = Device.create(ledger="ab" * 32, actor=new_pseudonym())
    twins = [device.payload("lot.sell", BODY, at=1_776_211_200) for _ in range(100)]
    nonces = {str(one.pop("nonce")) for one in twins}
    assert len(nonces) == 100
    assert all(one == twins[0] for one in twins)


def test_every_member_that_is_given_is_signed():
    device = Device.create(ledger="ab" * 32, actor=new_pseudonym())
    principal, operator, nonce = new_pseudonym(), new_pseudonym(), new_nonce()
    wire = device.sign(
        "lot.sell",
        BODY,
        closed={"quantity_g": 300},
        at=1_776_211_200,
        event_time=1_776_211_100,
        on_behalf=principal,
        operator=operator,
        expires=1_776_300_000,
        nonce=nonce,
    )
    command = envelope.parse(wire)
    assert (command.on_behalf, command.operator, command.nonce) == (principal, operator, nonce)
    assert (command.event_time, command.signed_at) == (1_776_211_100, 1_776_211_200)
    assert (command.expires, command.id) == (1_776_300_000, device.prev)


def test_another_key_keeps_the_nonce_of_an_entry_that_it_signs_again():
    lost, new = (Device.create(ledger="ab" * 32, actor="K" * 12) for _ in range(2))
    first = envelope.parse(lost.sign("lot.sell", BODY))
    again = envelope.parse(new.sign("lot.sell", BODY, nonce=first.nonce))
    assert again.nonce == first.nonce
    assert again.id != first.id
