"""What is on disk: nothing acknowledged is lost, whenever the process is killed."""

import asyncio
import random
import sqlite3
import stat

import pytest

from gateway.intake import Answer, Outbox, OutboxError, OutboxInUseError
from gateway.intake.outbox_store import open_store
from tests.gateway.intake.forked import forked

KILLS = 30
SEED = 20261123

TAKEN = Answer(
    id="a",
    code="ACCEPTED",
    taken=True,
    flags=("late",),
    block_number=3,
    tx_id="t" * 64,
    ledger_time=1_790_000_000,
)


def dropped(code):
    return Answer(id="a", code=code, taken=False)


@pytest.fixture
async def outbox(tmp_path):
    outbox = await Outbox.open(tmp_path / "outbox.sqlite")
    yield outbox
    await outbox.close()


async def test_commands_wait_in_the_order_of_acceptance_across_restarts(tmp_path):
    path = tmp_path / "outbox.sqlite"
    outbox = await Outbox.open(path)
    await outbox.put([("b", b"B"), ("a", b"A")])
    await outbox.put([("c", b"C")])
    await outbox.close()
    outbox = await Outbox.open(path)
    assert await outbox.waiting() == [b"B", b"A", b"C"]
    await outbox.close()


async def test_answer_replaces_the_command(outbox):
    await outbox.put([("a", b"A")])
    assert (await outbox.find(["a", "x"]))["a"].answer is None
    await outbox.write_answers([TAKEN])
    found = await outbox.find(["a", "x"])
    assert {key: status.answer for key, status in found.items()} == {"a": TAKEN}
    assert await outbox.waiting() == []


@pytest.mark.parametrize("answer", [TAKEN, dropped("CONTRACT_FAULT")])
async def test_answer_that_holds_is_not_asked_for_again(outbox, answer):
    await outbox.put([("a", b"A")])
    await outbox.write_answers([answer])
    assert await outbox.put([("a", b"A"), ("b", b"B")]) == {"a": answer}
    assert await outbox.waiting() == [b"B"]


async def test_dropped_command_may_be_sent_again_and_goes_to_the_end(outbox):
    await outbox.put([("a", b"A"), ("b", b"B")])
    await outbox.write_answers([dropped("SEQUENCE_GAP")])
    assert await outbox.put([("a", b"A")]) == {}
    assert await outbox.waiting() == [b"B", b"A"]
    assert (await outbox.find(["a"]))["a"].answer is None


async def test_old_answers_are_forgotten_and_waiting_commands_never(outbox):
    await outbox.put([(name, name.encode()) for name in ("a", "b", "c")])
    await outbox.write_answers([TAKEN, Answer(id="b", code="SEQUENCE_GAP", taken=False)])
    await outbox.prune(kept_s=60, dropped_kept_s=60)
    assert set(await outbox.find(["a", "b", "c"])) == {"a", "b", "c"}
    await outbox.prune(kept_s=60, dropped_kept_s=-60)
    assert set(await outbox.find(["a", "b", "c"])) == {"a", "c"}
    await outbox.prune(kept_s=-60, dropped_kept_s=-60)
    assert set(await outbox.find(["a", "b", "c"])) == {"c"}


async def test_more_old_answers_than_fit_one_commit_are_all_forgotten(outbox):
    names = [f"n{number}" for number in range(2_500)]
    await outbox.put([(name, b"x") for name in names])
    await outbox.write_answers([Answer(id=name, code="X", taken=True) for name in names])
    await outbox.prune(kept_s=-60, dropped_kept_s=-60)
    assert await outbox.find(names) == {}


async def test_requests_that_come_together_share_a_commit(outbox):
    statements = []
    await outbox._do(lambda connection: connection.set_trace_callback(statements.append))
    await asyncio.gather(*(outbox.put([(f"n{number}", b"x")]) for number in range(50)))
    await outbox._do(lambda connection: connection.set_trace_callback(None))
    assert len(await outbox.waiting()) == 50
    # That which set the trace, and one for all (or two, if the first left at once).
    assert statements.count("COMMIT") <= 3


async def test_caller_who_stops_waiting_stops_nobody_else(outbox):
    putting = [asyncio.create_task(outbox.put([(name, b"x")])) for name in "abc"]
    await asyncio.sleep(0)
    putting[1].cancel()
    results = await asyncio.gather(*putting, return_exceptions=True)
    assert isinstance(results[1], asyncio.CancelledError)
    assert (results[0], results[2]) == ({}, {})


async def limit_pages(outbox, more):
    """Let the outbox's file grow by so many pages and no more, as on a full disk."""

    def limit(connection):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + more}")

    await outbox._do(limit)


async def test_full_disk_refuses_and_leaves_what_was_there(tmp_path):
    outbox = await Outbox.open(tmp_path / "outbox.sqlite")
    await outbox.put([("a", b"A")])
    await limit_pages(outbox, 0)
    together = await asyncio.gather(
        *(outbox.put([(f"n{number}", b"x" * 4_000)]) for number in range(5)),
        return_exceptions=True,
    )
    assert any(isinstance(one, OutboxError) for one in together)
    await limit_pages(outbox, 100_000)
    refused = [f"n{number}" for number, one in enumerate(together) if one != {}]
    assert await outbox.find(refused) == {}
    assert (await outbox.find(["a"]))["a"].answer is None
    await outbox.put([("b", b"B")])
    await outbox.close()


async def test_closed_outbox_takes_nothing(tmp_path):
    outbox = await Outbox.open(tmp_path / "outbox.sqlite")
    await outbox.close()
    await outbox.close()
    with pytest.raises(OutboxError):
        await outbox.put([("a", b"A")])


async def test_outbox_in_use_is_refused(tmp_path, outbox):
    with pytest.raises(OutboxInUseError):
        await Outbox.open(tmp_path / "outbox.sqlite")
    await outbox.put([("a", b"A")])


async def test_file_that_is_no_outbox_is_refused(tmp_path):
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE something (x)")
    connection.close()
    with pytest.raises(OutboxError, match="no outbox"):
        await Outbox.open(other)
    text = tmp_path / "text.sqlite"
    text.write_text("hello, this is not a database at all" * 100)
    with pytest.raises(OutboxError):
        await Outbox.open(text)
    with pytest.raises(OutboxError):
        await Outbox.open(tmp_path)


def test_only_the_owner_may_read_what_waits(tmp_path):
    path = tmp_path / "outbox.sqlite"
    connection = open_store(path)
    files = [path, *tmp_path.glob("outbox.sqlite-*")]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    connection.close()


async def test_kill_at_any_moment_loses_nothing_acknowledged(tmp_path):
    """Commands acknowledged wait or have their answer; answers acknowledged stay."""
    chance = random.Random(SEED)
    path = tmp_path / "outbox.sqlite"
    lines = []
    async with forked("tests.gateway.intake.outbox_writer") as writer:
        for run in range(KILLS):
            # Every fifth kill hits the opening itself, the others some commits later.
            count = chance.choice([0, 1, 20, 100, 300])
            delay_s = chance.random() * (0.05 if count == 0 else 0.01)
            lines += await writer.run(str(path), str(run), lines=count, delay_s=delay_s)
    put = {command_id for what, command_id in lines if what == "put"}
    answered = {command_id for what, command_id in lines if what == "answered"}
    assert len(put) > KILLS * 10
    assert answered
    outbox = await Outbox.open(path)
    found = await outbox.find(sorted(put | answered))
    waiting = set(await outbox.waiting())
    assert set(found) == put | answered
    for command_id in put:
        answer = found[command_id].answer
        assert (answer is None) == (command_id.encode() in waiting)
        assert answer is None or answer.code == f"CODE-{command_id}"
    assert all(found[command_id].answer for command_id in answered)
    await outbox.close()
