"""The conversation between a peer and the shim, message by message."""

import json

from tests.chaincode.shim.fake_peer import CERTIFICATE, MSP_ID, PACKAGE_ID


async def test_registration_names_the_package(peer):
    assert peer.package_id == PACKAGE_ID


async def test_answer_is_the_contracts(peer):
    response = await peer.invoke(b"echo", b"a", b"", b"\xff")
    assert (response.status, response.payload, response.message) == (200, b"a||\xff", "")


async def test_stub_tells_the_signed_proposals_facts(peer):
    response = await peer.invoke(b"facts", timestamp=None)
    facts = json.loads(response.payload)
    assert facts["msp_id"] == MSP_ID
    assert facts["certificate"] == CERTIFICATE.decode()
