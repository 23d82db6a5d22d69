"""Organisations at the command line: votes, how they stand, and what a suspended office signed."""

from datetime import date, timedelta

import pytest

from gateway.api.suspended import day
from gateway.device import keyring
from gateway.device.keyring import Key, command_id_of, payload_of
from gateway.device.signing import Device
from tests.gateway.cli.terminal import harvest, minori

UNTIL = (date.today() + timedelta(days=60)).isoformat()  # noqa: DTZ011 - weeks away
VOTE = ("organisation", "suspend", "coop", "--reason", "key-stolen", "--until", UNTIL)
ENTRY = ("submit", "party.register", f"party={'K' * 12}", "kind=farm", "-k", "registrar-coop")


def vote(by: str, *more: str) -> str:
    return minori(*VOTE, "-k", f"registrar-{by}", *more)


@pytest.mark.usefixtures("stage")
def test_two_others_suspend_one_and_either_gives_it_back():
    assert "accepted" in vote("shops")
    assert "offices suspended" not in minori("organisation", "list", "-k", "registrar-town")
    assert "accepted" in minori(
        *("organisation", "suspend", "農業協同組合", "--reason", "連絡がとれない"),
        *("--until", UNTIL, "-k", "registrar-town"),
    )
    told = minori("organisation", "list", "-k", "registrar-town")
    assert f"offices suspended until {UNTIL}" in told
    assert "商店会 (a stolen key" in told.lower()
    ja = minori("organisation", "list", "-k", "registrar-town", "--lang", "ja")
    assert f"職務停止中：{UNTIL}まで" in ja
    assert "連絡がとれない" in ja
    assert "accepted" in minori("organisation", "reinstate", "coop", "-k", "registrar-town")
    assert "offices suspended" not in minori("organisation", "list", "-k", "registrar-town")


def test_a_suspended_office_keeps_what_it_signed_and_a_farmer_goes_on(stage):
    vote("shops")
    vote("town")
    held = minori(*ENTRY, code=1)
    assert "held" in held
    assert "ORGANISATION_SUSPENDED" in held
    assert "held while the organisation's offices are suspended" in held
    again = minori("submit", "queue", "-k", "registrar-coop", "--lang", "ja", code=1)
    assert f"商店会とみのり町の票により{day(UNTIL, 'ja')}まで停止中" in again
    assert "お問い合わせは" in again
    assert "accepted" in harvest(stage)
    key = Key.load(keyring.find("registrar-coop"))
    assert (len(key.queue), len(key.aside)) == (0, 1)
    minori("organisation", "reinstate", "coop", "-k", "registrar-shops")
    assert "accepted" in minori("submit", "queue", "-k", "registrar-coop")
    assert Key.load(keyring.find("registrar-coop")).aside == []


@pytest.mark.usefixtures("stage")
def test_what_cannot_be_is_told_in_words():
    assert "coop" in minori("organisation", "reinstate", "harbour", "-k", "registrar-town", code=1)
    late = (date.today() + timedelta(days=120)).isoformat()  # noqa: DTZ011 - weeks away
    words = ("organisation", "suspend", "coop", "--reason", "silent", "--until", late)
    assert "PERIOD_TOO_LONG" in minori(*words, "-k", "registrar-town", code=1)
    own = ("organisation", "rename-msp", "town", "TownMSP2", "-k", "registrar-town")
    assert "NOT_INDEPENDENT" in minori(*own, code=1)
    named = ("organisation", "rename-msp", "town", "TownMSP2", "-k", "registrar-coop")
    assert "accepted" in minori(*named)
    listed = minori("organisation", "list", "-k", "registrar-coop")
    assert "says that its MSP has a new name: 農業協同組合 (TownMSP2, until " in listed
    assert "in force when its admin" not in listed
    minori(*named[:-1], "registrar-shops")
    ja = minori("organisation", "list", "-k", "registrar-coop", "--lang", "ja")
    assert "MSPの新しい名前：TownMSP2（その管理者が登録係を決めた時から有効）" in ja


def test_what_is_kept_aside_survives_the_file_and_is_signed_anew_behind_the_queue(tmp_path):
    device = Device.create(ledger="0" * 64, actor="a" * 20)
    key = Key(path=tmp_path / "till.json", device=device, party="b" * 20, gateway="http://x")
    first = (device.seq, device.prev)
    key.queue = [device.sign("lot.hold", {"lot": name}) for name in ("a", "b")]
    office = command_id_of(key.queue[0])
    key.drop(office, seq=first[0], prev=first[1], is_kept=True)
    again = Key.load(key.path)
    again.take_up()
    bodies = [(payload_of(wire)["seq"], payload_of(wire)["body"]["lot"]) for wire in again.queue]
    assert bodies == [(1, "b"), (2, "a")]
    assert payload_of(again.queue[1])["prev"] == command_id_of(again.queue[0])
    assert Key.load(key.path).aside == []
