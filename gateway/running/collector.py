"""Python's collector of garbage in cycles, kept away from what stays as long as the process."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """Let something be made that stays, modules above all, and never look through it for garbage.

    While the gateway is imported, some hundred thousand objects come and none goes: looking for
    cycles among them, over and over, took a fifth of the start. Later they would be looked through
    again with every full collection, in the middle of somebody's request.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
