"""Grams that leave for good: sold, discarded, used up; and what of that can be put right."""

import pytest

from tests.chaincode.drafts import valid

TERMS = {"lot.sell": "sold_g", "lot.discard": "discarded_g", "lot.own_use": "own_use_g"}
OUTFLOWS = {"lot.sell": "sold", "lot.discard": "discarded", "lot.own_use": "own_use"}


@pytest.mark.parametrize("type_name", TERMS)
def test_what_leaves_is_booked_under_its_own_term(type_name):
    draft = valid(type_name)
    draft.closed["quantity_g"] = 5_000
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", [])
    holding = draft.world.holding(draft.body["lot"], "farmer")
    assert holding.pop(TERMS[type_name]) == 5_000
    assert holding.pop("held_g") == 15_000
    assert holding.pop("came_g") == 20_000
    assert [member for member in holding.values() if member] == [1]  # "v" is 1


@pytest.mark.parametrize("type_name", TERMS)
def test_a_holding_can_leave_to_the_last_gram_and_no_further(type_name):
    draft = valid(type_name)
    assert draft.answer() == "ACCEPTED"
    draft.closed["quantity_g"] = 1
    assert draft.answer() == "INSUFFICIENT_QUANTITY"


@pytest.mark.parametrize("type_name", TERMS)
@pytest.mark.parametrize(("quantity_g", "held_g"), [(0, 20_000), (3_000, 17_000), (20_000, 0)])
def test_a_correction_books_what_should_have_been(type_name, quantity_g, held_g):
    draft = valid(type_name)
    draft.closed["quantity_g"] = 5_000
    booked = draft.submit()
    correction = valid("lot.correct_outflow")
    correction.world = draft.world
    correction.body |= {
        "lot": draft.body["lot"],
        "corrects": booked["id"],
        "outflow": OUTFLOWS[type_name],
    }
    correction.closed["quantity_g"] = quantity_g
    result = correction.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["corrected"])
    holding = draft.world.holding(draft.body["lot"], "farmer")
    assert (holding[TERMS[type_name]], holding["held_g"]) == (quantity_g, held_g)


def test_the_ledger_holds_a_correction_to_the_sum_not_to_the_single_sale():
    """Documented: sums are kept, so a sale named twice can be corrected twice."""
    draft = valid("lot.correct_outflow")
    draft.closed |= {"was_g": 1_000, "quantity_g": 0}
    assert draft.answer() == "ACCEPTED"
    assert draft.answer() == "ACCEPTED"
    assert draft.world.holding(draft.body["lot"], "farmer")["sold_g"] == 3_000
