"""Whatever is changed behind the ledger's back is found, at the tip as soon as it is opened."""

import asyncio
import shutil
import sqlite3

import pytest

from gateway.ledgers.embedded import ChainBrokenError, EmbeddedLedger, IdentityError, verify_file
from gateway.ledgers.embedded.identities import directory
from gateway.ledgers.embedded.store import Store
from tests.gateway.toy_contract import ToyContract, command

OPEN_TOO = True  # found when the ledger is opened, not only by `verify`


@pytest.fixture
async def path(tmp_path):
    path = tmp_path / "ledger.sqlite"
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    for i in range(5):
        await ledger.submit([command(f"c{i}", count="n", set={f"k{i}": i})])
    await ledger.close()
    return path


async def test_sound_ledger_verifies_while_it_is_open(path):
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    verification = verify_file(path)
    assert verification == await ledger.verify()
    assert (verification.height, verification.transactions, verification.keys) == (6, 6, 6)
    await ledger.close()


def replaced(old, new):
    return f"content = CAST(replace(CAST(content AS TEXT), '{old}', '{new}') AS BLOB)"


@pytest.mark.parametrize(
    ("tampering", "found_at_opening"),
    [
        (f"UPDATE tx SET {replaced('c1', 'cX')} WHERE block_number = 2", False),
        (f"UPDATE tx SET {replaced('c4', 'cX')} WHERE block_number = 5", OPEN_TOO),
        ("UPDATE block SET hash = previous_hash WHERE number = 5", OPEN_TOO),
        ("UPDATE block SET previous_hash = hash WHERE number = 3", False),
        ("DELETE FROM block WHERE number = 5", False),
        ("DELETE FROM block WHERE number = 2", False),
        ("DELETE FROM block WHERE number = 4", OPEN_TOO),
        ("DELETE FROM tx WHERE block_number = 3", False),
        ("INSERT INTO tx SELECT 3, 1, 'x', content FROM tx WHERE block_number = 2", False),
        ("UPDATE state SET value = X'39' WHERE key = 'n'", False),
        ("DELETE FROM state WHERE key = 'k2'", False),
        ("INSERT INTO state VALUES ('extra', X'31')", False),
        ("DELETE FROM certificate", False),
        ("UPDATE certificate SET pem = X'00'", False),
    ],
)
async def test_tampering_is_found(path, tampering, found_at_opening):
    connection = sqlite3.connect(path, isolation_level=None)
    assert connection.execute(tampering).rowcount > 0
    connection.close()
    with pytest.raises(ChainBrokenError):
        verify_file(path)
    if found_at_opening:
        with pytest.raises(ChainBrokenError):
            await EmbeddedLedger.open(path, contract=ToyContract())


async def test_creator_of_another_authority_is_found(path, tmp_path):
    """A block made with a foreign authority's certificate has good hashes and a bad creator."""
    other = await EmbeddedLedger.open(tmp_path / "other.sqlite", contract=ToyContract())
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    foreign = other.as_identity("gateway").creator
    await ledger.submit_as(foreign, [command("c", count="n")], at=None)
    with pytest.raises(ChainBrokenError, match="authority"):
        await ledger.verify()
    await other.close()
    await ledger.close()


@pytest.mark.parametrize(
    "content", [b"no JSON", b"{}", b"[]", b'{"args":[1]}', "spaced", "configure"]
)
async def test_forged_transaction_with_good_hashes_is_found(path, content):
    store = Store.open(path)
    (block,) = store.blocks(3, limit=1)
    (good,) = block.contents
    if content == "spaced":
        content = good.replace(b":", b": ", 1)
    elif content == "configure":  # a second configuration would bring foreign authorities
        (block,) = store.blocks(0, limit=1)
        (content,) = block.contents
    store.append([("ab" * 32, content)], writes={}, certificates=[])
    store.close()
    with pytest.raises(ChainBrokenError, match="block 6"):
        verify_file(path)


async def test_chain_that_does_not_begin_with_a_configuration_is_refused(path, tmp_path):
    store = Store.open(path)
    (block,) = store.blocks(1, limit=1)
    store.close()
    other = Store.open(tmp_path / "other.sqlite")
    other.append([("ab" * 32, block.contents[0])], writes={}, certificates=[])
    other.close()
    shutil.copytree(directory(path), directory(tmp_path / "other.sqlite"))
    for opening in (
        EmbeddedLedger.open(tmp_path / "other.sqlite", contract=ToyContract()),
        asyncio.to_thread(verify_file, tmp_path / "other.sqlite"),
    ):
        with pytest.raises(ChainBrokenError, match="configuration"):
            await opening


async def test_damaged_block_ends_the_stream(path):
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DELETE FROM tx WHERE block_number = 3")
    connection.close()
    with pytest.raises(ChainBrokenError, match="block 3"):
        [block async for block in ledger.blocks(0)]
    await ledger.close()


async def test_lost_identities_are_reported_not_remade(path):
    folder = directory(path)
    folder.rename(folder.with_suffix(".lost"))
    with pytest.raises(IdentityError, match="missing"):
        await EmbeddedLedger.open(path, contract=ToyContract())
    assert not folder.exists()


async def test_identities_of_another_ledger_are_refused(path, tmp_path):
    other = await EmbeddedLedger.open(tmp_path / "other.sqlite", contract=ToyContract())
    await other.close()
    shutil.rmtree(directory(path))
    shutil.copytree(directory(tmp_path / "other.sqlite"), directory(path))
    with pytest.raises(IdentityError, match="not this ledger's"):
        await EmbeddedLedger.open(path, contract=ToyContract())


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("CoopMSP/gateway.key", "CoopMSP/admin.key"),  # not the certificate's key
        ("TownMSP/admin.pem", "CoopMSP/admin.pem"),
        ("TownMSP/ca.pem", "CoopMSP/ca.pem"),
        ("CoopMSP/admin.key", "CoopMSP/admin.pem"),  # no certificate at all
        (None, "CoopMSP/gateway.key"),
    ],
)
async def test_identity_that_does_not_fit_is_refused(path, source, target):
    folder = directory(path)
    (folder / target).unlink()
    if source:
        shutil.copy(folder / source, folder / target)
    with pytest.raises(IdentityError):
        await EmbeddedLedger.open(path, contract=ToyContract())


async def test_foreign_pair_of_certificate_and_key_is_refused(path):
    folder = directory(path)
    for ending in ("pem", "key"):
        shutil.copy(folder / f"TownMSP/admin.{ending}", folder / f"CoopMSP/admin.{ending}")
    with pytest.raises(IdentityError, match="not its authority's"):
        await EmbeddedLedger.open(path, contract=ToyContract())


async def test_first_start_that_crashed_is_begun_again(tmp_path):
    path = tmp_path / "ledger.sqlite"
    draft = directory(path).with_name(directory(path).name + ".draft")
    (draft / "CoopMSP").mkdir(parents=True)
    (draft / "CoopMSP" / "ca.key").write_text("half")
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    assert await ledger.height() == 1
    assert not draft.exists()
    await ledger.close()


async def test_file_of_a_later_format_is_refused(path):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(Exception, match="format 2"):
        verify_file(path)
