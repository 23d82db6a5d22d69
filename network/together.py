"""Several calls at once, as everything that asks several processes is made."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor


def bind(call: Callable[..., None], *args: object, **kwargs: object) -> Callable[[], None]:
    """Return the call with its arguments, to be made by `together`."""
    return lambda: call(*args, **kwargs)


def together(calls: Iterable[Callable[[], None]]) -> None:
    """Make all calls at once and wait for all; raise the first failure."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        running = [pool.submit(call) for call in calls]
    for one in running:
        one.result()
