"""Errors that keep what they carry when they are copied, or sent to another process."""

from collections.abc import Callable
from typing import Any


class EvidenceError(Exception):
    """Base of errors with evidence: a copy or a pickle of one has all of it, and its message.

    Python would call the class with the message alone, which one with two arguments refuses, and
    one that makes its message of its argument gets wrong.
    """

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]:
        """Rebuild without `__init__`: from the message, then the attributes."""
        return _rebuild, (type(self), *self.args), self.__dict__


def _rebuild(kind: type[EvidenceError], *arguments: object) -> EvidenceError:
    return kind.__new__(kind, *arguments)
