"""Every version of the rules ever released answers its golden chain as it did then."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest

from chaincode.base.stub import Creator
from chaincode.rules import EVER, RULES
from tests.golden import generate
from tests.memory_ledger import MemoryLedger, Transaction

GOLDEN = Path(generate.__file__).parent


def chain(version: int) -> dict:
    return json.loads((GOLDEN / f"chain_rules_{version}.json").read_text())


def transactions(content: dict) -> list[Transaction]:
    creators = [
        Creator(msp_id=one["msp_id"], certificate_pem=one["certificate_pem"].encode())
        for one in content["creators"]
    ]
    return [
        Transaction(
            function=one["function"],
            args=tuple(argument.encode() for argument in one["args"]),
            time=one["time"],
            creator=creators[one["creator"]],
        )
        for one in content["transactions"]
    ]


@pytest.mark.parametrize("version", RULES)
def test_a_golden_chain_is_answered_as_it_was(version):
    content, ledger = chain(version), MemoryLedger()
    for transaction, expected in zip(transactions(content), content["transactions"], strict=True):
        response = ledger.run(transaction)
        assert (response.status, response.payload.decode()) == (
            expected["status"],
            expected["payload"],
        )
        assert ledger.stub.digest(response) == expected["digest"]
    assert {key: raw.decode() for key, raw in ledger.state.items()} == content["state"]
    assert ledger.digest() == content["state_digest"]


def test_the_golden_chain_of_the_first_rules_knows_every_type_and_both_outcomes():
    content = chain(1)
    accepted, refused = set(), set()
    for row in content["transactions"]:
        for one in json.loads(row["payload"])["results"]:
            (accepted if one["code"] == "ACCEPTED" else refused).add(one["code"])
    types = {
        kind
        for kind in EVER
        for row in content["transactions"]
        if '"ACCEPTED"' in row["payload"] and any(kind in decoded(arg) for arg in row["args"])
    }
    assert types == set(EVER)
    assert len(refused) >= 20


def decoded(wire: str) -> str:
    """Return the payload of a command, as far as it is one."""
    parts = wire.split(".")
    if len(parts) != 3:
        return ""
    return urlsafe_b64decode(parts[1] + "===").decode()
