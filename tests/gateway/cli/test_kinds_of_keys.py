"""How a key is kept: said when it is made, and in words on slips and in answers; every kind."""

import json
import re

import pytest

from gateway.cli import enrolment
from gateway.device import keyring
from gateway.device.keyring import KeyringError
from gateway.words import keeping
from tests.gateway.cli.terminal import minori
from tests.gateway.setup.workbooks import wide

SERVICE = "Q7M49X2B0KTD"
OFFICE = ("-k", "registrar-coop")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        *((one, "file") for one in ("file", "ファイル", "ﾌｧｲﾙ", " File ", wide("file"))),
        *((one, "shared") for one in ("shared", "共用", "SHARED")),
        *(
            (one, f"service:{SERVICE}")
            for one in (
                f"service:{SERVICE}",
                f"サービス:{SERVICE}",
                f"ｻｰﾋﾞｽ：{SERVICE.lower()}",
                wide(f"service:{SERVICE}"),
            )
        ),
    ],
)
def test_how_a_key_is_kept_is_typed_in_either_language(typed, kept):
    assert enrolment.keeping_of(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "browser", "ブラウザー", "service", "service:", "service:X", "shared:Q7M49X2B0KTD", "紙"],
)
def test_what_is_no_way_to_keep_a_key_here_is_refused_with_those_there_are(typed):
    with pytest.raises(KeyringError) as raised:
        enrolment.keeping_of(typed)
    for language, word in (("ja", "共用"), ("en", "shared")):
        assert word in raised.value.say(language)


def test_every_way_is_said_in_both_languages():
    for kept in ("browser", "file", "shared", f"service:{SERVICE}"):
        one, further = keeping.said(kept), keeping.said(kept, is_further=True)
        assert one.ja != one.en
        assert further.ja == f"{one.ja}（2つ目以降の鍵）"
        assert further.en == f"{one.en} (a further key)"
    assert SERVICE in keeping.said(f"service:{SERVICE}").ja


def made(name, *, kept, options=()):
    """Invite somebody, make their key, and return its reply and the slip."""
    slip = minori("keys", "invite", *OFFICE, "--kept", kept, *options)
    code = slip.strip().splitlines()[-1]
    return minori("keys", "accept", code, "-n", name, "--kept", kept).strip(), slip


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize(
    ("kept", "ja", "en"),
    [
        ("shared", "何人かで使う端末の鍵", "key on a device that several people stand at"),
        (f"service:{SERVICE}", f"サービス {SERVICE} が預かる鍵", f"service {SERVICE} keeps"),
    ],
)
def test_a_key_of_each_kind_is_enrolled_and_says_so_everywhere(kept, ja, en):
    reply, slip = made("till", kept=kept)
    assert f"--kept {kept}" in slip
    assert ja in slip
    assert en in slip
    enrolled = minori("keys", "enrol", reply, *OFFICE, "--lang", "ja")
    assert ja in enrolled
    assert "2つ目" not in enrolled
    assert "受付" in enrolled
    mine = json.loads(minori("query", "me", "-k", "till"))
    assert (mine["kept"], mine["is_further"]) == (kept, False)
    assert ja in mine["kept_text"]["ja"]
    assert en in mine["kept_text"]["en"]
    again = minori("keys", "accept", slip.strip().splitlines()[-1], "-n", "till", code=1)
    assert "takes another invitation" in again  # as a file, after all


def test_a_further_key_is_said_to_be_one_on_its_slip_and_when_it_is_enrolled(stage):
    farm = stage.town.people["farm-a"]
    options = ("--party", farm.party, "--actor", farm.actor)
    reply, slip = made("phone", kept="file", options=options)
    assert "2つ目以降の鍵" in slip
    assert "a further key" in slip
    enrolled = minori("keys", "enrol", reply, *OFFICE)
    assert "a further key" in enrolled
    assert "accepted" in enrolled
    mine = json.loads(minori("query", "me", "-k", "phone"))
    assert mine["is_further"] is True
    assert "2つ目以降の鍵" in mine["kept_text"]["ja"]


def test_a_shared_key_holds_no_office(stage):
    desk = stage.town.people["quality-desk"]
    reply, _ = made("desk", kept="shared", options=("--party", desk.party, "--actor", desk.actor))
    assert "OFFICE_ON_SHARED_KEY" in minori("keys", "enrol", reply, *OFFICE, code=1)


@pytest.mark.usefixtures("stage")
def test_a_key_is_made_as_nothing_else():
    code = minori("keys", "invite", *OFFICE).strip().splitlines()[-1]
    refused = minori("keys", "accept", code, "-n", "me", "--kept", "paper", code=1)
    assert re.search("file, shared, or service", refused)
    assert not keyring.find("me").exists()
