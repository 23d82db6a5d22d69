from dataclasses import replace
from random import Random

from gateway.intake.batching import Batching
from tests.gateway.intake.making import SETTINGS, make_item


def make_batching(**limits):
    return Batching(replace(SETTINGS, **limits), Random(1))


def choose(batching, now=0.0, **options):
    options = {"linger_s": 0.0, "commands_max": 100} | options
    batch = batching.choose(now, **options)
    return [item.id for item in batch.items] if batch else None


def choose_all(batching, now=0.0, **options):
    batches = []
    while (ids := choose(batching, now, **options)) is not None:
        batches.append(ids)
    return batches


def test_conflicting_commands_share_a_transaction_in_order():
    batching = make_batching()
    for item in (make_item("a", writes=["lot"]), make_item("b"), make_item("c", reads=["lot"])):
        batching.add(item, 0.0)
    assert choose(batching) == ["a-1", "b-1", "c-1"]


def test_conflicting_command_waits_while_the_other_is_in_flight():
    batching = make_batching()
    batching.add(make_item("a", writes=["lot"]), 0.0)
    flight = batching.choose(0.0, linger_s=0.0, commands_max=100)
    batching.add(make_item("b", writes=["lot"]), 0.0)
    batching.add(make_item("c"), 0.0)
    assert choose_all(batching) == [["c-1"]]
    batching.land(flight, 0.0)
    assert choose_all(batching) == [["b-1"]]


def test_readers_of_one_record_don_t_wait_for_each_other():
    batching = make_batching()
    for kid in ("a", "b", "c"):
        batching.add(make_item(kid, reads=["plot"]), 0.0)
        assert choose(batching) == [f"{kid}-1"]


def test_transaction_closes_at_each_limit():
    for limits in (
        {"batch_commands_max": 3},
        {"batch_bytes_max": 3 * 100},
        {"batch_operations_max": 3 * 4},  # each reads and writes its device and a lot
    ):
        batching = make_batching(**limits)
        for number in range(7):
            item = make_item(f"d{number}", reads=[f"l{number}"], writes=[f"l{number}"])
            batching.add(item, 0.0)
        sizes = [
            len(ids)
            for ids in choose_all(batching, commands_max=limits.get("batch_commands_max", 100))
        ]
        assert sizes == [3, 3, 1], limits


def test_records_that_commands_share_count_once():
    batching = make_batching(batch_operations_max=2 + 4)
    for seq in (1, 2, 3, 4):
        batching.add(make_item("a", seq, writes=[f"l{seq}"]), 0.0)
    assert choose(batching) == ["a-1", "a-2", "a-3", "a-4"]


def test_single_command_travels_whatever_its_size():
    batching = make_batching(batch_bytes_max=10, batch_operations_max=1)
    batching.add(make_item(size=16_384), 0.0)
    assert choose(batching) == ["a-1"]


def test_first_command_waits_for_company_only_so_long():
    batching = make_batching(batch_commands_max=3)
    batching.add(make_item("a"), 10.0)
    assert choose(batching, 10.04, linger_s=0.05) is None
    assert batching.next_due(linger_s=0.05) == 10.05
    batching.add(make_item("b"), 10.04)
    assert choose(batching, 10.05, linger_s=0.05) == ["a-1", "b-1"]


def test_full_transaction_waits_for_nobody():
    batching = make_batching(batch_commands_max=3)
    for kid in "abc":
        batching.add(make_item(kid), 10.0)
    assert choose(batching, 10.0, linger_s=0.05, commands_max=3) == ["a-1", "b-1", "c-1"]


def test_refused_transaction_is_tried_in_parts_apart_from_others():
    batching = make_batching()
    for kid in "abcdefg":
        batching.add(make_item(kid), 0.0)
    batching.split(batching.choose(0.0, linger_s=0.0, commands_max=100), 0.0)
    batching.add(make_item("h"), 0.0)
    assert choose_all(batching) == [
        *(["a-1", "b-1"], ["c-1", "d-1"], ["e-1", "f-1"], ["g-1"]),
        ["h-1"],
    ]


def test_second_part_waits_for_the_first_where_it_must():
    batching = make_batching()
    for seq in range(1, 9):
        batching.add(make_item("a", seq), 0.0)
    batching.split(batching.choose(0.0, linger_s=0.0, commands_max=100), 0.0)
    first = batching.choose(0.0, linger_s=0.0, commands_max=100)
    assert [item.seq for item in first.items] == [1, 2]
    assert choose(batching) is None
    batching.land(first, 0.0)
    assert choose(batching) == ["a-3", "a-4"]


def test_command_that_failed_three_times_travels_alone():
    batching = make_batching()
    for kid in "abc":
        batching.add(make_item(kid, failures=3 if kid == "b" else 0), 0.0)
    assert sorted(choose_all(batching)) == [["a-1", "c-1"], ["b-1"]]


def lose_races(batching, now=0.0):
    """Lose the race with every transaction that has the hot lot, until none is left mixed."""
    for _ in range(20):
        batch = batching.choose(now, linger_s=0.0, commands_max=100)
        if batch is None:
            now += 1.0
            continue
        if any("lot" in item.keys for item in batch.items):
            if len(batch.items) == 1:
                return batch, now
            batching.lose_race(batch, now)
        else:
            batching.land(batch, now)
    raise AssertionError("never alone")


def test_hot_record_is_found_and_travels_apart():
    batching = make_batching()
    for number in range(8):
        writes = ["lot"] if number == 5 else []
        batching.add(make_item(f"d{number}", writes=writes), 0.0)
    hot, now = lose_races(batching)
    batching.lose_race(hot, now)
    batching.add(make_item("x", writes=["lot"]), now)
    batching.add(make_item("y"), now)
    assert choose_all(batching, now) == [["y-1"]]  # the hot ones wait for their next try
    now += SETTINGS.conflict_pause_max_s
    assert choose_all(batching, now) == [["d5-1", "x-1"]]


def test_hot_record_is_like_others_after_its_time():
    batching = make_batching()
    batching.add(make_item("a", writes=["lot"]), 0.0)
    batching.lose_race(batching.choose(0.0, linger_s=0.0, commands_max=100), 0.0)
    batching.add(make_item("b"), 0.0)
    now = SETTINGS.hot_s + 1.0
    batching.add(make_item("c", writes=["lot"]), now)
    assert choose_all(batching, now) == [["a-1", "b-1", "c-1"]]
    assert batching._hot == {}


def test_pauses_grow_with_the_races_lost_and_stay_bounded():
    batching = make_batching()
    batching.add(make_item("a", writes=["lot"]), 0.0)
    now, pauses = 0.0, []
    for _ in range(12):
        batching.lose_race(batching.choose(now, linger_s=0.0, commands_max=100), now)
        due = batching.next_due(linger_s=0.0)
        pauses.append(due - now)
        now = due
    assert pauses[0] < 2 * SETTINGS.conflict_pause_s <= pauses[3]
    assert SETTINGS.conflict_pause_max_s / 2 <= pauses[-1] <= SETTINGS.conflict_pause_max_s


def test_calm_only_leaves_out_what_is_likely_to_fail():
    batching = make_batching()
    batching.add(make_item("a"), 0.0)
    alone = batching.choose(0.0, linger_s=0.0, commands_max=100)
    batching.bring_back(alone, 0.0, not_before=0.0)
    batching.add(make_item("b", writes=["lot"]), 0.0)
    racing = batching.choose(0.0, linger_s=0.0, commands_max=100, calm_only=True)
    batching.lose_race(racing, 0.0)
    now = SETTINGS.conflict_pause_max_s
    assert choose(batching, now, calm_only=True) is None
    assert batching.next_due(linger_s=0.0, calm_only=True) is None
    batching.add(make_item("c"), now)
    assert choose(batching, now, calm_only=True) == ["c-1"]
    assert choose_all(batching, now) == [["a-1"], ["b-1"]]


def recall(kid, count):
    """A recall's declaration and what extends it: each writes what every transaction reads."""
    names = ("recall", "recalls/open")
    return [make_item(kid, seq, writes=names, disturbs_all=True) for seq in range(1, count + 1)]


def test_what_every_transaction_reads_is_written_in_one_where_all_of_it_fits():
    """Split, it would be written twice, and twice kill what else is in flight."""
    batching = make_batching(batch_commands_max=10)
    for kid in "abcdefg":
        batching.add(make_item(kid), 0.0)
    for item in recall("q", 4):
        batching.add(item, 0.0)
    for kid in "hijklmn":
        batching.add(make_item(kid), 0.0)
    first, second, _rest = choose_all(batching, commands_max=10)
    assert first == [f"{kid}-1" for kid in "abcdefg"]
    assert second[:5] == ["q-1", "q-2", "q-3", "q-4", "h-1"]
    assert len(second) == 10


def test_two_recalls_that_fit_share_a_transaction():
    batching = make_batching(batch_commands_max=10)
    batching.add(make_item("a"), 0.0)
    for item in (*recall("q", 3), *recall("r", 2)):
        batching.add(item, 0.0)
    assert choose(batching, commands_max=10) == ["a-1", "q-1", "q-2", "q-3", "r-1", "r-2"]


def test_a_recall_too_large_for_any_transaction_waits_for_no_other():
    batching = make_batching(batch_commands_max=10)
    for kid in "abcdefg":
        batching.add(make_item(kid), 0.0)
    for item in recall("q", 12):
        batching.add(item, 0.0)
    first = batching.choose(0.0, linger_s=0.0, commands_max=10)
    assert [item.id for item in first.items][-3:] == ["q-1", "q-2", "q-3"]
    batching.land(first, 0.0)
    assert choose(batching, commands_max=10) == [f"q-{seq}" for seq in range(4, 13)]


def test_a_recall_that_waits_for_another_command_takes_along_only_what_is_free():
    batching = make_batching(batch_commands_max=4)
    batching.add(make_item("b", writes=["x"]), 0.0)
    flight = batching.choose(0.0, linger_s=0.0, commands_max=4)
    for kid in "cd":
        batching.add(make_item(kid), 0.0)
    names = ("recall", "recalls/open")
    batching.add(make_item("q", 1, writes=names, disturbs_all=True), 0.0)
    batching.add(make_item("q", 2, writes=(*names, "x"), disturbs_all=True), 0.0)
    batching.add(make_item("q", 3, writes=names, disturbs_all=True), 0.0)
    assert choose(batching, commands_max=4) == ["c-1", "d-1", "q-1"]
    batching.land(flight, 0.0)
