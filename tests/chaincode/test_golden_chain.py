"""Every version of the rules ever released answers its golden chain as it did then."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest

from chaincode.base.stub import Creator
from chaincode.rules import EVER, RULES
from tests.golden import generate, toy_chain
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


def replay(content: dict, ledger: MemoryLedger) -> None:
    """Run a chain's transactions from nothing, and compare every answer and the state's end."""
    for transaction, expected in zip(transactions(content), content["transactions"], strict=True):
        response = ledger.run(transaction)
        assert (response.status, response.payload.decode()) == (
            expected["status"],
            expected["payload"],
        )
        assert ledger.stub.digest(response) == expected["digest"]
    assert {key: raw.decode() for key, raw in ledger.state.items()} == content["state"]
    assert ledger.digest() == content["state_digest"]


@pytest.mark.parametrize("version", RULES)
def test_a_golden_chain_is_answered_as_it_was(version):
    replay(chain(version), MemoryLedger())


def test_so_is_the_first_chain_by_a_program_that_has_a_later_version():
    with toy_chain.contract() as both:
        replay(chain(1), MemoryLedger(contract=both))


def toy() -> dict:
    return json.loads((GOLDEN / generate.TOY_CHAIN).read_text())


def test_a_chain_that_changes_its_rules_in_mid_batch_is_answered_as_it_was():
    content = toy()
    with toy_chain.contract() as both:
        replay(content, MemoryLedger(contract=both))
    codes = [
        [one["code"] for one in json.loads(row["payload"])["results"]]
        for row in content["transactions"]
    ]
    assert ["ACCEPTED", "ACCEPTED", "RULES_CHANGED", "UNKNOWN_TYPE"] in codes
    assert any('"praises":2' in raw for raw in content["state"].values())


def test_a_program_without_the_later_version_follows_the_chain_up_to_the_change_and_no_further():
    """Up to there it answers to the byte what the other does; then it refuses everything."""
    content, ledger = toy(), MemoryLedger()
    has_changed = False
    for transaction, expected in zip(transactions(content), content["transactions"], strict=True):
        head = ledger.record("contract/head")
        if has_changed or (head and head["rules"] == 2):
            response = ledger.run(transaction)
            assert (response.status, response.message) == (500, "VERSION_MISSING")
            has_changed = True
            continue
        if "RULES_CHANGED" in expected["payload"]:  # it may not vote for what it lacks
            codes = [one["code"] for one in json.loads(ledger.run(transaction).payload)["results"]]
            assert codes == ["ACCEPTED", "RULES_UNKNOWN", "ACCEPTED", "UNKNOWN_TYPE"]
            break
        assert ledger.run(transaction).payload.decode() == expected["payload"]
    assert not has_changed


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
