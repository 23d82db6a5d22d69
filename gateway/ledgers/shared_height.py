"""The ledger's height, for whoever asks: one question to the ledger serves all for a moment."""

import asyncio

from gateway.ledgers.port import Ledger, LedgerError


class SharedHeight:
    """Asks at most once in a while: anyone may ask, and on Fabric each question is a stream.

    Args:
        ledger: Not closed here.
        kept_s: How long an answer serves, also that there is none.
        patience_s: A ledger that takes longer to answer counts as away.
    """

    def __init__(self, ledger: Ledger, *, kept_s: float, patience_s: float) -> None:
        self._ledger = ledger
        self._kept_s = kept_s
        self._patience_s = patience_s
        self._asking = asyncio.Lock()  # who comes meanwhile waits for the same answer
        self._kept_until = 0.0
        self._height: int | None = None

    async def ask(self) -> int | None:
        """Return the number of blocks, at most so old; `None` if the ledger is away."""
        now = asyncio.get_running_loop().time
        came = now()
        async with self._asking:
            if came >= self._kept_until:
                self._height = await self._ask_ledger()
                self._kept_until = now() + self._kept_s
            return self._height

    async def _ask_ledger(self) -> int | None:
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._ledger.height()
        except (LedgerError, TimeoutError):
            return None
