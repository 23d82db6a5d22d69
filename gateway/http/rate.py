"""Rate limits: a share per client address and one per device, kept in this process.

A share of `<count>/<period>` may be used up at once; from then on it comes back evenly, one every
period / count. This is the generic cell rate algorithm (ITU-T I.371): a single number per key, the
time at which its share will be whole again.

What is kept is the address and that time, in memory alone, and soon forgotten once it has passed.
"""

import contextlib
import ipaddress
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final

from starlette.requests import HTTPConnection

from gateway.http.errors import ProblemError
from gateway.settings import LimitSettings
from gateway.words.codes import GatewayCode

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

    def wait_s(self, key: str, cost: int, *, held: int = 0) -> float:
        """Return after how many seconds a key may take so much, 0 for now; takes nothing.

        More than a whole share at once could never be had: a whole one will do, and what is beyond
        it is a debt. `held` is what others are about to take.
        """
        now = self._clock()
        whole_at = self._whole_at_after(key, min(cost, self._whole) + held, now)
        return max(0, whole_at - now - self._period_ns) / _NS_PER_S

    def take(self, key: str, cost: int) -> None:
        """Take from a key's share, or run into debt."""
        now = self._clock()
        whole_at = self._whole_at_after(key, cost, now)
        self._whole_at.pop(key, None)
        self._whole_at[key] = whole_at
        self._forget(now)

    def _whole_at_after(self, key: str, cost: int, now: int) -> int:
        """Return when a key's share would be whole again after taking so much."""
        return max(self._whole_at.get(key, now), now) + cost * self._period_ns // self._whole

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
        self._addresses = Shares(limits.address_commands_rate)
        self._commands = Shares(limits.commands_rate)
        self._held: Counter[tuple[str, str]] = Counter()

    def count_request(self, address: str) -> None:
        """Count one request from an address.

        Raises:
            ProblemError: `RATE_LIMITED`.
        """
        _take(self._requests, network_of(address), 1)

    def count_commands(self, address: str, count: int) -> None:
        """Count commands from an address, whatever comes of them: each costs work.

        Raises:
            ProblemError: `RATE_LIMITED`.
        """
        _take(self._addresses, network_of(address), count)

    @contextlib.contextmanager
    def commands(self, address: str, counts: Mapping[str, int]) -> Iterator[None]:
        """Hold so much of devices' shares meanwhile, and take it if nothing is raised inside.

        So requests that are looked at together don't pass on one share, and what is refused costs
        nothing. Whose a command is shows only inside, by its signature: until then an address holds
        back its own requests alone, and nobody spends or blocks the share of another's device.

        Raises:
            ProblemError: `RATE_LIMITED`, before anything inside is done.
        """
        network = network_of(address)
        for kid, count in counts.items():
            _check(self._commands, kid, count, held=self._held[network, kid])
        self._held.update({(network, kid): count for kid, count in counts.items()})
        try:
            yield
            for kid, count in counts.items():
                self._commands.take(kid, count)
        finally:
            for kid, count in counts.items():
                self._held[network, kid] -= count
                if not self._held[network, kid]:
                    del self._held[network, kid]


def client_of(connection: HTTPConnection) -> str:
    """Return the address that a request comes from."""
    return connection.client.host if connection.client else ""


@lru_cache(maxsize=1_024)  # each request asks several times
def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped  # IPv4, as a socket for both shows it (RFC 4291, 2.5.5.2)
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _take(shares: Shares, key: str, cost: int) -> None:
    _check(shares, key, cost)
    shares.take(key, cost)


def _check(shares: Shares, key: str, cost: int, *, held: int = 0) -> None:
    wait_s = shares.wait_s(key, cost, held=held)
    if wait_s > 0:
        after_s = max(RETRY_AFTER_MIN_S, math.ceil(wait_s))
        raise ProblemError(GatewayCode.RATE_LIMITED, retry_after_s=after_s)
