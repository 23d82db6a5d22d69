"""A second version of the rules, for tests alone: what it takes to change what is in force.

Version 2 no longer takes `lot.own_use`, takes `lot.praise`, and gives a lot one more member, which
is absent from every record that version 1 wrote. Run as a program, it is the contract's process.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass, replace
from types import ModuleType

import uvloop

from chaincode.base import shapes
from chaincode.base.errors import Code
from chaincode.base.shapes import LotId, SmallNumber
from chaincode.command_types import CommandType, Touches
from chaincode.contract import MinoriContract
from chaincode.lots import records
from chaincode.rules import RULES
from chaincode.shim import Config, serve

FORBIDDEN = "lot.own_use"
ADDED = "lot.praise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot(records.Lot):
    """A lot that can be praised; `praises` is absent until it is."""

    praises: SmallNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Praise:
    lot: LotId


def _praise(act, body, _closed):
    key = Lot.key(body.lot)
    lot = act.get(Lot, key, Code.UNKNOWN_LOT)
    act.put(key, replace(lot, praises=(lot.praises or 0) + 1))


def _touches(_command, body, _closed):
    key = Lot.key(body.lot)
    return Touches(reads=(key,), writes=(key,))


PRAISE = CommandType(name=ADDED, body=Praise, touches=_touches, apply=_praise)
VERSIONS = {
    **RULES,
    2: replace(
        RULES[1],
        families={
            **RULES[1].families,
            "lots": (*(one for one in RULES[1].families["lots"] if one.name != FORBIDDEN), PRAISE),
        },
    ),
}


@contextmanager
def larger_lots() -> Iterator[None]:
    """Let every module of the contract, and every record with a lot in it, mean the larger one."""
    old = records.Lot
    modules = [
        one
        for name, one in sorted(sys.modules.items())
        if name.startswith("chaincode.") and getattr(one, "Lot", None) is old
    ]
    shapes_of_lots = {
        (shape, member)
        for module in modules
        for shape in vars(module).values()
        if is_dataclass(shape)
        for member, hint in shape.__annotations__.items()
        if hint is old
    }
    _mean(Lot, modules, shapes_of_lots)
    try:
        yield
    finally:
        _mean(old, modules, shapes_of_lots)


def _mean(lot: type, modules: list[ModuleType], shapes_of_lots: set[tuple[type, str]]) -> None:
    for module in modules:
        module.Lot = lot
    for shape, member in shapes_of_lots:
        shape.__annotations__[member] = lot
        shapes._MEMBERS.pop(shape, None)


if __name__ == "__main__":
    with larger_lots():
        uvloop.run(serve(MinoriContract(VERSIONS), Config.from_environment(os.environ)))
