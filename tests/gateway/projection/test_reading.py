"""Reading a block: whatever a valid transaction holds, nothing raises, and the rest goes on."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from chaincode.base import envelope
from chaincode.reading import read
from chaincode.rules import EVER
from gateway.ledgers.port import Block, Transaction
from gateway.projection import domain, json_text, reading, rebuild, tables
from gateway.projection.subjects import subjects
from tests.gateway.projection.conftest import ListLedger, rows

PAYLOAD = {
    "v": 1,
    "ledger": "ab" * 32,
    "kid": "k" * 43,
    "seq": 7,
    "prev": "cd" * 32,
    "actor": "7Q4M9X2B0KTD",
    "type": "lot.sell",
    "event_time": "2026-04-01T21:05:00Z",
    "signed_at": "2026-04-01T21:06:00Z",
    "nonce": "0" * 32,
    "body": {"lot": "5T2W8YK0M3R7B1XNQ4HD", "party": "7Q4M9X2B0KTD"},
}
LOT = {
    "v": 1,
    "party": "7Q4M9X2B0KTD",
    "origin": "harvest",
    "plot": "7Q4M9X2B0KTE",
    "crop": "carrot",
    "harvested_at": "2026-04-01T20:00:00Z",
    "harvest_g": 1000,
    "supplement_g": 0,
    "claimed_g": 0,
    "denied_g": 0,
    "misnamed_g": 0,
    "made_g": 0,
    "parents": [],
    "roots": [],
    "is_root": False,
    "estimated": False,
    "entry": "ef" * 32,
}
HOLDING = {
    "v": 1,
    "held_g": 1,
    "sold_g": 2,
    "discarded_g": 3,
    "own_use_g": 4,
    "transformed_g": 5,
    "lost_g": 6,
    "surplus_g": 7,
    "unproven_g": 7,
    "unproven_gone_g": 0,
    "denied_g": 8,
    "is_on_hold": True,
    "roots": [],
}


def canonical(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def wire_of(payload_bytes, closed=None):
    def part(raw):
        return urlsafe_b64encode(raw).rstrip(b"=")

    wire = b".".join((part(b"{}"), part(payload_bytes), part(bytes(64))))
    return wire if closed is None else wire + b"~" + part(closed)


def result_of(payload_bytes, **members):
    command_id = sha256(payload_bytes).hexdigest()
    return {"id": command_id, "code": "ACCEPTED", "flags": [], **members}


def block_of(*transactions, number=0, previous_hash=""):
    return Block(
        number=number,
        previous_hash=previous_hash,
        hash=f"{number + 1:064x}",
        transactions=transactions,
    )


def transaction_of(*pairs, writes=None, tx_id="aa" * 32, time=1_790_000_000):
    return Transaction(
        id=tx_id,
        time=time,
        valid=True,
        commands=tuple(wire for wire, _ in pairs),
        results=tuple(result for _, result in pairs),
        writes=writes or {},
    )


def command(**members):
    payload = canonical(PAYLOAD | members)
    return wire_of(payload), result_of(payload)


GOOD = command(seq=1)


def weird_commands():
    payload = canonical(PAYLOAD)
    yield "not ascii", "ü".encode(), result_of(payload)
    yield "no jws", b"hello", result_of(payload)
    yield "bad base64", b"a.!.b", result_of(payload)
    yield "other id", wire_of(payload), result_of(payload, id="00" * 32)
    yield "id is a number", wire_of(payload), result_of(payload, id=1)
    yield "no id", wire_of(payload), {"code": "ACCEPTED", "flags": []}
    yield "no code", wire_of(payload), {"id": result_of(payload)["id"]}
    yield "unknown code", wire_of(payload), result_of(payload, code="FINE")
    yield "code is a list", wire_of(payload), result_of(payload, code=["ACCEPTED"])
    yield "flags are an object", wire_of(payload), result_of(payload, flags={})
    yield "a flag is a NUL", wire_of(payload), result_of(payload, flags=["\0"])
    yield "a flag is half a pair", wire_of(payload), result_of(payload, flags=["\ud800"])
    yield "closed part is no JSON", wire_of(payload, b"{"), result_of(payload)
    yield "closed part is a list", wire_of(payload, b"[]"), result_of(payload)
    for raw in (b"", b"[]", b"\xff", b'{"a": 1}', b'{"a":1.5}', b'{"a":NaN}', b"[" * 100_000):
        yield f"payload {raw[:10]!r}", wire_of(raw), result_of(raw)
    for name in ("kid", "seq", "actor", "type", "event_time", "signed_at", "body"):
        raw = canonical({key: value for key, value in PAYLOAD.items() if key != name})
        yield f"no {name}", wire_of(raw), result_of(raw)
    for name, value in (
        ("kid", "\0"),
        ("kid", 5),
        ("kid", "x" * 5_000),
        ("seq", True),
        ("seq", "1"),
        ("seq", 2**70),
        ("actor", ["a"]),
        ("actor", None),
        ("on_behalf", 3),
        ("type", {}),
        ("event_time", "2026-04-01"),
        ("event_time", "2026-04-01T21:05:00"),
        ("event_time", "2026-99-01T21:05:00Z"),
        ("signed_at", 12),
        ("body", {"lot": "\0"}),
        ("body", {"lot": "x" * 5_000}),
    ):
        raw = canonical(PAYLOAD | {name: value})
        yield f"{name} is {str(value)[:12]!r}", wire_of(raw), result_of(raw)


WEIRD_VALUES = (
    b"\xff", b"", b"x", b"[]", b"1", b'{"v": 1}', b'{"v":1,"v":1}', b'{"v":1.0}', b'{"v":NaN}',
    b'{"b":1,"a":1}', b'{"a":"\\ud800"}', b"[" * 100_000, b'{"a":' * 100_000,
)  # fmt: skip
WEIRD_KEYS = ("", "\0", "ü", "a\n", "\x00composite\x00key", "lot/" + "x" * 5_000, "\ud800")
WEIRD_LOTS = (
    ("lot", LOT),
    ("lot/a/b", LOT),
    ("lot/a", LOT | {"party": None}),
    ("lot/a", LOT | {"party": 1}),
    ("lot/a", LOT | {"crop": "\0"}),
    ("lot/a", LOT | {"crop": ["x"]}),
    ("lot/a", LOT | {"harvest_g": "1"}),
    ("lot/a", LOT | {"harvest_g": 2**70}),
    ("lot/a", LOT | {"harvest_g": True}),
    ("lot/a", LOT | {"estimated": 1}),
    ("lot/a", {"v": 1}),
    ("contract/constitution", {"organisations": {}}),
    ("contract/constitution", {}),
)


@pytest.mark.parametrize(
    ("wire", "result"), [pytest.param(*rest, id=name) for name, *rest in weird_commands()]
)
def test_weird_command_is_set_aside_and_the_next_one_read(wire, result):
    (changes,) = reading.read(block_of(transaction_of((wire, result), GOOD)))
    (aside,) = changes.quarantined
    assert (aside.kind, aside.content) == ("command", wire[: reading.CONTENT_BYTES_MAX])
    assert [(row["seq"], row["position"]) for row in changes.commands] == [(1, 1)]


@pytest.mark.parametrize("value", WEIRD_VALUES)
def test_weird_value_is_set_aside_and_hides_the_old_one(value):
    transaction = transaction_of(GOOD, writes={"lot/a": value, "lot/b": canonical(LOT)})
    (changes,) = reading.read(block_of(transaction))
    assert [(aside.kind, aside.subject) for aside in changes.quarantined] == [("state", "lot/a")]
    assert changes.state == {"lot/a": None, "lot/b": canonical(LOT).decode()}
    assert [len(rows) for rows in changes.views["lots"].values()] == [0, 1]
    assert len(changes.commands) == 1


@pytest.mark.parametrize("key", WEIRD_KEYS)
def test_weird_key_is_set_aside(key):
    (changes,) = reading.read(block_of(transaction_of(writes={key: canonical(LOT)})))
    assert [aside.kind for aside in changes.quarantined] == ["state"]
    assert changes.quarantined[0].subject.isascii()
    assert changes.state == changes.views == {}


@pytest.mark.parametrize(("key", "value"), WEIRD_LOTS)
def test_record_of_another_shape_is_in_the_state_but_has_no_row(key, value):
    (changes,) = reading.read(block_of(transaction_of(writes={key: canonical(value)})))
    assert {aside.kind for aside in changes.quarantined} == {"view"}
    assert changes.state == {key: canonical(value).decode()}
    assert [rows for by_key in changes.views.values() for rows in by_key.values() if rows] == []


def test_results_that_are_too_few_set_the_commands_aside():
    transaction = transaction_of(GOOD, writes={"lot/a": canonical(LOT)})
    short = Transaction(
        id=transaction.id,
        time=1,
        valid=True,
        commands=transaction.commands,
        results=(),
        writes=transaction.writes,
    )
    (changes,) = reading.read(block_of(short))
    assert [aside.kind for aside in changes.quarantined] == ["transaction"]
    assert (changes.commands, list(changes.state)) == ([], ["lot/a"])


def test_positions_count_all_commands_of_valid_transactions():
    not_taken = (GOOD[0], GOOD[1] | {"code": "UNKNOWN_KEY"})
    invalid = Transaction(id="cc" * 32, time=1, valid=False, commands=(GOOD[0],), results=())
    found = reading.read(
        block_of(
            transaction_of(command(seq=1), not_taken, command(seq=2)),
            invalid,
            transaction_of(command(seq=3), tx_id="bb" * 32),
        )
    )
    assert [row["position"] for one in found for row in one.commands] == [0, 2, 3]


async def test_everything_weird_is_stored_and_nothing_stops(projection):
    """On both databases: what `reading` lets through fits, and a rebuild gives the same."""
    pairs = [(wire, result) for _, wire, result in weird_commands()]
    transactions = [transaction_of(*pairs, GOOD, tx_id="aa" * 32)]
    for number, (key, value) in enumerate(
        [*WEIRD_LOTS, *((f"lot/v{i}", raw) for i, raw in enumerate(WEIRD_VALUES))]
        + [(key, LOT) for key in WEIRD_KEYS]
    ):
        raw = value if isinstance(value, bytes) else canonical(value)
        transactions.append(transaction_of(writes={key: raw}, tx_id=f"{number:064x}"))
    twice = transaction_of(GOOD, tx_id="dd" * 32)  # taken already, says another transaction
    blocks = [
        block_of(*transactions),
        block_of(
            twice,
            transaction_of(command(seq=9), writes={"lot/ok": canonical(LOT)}, tx_id="ee" * 32),
            number=1,
            previous_hash=f"{1:064x}",
        ),
    ]
    await projection.apply_all(blocks)
    assert sorted(row["seq"] for row in await rows(projection, tables.commands)) == [1, 9]
    assert [row["id"] for row in await rows(projection, domain.lots)] == ["ok"]
    aside = await rows(projection, tables.quarantine)
    expected = len(pairs) + len(WEIRD_LOTS) + len(WEIRD_VALUES) + len(WEIRD_KEYS) + 1
    # A record that several tables show is set aside for each that it does not fit.
    views = {row["tx_id"] for row in aside if row["kind"] == "view"}
    assert len(views) + sum(row["kind"] != "view" for row in aside) == expected
    assert [row["reason"] for row in aside if row["tx_id"] == "dd" * 32] == ["taken twice"]
    before = await projection.content_digest()
    await rebuild(projection, ListLedger(blocks))
    assert await projection.content_digest() == before


@pytest.fixture
def _careless(monkeypatch):
    """Something that `reading` did not foresee: here a row without one of its columns."""
    read = reading.read

    def careless(block):
        changes = list(read(block))
        for one in changes:
            for row in one.views.get("lots", {}).get("lot/bad", []):
                row["crop"] = None
        return changes

    monkeypatch.setattr(reading, "read", careless)


@pytest.mark.usefixtures("_careless")
async def test_transaction_that_the_database_refuses_is_set_aside(projection):
    blocks = [
        block_of(
            transaction_of(command(seq=1), writes={"lot/a": canonical(LOT)}, tx_id="01" * 32),
            transaction_of(command(seq=2), writes={"lot/bad": canonical(LOT)}, tx_id="02" * 32),
            transaction_of(command(seq=3), writes={"lot/b": canonical(LOT)}, tx_id="03" * 32),
        ),
        block_of(number=1, previous_hash=f"{1:064x}"),
    ]
    applied = await projection.apply_all(blocks)
    assert applied.height == 2
    assert [row.seq for row in applied.commands] == [1, 3]
    assert [row["id"] for row in await rows(projection, domain.lots)] == ["a", "b"]
    (aside,) = await rows(projection, tables.quarantine)
    assert (aside["tx_id"], aside["kind"]) == ("02" * 32, "transaction")


@pytest.mark.usefixtures("_careless")
async def test_a_passing_failure_while_transactions_are_written_one_by_one_skips_none(projection):
    """The group is refused for one bad row; then the database fails at a transaction before it."""
    block = block_of(
        transaction_of(command(seq=1), writes={"lot/a": canonical(LOT)}, tx_id="01" * 32),
        transaction_of(command(seq=2), writes={"lot/bad": canonical(LOT)}, tx_id="02" * 32),
    )
    savepoints = []

    def fail_once(_connection, name):
        savepoints.append(name)
        if len(savepoints) == 1:
            raise OperationalError("INSERT", {}, Exception("disk I/O error"))

    event.listen(projection.database._writing_engine, "savepoint", fail_once)
    with pytest.raises(OperationalError):
        await projection.apply(block)
    assert (await projection.checkpoint()).height == 0
    applied = await projection.apply(block)
    assert (applied.height, [row.seq for row in applied.commands]) == (1, [1])
    assert [row["id"] for row in await rows(projection, domain.lots)] == ["a"]


async def test_content_of_fixed_blocks_stays_as_it_is(projection):
    """Another digest from the same tables: count up `projection.ROWS_VERSION`.

    Databases that an earlier version filled are then filled anew. Where a table was added or
    changed that happens by itself, and only the digest here has to follow.
    """
    blocks = [
        block_of(
            transaction_of(
                command(seq=1),
                (b"weird", {"id": "x", "code": "ACCEPTED"}),
                writes={
                    "lot/a": canonical(LOT),
                    "contract/demo_time": b'{"ledger_time":5,"v":1}',
                    "holding/a/b/c": canonical(HOLDING),
                },
            )
        )
    ]
    await projection.apply_all(blocks)
    found = await projection.content_digest()
    assert found == "2d90e940ad33f4c66f3ad9f94cba065ba41a3796077a0e9f62a48ad7e99be300"
    assert await projection.dump() == (
        b'["contract/demo_time",{"ledger_time":null,"v":1}]\n'
        b'["holding/a/b/c",' + canonical(HOLDING) + b"]\n"
        b'["lot/a",' + canonical(LOT) + b"]\n"
    )


ASCII = st.text(st.characters(max_codepoint=127))


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(ASCII, inner),
))  # fmt: skip
def test_json_text_is_the_contracts_canonical_form(value):
    import rfc8785

    assert json_text.write(value).encode() == rfc8785.dumps(value)


def test_subjects_are_what_the_contract_says_a_command_touches(story):
    """For every command of the story; a holding counts as its lot, the signer not at all."""
    wires = [
        wire
        for block in story.blocks
        for transaction in block.transactions
        for wire in transaction.commands
    ]
    types = set()
    for wire in wires:
        request = read(envelope.parse(wire), EVER)
        types.add(request.command.type)
        touched = set()
        for key in request.touches.reads + request.touches.writes:
            kind, _, rest = key.partition("/")
            if kind == "holding":
                touched.add(f"lot/{rest.partition('/')[0]}")
            if kind in {"lot", "shipment", "plot", "pending"}:
                touched.add(key)
        if request.kind.signers == 2:  # the proposal is about itself, under its own id
            touched.discard(f"pending/{request.command.id}")
        about = subjects(request.command.body, request.command.closed)
        assert touched <= set(about)
    assert types >= {"lot.harvest", "lot.ship", "lot.receive", "lot.settle", "proposal.approve"}
