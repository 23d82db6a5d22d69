"""An event loop whose clock runs only while all tasks sleep: latencies without waiting for them.

For tests without threads and sockets; equal runs give equal times.
"""

import asyncio
import selectors

_LONGEST_S = 86_400.0  # no test lasts so long; tasks that look around for ever would


class _Selector(selectors.SelectSelector):
    """Instead of waiting, moves the clock."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        assert timeout is not None, "everything waits, for ever"
        self.now += max(0.0, timeout)
        assert self.now < _LONGEST_S, "something waits for what never comes"
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time, which starts at 0."""

    def __init__(self):
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self):
        return self._virtual.now


def run(main):
    """Run a coroutine to its end on virtual time, and return what it returns."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
