"""Whatever people do with lots, not a gram appears or disappears, and no recall is evaded.

A machine tries the commands on lots in any order, sensible ones and nonsense, and keeps its own
books in plain Python (`machine`, `books`). After every step the ledger's records must balance and
agree with them, and what a recall stops must be what a search through the lineage finds.
"""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from chaincode.base.errors import Code, RejectionError
from chaincode.base.overlay import CorruptStateError, Overlay
from chaincode.lots import claims, handover, holdings, making, stock
from chaincode.lots.consent import Consignment
from chaincode.lots.consignment import bring
from chaincode.lots.records import Holding, Lot
from chaincode.recalls.records import OpenRecall, OpenRecalls
from chaincode.rules import EVER
from tests.chaincode.machine import LotsMachine
from tests.chaincode.machine.reaching import Reaching

TYPES_OF_LOTS = [
    name for name in EVER if name.startswith(("lot.", "label.", "recall.", "consignment."))
]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]  # forty signed commands take a while


class EveryCommand(Reaching):
    """One command of each type at least has to be accepted."""

    def forget(self):
        LotsMachine.accepted.clear()

    def lacking(self):
        return [name for name in TYPES_OF_LOTS if not LotsMachine.accepted[name]]


class TestMassBalance(EveryCommand, LotsMachine.TestCase):
    """In `make test`: 200 runs of up to 50 acts."""

    settings = settings(max_examples=200, stateful_step_count=50, suppress_health_check=SLOW)


@pytest.mark.soak
class TestMassBalanceForLong(EveryCommand, LotsMachine.TestCase):
    """In `make soak`: as the profile says, 2,000 runs of up to 100 acts."""

    settings = settings(suppress_health_check=SLOW)


def gives_one_gram_more(self, quantity_g):
    return replace(self, held_g=self.held_g + quantity_g + 1)


def takes_what_is_not_there(self, quantity_g):
    return replace(self, held_g=max(0, self.held_g - quantity_g))


def takes_what_is_denied(self, quantity_g):
    if quantity_g > self.held_g:
        raise RejectionError(Code.INSUFFICIENT_QUANTITY)
    return self.moved(quantity_g)


def moves_what_nobody_else_vouches_for(self, quantity_g):
    if quantity_g > self.free_g:
        raise RejectionError(Code.INSUFFICIENT_QUANTITY)
    return self.moved(quantity_g)


def counts_what_comes_back_as_come(self, quantity_g):
    return self.plus(quantity_g)


def tells_of_no_surplus(_act, _before, _after):
    return None


def covers_nothing(self, _quantity_g):
    return self


def credits_a_surplus(shipment, received_g, entry):
    counted = handover_count(shipment, received_g, entry)
    return replace(counted, disputed_g=0)


def gives_all_to_the_maker(body, closed, place):
    return {body.party: sum(handover_owned(body, closed, place).values())}


def meets_no_ancestors(self, lot_id, _roots, _now, **_hidden):
    return any(lot_id in one.roots for one in self.recalls)


def meets_what_is_named_alone(_self, _lot_id, _hidden_crops):
    return False


def forgets_what_has_no_room(_parents):
    return set()


def lasts_for_ever(_self, _today):
    return True


def takes_only_what_is_recorded(act, lot_id, lot, quantity_g, *, holder):
    bring(act, lot_id, lot, min(quantity_g, lot.harvest_g), holder=holder)


def forgets_holds(act, lot_id, holding):
    require_movable(act, lot_id, replace(holding, is_on_hold=False))


def sees_nothing_of_the_batch(self, shape, key):
    """Seen only where a transaction carries several commands."""
    written, self._written = self._written, {}
    try:
        return overlay_find(self, shape, key)
    finally:
        self._written = written


handover_count, handover_owned = handover._count, making._owned_g
require_movable, overlay_find = holdings.require_movable, Overlay.find


@pytest.mark.parametrize(
    ("owner", "name", "mutant"),
    [
        (Holding, "plus", gives_one_gram_more),
        (Holding, "less_came", takes_what_is_not_there),
        (Holding, "without", takes_what_is_denied),
        (Holding, "without", moves_what_nobody_else_vouches_for),
        (Holding, "back", counts_what_comes_back_as_come),
        (stock, "flag_surplus", tells_of_no_surplus),
        (Lot, "covering", covers_nothing),
        (handover, "_count", credits_a_surplus),
        (making, "_owned_g", gives_all_to_the_maker),
        (making, "require_movable", forgets_holds),
        (OpenRecalls, "meets", meets_no_ancestors),
        (OpenRecall, "may_meet", meets_what_is_named_alone),
        (making, "_ancestor_crops", forgets_what_has_no_room),
        (Lot, "goods_hide", property(lambda lot: lot.hidden_crops)),
        (Consignment, "is_valid_on", lasts_for_ever),
        (claims, "bring", takes_only_what_is_recorded),
        (Overlay, "find", sees_nothing_of_the_batch),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_contract_with_a_fault_is_caught(monkeypatch, owner, name, mutant):
    monkeypatch.setattr(owner, name, mutant)
    quick = settings(
        max_examples=1_000,
        stateful_step_count=50,
        phases=[Phase.generate],
        database=None,
        print_blob=False,
        suppress_health_check=SLOW,
    )
    # One gram above the most a record may hold is caught by the record's own shape.
    with pytest.raises((AssertionError, CorruptStateError, ExceptionGroup)):
        run_state_machine_as_test(LotsMachine, settings=quick)
