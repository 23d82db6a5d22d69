"""Rate limits: a moving window per client address and per device, kept in this process.

What is kept is the address and the times of its requests within the window, in memory alone.
"""

import ipaddress
import math
import time

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from gateway.api.errors import ProblemError
from gateway.codes import GatewayCode
from gateway.settings import LimitSettings

RETRY_AFTER_MIN_S = 1


class RateLimits:
    """The shares of addresses and devices."""

    def __init__(self, limits: LimitSettings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._requests = parse(limits.requests_rate)
        self._commands = parse(limits.commands_rate)

    async def count_request(self, address: str) -> None:
        """Count one request from an address.

        Raises:
            ProblemError: `RATE_LIMITED`.
        """
        key = network_of(address)
        if not await self._limiter.hit(self._requests, "address", key):
            raise await self._refusal(self._requests, "address", key)

    async def check_commands(self, counts: dict[str, int]) -> None:
        """Check that devices may send so many commands now; counts nothing.

        Raises:
            ProblemError: `RATE_LIMITED`.
        """
        for kid, count in counts.items():
            # More than a whole share at once could never pass: let it use the whole share.
            cost = min(count, self._commands.amount)
            if not await self._limiter.test(self._commands, "device", kid, cost=cost):
                raise await self._refusal(self._commands, "device", kid)

    async def count_commands(self, counts: dict[str, int]) -> None:
        """Count commands that devices have really signed, so that nobody spends another's share."""
        for kid, count in counts.items():
            cost = min(count, self._commands.amount)
            await self._limiter.hit(self._commands, "device", kid, cost=cost)

    async def _refusal(self, item: object, *key: str) -> ProblemError:
        stats = await self._limiter.get_window_stats(item, *key)  # type: ignore[arg-type]
        wait_s = max(RETRY_AFTER_MIN_S, math.ceil(stats.reset_time - time.time()))
        return ProblemError(GatewayCode.RATE_LIMITED, retry_after_s=wait_s)


def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
