"""Shares: used up at once, come back evenly, and forgotten."""

from itertools import pairwise

import pytest

from gateway.http.errors import ProblemError
from gateway.http.rate import RateLimits, Shares
from gateway.settings import LimitSettings

SECOND = 1_000_000_000
START = 14_000 * SECOND + 1


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def pass_s(self, seconds):
        self.now += round(seconds * SECOND)


@pytest.fixture
def clock():
    return Clock()


def take_all(shares, key="a", *, most=10_000):
    """Take one at a time until refused; return how many it were."""
    for count in range(most):
        if shares.wait_s(key, 1) > 0:
            return count
        shares.take(key, 1)
    return most


@pytest.mark.parametrize("rate", ["1/second", "7/second", "1200/minute", "599/hour", "3/day"])
def test_a_whole_share_can_be_had_at_once_and_no_more(rate, clock):
    assert take_all(Shares(rate, clock=clock)) == int(rate.partition("/")[0])


@pytest.mark.parametrize("rate", ["7/second", "1200/minute", "599/hour"])
def test_a_share_comes_back_whole_after_its_period_and_no_earlier(rate, clock):
    count, _, period = rate.partition("/")
    shares = Shares(rate, clock=clock)
    take_all(shares)
    clock.pass_s({"second": 1, "minute": 60, "hour": 3_600}[period] / 2)
    assert take_all(shares) == int(count) // 2
    clock.pass_s(2 * {"second": 1, "minute": 60, "hour": 3_600}[period])
    assert take_all(shares) == int(count)


def test_what_it_says_to_wait_is_enough_and_needed(clock):
    shares = Shares("6/minute", clock=clock)
    take_all(shares)
    for cost in (1, 2, 6):
        wait_s = shares.wait_s("a", cost)
        assert wait_s == 10 * cost
        clock.pass_s(wait_s - 0.001)
        assert shares.wait_s("a", cost) > 0
        clock.pass_s(0.001)
        assert shares.wait_s("a", cost) == 0
        shares.take("a", cost)


def test_more_than_a_share_needs_a_whole_one_and_the_rest_is_a_debt(clock):
    shares = Shares("6/minute", clock=clock)
    assert shares.wait_s("a", 100) == 0
    shares.take("a", 6)
    assert shares.wait_s("a", 100) == 60
    clock.pass_s(60)
    assert shares.wait_s("a", 100) == 0
    shares.take("a", 100)
    assert shares.wait_s("a", 1) == 950
    clock.pass_s(950)
    assert shares.wait_s("a", 1) == 0


def test_what_is_held_counts_until_it_is_taken_or_given_back():
    limits = RateLimits(LimitSettings(commands_rate="5/day"))
    with limits.commands("192.0.2.7", {"a": 3}):
        with pytest.raises(ProblemError), limits.commands("192.0.2.7", {"b": 1, "a": 3}):
            raise AssertionError("let in on a share that is held")
        with limits.commands("192.0.2.7", {"b": 5}):
            pass
    with pytest.raises(ProblemError), limits.commands("192.0.2.7", {"a": 3}):
        raise AssertionError("let in on a share that is taken")
    with pytest.raises(ZeroDivisionError), limits.commands("192.0.2.7", {"a": 2}):
        _ = 1 / 0
    with limits.commands("192.0.2.7", {"a": 2}):
        pass


def test_a_stranger_holds_back_nobody_by_naming_his_device():
    """What the stranger sends is looked at for a while, and then found to be forged."""
    limits = RateLimits(LimitSettings(commands_rate="5/day"))
    with (
        pytest.raises(ZeroDivisionError),
        limits.commands("198.51.100.9", {"a": 5}),
        limits.commands("192.0.2.7", {"a": 4}),
    ):
        _ = 1 / 0
    with limits.commands("198.51.100.9", {"a": 5}), limits.commands("192.0.2.7", {"a": 5}):
        pass
    with pytest.raises(ProblemError), limits.commands("192.0.2.7", {"a": 1}):
        raise AssertionError("let in twice")


def test_asking_takes_nothing_and_keys_share_nothing(clock):
    shares = Shares("1/minute", clock=clock)
    assert [shares.wait_s("a", 1) for _ in range(3)] == [0, 0, 0]
    assert len(shares) == 0
    shares.take("a", 1)
    assert shares.wait_s("a", 1) > 0
    assert shares.wait_s("b", 1) == 0


def test_who_is_gone_for_a_period_is_forgotten(clock):
    shares = Shares("10/minute", clock=clock)
    for number in range(1_000):
        shares.take(str(number), 10)
    clock.pass_s(60)
    sizes = []
    for _ in range(1_000):
        shares.take("still here", 1)
        sizes.append(len(shares))
        clock.pass_s(10)
    assert sizes[-1] == 1
    assert all(before > after or before == 1 for before, after in pairwise(sizes))


def test_no_more_keys_are_remembered_than_allowed(clock):
    shares = Shares("1/day", keys_max=100, clock=clock)
    shares.take("first", 1)
    for number in range(99):
        shares.take(str(number), 1)
    assert shares.wait_s("first", 1) > 0
    shares.take("one more", 1)
    assert len(shares) == 100
    assert shares.wait_s("first", 1) == 0
    assert shares.wait_s("0", 1) > 0
