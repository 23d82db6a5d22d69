"""`chaincode/README.md` says what the code does."""

import ast
import re
from itertools import product
from pathlib import Path

import pytest

import chaincode
from chaincode.base.errors import Code
from chaincode.base.overlay import decode_state, encode_state
from chaincode.reading import EVERY_TRANSACTION_READS, Result
from chaincode.recalls.records import CROPS_MAX, OPEN_RECALLS, ROOTS_OPEN_MAX
from chaincode.recalls.room import TAKES_AT_LEAST, taken
from chaincode.rules import EVER
from gateway.api.schemas import CommandAnswer
from tests.chaincode import specification
from tests.chaincode.always_read import ALWAYS, open_recalls
from tests.chaincode.rejections import ANY, FAULTS

OPERATIONS_MAX = {  # aim: six a command; what is above it is rare, or explained in the README
    "lot.harvest": 7,
    "lot.supplement": 6,
    "lot.open": 9,
    "lot.ship": 7,
    "lot.receive": 6,
    "lot.sell": 4,
    "lot.discard": 4,
    "lot.own_use": 4,
    "lot.correct_outflow": 4,
    "lot.correct_receipt": 6,
    "lot.return": 6,
    "lot.send_back": 7,
    "lot.correct_harvest": 7,
    "lot.settle": 11,
    "lot.arrive": 9,
    "lot.correct_arrival": 9,
    "lot.take_back": 7,
    "lot.deny_claim": 8,
    "lot.take_stock": 4,
    "lot.claim": 6,
    "lot.correct_claim": 4,
    "lot.accept_claim": 10,
    "lot.hold": 4,
    "lot.release": 4,
    "lot.merge": 12,  # of two parents into one child
    "lot.repack": 13,  # of one into two
    "lot.sort": 26,  # of two farms' into three classes
    "lot.process": 12,
    "lot.begin_sort": 10,
    "lot.sort_class": 10,
    "lot.undo_class": 10,
    "lot.undo_sort": 8,
    "lot.unmake": 10,
    "label.bind": 5,
    "label.unbind": 4,
    "consignment.grant": 6,
    "consignment.register": 10,
    "consignment.revoke": 6,
    "recall.declare": 8,
    "recall.emergency": 7,  # of two lots
    "recall.own": 7,  # of two lots
    "recall.confirm": 5,
    "recall.extend": 6,  # by one lot
    "recall.widen": 8,
    "recall.clear": 6,  # of two lots
    "recall.lift": 8,
    "recall.close": 8,
    "recall.drill": 4,
}
COUNTED = [name for name in EVER if name.startswith(("lot.", "label.", "recall.", "consignment."))]


def test_the_readme_is_what_the_code_says():
    readme = specification.README.read_text()
    assert specification.written(readme) == readme


def test_every_type_is_described():
    assert specification.DOES.keys() == EVER.keys()


@pytest.mark.parametrize("type_name", COUNTED)
def test_a_command_costs_no_more_state_operations_than_published(type_name):
    reads, writes = specification.operations(EVER[type_name])
    assert reads + writes <= OPERATIONS_MAX[type_name]


def test_every_record_the_contract_writes_is_described():
    described = [re.sub(r"<[^>]+>", "[^/]+", key) for key in specification.RECORDS]
    for type_name in EVER:
        draft = specification.valid(type_name)
        draft.answer()
        for key in draft.world.ledger.state:
            assert any(re.fullmatch(pattern, key) for pattern in described), key


def test_every_type_has_its_own_refusals():
    assert {one.type for one in FAULTS} == {ANY, *EVER}


def test_codes_stand_in_their_order():
    readme = specification.README.read_text()
    listed = re.findall(r"^\| `([A-Z0-9_]+)` \| (?:yes|no) \|", readme, re.MULTILINE)
    assert listed == list(Code)


def flags_in_the_code():
    """Return every flag that a rule adds; each is added by name."""
    found = set()
    for path in Path(chaincode.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "flags.add",
                "act.flags.add",
            }:
                (flag,) = node.args
                found.add(ast.literal_eval(flag))
    return found


def test_every_flag_of_a_result_is_listed_wherever_they_are_listed():
    readme = (Path(chaincode.__file__).parent / "README.md").read_text()
    (paragraph,) = re.findall(r"^Flags of a result, .*?(?=\n\n)", readme, re.DOTALL | re.MULTILINE)
    (docstring,) = re.findall(r" flags: (.*?) README", Result.__doc__, re.DOTALL)
    described = CommandAnswer.model_fields["flags"].description
    for text in (paragraph, docstring, described):
        assert set(re.findall(r"`([a-z_]+)`", text)) - {"channel", "paper"} == flags_in_the_code()


def test_the_table_of_what_every_transaction_reads_is_whole_and_of_the_largest():
    assert tuple(ALWAYS) == EVERY_TRANSACTION_READS
    for key, one in ALWAYS.items():
        shape, _ = specification.RECORDS[key]
        for record in (one.usual, one.largest):
            assert decode_state(shape, encode_state(record)) == record
        assert len(encode_state(one.largest)) < 2**20  # of a transaction's reads, in a block


def test_no_room_lets_the_open_recalls_grow_beyond_what_the_table_says():
    """Whatever the entries are made of, that fill the ten thousand roots."""
    largest = len(encode_state(ALWAYS[OPEN_RECALLS].largest))
    for roots, crops in product((1, 2, 10, 11, 100, 400), (1, 10, 11, CROPS_MAX)):
        count = ROOTS_OPEN_MAX // max(TAKES_AT_LEAST, roots, crops)
        filled = open_recalls(entries=count, roots=roots, crops=crops)
        assert taken(filled.recalls) <= ROOTS_OPEN_MAX
        assert len(encode_state(filled)) <= largest


def test_an_ordinary_day_writes_nothing_that_every_transaction_reads():
    """Every type but those that the table names leaves these records alone."""
    writers = specification._writers()
    for kind in EVER.values():
        if kind.name == specification.BOOTSTRAP:
            continue
        draft = specification.valid(kind.name)
        draft.answer()
        written = set(draft.world.ledger.stub.writes).intersection(ALWAYS)
        named = {key for key in ALWAYS if f"`{kind.name}`" in writers[key]}
        assert written <= named or kind.name == specification.APPROVE
