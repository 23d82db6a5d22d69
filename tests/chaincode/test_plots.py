"""Land: whose a plot is decides who may harvest on it, from that place in the chain on."""

from tests.chaincode.drafts import Draft, valid
from tests.chaincode.pen import pseudonym
from tests.chaincode.world import World


def move_field(world: World, to: str) -> None:
    body = {
        "plot": pseudonym("plot field"),
        "party": world.party(to),
        "district": "45383-KITA",
    }
    world.act("land-officer", "plot.register", body)


def test_a_plot_is_known_by_its_district():
    draft = valid("plot.register")
    assert draft.answer() == "ACCEPTED"
    assert draft.world.ledger.record(f"plot/{draft.body['plot']}") == {
        "v": 1,
        "party": draft.world.party("farmer"),
        "district": "45383-MINAMI",
    }


def test_a_plot_registered_again_moves_to_its_new_party():
    draft = valid("lot.harvest")
    move_field(draft.world, to="neighbour")
    assert draft.answer() == "NOT_YOUR_PARTY"
    assert draft.world.harvest("neighbour", 1_000, "field")


def test_a_lot_can_be_corrected_after_its_plot_has_moved():
    draft: Draft = valid("lot.correct_harvest")
    move_field(draft.world, to="neighbour")
    draft.closed["quantity_g"] = 13_000
    assert draft.answer() == "ACCEPTED"


def test_a_lot_can_not_be_corrected_onto_a_plot_that_has_moved():
    draft = valid("lot.correct_harvest")
    body = {
        "plot": pseudonym("plot second"),
        "party": draft.world.party("farmer"),
        "district": "45383-KITA",
    }
    draft.world.act("land-officer", "plot.register", body)
    draft.body["plot"] = pseudonym("plot second")
    draft.world.act("farmer", "lot.correct_harvest", draft.body, draft.closed)
    move_field(draft.world, to="neighbour")
    lot = draft.world.ledger.record(f"lot/{draft.body['lot']}")
    draft.body |= {"plot": pseudonym("plot field"), "corrects": lot["entry"]}
    assert draft.answer() == "NOT_YOUR_PARTY"
