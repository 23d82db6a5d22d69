from gateway.intake.lines import Lines
from tests.gateway.intake.making import make_item


def test_numbers_in_order_go_at_once():
    lines = Lines()
    items = [make_item(seq=seq) for seq in (4, 5, 6)]
    assert [lines.add(item, 4, 0.0) for item in items] == [[item] for item in items]
    assert lines.held == 0


def test_gap_holds_all_behind_it_until_it_is_filled():
    lines = Lines()
    first, second, third = (make_item(seq=seq) for seq in (1, 2, 3))
    assert lines.add(third, 1, 0.0) == []
    assert lines.add(second, 1, 0.0) == []
    assert lines.held == 2
    assert lines.add(first, 1, 0.0) == [first, second, third]
    assert lines.held == 0


def test_gap_is_released_when_the_ledger_has_moved_on():
    lines = Lines()
    third = make_item(seq=3)
    assert lines.add(third, 1, 0.0) == []
    assert lines.advance("a", 2) == []
    assert lines.advance("a", 3) == [third]
    assert lines.advance("a", 3) == []


def test_number_below_the_next_goes_so_that_the_ledger_can_say_what_it_is():
    lines = Lines()
    old = make_item(seq=2)
    assert lines.add(old, 5, 0.0) == [old]


def test_two_claims_on_one_number_both_go():
    lines = Lines()
    one, twin, next_one = make_item(seq=1), make_item(seq=1, variant="x"), make_item(seq=2)
    assert lines.add(one, 1, 0.0) == [one]
    assert lines.add(twin, 1, 0.0) == [twin]
    assert lines.add(next_one, 1, 0.0) == [next_one]


def test_removal_of_an_untaken_number_strands_those_behind_it():
    lines = Lines()
    items = [make_item(seq=seq) for seq in (1, 2, 3)]
    for item in items:
        lines.add(item, 1, 0.0)
    lines.remove(items[0])
    assert lines.stranded("a") == items[1:]
    for item in items[1:]:
        lines.hold_again(item, 1.0)
    again = make_item(seq=1, variant="x")
    assert lines.add(again, 1, 2.0) == [again, *items[1:]]


def test_a_taken_number_strands_nobody():
    lines = Lines()
    items = [make_item(seq=seq) for seq in (1, 2)]
    for item in items:
        lines.add(item, 1, 0.0)
    lines.advance("a", 2)
    lines.remove(items[0])
    assert lines.stranded("a") == []


def test_waiting_are_in_the_order_in_which_they_began_to():
    lines = Lines()
    early, late = make_item("b", 5), make_item("a", 5)
    lines.add(early, 1, 10.0)
    lines.add(late, 1, 20.0)
    assert lines.waiting() == [early, late]
    assert [item.held_since for item in lines.waiting()] == [10.0, 20.0]


def test_successors_are_found_whether_they_go_or_wait():
    lines = Lines()
    first, second = make_item(seq=1), make_item(seq=2)
    far = make_item(seq=9, prev=first.id)
    for item in (first, second, far):
        lines.add(item, 1, 0.0)
    assert lines.successors("a", first.id) == [second, far]


def test_command_found_too_early_is_released_again_when_its_number_is_next():
    lines = Lines()
    item = make_item(seq=3)
    assert lines.add(item, 3, 0.0) == [item]
    lines.hold_again(item, 1.0)
    assert lines.held_devices == {"a"}
    assert lines.advance("a", 3) == [item]
