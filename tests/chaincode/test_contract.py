"""The functions a transaction can call, and what it is refused for as a whole."""

import json
import platform
from copy import deepcopy

import pytest

from chaincode.contract import COMMANDS_MAX, DEMO_AHEAD_S_MAX, QUERY_KEYS_MAX
from tests.chaincode.drafts import valid
from tests.chaincode.pen import canonical
from tests.chaincode.world import CONSTITUTION, NOW, World
from tests.identities import creator
from tests.memory_ledger import MemoryLedger

DEMO = deepcopy(CONSTITUTION) | {"demo": True, "title": "みのり町(デモ)"}


def seconds(at: int) -> bytes:
    return str(at).encode()


def founding(constitution: dict) -> tuple[World, bytes]:
    """Return a world without a ledger yet, and the command that would found it."""
    world = World.unfounded(constitution)
    body = world.bootstrap("coop", constitution=constitution)
    return world, world.write("coop-registrar", "registry.bootstrap", body)


def demo(at: int = NOW) -> World:
    """Return a demo ledger founded at that ledger time."""
    world, wire = founding(DEMO)
    response = world.ledger.invoke(
        "submit_at", seconds(at), wire, time=NOW, creator=creator("CoopMSP")
    )
    assert response.status == 200
    world.resume()
    return world


def refusal(ledger: MemoryLedger, function: str, *args: bytes) -> tuple[int, str]:
    """Return status and message, and see that nothing was written."""
    response = ledger.invoke(function, *args, time=NOW, creator=creator("CoopMSP"))
    assert ledger.stub.writes == {}
    assert response.payload == b""
    return response.status, response.message


def registration(world: World, party: str = "K" * 12) -> bytes:
    body = {"party": party, "kind": "farm"}
    return world.write("coop-registrar", "party.register", body)


@pytest.mark.parametrize("function", ["", "Submit", "submit ", "invoke", "init", "__init__"])
def test_an_unknown_function_is_refused(function):
    assert refusal(MemoryLedger(), function, b"x") == (400, "BAD_FUNCTION")


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("submit", ()),
        ("submit", (b"x",) * (COMMANDS_MAX + 1)),
        ("submit_at", ()),
        ("submit_at", (b"1776211200",)),
        ("submit_at", (b"", b"x")),
        ("submit_at", (b"0", b"x")),
        ("submit_at", (b"-1", b"x")),
        ("submit_at", (b"01", b"x")),
        ("submit_at", (b"1.5", b"x")),
        ("submit_at", (b" 1", b"x")),
        ("submit_at", ("\uff11".encode(), b"x")),
        ("submit_at", (b"1" * 12, b"x")),
        ("query", ()),
        ("query", (b"",)),
        ("query", ("lot/人参".encode(),)),
        ("query", (b"\xff",)),
        ("query", (b"x",) * (QUERY_KEYS_MAX + 1)),
    ],
)
def test_arguments_that_make_no_sense_are_refused(function, args):
    assert refusal(MemoryLedger(), function, *args) == (400, "BAD_ARGUMENTS")


def test_as_many_commands_as_allowed_are_taken():
    world = World.standing()
    assert world.submit(*[b"x"] * COMMANDS_MAX) == ["NOT_A_JWS"] * COMMANDS_MAX


def test_an_answer_is_canonical_and_says_the_ledger_time():
    draft = valid("lot.harvest")
    response = draft.world.ledger.invoke("submit", draft.wire(), time=NOW)
    (result,) = json.loads(response.payload)["results"]
    assert response.message == ""
    assert response.payload == canonical(
        {
            "time": NOW,
            "results": [{"id": result["id"], "code": "ACCEPTED", "flags": []}],
        }
    )


def test_a_transaction_reads_its_keys_once_in_two_stages_and_writes_sorted():
    draft = valid("lot.ship")
    draft.world.ledger.invoke("submit", draft.wire(), draft.wire(), time=NOW)
    stub = draft.world.ledger.stub
    of_all = ["contract/demo_time", "contract/head", "recalls/open"]
    first = sorted([*of_all, f"device/{draft.payload()['kid']}"])
    assert stub.reads == first + sorted(set(stub.reads) - set(first))
    assert len(stub.reads) > len(first)
    assert list(stub.writes) == sorted(stub.writes)


def test_a_query_answers_every_key_once_and_sorted():
    world = World.standing()
    response = world.ledger.invoke("query", b"plot/none", b"contract/head", b"plot/none", time=NOW)
    head = world.ledger.record("contract/head")
    assert response.payload == canonical({"contract/head": head, "plot/none": None})


def test_a_query_of_as_many_keys_as_allowed_is_answered():
    keys = [f"lot/{number}".encode() for number in range(QUERY_KEYS_MAX)]
    response = MemoryLedger().invoke("query", *keys, time=NOW)
    assert set(json.loads(response.payload).values()) == {None}


def test_the_version_names_contract_rules_and_python():
    response = MemoryLedger().invoke("version", time=NOW)
    assert json.loads(response.payload) == {
        "contract": "minori",
        "rules": [1],
        "python": platform.python_version(),
    }


def test_a_process_without_the_rules_in_force_refuses_every_submission():
    world = World.standing()
    wire = registration(world)
    head = world.ledger.record("contract/head") | {"rules": 2}
    world.ledger.state["contract/head"] = canonical(head)
    assert refusal(world.ledger, "submit", wire) == (500, "VERSION_MISSING")
    assert refusal(world.ledger, "submit_at", seconds(NOW), wire) == (500, "VERSION_MISSING")
    assert world.ledger.invoke("query", b"contract/head", time=NOW).status == 200


def test_a_ledger_that_is_no_demo_takes_no_time_but_its_own():
    world = World.standing()
    wire = registration(world)
    assert refusal(world.ledger, "submit_at", seconds(NOW), wire) == (400, "NOT_DEMO")


def test_a_ledger_that_is_no_demo_can_not_be_founded_at_a_time_of_ones_choice():
    world, wire = founding(CONSTITUTION)
    assert refusal(world.ledger, "submit_at", seconds(NOW), wire) == (400, "NOT_DEMO")


def test_a_demo_is_founded_at_a_time_of_ones_choice():
    world = demo(at=1_000_000_000)
    assert world.ledger.record("contract/demo_time") == {"v": 1, "ledger_time": 1_000_000_000}
    assert world.ledger.record("contract/head")["demo"] is True


def test_a_demos_time_stands_still_or_goes_on_but_never_back():
    world = demo()
    first, second, third = (registration(world, letter * 12) for letter in "KMN")
    ledger = world.ledger
    assert ledger.invoke("submit_at", seconds(NOW), first, time=NOW).status == 200
    assert ledger.invoke("submit_at", seconds(NOW + 60), second, time=NOW).status == 200
    assert refusal(ledger, "submit_at", seconds(NOW + 59), third) == (400, "TIME_WENT_BACK")
    assert ledger.record("contract/demo_time")["ledger_time"] == NOW + 60


def test_a_demos_time_moves_at_most_a_day_past_the_proposals():
    world = demo()
    ahead = seconds(NOW + DEMO_AHEAD_S_MAX)
    wire = registration(world, "K" * 12)
    too_far = seconds(NOW + DEMO_AHEAD_S_MAX + 1)
    assert refusal(world.ledger, "submit_at", too_far, wire) == (400, "TIME_AHEAD")
    assert world.ledger.invoke("submit_at", ahead, wire, time=NOW).status == 200


def test_a_demo_submission_without_a_time_is_taken_now_but_not_before_the_last():
    world = demo(at=NOW + 3_600)
    for tx_time, ledger_time in ((NOW, NOW + 3_600), (NOW + 7_200, NOW + 7_200)):
        response = world.ledger.invoke("submit", b"x", time=tx_time)
        assert json.loads(response.payload)["time"] == ledger_time


def test_a_demo_transaction_that_changes_nothing_does_not_move_its_time():
    world = demo()
    assert world.ledger.invoke("submit_at", seconds(NOW + 60), b"x", time=NOW).status == 200
    assert world.ledger.record("contract/demo_time")["ledger_time"] == NOW


def test_nothing_is_taken_at_a_time_of_ones_choice_before_the_founding():
    world, _ = founding(CONSTITUTION)
    wire = registration(world)
    response = world.ledger.invoke("submit_at", seconds(NOW), wire, time=NOW)
    assert [one["code"] for one in json.loads(response.payload)["results"]] == ["NOT_FOUNDED"]
    assert world.ledger.state == {}


def test_a_demo_amended_at_its_own_time_stays_a_demo():
    world = demo()
    for organisation in ("shops", "town"):
        world.found(organisation)
    body = {"constitution": DEMO | {"title": "みのり市(デモ)"}, "epoch": 2}
    proposal = world.act("coop-registrar", "constitution.amend", body)
    approval = world.write(
        "town-registrar",
        "proposal.approve",
        {
            "proposal": proposal,
            "proposer": {
                "device": world.kid("coop-registrar"),
                "actor": world.actor("coop-registrar"),
            },
            "type": "constitution.amend",
            "body": body,
        },
    )
    assert world.ledger.invoke("submit_at", seconds(NOW), approval, time=NOW).status == 200
    assert world.ledger.record("contract/head")["epoch"] == 2
