"""The state as one command sees it: what it named, and what those before it wrote."""

import pytest

from chaincode import proposals
from chaincode.base.canonical import encode
from chaincode.base.overlay import (
    CorruptStateError,
    Overlay,
    UnnamedRecordError,
    decode_state,
    encode_state,
)
from chaincode.registry import founding
from chaincode.registry.records import Party
from chaincode.rules import EVER

PARTY = Party(organisation="coop", kind="farm")
OTHER = Party(organisation="shops", kind="shop")
BOTH = frozenset({"party/a", "party/b"})


def overlay(**stored: Party) -> Overlay:
    base = {"party/a": None, "party/b": None}
    base |= {f"party/{name}": encode_state(party) for name, party in stored.items()}
    return Overlay(base)


def test_a_record_is_found_as_it_was_stored():
    state = overlay(a=PARTY)
    state.begin(reads=BOTH, writes=frozenset())
    assert state.find(Party, "party/a") == PARTY
    assert state.find(Party, "party/a") is state.find(Party, "party/a")
    assert state.find(Party, "party/b") is None


def test_a_command_sees_its_own_writes_and_those_kept_before_it():
    state = overlay(a=PARTY)
    state.begin(reads=BOTH, writes=BOTH)
    state.put("party/a", OTHER)
    assert state.find(Party, "party/a") == OTHER
    state.keep()
    state.begin(reads=BOTH, writes=BOTH)
    assert state.find(Party, "party/a") == OTHER
    state.put("party/b", PARTY)
    state.drop()
    assert state.find(Party, "party/b") is None
    assert state.writes() == {"party/a": encode_state(OTHER)}


def test_writes_come_in_key_order():
    state = overlay()
    state.begin(reads=frozenset(), writes=BOTH)
    state.put("party/b", PARTY)
    state.put("party/a", PARTY)
    state.keep()
    assert list(state.writes()) == ["party/a", "party/b"]


def test_a_record_that_was_not_named_can_be_neither_read_nor_written():
    state = overlay(a=PARTY, b=OTHER)
    state.begin(reads=frozenset({"party/a"}), writes=frozenset({"party/a"}))
    with pytest.raises(UnnamedRecordError, match="party/b"):
        state.find(Party, "party/b")
    with pytest.raises(UnnamedRecordError, match="party/b"):
        state.put("party/b", PARTY)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'{"kind":"farm","organisation":"coop"}',
        b'{"kind":"farm","organisation":"coop","v":2}',
        b'{"kind":"castle","organisation":"coop","v":1}',
        b'{"kind":"farm","organisation":"coop","v":1,"note":1}',
    ],
)
def test_a_value_that_the_contract_did_not_write_is_corrupt(raw):
    with pytest.raises(CorruptStateError, match="Party"):
        decode_state(Party, raw)


def test_a_value_is_canonical_and_says_its_version():
    assert encode_state(PARTY) == encode({"v": 1, "organisation": "coop", "kind": "farm"})


@pytest.mark.parametrize("type_name", [founding.BOOTSTRAP, proposals.APPROVE])
def test_the_two_types_that_the_dispatch_applies_itself_have_no_rule_of_their_own(type_name):
    with pytest.raises(AssertionError, match=type_name):
        EVER[type_name].apply(None, None, None)


def test_what_an_approval_touches_is_what_the_approved_type_touches():
    with pytest.raises(AssertionError, match=proposals.APPROVE):
        EVER[proposals.APPROVE].touches(None, None, None)
