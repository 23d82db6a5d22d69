"""Invitations at the command line: typed from paper, over, used, for another town."""

import re
import stat
from datetime import date, timedelta

import pytest

from chaincode.base import shapes
from gateway.device import keyring
from gateway.device.keyring import Key, encode_slip
from gateway.device.signing import Device, new_pseudonym
from gateway.invitations import Invitation
from gateway.invitations.issued import IssuedInvitations
from tests.gateway.cli.terminal import minori

YESTERDAY = date.today() - timedelta(days=2)  # noqa: DTZ011 - two, for the town's day is another

pytestmark = pytest.mark.usefixtures("stage")


def invited(*options: str) -> list[str]:
    return minori("keys", "invite", "-k", "registrar-coop", *options).strip().splitlines()


def printed(lines: list[str]) -> list[str]:
    return [line for line in lines if re.fullmatch(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]", line)]


def test_the_four_lines_on_the_paper_are_enough(stage, tmp_path, monkeypatch):
    page = tmp_path / "slip.html"
    lines = invited("--for", "北の農家さん", "--days", "3", "--slip", str(page))
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "北の農家さん" in page.read_text()
    until = date.today() + timedelta(days=3)  # noqa: DTZ011 - as printed, give or take the zone
    assert any(f"{until.year}年{until.month}月" in line for line in lines)
    typed = printed(lines)
    assert len(typed) == 4
    reply = minori(
        "keys", "accept", *(line.lower() for line in typed), "-n", "me", "--gateway", stage.url
    ).strip()
    assert "accepted" in minori("keys", "enrol", reply, "-k", "registrar-coop")
    # Whoever finds the paper afterwards is told, and so is the office.
    told = minori("keys", "accept", lines[-1], "-n", "finder", "--lang", "ja", code=1)
    assert "紙" in told or "使われ" in told or "me" in told
    monkeypatch.setenv("MINORI_HOME", str(tmp_path / "other"))
    told = minori("keys", "accept", lines[-1], "-n", "finder", "--lang", "ja", code=1)
    assert "この招待はもう使われています" in told
    assert "was used already" in minori("keys", "accept", lines[-1], "-n", "finder", code=1)


def test_typed_without_the_address_it_is_asked_for():
    told = minori("keys", "accept", *printed(invited()), "-n", "me", "--lang", "ja", code=1)
    assert "--gateway" in told


def test_a_mistyped_line_is_named():
    lines = printed(invited())
    lines[2] = lines[2][:-1] + ("0" if lines[2][-1] != "0" else "1")
    told = minori("keys", "accept", *lines, "-n", "me", "--lang", "ja", code=1)
    assert "3行目" in told


def drawn(stage, *, ledger="", until=YESTERDAY) -> Invitation:
    return Invitation.draw(
        ledger=ledger or stage.town.ledger,
        actor=new_pseudonym(),
        party=new_pseudonym(),
        until=until,
    )


def test_one_that_is_over_makes_no_key(stage):
    code = drawn(stage).address(stage.url)
    told = minori("keys", "accept", code, "-n", "late", "--lang", "ja", code=1)
    assert f"期限は{YESTERDAY.isoformat()}でした" in told
    assert not keyring.find("late").exists()


def test_one_of_another_town_makes_no_key(stage):
    code = drawn(stage, ledger="12" * 32).address(stage.url)
    assert "another" not in minori("keys", "accept", code, "-n", "x", "--lang", "ja", code=1)
    assert "not for the town" in minori("keys", "accept", code, "-n", "x", code=1)


def test_the_reply_to_one_that_is_over_is_not_enrolled(stage):
    registrar = Key.load(keyring.find("registrar-coop"))
    invitation = drawn(stage)
    IssuedInvitations(registrar.path.parent).add(invitation)
    device = Device.create(ledger=registrar.device.ledger, actor=invitation.actor)
    reply = encode_slip(
        {
            "actor": invitation.actor,
            "jwk": shapes.write(device.jwk),
            "kept": "file",
            "invitation": invitation.nonce,
            "proof": device.prove_enrolment(invitation.nonce),
        }
    )
    told = minori("keys", "enrol", reply, "-k", "registrar-coop", "--lang", "ja", code=1)
    assert "期限は" in told
    assert not Key.load(keyring.find("registrar-coop")).queue


def test_another_device_needs_another_invitation(tmp_path, monkeypatch):
    code = invited()[-1]
    first = minori("keys", "accept", code, "-n", "phone").strip()
    monkeypatch.setenv("MINORI_HOME", str(tmp_path / "other"))
    second = minori("keys", "accept", code, "-n", "tablet").strip()
    monkeypatch.setenv("MINORI_HOME", str(tmp_path / "home"))
    assert "accepted" in minori("keys", "enrol", first, "-k", "registrar-coop")
    told = minori("keys", "enrol", second, "-k", "registrar-coop", "--lang", "ja", code=1)
    assert "使われています" in told
