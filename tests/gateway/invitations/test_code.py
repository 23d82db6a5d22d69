"""Invitations as codes: typed in every way, mistyped in every place."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.device.signing import new_pseudonym
from gateway.invitations import Invitation, InvitationError
from gateway.invitations.code import read
from gateway.typed.lot_numbers import ALPHABET

LEDGER = "ab" * 32
UNTIL = date(2026, 12, 13)
GATEWAY = "https://coop.minori.example"

pseudonyms = st.builds(new_pseudonym)
invitations = st.builds(
    lambda actor, party, until: Invitation.draw(
        ledger=LEDGER, actor=actor, party=party, until=until
    ),
    actor=pseudonyms,
    party=pseudonyms,
    until=st.dates(min_value=date(2020, 1, 1), max_value=date(2109, 1, 1)),
)


def drawn():
    return Invitation.draw(ledger=LEDGER, actor=new_pseudonym(), party=new_pseudonym(), until=UNTIL)


@given(invitations)
def test_what_is_printed_is_read_back(invitation):
    assert read(" ".join(invitation.typed)) == (invitation, "")
    assert read(invitation.address(GATEWAY)) == (invitation, GATEWAY)


def wide(text):
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


@pytest.mark.parametrize(
    "typed",
    [
        "\n".join,
        "　".join,
        lambda lines: "".join(lines).replace("-", ""),
        lambda lines: " ".join(lines).lower(),
        lambda lines: wide(" ".join(lines)),
        lambda lines: " ".join(lines).replace("0", "O").replace("1", "l"),
        lambda lines: " ".join(lines).replace("-", "ー"),
        lambda lines: "  " + " - ".join(lines) + "\r\n",
    ],
)
def test_width_case_and_what_stands_between_do_not_matter(typed):
    for _ in range(20):
        invitation = drawn()
        assert read(typed(invitation.typed))[0] == invitation


@given(invitations, st.integers(0, 51), st.sampled_from(ALPHABET))
def test_a_wrong_character_is_told_by_its_line(invitation, place, char):
    code = "".join(invitation.lines)
    wrong = code[:place] + char + code[place + 1 :]
    if wrong == code:
        return
    with pytest.raises(InvitationError) as caught:
        read(wrong)
    assert f"{place // 13 + 1}行目" in caught.value.say("ja")
    assert f"line {place // 13 + 1} " in caught.value.say("en")


@given(invitations, st.integers(0, 50))
def test_two_characters_that_changed_places_are_told(invitation, place):
    code = "".join(invitation.lines)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(InvitationError):
            read(swapped)


@given(invitations, st.permutations(range(4)))
def test_lines_that_changed_places_are_told(invitation, order):
    if order != [0, 1, 2, 3]:
        with pytest.raises(InvitationError):
            read(" ".join(invitation.lines[one] for one in order))


@pytest.mark.parametrize("count", [0, 1, 13, 51, 53, 500])
def test_too_few_or_too_many_are_counted(count):
    with pytest.raises(InvitationError, match=f"this has {count}"):
        read("0" * count)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused(text):
    with pytest.raises(InvitationError):
        read(text)


def test_every_change_makes_another_nonce():
    invitation = drawn()
    others = {
        Invitation(
            mark=invitation.mark,
            actor=invitation.actor,
            party=invitation.party,
            secret=invitation.secret,
            until=until,
        ).nonce
        for until in (UNTIL, date(2026, 12, 14), date(2030, 1, 1))
    }
    assert len(others) == 3
    assert invitation.nonce in others
