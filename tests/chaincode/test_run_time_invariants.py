"""What the contract looks at itself after each rule: grams, and that what it writes can be read."""

from dataclasses import replace

import pytest

from chaincode.base.errors import Code, RejectionError
from chaincode.base.overlay import Change, CorruptStateError, Overlay
from chaincode.contract import MinoriContract
from chaincode.lots.balance import UnbalancedError, require_balance
from chaincode.lots.records import Holding, Lot, Shipment
from chaincode.registry import founding
from chaincode.rules import RULES, Rules
from tests.chaincode.drafts import types, valid
from tests.memory_ledger import MemoryLedger

LOT = Lot(
    party="Q7M49X2B0KTD",
    crop="carrot",
    origin="harvest",
    harvested_at="2026-04-15T00:00:00Z",
    estimated=False,
    harvest_g=1_000,
    entry="ab" * 32,
)
HOLDING = Holding(held_g=1_000)
SHIPMENT = Shipment(
    lot="1" * 20,
    sender="Q7M49X2B0KTD",
    recipient="R7M49X2B0KTD",
    owner="Q7M49X2B0KTD",
    is_consigned=False,
    state="in_transit",
    shipped_g=400,
    entry="ab" * 32,
)
LEFT = ("harvest_g", "supplement_g", "claimed_g", "made_g")
# They move no grams of a lot; two of them write a holding all the same.
WITHOUT_LOT_GRAMS = {"lot.hold", "lot.release", "lot.claim", "lot.correct_claim"}
RIGHT = ("held_g", "sold_g", "discarded_g", "own_use_g", "transformed_g", "lost_g")


def changes(*pairs: tuple[object | None, object]) -> list[Change]:
    keys = {Lot: "lot/" + "1" * 20, Holding: "holding/" + "1" * 20 + "/A/A", Shipment: "shipment/x"}
    return [Change(key=keys[type(after)], before=before, after=after) for before, after in pairs]


def test_a_harvest_and_a_shipment_are_balanced():
    require_balance(changes((None, LOT), (None, HOLDING)))
    require_balance(changes((HOLDING, replace(HOLDING, held_g=600)), (None, SHIPMENT)))


@pytest.mark.parametrize("name", LEFT)
def test_a_gram_on_the_left_alone_is_a_breach(name):
    with pytest.raises(UnbalancedError):
        require_balance(changes((LOT, replace(LOT, **{name: getattr(LOT, name) + 1}))))


@pytest.mark.parametrize("name", RIGHT)
def test_a_gram_on_the_right_alone_is_a_breach(name):
    more = replace(HOLDING, **{name: getattr(HOLDING, name) + 1})
    with pytest.raises(UnbalancedError):
        require_balance(changes((HOLDING, more)))
    with pytest.raises(UnbalancedError):
        require_balance(changes((more, HOLDING)))


@pytest.mark.parametrize(
    "after", [replace(SHIPMENT, state="received"), replace(SHIPMENT, disputed_g=1)]
)
def test_a_shipment_alone_is_a_breach(after):
    with pytest.raises(UnbalancedError):
        require_balance(changes((SHIPMENT, after)))


def test_a_surplus_stands_against_what_is_held():
    more = replace(HOLDING, held_g=1_010, surplus_g=10)
    require_balance(changes((HOLDING, more)))


def test_records_without_grams_are_not_looked_at():
    require_balance([Change(key="plot/x", before=None, after=object())])


@pytest.mark.parametrize("type_name", [name for name in types() if name.startswith("lot.")])
def test_a_rule_that_makes_a_gram_is_a_fault_of_the_contract_and_writes_nothing(type_name):
    draft = valid(type_name)
    last = draft.last()
    before = dict(draft.world.ledger.state)
    contract = MinoriContract({1: _making_a_gram(type_name)})
    ledger = MemoryLedger(before, creator=draft.world.ledger.creator, contract=contract)
    last.world.ledger = ledger
    answer = last.submit()["code"]
    if type_name in WITHOUT_LOT_GRAMS:
        assert answer in {"CONTRACT_FAULT", "ACCEPTED"}
        return
    assert answer == "CONTRACT_FAULT"
    assert ledger.state == before


def _making_a_gram(type_name: str) -> Rules:
    """Return the rules with a bug: what a command of this type writes first has a gram more."""
    old = RULES[1]

    def buggy(kind):
        def apply(act, body, closed):
            kind.apply(act, body, closed)
            for change in list(act.overlay.changes()):
                if isinstance(change.after, Holding):
                    act.put(change.key, replace(change.after, held_g=change.after.held_g + 1))
                    return
                if isinstance(change.after, Lot):
                    act.put(change.key, replace(change.after, made_g=change.after.made_g + 1))
                    return
                if isinstance(change.after, Shipment):
                    more = change.after.disputed_g + 1
                    act.put(change.key, replace(change.after, disputed_g=more))
                    return

        return replace(kind, apply=apply)

    families = {
        name: tuple(buggy(kind) if kind.name == type_name else kind for kind in kinds)
        for name, kinds in old.families.items()
    }
    return Rules(families, old.invariants)


@pytest.mark.parametrize("type_name", [name for name in types() if name != founding.BOOTSTRAP])
def test_of_what_a_guard_rejects_nothing_is_flagged_that_the_rule_would_have_done(type_name):
    last = valid(type_name).last()
    before = last.world.ledger
    contract = MinoriContract({1: replace(RULES[1], guards=(_rejects,))})
    last.world.ledger = MemoryLedger(before.state, creator=before.creator, contract=contract)
    result = last.submit()
    assert (result["code"], result["flags"]) == ("RUN_OPEN", [])


def _rejects(_overlay: Overlay) -> None:
    raise RejectionError(Code.RUN_OPEN)


def test_a_record_that_could_not_be_read_back_is_not_kept():
    overlay = Overlay({"lot/x": None})
    overlay.begin(reads=frozenset({"lot/x"}), writes=frozenset({"lot/x"}))
    overlay.put("lot/x", replace(LOT, harvest_g=-1))
    with pytest.raises(CorruptStateError):
        overlay.keep()
    overlay.drop()
    assert overlay.writes() == {}
