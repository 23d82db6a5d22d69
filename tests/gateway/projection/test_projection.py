"""Blocks become rows, on both databases, the same whatever way they come."""

import dataclasses
import json
import random

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from chaincode.base import envelope
from gateway.projection import (
    BlockGapError,
    ChainMismatchError,
    Projection,
    commands_by_id,
    domain,
    dump,
    history,
    rebuild,
    states,
    tables,
)
from tests.gateway.projection.conftest import NOW_S, ListLedger, rows

EMPTY = {"mandates", "suspension_votes"}  # in this story


async def change(projection, *statements):
    def write(connection):
        for statement in statements:
            connection.execute(text(statement))

    await projection.database.write(write)


async def scalar(projection, query):
    return await projection.database.read(lambda connection: connection.execute(query).scalar())


async def test_state_mirrors_the_ledgers(projection, story):
    await projection.apply_all(story.blocks)
    found = {row["key"]: row["value"].encode() for row in await rows(projection, tables.state)}
    assert found == story.state
    assert await projection.dump() == dump(story.state.items())


async def test_checkpoint_follows_the_blocks(projection, story):
    assert (await projection.checkpoint()).height == 0
    for block in story.blocks:
        applied = await projection.apply(block)
        checkpoint = await projection.checkpoint()
        assert (checkpoint.height, checkpoint.hash) == (block.number + 1, block.hash)
        assert applied.height == checkpoint.height


async def test_taken_commands_are_on_record_in_order(projection, story):
    applied = await projection.apply_all(story.blocks)
    expected = [
        (result["id"], result["code"])
        for block in story.blocks
        for transaction in block.transactions
        for result in transaction.results
        if result["code"] != "ALREADY_TAKEN"
    ]
    assert [(row.id, row.code) for row in applied.commands] == expected
    codes = [code for _, code in expected]
    assert codes.count("INSUFFICIENT_QUANTITY") == 1
    found = await projection.database.read(commands_by_id, [one for one, _ in expected])
    assert sorted(found.values(), key=lambda row: (row.block_number, row.position)) == list(
        applied.commands
    )


async def test_command_row_shows_what_was_signed(projection, story):
    await projection.apply_all(story.blocks)
    wires = {
        result["id"]: (wire, transaction, block)
        for block in story.blocks
        for transaction in block.transactions
        for wire, result in zip(transaction.commands, transaction.results, strict=True)
        if result["code"] == "ACCEPTED"
    }
    found = await projection.database.read(commands_by_id, list(wires))
    assert found.keys() == wires.keys()
    for command_id, (wire, transaction, block) in wires.items():
        row, command = found[command_id], envelope.parse(wire)
        assert (row.kid, row.seq, row.actor) == (command.kid, command.seq, command.actor)
        assert (row.type, row.on_behalf) == (command.type, command.on_behalf)
        assert (row.event_time, row.signed_at) == (command.event_time, command.signed_at)
        assert row.body == command.body
        assert (row.closed and json.loads(row.closed)) == command.closed
        assert row.jws.encode() == wire.partition(b"~")[0]
        assert (row.block_number, row.tx_id) == (block.number, transaction.id)
        assert row.ledger_time == transaction.time == NOW_S
        assert row.is_accepted
        assert row.result["id"] == command_id


async def test_history_lists_what_was_done_to_a_record(projection, story):
    await projection.apply_all(story.blocks)
    read, lot = projection.database.read, f"lot/{story.lot}"
    found = await read(history, lot, limit=100)
    types = [(row.type, row.code) for row in found]
    assert types == [
        ("lot.harvest", "ACCEPTED"),
        ("lot.ship", "ACCEPTED"),
        ("lot.receive", "ACCEPTED"),
        ("lot.settle", "ACCEPTED"),
        ("proposal.approve", "ACCEPTED"),
        ("lot.sell", "ACCEPTED"),
        ("lot.sell", "INSUFFICIENT_QUANTITY"),
    ]
    paged, after = [], (-1, -1)
    while page := await read(history, lot, limit=2, after=after):
        paged += page
        after = (page[-1].block_number, page[-1].position)
    assert paged == found
    assert len(await read(history, f"shipment/{story.shipment}", limit=100)) == 4
    assert await read(history, "lot/none", limit=100) == []


async def test_states_are_read_by_key(projection, story):
    await projection.apply_all(story.blocks)
    key = f"lot/{story.lot}"
    found = await projection.database.read(states, [key, "lot/none"])
    assert found == {key: json.loads(story.state[key])}


async def test_domain_rows_are_a_function_of_the_state(projection, story):
    await projection.apply_all(story.blocks)
    for view in domain.VIEWS:
        expected = [
            row
            for key, value in story.state.items()
            if view in domain.views_of(key)
            for row in view.rows(key, json.loads(value))
        ]
        assert expected or view.table.name in EMPTY
        found = await rows(projection, view.table)
        by_key = sorted(found, key=lambda row: json.dumps(row, sort_keys=True))
        assert by_key == sorted(expected, key=lambda row: json.dumps(row, sort_keys=True))


async def test_every_record_of_the_contract_has_a_view(story):
    without = {key for key in story.state if not domain.views_of(key)}
    assert {key.split("/")[0] for key in without} <= {"contract", "registrar"}


async def test_mass_balance_can_be_summed_in_sql(projection, story):
    await projection.apply_all(story.blocks)
    held = domain.holdings.c
    query = select(func.sum(held.held_g + held.sold_g + held.discarded_g + held.own_use_g)).where(
        held.lot == story.lot
    )
    assert await scalar(projection, query) + 200 == 20_000


@pytest.mark.parametrize("seed", range(3))
async def test_content_does_not_depend_on_how_blocks_were_grouped(
    projection, story, tmp_path, seed
):
    await projection.apply_all(story.blocks)
    chance = random.Random(seed)
    other = await Projection.open(f"sqlite:///{tmp_path}/other.sqlite")
    rest = list(story.blocks)
    while rest:
        size = chance.randint(1, 4)
        await other.apply_all(rest[:size])
        del rest[:size]
    # On PostgreSQL this also says that both databases hold the same.
    assert await other.content_digest() == await projection.content_digest()
    await other.close()


async def test_content_digest_sees_every_table(projection, story):
    await projection.apply_all(story.blocks)
    seen = {await projection.content_digest()}
    for table in sorted(tables.METADATA.tables):
        if table in EMPTY | {"quarantine"}:
            continue
        await change(projection, f"DELETE FROM {table}")
        digest = await projection.content_digest()
        assert digest not in seen
        seen.add(digest)


async def test_rebuild_gives_identical_content(projection, story):
    await projection.apply_all(story.blocks)
    before = await projection.content_digest()
    # Damage that a rebuild must mend.
    await change(projection, "DELETE FROM lots", "UPDATE state SET value = '{}'")
    assert await projection.content_digest() != before
    assert await rebuild(projection, ListLedger(story.blocks)) == len(story.blocks)
    assert await projection.content_digest() == before


async def test_reopened_projection_goes_on(database_url, story):
    for block in story.blocks:
        projection = await Projection.open(database_url)
        await projection.apply(block)
        await projection.close()
    projection = await Projection.open(database_url)
    assert await projection.dump() == dump(story.state.items())
    await projection.close()


async def test_block_out_of_order_is_refused_and_changes_nothing(projection, story):
    await projection.apply_all(story.blocks[:3])
    before = await projection.content_digest()
    for wrong in ([story.blocks[2]], [story.blocks[4]], [story.blocks[3], story.blocks[5]]):
        with pytest.raises(BlockGapError):
            await projection.apply_all(wrong)
    assert await projection.content_digest() == before


async def test_block_of_another_chain_is_refused(projection, story):
    await projection.apply_all(story.blocks[:3])
    foreign = dataclasses.replace(story.blocks[3], previous_hash="ab" * 32)
    with pytest.raises(ChainMismatchError):
        await projection.apply(foreign)
    assert (await projection.checkpoint()).height == 3


async def test_block_0_with_a_predecessor_is_refused(projection, story):
    with pytest.raises(ChainMismatchError):
        await projection.apply(dataclasses.replace(story.blocks[0], previous_hash="ab" * 32))


async def test_invalid_transaction_leaves_no_trace(projection, story):
    first, *_ = story.blocks
    (transaction,) = first.transactions
    invalid = dataclasses.replace(
        story.blocks[1].transactions[0], valid=False, writes={"lot/x": b'{"v":1}'}
    )
    await projection.apply(dataclasses.replace(first, transactions=(transaction, invalid)))
    assert await rows(projection, tables.state) == []
    assert await rows(projection, tables.commands) == []
    assert (await projection.checkpoint()).height == 1


async def test_tables_of_another_version_are_dropped_at_opening(database_url, story, monkeypatch):
    projection = await Projection.open(database_url)
    await projection.apply_all(story.blocks)
    await change(
        projection,
        # What an older version had, and a table of somebody else's.
        "CREATE TABLE former (a INTEGER)",
        "CREATE TABLE personal (a INTEGER)",
        "UPDATE checkpoint SET tables = replace(tables, '[', '[\"former\",')",
    )
    await projection.close()
    monkeypatch.setattr("gateway.projection.projection.ROWS_VERSION", 999)
    projection = await Projection.open(database_url)
    assert (await projection.checkpoint()).height == 0
    assert await rows(projection, tables.state) == []
    assert await scalar(projection, text("SELECT count(*) FROM personal")) == 0
    with pytest.raises(DBAPIError, match="former"):
        await scalar(projection, text("SELECT count(*) FROM former"))
    await projection.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://localhost/minori", "SQLite or PostgreSQL"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
async def test_other_databases_are_refused(url, reason):
    with pytest.raises(ValueError, match=reason):
        await Projection.open(url)


async def test_sqlite_file_is_private(tmp_path, story):
    projection = await Projection.open(f"sqlite:///{tmp_path}/folder/projection.sqlite")
    await projection.apply_all(story.blocks)
    files = list((tmp_path / "folder").iterdir())
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    await projection.close()
