"""Recalls: what must not be passed on, declared by two persons, or by one in an emergency.

`records` is the state that every transaction reads; `commands` declare, extend and end a recall.
"""

from chaincode.recalls.commands import TYPES

__all__ = ["TYPES"]
