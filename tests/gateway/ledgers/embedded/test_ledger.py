"""The embedded ledger through its port."""

import asyncio
import sqlite3

import pytest
from cryptography import x509

from chaincode.base.stub import Response
from gateway.ledgers.embedded import EmbeddedLedger, IdentityError, LedgerInUseError, verify_file
from gateway.ledgers.port import (
    LedgerRefusedError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    Receipt,
    TransactionTooLargeError,
)
from tests.gateway.toy_contract import ToyContract, command

NOW_S = 1_760_000_000


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.sqlite"


@pytest.fixture
async def ledger(path):
    ledger = await EmbeddedLedger.open(path, contract=ToyContract(), clock=lambda: NOW_S + 0.9)
    yield ledger
    await ledger.close()


async def read(ledger, count, start=0):
    """Return `count` blocks from `start` on."""
    found = []
    stream = ledger.blocks(start)
    while len(found) < count:
        found.append(await asyncio.wait_for(anext(stream), 5))
    await stream.aclose()
    return found


async def test_first_start_writes_a_configuration_block(ledger):
    assert await ledger.height() == 1
    (block,) = await read(ledger, 1)
    assert (block.number, block.previous_hash) == (0, "")
    assert [(tx.valid, tx.commands, tx.writes) for tx in block.transactions] == [(True, (), {})]


async def test_submit_is_committed_with_its_results(ledger):
    wire = command("c1", set={"lot/a": {"v": 1}})
    receipt = await ledger.submit([wire])
    assert receipt.block_number == 1
    assert receipt.time == NOW_S
    assert receipt.results == ({"id": "c1", "code": "ACCEPTED", "flags": []},)
    first, second = await read(ledger, 2)
    assert second.previous_hash == first.hash
    (tx,) = second.transactions
    assert (tx.id, tx.time, tx.valid) == (receipt.tx_id, NOW_S, True)
    assert (tx.commands, tx.results) == ((wire,), receipt.results)
    assert tx.writes == {"lot/a": b'{"v": 1}'}
    assert await ledger.query(["lot/a", "lot/b"]) == {"lot/a": {"v": 1}, "lot/b": None}


async def test_submit_at_names_the_ledger_time(ledger):
    wire = command("c1", set={"k": 1})
    receipt = await ledger.submit([wire], at=1_700_000_000)
    assert receipt.time == 1_700_000_000
    (block,) = await read(ledger, 1, start=1)
    assert (block.transactions[0].time, block.transactions[0].commands) == (1_700_000_000, (wire,))


async def test_submit_without_writes_leaves_no_block(ledger):
    receipt = await ledger.submit([command("c1")])
    assert receipt.block_number == -1
    assert receipt.results[0]["id"] == "c1"
    assert await ledger.height() == 1


@pytest.mark.parametrize(
    "fault",
    [{"status": 400}, {"status": 500}, {"crash": "bug"}, {"raw": {"k": ""}}, {"raw": {"ü": "00"}}],
)
async def test_refused_transaction_writes_nothing(ledger, fault):
    with pytest.raises(LedgerRefusedError):
        await ledger.submit([command("c1", set={"a": 1}), command("c2", set={"b": 1}, **fault)])
    assert await ledger.height() == 1
    assert await ledger.query(["a", "b"]) == {"a": None, "b": None}


async def test_missing_rules_blame_no_command(ledger):
    with pytest.raises(LedgerUnavailableError):
        await ledger.submit([command("c1", set={"a": 1}, status=500, message="VERSION_MISSING")])
    assert await ledger.height() == 1


async def test_unreadable_state_blames_no_command(ledger):
    def damage():
        ledger._executor.store.connection.execute("ALTER TABLE state RENAME TO gone")

    await ledger._call(damage)
    with pytest.raises(LedgerUnavailableError, match="can't be read"):
        await ledger.submit([command("c1", count="n")])
    with pytest.raises(LedgerUnavailableError, match="can't be read"):
        await ledger.query(["n"])
    with pytest.raises(LedgerUnavailableError, match="not written"):
        await ledger.submit([command("c1", set={"n": 1})])
    assert await ledger.height() == 1


async def test_answer_that_misses_a_command_is_refused(ledger):
    with pytest.raises(LedgerRefusedError):
        await ledger.submit([command("short", set={"a": 1})])
    assert await ledger.height() == 1


async def test_reads_see_committed_state_only(ledger):
    # Two increments in one transaction: the second does not see the first (Fabric's semantics).
    await ledger.submit([command("c1", count="n"), command("c2", count="n")])
    assert await ledger.query(["n"]) == {"n": 1}


async def test_concurrent_submits_share_blocks_and_run_one_after_the_other(ledger):
    receipts = await asyncio.gather(
        *(ledger.submit([command(f"c{i}", count="n")]) for i in range(40)),
        ledger.submit([command("bad", count="n", status=400)]),
        return_exceptions=True,
    )
    assert isinstance(receipts.pop(), LedgerRefusedError)
    assert await ledger.query(["n"]) == {"n": 40}
    height = await ledger.height()
    assert height < 41
    blocks = await read(ledger, height)
    where = {tx.id: block.number for block in blocks for tx in block.transactions}
    assert [where[receipt.tx_id] for receipt in receipts] == [r.block_number for r in receipts]
    assert blocks[-1].transactions[-1].writes == {"n": b"40"}


async def test_cancelled_submit_does_not_stop_the_others(ledger):
    first, second = (
        asyncio.ensure_future(ledger.submit([command(f"c{i}", count="n")])) for i in range(2)
    )
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).block_number == 1
    await asyncio.gather(first, return_exceptions=True)
    assert first.cancelled()
    assert await ledger.query(["n"]) == {"n": 2}  # it was in line already


async def test_blocks_waits_for_new_ones_and_ends_with_the_ledger(ledger):
    stream = ledger.blocks(1)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    assert not waiting.done()
    await ledger.submit([command("c1", count="n")])
    assert (await asyncio.wait_for(waiting, 5)).number == 1
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    await ledger.close()
    with pytest.raises(LedgerUnavailableError):
        await asyncio.wait_for(waiting, 5)
    with pytest.raises(LedgerUnavailableError):
        await ledger.submit([command("c2")])
    with pytest.raises(LedgerUnavailableError):
        await ledger.query(["n"])


async def test_close_waits_for_what_is_in_line(path):
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    tasks = [asyncio.ensure_future(ledger.submit([command(f"c{i}", count="n")])) for i in range(50)]
    await asyncio.sleep(0)
    await ledger.close()
    assert all(receipt.block_number > 0 for receipt in await asyncio.gather(*tasks))
    assert verify_file(path).transactions == 51


async def test_reopened_ledger_goes_on(path):
    for n in range(1, 4):
        ledger = await EmbeddedLedger.open(path, contract=ToyContract())
        assert await ledger.height() == n
        assert (await ledger.submit([command("c", count="n")])).block_number == n
        assert await ledger.query(["n"]) == {"n": n}
        await ledger.close()
    verification = verify_file(path)
    assert (verification.height, verification.transactions, verification.keys) == (4, 4, 1)


@pytest.mark.usefixtures("ledger")
async def test_second_opening_is_refused(path):
    with pytest.raises(LedgerInUseError, match="open already"):
        await EmbeddedLedger.open(path, contract=ToyContract())


async def test_too_large_transaction_is_told_apart(path):
    ledger = await EmbeddedLedger.open(path, contract=ToyContract(), transaction_bytes_max=100)
    with pytest.raises(TransactionTooLargeError):
        await ledger.submit([command("c1"), command("c2", set={"k": "x" * 90})])
    await ledger.submit([command("c1", set={"k": 1})])
    await ledger.close()


async def test_identities_sign_as_chosen(ledger):
    await ledger.submit([command("c1", creator=1)])
    assert await ledger.query(["creator"]) == {"creator": ["CoopMSP", 1]}
    town = ledger.as_identity("admin", organisation="TownMSP")
    await town.submit([command("c2", creator=2)])
    assert await town.query(["creator"]) == {"creator": ["TownMSP", 2]}
    certificate = x509.load_pem_x509_certificate(town.creator.certificate_pem)
    units = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)
    assert [unit.value for unit in units] == ["admin"]
    await town.close()
    assert await town.height() == await ledger.height() == 3
    assert (await read(town, 1, start=2))[0].number == 2


@pytest.mark.parametrize(("name", "organisation"), [("root", "CoopMSP"), ("admin", "EvilMSP")])
async def test_unknown_identity_is_refused(ledger, name, organisation):
    with pytest.raises(IdentityError):
        ledger.as_identity(name, organisation=organisation)


async def test_other_organisations_than_the_ledgers_are_refused(ledger, path):
    await ledger.close()
    with pytest.raises(IdentityError, match="ShopsMSP"):
        await EmbeddedLedger.open(path, contract=ToyContract(), organisations=["CoopMSP"])


async def test_full_disk_is_reported_and_leaves_the_chain_sound(ledger):
    """SQLite's page limit stands in for a full disk: it fails with the same code."""

    def limit(pages):
        return ledger._executor.store.connection.execute(f"PRAGMA max_page_count = {pages}")

    await ledger.submit([command("c1", count="n")])
    await ledger._call(limit, 1)  # clamps to the present size
    with pytest.raises(LedgerUnavailableError):
        await ledger.submit([command("c2", count="n", set={"big": "x" * 100_000})])
    assert await ledger.query(["n", "big"]) == {"n": 1, "big": None}
    await ledger._call(limit, 2**30)
    assert (await ledger.submit([command("c3", count="n")])).block_number == 2
    assert (await ledger.verify()).height == 3


class FailingCommit:
    """A connection whose next commit fails as a disk does; all else passes through."""

    def __init__(self, connection, code):
        self._connection = connection
        self._code = code

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def execute(self, sql, *parameters):
        if sql == "COMMIT" and self._code is not None:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode, self._code = self._code, None
            raise error
        return self._connection.execute(sql, *parameters)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, OutcomeUnknownError),
        (sqlite3.SQLITE_FULL, LedgerUnavailableError),
    ],
)
async def test_failing_commit_is_reported_and_the_chain_goes_on(ledger, code, expected):
    store = ledger._executor.store
    store.connection = FailingCommit(store.connection, code)
    outcomes = await asyncio.gather(
        ledger.submit([command("c1", count="n")]),
        ledger.submit([command("c2")]),  # writes nothing, so needs no commit
        ledger.submit([command("c3", count="n")]),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes] == [expected, Receipt, expected]
    assert await ledger.query(["n"]) == {"n": None}
    assert (await ledger.submit([command("c4", count="n")])).block_number == 1
    assert (await ledger.verify()).height == 2


async def test_bug_of_the_ledger_still_answers_everyone(ledger, monkeypatch):
    def fail(_proposals):
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(ledger._executor, "commit", fail)
        with pytest.raises(OutcomeUnknownError):
            await ledger.submit([command("c1", count="n")])
    await ledger.submit([command("c2", count="n")])


@pytest.mark.parametrize("payload", [b"[]", b"", b"\xff"])
async def test_answer_that_is_no_object_is_refused(path, payload):
    class OtherContract:
        async def invoke(self, *_arguments):
            return Response(status=200, payload=payload)

    ledger = await EmbeddedLedger.open(path, contract=OtherContract())
    with pytest.raises(LedgerRefusedError):
        await ledger.query(["n"])
    with pytest.raises(LedgerRefusedError):
        await ledger.submit([command("c1")])
    await ledger.close()


@pytest.mark.usefixtures("ledger")
async def test_files_are_private(path):
    beside = [file for file in path.parent.iterdir() if file.is_file()]
    assert {file.name for file in beside} >= {path.name, f"{path.name}-wal"}
    assert {file.stat().st_mode & 0o777 for file in beside} == {0o600}
    keys = list(path.parent.rglob("*.key"))
    assert len(keys) == 9
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}


async def test_durability_is_what_the_documentation_promises(ledger):
    def ask(name):
        return ledger._executor.store.connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert await ledger._call(ask, "journal_mode") == "wal"
    assert await ledger._call(ask, "synchronous") == 2  # FULL


async def test_file_that_is_no_ledger_is_refused(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (c)")
    connection.close()
    with pytest.raises(Exception, match="not an embedded ledger"):
        await EmbeddedLedger.open(path, contract=ToyContract())
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(Exception, match="can't be opened"):
        await EmbeddedLedger.open(path, contract=ToyContract())
