"""What the outcome of a transaction means for each command."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from chaincode.base.canonical import digest
from gateway.intake.schedule import Schedule, is_sound
from gateway.ledgers.port import Receipt
from tests.gateway.intake.making import SETTINGS, item_id, make_item


class Driver:
    """A schedule, a clock, and what was answered."""

    def __init__(self, **limits):
        self.settings = replace(SETTINGS, **limits)
        self.schedule = Schedule(self.settings, Random(1))
        self.now = 100.0
        self.answered = set()
        self.answers = {}

    def add(self, *items, next_seq=1):
        for item in items:
            self.schedule.add(item, next_seq, self.now)
        self.collect()

    def choose(self):
        return self.schedule.next_batch(self.now)

    def wait_and_choose(self):
        """Let time pass until there is something to send, and return it."""
        for _ in range(10):
            batch = self.choose()
            if batch is not None:
                return batch
            wake = self.schedule.next_wake(self.now)
            assert wake is not None, "nothing to send, ever"
            self.now = wake
        raise AssertionError("woken in vain")

    def commit(self, batch, codes=None, block_number=7):
        codes = codes or {}
        results = tuple(
            {"id": item.id, "code": codes.get(item.id, "ACCEPTED"), "flags": []}
            for item in batch.items
        )
        receipt = Receipt(tx_id="t", block_number=block_number, time=5, results=results)
        assert is_sound(receipt, batch.items)
        self.schedule.committed(batch, receipt, self.now)
        self.collect()

    def refuse(self, batch):
        self.schedule.refused(batch, self.now)
        self.collect()

    def collect(self):
        for item, answer in self.schedule.take_answers():
            assert item not in self.answered
            self.answered.add(item)
            self.answers[item.id] = answer

    @property
    def codes(self):
        return {command_id: answer.code for command_id, answer in self.answers.items()}


def ids(batch):
    return [item.id for item in batch.items]


def chain(kid, *seqs):
    return [make_item(kid, seq) for seq in seqs]


def test_committed_command_has_its_place_on_the_ledger_in_its_answer():
    driver = Driver()
    driver.add(make_item("a"))
    driver.commit(driver.choose())
    answer = driver.answers["a-1"]
    assert (answer.taken, answer.block_number, answer.tx_id, answer.ledger_time) == (
        *(True, 7, "t"),
        5,
    )


def test_rejection_is_final_and_counts_as_taken():
    driver = Driver()
    driver.add(*chain("a", 1, 2))
    driver.commit(driver.choose(), {"a-1": "ROLE_MISSING"})
    assert driver.answers["a-1"].taken
    assert driver.codes == {"a-1": "ROLE_MISSING", "a-2": "ACCEPTED"}


def test_command_not_taken_is_dropped_with_those_that_build_upon_it():
    driver = Driver()
    driver.add(*chain("a", 1, 2, 3), make_item("b"))
    driver.commit(
        driver.choose(),
        {"a-1": "CONTRACT_FAULT", "a-2": "SEQUENCE_GAP", "a-3": "SEQUENCE_GAP"},
    )
    assert driver.codes == {
        "a-1": "CONTRACT_FAULT",
        "a-2": "SEQUENCE_GAP",
        "a-3": "SEQUENCE_GAP",
        "b-1": "ACCEPTED",
    }
    assert not driver.answers["a-1"].taken
    driver.add(make_item("a", 4))  # late, and in vain
    assert driver.codes["a-4"] == "SEQUENCE_GAP"
    driver.add(make_item("a", 1))  # tried again
    driver.commit(driver.choose())
    driver.add(make_item("a", 2), next_seq=2)
    driver.commit(driver.choose())
    assert driver.codes["a-2"] == "ACCEPTED"


def test_a_thousand_that_build_upon_a_dropped_command_are_all_told():
    driver = Driver(batch_commands_max=1)
    driver.add(*chain("a", *range(1, 1_001)))
    driver.commit(driver.choose(), {"a-1": "WRONG_PREDECESSOR"}, block_number=-1)
    assert len(driver.codes) == 1_000
    assert set(driver.codes.values()) == {"WRONG_PREDECESSOR", "SEQUENCE_GAP"}
    assert driver.choose() is None
    assert driver.schedule.held == 0


def test_those_behind_a_dropped_command_wait_for_another_of_its_number():
    driver = Driver(in_flight_max=2)
    driver.add(make_item("a", 1))
    flight = driver.choose()
    driver.add(make_item("a", 2, prev="other"), make_item("a", 3, prev="a-2"))
    driver.commit(flight, {"a-1": "WRONG_PREDECESSOR"})
    assert driver.choose() is None
    assert driver.schedule.held == 2
    driver.add(make_item("a", 1, variant="again"))
    assert ids(driver.choose()) == ["a-1again", "a-2", "a-3"]


def test_gap_waits_until_the_ledger_has_moved_on():
    driver = Driver()
    driver.add(make_item("a", 3))
    assert driver.choose() is None
    driver.schedule.advance("a", 3, driver.now)
    assert ids(driver.choose()) == ["a-3"]


def test_gap_that_the_ledger_finds_waits_and_is_not_sent_over_and_over():
    driver = Driver()
    driver.add(make_item("a", 3), next_seq=3)
    driver.commit(driver.choose(), {"a-3": "SEQUENCE_GAP"}, block_number=-1)
    assert driver.choose() is None
    assert driver.schedule.held == 1
    driver.schedule.advance("a", 3, driver.now)
    driver.commit(driver.choose())
    assert driver.codes == {"a-3": "ACCEPTED"}


def test_gap_expires_with_a_clear_answer():
    driver = Driver()
    driver.add(make_item("a", 3), make_item("a", 4))
    driver.now += SETTINGS.held_s - 1
    driver.schedule.expire(driver.now)
    driver.add(make_item("b", 3))
    driver.now += 1
    driver.schedule.expire(driver.now)
    driver.collect()
    assert driver.codes == {"a-3": "SEQUENCE_GAP", "a-4": "SEQUENCE_GAP"}
    assert driver.schedule.held == 1


def test_ledger_is_asked_about_a_gap_ever_more_rarely_and_before_it_expires():
    driver = Driver(held_s=100.0)
    driver.add(make_item("a", 3))
    asked = []
    for _ in range(100):
        driver.now += 1.0
        if driver.schedule.to_ask_about(driver.now):
            asked.append(driver.now - 100.0)
    assert asked == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 100.0]


def test_held_commands_are_bounded():
    driver = Driver(held_commands_max=2)
    for kid in "abc":
        driver.add(make_item(kid, 5))
    assert driver.codes == {"c-5": "SEQUENCE_GAP"}
    assert driver.schedule.held == 2


def test_one_device_can_t_take_all_the_room_for_those_that_wait():
    driver = Driver(held_commands_max=10, device_held_max=2)
    driver.add(*chain("a", 5, 6, 7), make_item("b", 5))
    assert driver.codes == {"a-7": "SEQUENCE_GAP"}
    assert driver.schedule.held == 3


def test_what_was_in_line_is_held_again_however_many_are():
    driver = Driver(held_commands_max=1)
    driver.add(make_item("a", 3), next_seq=3)
    flight = driver.choose()
    driver.add(make_item("b", 5))
    driver.commit(flight, {"a-3": "SEQUENCE_GAP"}, block_number=-1)  # its peer is a block behind
    assert driver.codes == {}
    driver.schedule.advance("a", 3, driver.now)
    driver.commit(driver.choose())
    assert driver.codes == {"a-3": "ACCEPTED"}


def test_held_commands_acknowledged_before_a_restart_always_have_room():
    driver = Driver(held_commands_max=2)
    for kid in "abc":
        driver.schedule.add(make_item(kid, 5), 1, driver.now, is_acknowledged=True)
    driver.collect()
    assert driver.codes == {}
    assert driver.schedule.held == 3


def test_taken_before_is_handed_to_the_record():
    driver = Driver()
    driver.add(*chain("a", 1, 2))
    driver.commit(driver.choose(), {"a-1": "ALREADY_TAKEN"})
    (item,) = driver.schedule.take_recorded()
    assert item.id == "a-1"
    assert driver.codes == {"a-2": "ACCEPTED"}
    driver.schedule.finish(item, driver.now)
    driver.collect()
    assert driver.codes == {"a-2": "ACCEPTED"}


def test_command_on_record_by_another_gateway_is_not_answered_twice():
    driver = Driver()
    driver.add(*chain("a", 1, 2))
    flight = driver.choose()
    driver.schedule.finish(flight.items[0], driver.now)
    driver.commit(flight, {"a-1": "ALREADY_TAKEN"})
    assert driver.codes == {"a-2": "ACCEPTED"}
    assert driver.schedule.take_recorded() == []


@pytest.mark.parametrize("failure", ["conflicted", "away", "refused"])
def test_failed_transaction_leaves_out_what_is_on_record_by_now(failure):
    driver = Driver()
    driver.add(*chain("a", 1, 2, 3))
    flight = driver.choose()
    driver.schedule.finish(flight.items[0], driver.now)
    getattr(driver.schedule, failure)(flight, driver.now)
    sent = []
    while len(driver.answers) < 2:
        batch = driver.wait_and_choose()
        sent += ids(batch)
        driver.commit(batch)
    assert sent == ["a-2", "a-3"]
    assert driver.schedule._nodes == {}


def test_transactions_in_flight_are_bounded():
    driver = Driver(in_flight_max=2)
    batches = []
    for kid in "abc":
        driver.add(make_item(kid))
        batches.append(driver.choose())
    assert [batch and ids(batch) for batch in batches] == [["a-1"], ["b-1"], None]
    assert driver.schedule.next_wake(driver.now) is None
    driver.commit(batches[0])
    assert ids(driver.choose()) == ["c-1"]


@pytest.mark.parametrize(("flight_s", "linger_s"), [(0.004, 0.003), (0.1, 0.025), (2.0, 0.05)])
def test_command_lingers_as_long_as_transactions_take_while_some_are_in_flight(flight_s, linger_s):
    driver = Driver(linger_s=0.003, linger_busy_s=0.05, in_flight_max=4)
    for number in range(100):
        driver.add(make_item(f"d{number}"))
        batch = driver.wait_and_choose()
        driver.now += flight_s
        driver.commit(batch)
    driver.add(make_item("first"))
    assert driver.schedule.next_wake(driver.now) == pytest.approx(driver.now + 0.003)
    assert driver.wait_and_choose()
    driver.add(make_item("second"))
    wake = driver.schedule.next_wake(driver.now)
    assert wake - driver.now == pytest.approx(linger_s, rel=0.05)


def test_poison_ends_and_the_others_pass():
    driver = Driver()
    items = [make_item(f"d{number}", writes=[f"l{number}"]) for number in range(32)]
    driver.add(*items)
    transactions = 0
    while len(driver.answers) < len(items):
        batch = driver.wait_and_choose()
        transactions += 1
        if "d19-1" in ids(batch):
            driver.refuse(batch)
        else:
            driver.commit(batch)
    assert not driver.answers["d19-1"].taken
    codes = driver.codes
    assert codes.pop("d19-1") == "CONTRACT_FAULT"
    assert set(codes.values()) == {"ACCEPTED"}
    # 32 refused, then 8 four times, 2 four times; the last two alone, the poison three times.
    assert transactions == 1 + 4 + 4 + 2 + 2
    assert driver.now - 100.0 < 1.0


def test_commands_that_depend_on_a_poisoned_one_are_told():
    driver = Driver()
    driver.add(*chain("a", 1, 2, 3))
    while not driver.answers:
        driver.refuse(driver.wait_and_choose())
    assert driver.codes == {
        "a-1": "CONTRACT_FAULT",
        "a-2": "SEQUENCE_GAP",
        "a-3": "SEQUENCE_GAP",
    }
    assert driver.schedule.next_wake(driver.now) is None


def test_ledger_that_refuses_everything_is_not_the_commands_fault():
    driver = Driver()
    items = [make_item(f"d{number}") for number in range(20)]
    driver.add(*items)
    for _ in range(300):
        driver.refuse(driver.wait_and_choose())
    assert len(driver.answers) == 3  # what a few poisoned commands would look like, but no more
    while len(driver.answers) < len(items):
        driver.commit(driver.wait_and_choose())
    assert sorted(driver.codes.values()) == ["ACCEPTED"] * 17 + ["CONTRACT_FAULT"] * 3


def test_command_of_unknown_outcome_is_never_called_untaken():
    driver = Driver()
    driver.add(make_item("a"))
    driver.schedule.away(driver.choose(), driver.now, is_unknown=True)
    unknown_at = driver.now
    while driver.now < unknown_at + SETTINGS.doubt_s - SETTINGS.pause_max_s:
        driver.refuse(driver.wait_and_choose())
        assert driver.answers == {}
    for _ in range(4):
        if not driver.answers:
            driver.refuse(driver.wait_and_choose())
    assert driver.codes == {"a-1": "CONTRACT_FAULT"}


def test_ledger_that_is_away_is_tried_with_less_and_less_often():
    driver = Driver()
    driver.add(*(make_item(f"d{number}") for number in range(100)))
    sizes, times = [], []
    for _ in range(12):
        batch = driver.wait_and_choose()
        sizes.append(len(batch.items))
        times.append(driver.now)
        driver.schedule.away(batch, driver.now)
        assert driver.choose() is None
    assert sizes[:5] == [100, 25, 6, 1, 1]
    assert times[-1] - times[-2] >= SETTINGS.pause_max_s / 2
    assert all(b - a <= SETTINGS.pause_max_s for a, b in pairwise(times))


def test_ledger_that_is_back_serves_everything_at_once_and_in_order():
    driver = Driver(in_flight_max=4)
    items = [make_item(f"d{number}", writes=["lot"]) for number in range(50)]
    driver.add(*items)
    for _ in range(10):
        driver.schedule.away(driver.wait_and_choose(), driver.now)
    sent = []
    batch = driver.wait_and_choose()
    back_at = driver.now
    while batch is not None:
        sent += ids(batch)
        driver.commit(batch)
        batch = driver.choose()
    assert sent == [item.id for item in items]
    assert driver.now == back_at


def test_one_transaction_at_a_time_asks_whether_the_ledger_is_back():
    driver = Driver()
    driver.add(*(make_item(f"d{number}") for number in range(10)))
    driver.schedule.away(driver.choose(), driver.now)
    probe = driver.wait_and_choose()
    assert driver.choose() is None
    assert driver.schedule.next_wake(driver.now) is None
    driver.commit(probe)
    assert driver.choose() is not None


def test_command_that_brings_the_ledger_down_ends_when_others_pass_meanwhile():
    driver = Driver()
    poison = make_item("p")
    driver.add(poison)
    others = 0
    while poison.id not in driver.answers:
        others += 1
        driver.now += 0.5
        assert others < 500
        driver.add(make_item(f"d{others}"))
        batch = driver.wait_and_choose()
        if poison.id in ids(batch):
            driver.schedule.away(batch, driver.now)
            driver.collect()
        else:
            driver.commit(batch)
    assert driver.codes[poison.id] == "CONTRACT_FAULT"
    while len(driver.answers) < others + 1:
        driver.commit(driver.wait_and_choose())
    assert list(driver.codes.values()).count("ACCEPTED") == others


def test_command_outlives_a_ledger_that_comes_and_goes():
    driver = Driver()
    lone = make_item("lone")
    driver.add(lone)
    for number in range(15):  # each time it is tried, the ledger is away; then others pass
        driver.schedule.away(driver.wait_and_choose(), driver.now)
        driver.add(make_item(f"d{number}"))
        batch = driver.wait_and_choose()
        while lone in batch.items:
            driver.schedule.away(batch, driver.now)
            batch = driver.wait_and_choose()
        driver.commit(batch)
    while lone.id not in driver.answers:
        driver.commit(driver.wait_and_choose())
    assert driver.codes[lone.id] == "ACCEPTED"


def test_lone_command_outlives_any_outage():
    driver = Driver()
    driver.add(make_item("a"))
    for _ in range(50):
        driver.schedule.away(driver.wait_and_choose(), driver.now)
    driver.commit(driver.wait_and_choose())
    assert driver.codes == {"a-1": "ACCEPTED"}


def test_trouble_never_takes_all_the_transactions_in_flight():
    driver = Driver(in_flight_max=4)
    driver.add(*(make_item(f"d{number}", failures=3) for number in range(4)))
    assert [ids(driver.choose()) for _ in range(2)] == [["d0-1"], ["d1-1"]]
    assert driver.choose() is None
    driver.add(make_item("calm"))
    assert ids(driver.choose()) == ["calm-1"]


def test_command_that_an_older_contract_can_t_read_ends_and_harms_nobody():
    driver = Driver()
    unknown = make_item("a")
    driver.add(unknown, make_item("b"))
    batch = driver.choose()
    results = (
        {"id": digest(unknown.wire), "code": "UNKNOWN_TYPE", "flags": []},
        {"id": item_id("b", 1), "code": "ACCEPTED", "flags": []},
    )
    answer = receipt(*results)
    assert is_sound(answer, batch.items)
    driver.schedule.committed(batch, answer, driver.now)
    driver.collect()
    assert driver.codes == {"a-1": "UNKNOWN_TYPE", "b-1": "ACCEPTED"}


def receipt(*results, block_number=1):
    return Receipt(tx_id="t", block_number=block_number, time=1, results=results)


@pytest.mark.parametrize(
    "wrong",
    [
        receipt(),
        receipt({"id": item_id("b", 1), "code": "ACCEPTED"}),
        receipt({"id": item_id("a", 1), "code": "NO_SUCH_CODE"}),
        receipt({"code": "ACCEPTED"}),
        receipt({"id": item_id("a", 1), "code": "ACCEPTED"}, block_number=-1),
        receipt({"id": digest(make_item("a").wire), "code": "ACCEPTED"}),
    ],
)
def test_receipt_that_answers_something_else_is_not_believed(wrong):
    assert not is_sound(wrong, [make_item("a")])
