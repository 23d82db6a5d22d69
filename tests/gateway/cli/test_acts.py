"""What is repeated because the gateway is away is sent again and not signed again."""

import json

import pytest

from gateway.device.keyring import Key, command_id_of, payload_of
from gateway.typed.lot_numbers import check_character
from tests.gateway.cli.terminal import drawn, harvest, minori, send


def queue(home, key: str) -> list[bytes]:
    return Key.load(home / "keys" / f"{key}.json").queue


def kinds(home, key: str) -> list[str]:
    return [str(payload_of(wire)["type"]) for wire in queue(home, key)]


@pytest.fixture
def away(stage):
    """A gateway that is stopped; call it to start it again."""
    stage.gateways[0].stop()
    return stage.gateways[0].start


def test_one_reply_is_enrolled_once_however_often_it_is_tried(stage, home):
    invitation = minori("keys", "invite", "-k", "registrar-coop").splitlines()[-1]
    reply = minori("keys", "accept", invitation, "-n", "newcomer").strip()
    assert minori("keys", "accept", invitation, "-n", "newcomer").strip() == reply
    assert "--name newcomer" in minori("keys", "accept", invitation, "-n", "other", code=1)
    stage.gateways[0].stop()
    for _ in range(3):
        minori("keys", "enrol", reply, "-k", "registrar-coop", code=1)
    assert kinds(home, "registrar-coop") == ["key.enrol"]
    stage.gateways[0].start()
    told = send("registrar-coop")
    assert (told.count("accepted"), told.count("ID_TAKEN")) == (1, 0)
    assert json.loads(minori("query", "head", "-k", "newcomer"))["next"] == 1


def test_one_invitation_is_for_one_person_however_often_it_is_tried(home, away):
    for _ in range(3):
        assert "can't be reached" in minori("keys", "invite", "-k", "registrar-coop", code=1)
    entered = ["party.register", "actor.register"]
    assert kinds(home, "registrar-coop") == entered
    minori("keys", "invite", "-k", "registrar-coop", "--role", "packer", code=1)
    assert kinds(home, "registrar-coop") == entered * 2  # another person
    away()
    assert send("registrar-coop").count("accepted") == 4
    given = minori("keys", "invite", "-k", "registrar-coop")
    assert "accepted" not in given  # it was entered already, and nobody had its invitation
    first = given.splitlines()[-1]
    reply = minori("keys", "accept", first, "-n", "newcomer").strip()
    assert "accepted" in minori("keys", "enrol", reply, "-k", "registrar-coop")
    second = minori("keys", "invite", "-k", "registrar-coop").splitlines()
    assert second[-1] != first  # done with: the next is somebody else
    assert sum("accepted" in line for line in second) == 2
    other = minori("keys", "invite", "-k", "registrar-coop", "--role", "packer").splitlines()[-1]
    assert other not in {first, second[-1]}


@pytest.mark.usefixtures("stage")
def test_what_was_refused_is_not_given_out_when_it_is_tried_again(home):
    asked = ("keys", "invite", "-k", "farm-a")  # who is no registrar
    for _ in range(2):
        told = minori(*asked, code=1)
        assert told.count("ROLE_MISSING") == 2
    assert Key.load(home / "keys" / "farm-a.json").acts == {}


def test_a_delivery_is_confirmed_once(stage, home):
    lot = drawn(harvest(stage), "lot")
    producer = stage.town.people["farm-a"].party
    typed = lot + check_character(lot)  # so that nothing is asked while the gateway is away
    words = ("arrive", f"{typed}=10kg", "--producer", producer, "--crop", "carrot", "-k", "shop-a")
    stage.gateways[0].stop()
    for _ in range(2):
        minori(*words, code=1)
    assert kinds(home, "shop-a") == ["lot.arrive"]
    minori(*words, "--again", code=1)
    assert kinds(home, "shop-a") == ["lot.arrive"] * 2


def test_a_command_is_signed_once_unless_another_is_meant(stage, home, away):
    for _ in range(3):
        told = harvest(stage, code=1)
    assert "--again" in told
    assert "--again を付けて" in harvest(stage, "--lang", "ja", code=1)
    assert len(queue(home, "farm-a")) == 1
    harvest(stage, "--event-time", "2026-04-01T21:05:00Z", code=1)
    harvest(stage, "--again", code=1)
    harvest(stage, "--later")  # signed and kept, as was asked
    assert len({command_id_of(wire) for wire in queue(home, "farm-a")}) == 4
    away()
    assert send("farm-a").count("accepted") == 4
    assert "accepted" in harvest(stage)  # the next of the kind


def test_a_second_signature_is_given_once(stage, home):
    lot = drawn(harvest(stage), "lot")
    words = ("kind=safety", "cause=residue", "scope=lot", f"roots={lot}", "-k", "quality-desk")
    proposal = drawn(minori("submit", "recall.declare", *words), "signed")
    minori("approve", proposal, "-k", "food-safety", "--later")
    stage.gateways[0].stop()
    for _ in range(2):
        assert "can't be reached" in minori("approve", proposal, "-k", "food-safety", code=1)
    assert kinds(home, "food-safety") == ["proposal.approve"]


def test_what_is_signed_anew_after_a_drop_is_still_the_same_act(stage, home):
    path = home / "keys" / "farm-a.json"
    harvest(stage, "--later")
    stage.gateways[0].stop()
    harvest(stage, "--event-time", "2026-04-01T21:05:00Z", code=1)
    key = Key.load(path)
    key.drop(command_id_of(key.queue[0]), seq=1, prev="0" * 64)
    harvest(stage, "--event-time", "2026-04-01T21:05:00Z", code=1)
    assert [payload_of(wire)["seq"] for wire in queue(home, "farm-a")] == [1]


def test_a_new_roll_of_stickers_gets_a_number_of_its_own_and_then_goes_by_it(stage):
    lot = drawn(harvest(stage), "lot")
    words = ("submit", "label.bind", f"lot={lot}", "count=50", "-k", "farm-a")
    roll = drawn(minori(*words, "first=1"), "roll")
    told = minori(*words, "first=51", f"roll={roll}")
    assert "accepted" in told
    assert roll not in told  # nothing new was drawn
    other = drawn(minori(*words, "first=51"), "roll")
    assert other != roll
    mistyped = roll[:-1] + ("0" if roll[-1] != "0" else "1")
    assert "ID_NOT_DERIVED" in minori(*words, "first=101", f"roll={mistyped}", code=1)
