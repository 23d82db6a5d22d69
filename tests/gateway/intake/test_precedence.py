from gateway.intake.lanes import Node
from gateway.intake.precedence import Precedence, components
from tests.gateway.intake.making import make_item


def make_nodes(precedence, *items):
    nodes = [Node(item=item, number=number) for number, item in enumerate(items)]
    for node in nodes:
        precedence.add(node)
    return nodes


def test_writer_waits_for_readers_and_readers_for_the_writer():
    precedence = Precedence()
    reader, other_reader, writer, late_reader = make_nodes(
        precedence,
        make_item("a", reads=["lot"]),
        make_item("b", reads=["lot"]),
        make_item("c", writes=["lot"]),
        make_item("d", reads=["lot"]),
    )
    assert reader.after == other_reader.after == set()
    assert writer.after == {reader, other_reader}
    assert late_reader.after == {writer}


def test_those_behind_a_finished_command_are_freed_when_it_was_the_last():
    precedence = Precedence()
    one, two, both = make_nodes(
        precedence,
        make_item("a", writes=["x"]),
        make_item("b", writes=["y"]),
        make_item("c", writes=["x", "y"]),
    )
    assert precedence.remove(one) == []
    assert precedence.remove(two) == [both]


def test_nobody_overtakes_by_the_place_of_one_that_left_before_its_turn():
    precedence = Precedence()
    first, middle, last = make_nodes(
        precedence, *(make_item(kid, writes=["lot"]) for kid in ("a", "b", "c"))
    )
    assert precedence.remove(middle) == []
    newest = Node(item=make_item("d", writes=["lot"]), number=9)
    precedence.add(newest)
    assert precedence.remove(first) == [last]
    assert precedence.remove(last) == [newest]


def test_nothing_is_remembered_when_all_have_left():
    precedence = Precedence()
    nodes = make_nodes(
        precedence,
        make_item("a", writes=["x"], reads=["y"]),
        make_item("b", writes=["y"], reads=["x"]),
        make_item("a", 2, reads=["z"]),
        make_item("c", reads=["z"]),
    )
    for node in reversed(nodes):
        precedence.remove(node)
    assert (precedence._writers, precedence._readers) == ({}, {})


def test_components_are_the_knots_of_commands_that_concern_each_other():
    precedence = Precedence()
    a, b, c, d, e = make_nodes(
        precedence,
        make_item("a", writes=["x"]),
        make_item("b", writes=["y"]),
        make_item("c", reads=["x"]),
        make_item("b", 2),
        make_item("e"),
    )
    assert components([a, b, c, d, e]) == [[a, c], [b, d], [e]]
