"""A lost device's entries, signed anew by another key, and asked back where they had arrived."""

import os
import pty
import subprocess
import sys

import pytest

from gateway.device.keyring import Key, command_id_of, payload_of
from tests.gateway.cli.terminal import drawn, harvest, minori


@pytest.fixture
def lot(stage):
    """Farm A's lot; beside the old key `farm-a` there is the new one `phone`."""
    farm = stage.town.people["farm-a"]
    words = ("--party", farm.party, "--actor", farm.actor)
    invitation = minori("keys", "invite", "-k", "registrar-coop", *words).splitlines()[-1]
    reply = minori("keys", "accept", invitation, "-n", "phone").strip()
    assert "accepted" in minori("keys", "enrol", reply, "-k", "registrar-coop")
    return drawn(harvest(stage), "lot")


def sell(lot, *options, code=0):
    return minori(
        "submit", "lot.sell", f"lot={lot}", "quantity_g=1kg", "-k", "farm-a", *options, code=code
    )


def key(home, name):
    return Key.load(home / "keys" / f"{name}.json")


def test_what_was_not_sent_is_signed_anew_with_its_nonces_and_sent(home, lot):
    for _ in range(2):
        sell(lot, "--later", "--again")
    old = [payload_of(wire) for wire in key(home, "farm-a").queue]
    told = minori("keys", "take-over", "farm-a", "-k", "phone")
    assert "2 of farm-a" in told
    assert told.count("accepted") == 2
    assert key(home, "farm-a").queue == key(home, "phone").queue == []
    assert len({one["nonce"] for one in old}) == 2


def test_each_entry_stays_what_it_was_but_for_its_signature(home, lot):
    sell(lot, "--later")
    (old,) = key(home, "farm-a").queue
    minori("keys", "take-over", "farm-a", "-k", "phone", "--gateway", "http://127.0.0.1:9", code=1)
    (new,) = key(home, "phone").queue
    was, now = payload_of(old), payload_of(new)
    assert {name for name in was if was[name] != now[name]} == {"kid", "seq", "prev"}
    assert old.partition(b"~")[2] == new.partition(b"~")[2]
    assert command_id_of(old) != command_id_of(new)


def test_what_had_arrived_is_asked_back_and_nothing_is_sent_where_nobody_answers(home, lot):
    twice(home, lot)
    told = minori("keys", "take-over", "farm-a", "-k", "phone", code=1)
    assert "Another key has sent this entry before" in told.replace("another", "Another")
    assert len(key(home, "phone").queue) == 1
    said = minori("submit", "queue", "-k", "phone", "--lang", "ja", code=1)
    assert "もう送られています" in said
    told = minori("submit", "queue", "-k", "phone", "--yes")
    assert "sent as meant once more: lot.sell" in told
    assert "accepted" in told
    assert "ENTERED_TWICE" in minori("query", "flags", "-k", "phone")


@pytest.mark.parametrize(
    ("answer", "code", "status"), [("y\n", 0, b"accepted"), ("\n", 1, b"dropped")]
)
def test_a_person_at_a_terminal_is_asked(home, lot, answer, code, status):
    twice(home, lot)
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    done = subprocess.run(
        [sys.executable, "-m", "network", "keys", "take-over", "farm-a", "-k", "phone"],
        stdin=theirs,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "MINORI_HOME": str(home)},
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert b"Did it happen once more?" in done.stderr
    assert status in done.stdout
    assert key(home, "phone").queue == []


def twice(home, lot):
    """Sell, and let the old key hold the sale still: its answer was lost with the phone."""
    sell(lot, "--later")
    path = home / "keys" / "farm-a.json"
    before = path.read_bytes()
    assert "accepted" in minori("submit", "queue", "-k", "farm-a")
    path.write_bytes(before)


def test_only_the_same_party_takes_over(home, lot):
    sell(lot, "--later")
    told = minori("keys", "take-over", "farm-a", "-k", "farm-b", code=1)
    assert "of another party" in told
    assert "itself" in minori("keys", "take-over", "farm-a", "-k", "farm-a", code=1)
    assert len(key(home, "farm-a").queue) == 1
    assert key(home, "farm-b").queue == []
