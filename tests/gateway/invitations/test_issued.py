"""What a registrar's computer remembers of invitations."""

import stat
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.device.signing import new_pseudonym
from gateway.invitations import Invitation, InvitationError
from gateway.invitations.addresses import address_for
from gateway.invitations.issued import FILE_NAME, IssuedInvitations

UNTIL = date(2026, 12, 13)


@pytest.fixture
def given(tmp_path):
    invitation = Invitation.draw(
        ledger="ef" * 32, actor=new_pseudonym(), party=new_pseudonym(), until=UNTIL
    )
    IssuedInvitations(tmp_path).add(invitation)
    return IssuedInvitations(tmp_path), invitation


def check(issued, invitation, today=UNTIL):
    issued.check(nonce=invitation.nonce, actor=invitation.actor, today=today)


def test_an_invitation_is_good_until_the_end_of_its_last_day(given):
    check(*given)
    with pytest.raises(InvitationError) as caught:
        check(*given, today=UNTIL + timedelta(days=1))
    assert "期限は2026-12-13でした" in caught.value.say("ja")


def test_an_invitation_is_used_once(given):
    issued, invitation = given
    issued.use(invitation.nonce, UNTIL)
    with pytest.raises(InvitationError) as caught:
        check(*given)
    assert "使われています" in caught.value.say("ja")


def test_one_whose_day_was_changed_is_unknown(given):
    issued, invitation = given
    with pytest.raises(InvitationError) as caught:
        check(issued, replace(invitation, until=UNTIL + timedelta(days=300)))
    assert "この係が出したものではありません" in caught.value.say("ja")


def test_one_for_another_person_is_unknown(given):
    issued, invitation = given
    with pytest.raises(InvitationError):
        issued.check(nonce=invitation.nonce, actor=new_pseudonym(), today=UNTIL)


def test_a_person_who_was_invited_elsewhere_is_not_for_this_computer_to_judge(given, tmp_path):
    issued, invitation = given
    other = replace(invitation, actor=new_pseudonym())
    check(issued, other)
    check(IssuedInvitations(tmp_path / "nothing"), other)


@pytest.mark.usefixtures("given")
def test_it_is_readable_by_its_owner_only(tmp_path):
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("organisation", "served", "printed", "address"),
    [
        ("https://o.example", "https://s.example", "https://p.example", "https://o.example"),
        ("", "https://s.example", "https://p.example", "https://s.example"),
        ("", "http://127.0.0.1:8000", "https://p.example", "https://p.example"),
        ("", "http://localhost:8000", "https://p.example", "https://p.example"),
        ("", "http://[::1]:8000", "https://p.example", "https://p.example"),
        ("", "http://127.0.0.1:8000", "", "http://127.0.0.1:8000"),
    ],
)
def test_the_address_is_the_organisations_or_one_that_others_can_reach(
    organisation, served, printed, address
):
    assert address_for(organisation=organisation, served=served, printed=printed) == address
