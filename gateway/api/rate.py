"""Rate limits: a share per client address and one per device, kept in this process.

A share of `<count>/<period>` may be used up at once; from then on it comes back evenly, one every
period / count. This is the generic cell rate algorithm (ITU-T I.371): a single number per key, the
time at which its share will be whole again.

What is kept is the address and that time, in memory alone, and soon forgotten once it has passed.
"""

import ipaddress
import math
import time
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Final

from gateway.api.errors import ProblemError
from gateway.codes import GatewayCode
from gateway.settings import LimitSettings

RETRY_AFTER_MIN_S: Final = 1
KEYS_MAX: Final = 100_000  # some 20 MB; beyond it, whoever has been away longest is forgotten
_NS_PER_S: Final = 1_000_000_000
_PERIODS_S: Final = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


class Shares:
    """The shares of all keys of one kind.

    Args:
        rate: `<count>/<period>`, as in the settings.
        keys_max: Keys remembered at a time.
        clock: Nanoseconds, never going back; whole numbers, so that no share is lost in rounding.
    """

    def __init__(
        self,
        rate: str,
        *,
        keys_max: int = KEYS_MAX,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        count, _, period = rate.partition("/")
        self._whole = int(count)
        self._period_ns = _PERIODS_S[period] * _NS_PER_S
        self._keys_max = keys_max
        self._clock = clock
        self._whole_at: dict[str, int] = {}  # the longest unused first

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._whole_at)

    def wait_s(self, key: str, cost: int) -> float:
        """Return after how many seconds a key may take so much, 0 for now; takes nothing.

        More than a whole share at once could never be had: it counts as a whole one.
        """
        now = self._clock()
        return max(0, self._after(key, cost, now) - now - self._period_ns) / _NS_PER_S

    def take(self, key: str, cost: int) -> None:
        """Take from a key's share, down to nothing."""
        now = self._clock()
        whole_at = min(self._after(key, cost, now), now + self._period_ns)
        self._whole_at.pop(key, None)
        self._whole_at[key] = whole_at
        self._forget(now)

    def _after(self, key: str, cost: int, now: int) -> int:
        """Return when a key's share would be whole again after taking so much."""
        taken_ns = min(cost, self._whole) * self._period_ns // self._whole
        return max(self._whole_at.get(key, now), now) + taken_ns

    def _forget(self, now: int) -> None:
        """Forget up to two keys whose share is whole, or whoever is one too many.

        Two for each that comes, so that those who went are gone after as many takes.
        """
        for oldest in list(islice(self._whole_at, 2)):
            if self._whole_at[oldest] > now and len(self._whole_at) <= self._keys_max:
                return
            del self._whole_at[oldest]


class RateLimits:
    """The shares of addresses and devices."""

    def __init__(self, limits: LimitSettings) -> None:
        self._requests = Shares(limits.requests_rate)
        self._commands = Shares(limits.commands_rate)

    def count_request(self, address: str) -> None:
        """Count one request from an address.

        Raises:
            ProblemError: `RATE_LIMITED`.
        """
        key = network_of(address)
        _check(self._requests, key, 1)
        self._requests.take(key, 1)

    def check_commands(self, counts: Mapping[str, int]) -> None:
        """Check that devices may send so many commands now; counts nothing.

        Raises:
            ProblemError: `RATE_LIMITED`.
        """
        for kid, count in counts.items():
            _check(self._commands, kid, count)

    def count_commands(self, counts: Mapping[str, int]) -> None:
        """Count commands that devices have really signed, so that nobody spends another's share."""
        for kid, count in counts.items():
            self._commands.take(kid, count)


def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _check(shares: Shares, key: str, cost: int) -> None:
    wait_s = shares.wait_s(key, cost)
    if wait_s > 0:
        after_s = max(RETRY_AFTER_MIN_S, math.ceil(wait_s))
        raise ProblemError(GatewayCode.RATE_LIMITED, retry_after_s=after_s)
