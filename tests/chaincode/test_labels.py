"""Pre-printed stickers: which lot a number is on."""

from chaincode.lots.labels import RANGES_MAX
from tests.chaincode import deeds
from tests.chaincode.drafts import valid
from tests.chaincode.pen import canonical


def roll_of(draft) -> list[dict]:
    return draft.world.ledger.record(f"roll/{draft.body['roll']}")["ranges"]


def test_a_range_is_bound_with_both_its_ends():
    draft = valid("label.bind")
    assert draft.answer() == "ACCEPTED"
    assert roll_of(draft) == [{"first": 501, "last": 1_000, "lot": draft.body["lot"]}]
    record = draft.world.ledger.record(f"roll/{draft.body['roll']}")
    assert record["party"] == draft.world.party("farmer")


def test_ranges_that_touch_are_free_and_stand_in_order():
    draft = valid("label.bind")
    for first, count, code in (
        (501, 500, "ACCEPTED"),
        (1, 500, "ACCEPTED"),
        (1_001, 1, "ACCEPTED"),
        (500, 1, "LABELS_TAKEN"),
        (1_000, 2, "LABELS_TAKEN"),
        (600, 10, "LABELS_TAKEN"),
        (1, 1_000_000, "LABELS_TAKEN"),
        (1_002, 1_000_000, "ACCEPTED"),
    ):
        draft.body |= {"first": first, "count": count}
        assert draft.answer() == code, first
    assert [one["first"] for one in roll_of(draft)] == [1, 501, 1_001, 1_002]


def test_the_last_sticker_of_all_can_be_bound_and_read_again():
    draft = valid("label.bind")
    draft.body |= {"first": 99_999_999, "count": 1}
    assert draft.answer() == "ACCEPTED"
    draft.body |= {"first": 99_999_998, "count": 1}
    assert draft.answer() == "ACCEPTED"
    assert roll_of(draft)[-1]["last"] == 99_999_999


def test_a_roll_has_so_many_ranges_and_then_no_more_until_one_is_free():
    draft = valid("label.bind")
    lot, party = draft.body["lot"], draft.body["party"]
    ranges = [{"first": n, "last": n, "lot": lot} for n in range(1, RANGES_MAX)]
    record = {"v": 1, "party": party, "ranges": ranges}
    draft.world.ledger.state[f"roll/{draft.body['roll']}"] = canonical(record)
    assert draft.answer() == "ACCEPTED"
    assert len(roll_of(draft)) == RANGES_MAX
    draft.body["first"] += draft.body["count"]
    assert draft.answer() == "TOO_MANY_LABELS"
    unbind = {"roll": draft.body["roll"], "party": party, "first": 7, "count": 1}
    draft.world.act("farmer", "label.unbind", unbind | {"reason": "not-used"})
    assert draft.answer() == "ACCEPTED"


def test_a_roll_stays_its_partys_when_nothing_of_it_is_bound():
    draft = valid("label.unbind")
    assert draft.answer() == "ACCEPTED"
    assert roll_of(draft) == []
    world = draft.world
    lot = world.harvest("neighbour", 1, "paddy")
    taken = {"roll": draft.body["roll"], "party": world.party("neighbour"), "lot": lot}
    wire = world.write("neighbour", "label.bind", {**taken, "first": 1, "count": 1})
    assert world.submit(wire) == ["NOT_YOUR_PARTY"]
    own = world.harvest("farmer", 1)
    deeds.stick(world, "farmer", own, roll=draft.body["roll"])
    assert deeds.scanned(world, draft.body["roll"]) == own


def test_nobody_takes_a_roll_by_the_number_on_a_bag_before_its_owner_binds_it():
    """Neither with what it was derived from, nor with a nonce of one's own, nor with none."""
    draft = valid("label.bind")
    world, printed = draft.world, {name: draft.body[name] for name in ("roll", "id_nonce", "index")}
    lot = world.harvest("neighbour", 1, "paddy")
    theirs = {"party": world.party("neighbour"), "first": 1, "count": 1, "lot": lot}
    others = (
        printed,
        {"roll": printed["roll"], "id_nonce": world.nonce(), "index": 0},
        {"roll": printed["roll"]},
        {"roll": printed["roll"], "id_nonce": printed["id_nonce"]},
        {"roll": printed["roll"], "index": printed["index"]},
    )
    for named in others:
        wire = world.write("neighbour", "label.bind", {**theirs, **named})
        assert world.submit(wire) == ["ID_NOT_DERIVED"], named
    assert draft.answer() == "ACCEPTED"


def test_a_roll_on_record_needs_no_proof_and_takes_no_wrong_one():
    draft = valid("label.bind")
    draft.answer()
    draft.body |= {"first": 1, "count": 1}
    assert draft.answer() == "ACCEPTED"  # the same proof again, as a device without a line sends it
    draft.body |= {"first": 2, "id_nonce": draft.world.nonce()}
    assert draft.answer() == "ID_NOT_DERIVED"
    del draft.body["id_nonce"]
    assert draft.answer() == "ID_NOT_DERIVED"
    del draft.body["index"]
    assert draft.answer() == "ACCEPTED"


def test_stickers_can_be_bound_to_a_lot_that_lies_elsewhere():
    """A packer sticks what the shop will sell; README says what that does not promise."""
    draft = valid("label.bind")
    draft.body["lot"] = draft.world.harvest("neighbour", 1_000, "paddy")
    assert draft.answer() == "ACCEPTED"
