"""Recalls: what must not be passed on, by two organisations, or by one signer for the time being.

`records` is the state that every transaction reads, `room` who may fill how much of it; `commands`
declare and extend a recall, `ending` confirms and ends it, `clearing` frees what it stops because
nobody knows all its ancestors.
"""

from chaincode.recalls import clearing, commands, ending

TYPES = (*commands.TYPES, *clearing.TYPES, *ending.TYPES)

__all__ = ["TYPES"]
