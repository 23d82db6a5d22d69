"""Who may be given a proof of a command: each type says so, and the default is nobody."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

import pytest

from chaincode.command_types import CommandType
from chaincode.rules import EVER
from tests.toy_rules import PRAISE

PUBLIC = {
    *("lot.harvest", "lot.correct_harvest", "lot.supplement", "lot.open"),
    *("lot.merge", "lot.repack", "lot.sort", "lot.process", "lot.unmake"),
    *("lot.begin_sort", "lot.sort_class", "lot.undo_class", "lot.undo_sort"),
    *("recall.declare", "recall.emergency", "recall.confirm"),
    *("recall.extend", "recall.lift", "recall.close", "recall.own", "recall.widen", "recall.clear"),
}
PARTIES = {
    *("lot.ship", "lot.receive", "lot.correct_receipt", "lot.return", "lot.settle"),
    "lot.send_back",
    *("lot.sell", "lot.discard", "lot.own_use", "lot.correct_outflow"),
    *("lot.arrive", "lot.correct_arrival", "lot.take_back", "lot.deny_claim"),
    *("lot.claim", "lot.correct_claim", "lot.accept_claim"),
    *("consignment.grant", "consignment.register", "consignment.revoke"),
    *("lot.take_stock", "lot.hold", "lot.release", "label.bind", "label.unbind"),
    "recall.drill",
}
PROOFS = dict.fromkeys(PUBLIC, "public") | dict.fromkeys(PARTIES, "parties")
SHOWS_WHICH_CHILD = {"crop", "index"}  # of a run's closed part: these stand in its open one, too


@pytest.mark.parametrize("name", EVER)
def test_each_type_says_who_may_be_given_a_proof_of_it(name):
    assert EVER[name].proof == PROOFS.get(name, "never")


def test_the_table_names_no_type_that_there_is_not():
    assert PROOFS.keys() <= EVER.keys()


def test_a_type_that_says_nothing_is_never_proven():
    (default,) = (one.default for one in fields(CommandType) if one.name == "proof")
    assert default == PRAISE.proof == "never"


@pytest.mark.parametrize("name", [name for name, kind in EVER.items() if kind.proof == "public"])
def test_what_everyone_may_see_has_nothing_that_is_closed_elsewhere(name):
    closed = {one for kind in EVER.values() if kind.closed for one in named(kind.closed)}
    assert {"quantity_g", "recipient", "count", "owner"} <= closed
    shown = set(named(EVER[name].body))
    assert not shown & (closed - SHOWS_WHICH_CHILD)
    assert not [one for one in shown if one.endswith("_g")]


def named(shape: type) -> Iterator[str]:
    """Yield the names of a shape's members, and of those of the shapes within it."""
    for name, hint in get_type_hints(shape).items():
        yield name
        for inner in within(hint):
            yield from named(inner)


def within(hint: object) -> Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for argument in get_args(hint):
        yield from within(argument)
