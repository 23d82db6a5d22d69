"""Which codes the rules can answer, read from their source, so that none goes untested.

    can_answer("lot.ship")      the codes that this type's own rule names
    any_can_answer()            those of what comes before any type's rule

Every code that stands in a function counts, and in what that calls; a method is looked for in all
classes of the contract. So this finds more than a rule can answer: what can't happen is excepted,
with why, by the test.
"""

import ast
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from textwrap import dedent
from types import FunctionType, ModuleType

import chaincode
from chaincode import proposals, reading, taking
from chaincode.base.errors import Code
from chaincode.registry import founding
from chaincode.rules import EVER

# Of these two the type's `apply` is never called.
ENTRIES = {founding.BOOTSTRAP: founding.bootstrap, proposals.APPROVE: proposals.approve}
APART = ("chaincode.shim", "chaincode.__main__")  # the process around the rules


def can_answer(type_name: str) -> set[str]:
    codes = _named(ENTRIES.get(type_name, EVER[type_name].apply))
    if EVER[type_name].counterparty is not None:
        codes.add(str(Code.NOT_INDEPENDENT))  # asked of such types alone, by `authorise`
    return codes | (_named(founding.check_signature) if type_name == founding.BOOTSTRAP else set())


def any_can_answer() -> set[str]:
    codes = _named(reading._verify, *ENTRIES.values(), founding.check_signature)
    codes |= _named(taking._check_and_apply, *ENTRIES.values())
    return codes - {str(Code.NOT_INDEPENDENT)}  # see `can_answer`


def _named(function: Callable, *but: Callable) -> set[str]:
    """Return every code that a function names, or what it calls; but not through some."""
    codes, seen, waiting = set(), {*but}, [function]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for value in _mentioned(one):
            if isinstance(value, Code):
                codes.add(str(value))
            elif isinstance(value, FunctionType) and value.__module__.startswith("chaincode"):
                waiting.append(value)
    return codes


def _mentioned(function: FunctionType) -> Iterator[object]:
    """Yield what the names in a function's text stand for."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    names = {**function.__globals__, **{name: cell.cell_contents for name, cell in cells}}
    for node in ast.walk(ast.parse(dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Name):
            yield names.get(node.id)
        elif isinstance(node, ast.Attribute):
            owner = names.get(node.value.id) if isinstance(node.value, ast.Name) else None
            if isinstance(owner, ModuleType | type):
                yield getattr(owner, node.attr, None)
            else:
                yield from _methods().get(node.attr, ())


@cache
def _methods() -> dict[str, list[FunctionType]]:
    """Return the methods and properties of all classes of the rules, by name."""
    found: dict[str, list[FunctionType]] = {}
    for module in pkgutil.walk_packages(chaincode.__path__, "chaincode."):
        if module.name.startswith(APART):
            continue
        for owner in vars(import_module(module.name)).values():
            if isinstance(owner, type) and owner.__module__ == module.name:
                for name, member in vars(owner).items():
                    function = getattr(member, "fget", getattr(member, "__func__", member))
                    found.setdefault(name, []).append(function)
    return found
