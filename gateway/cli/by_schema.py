"""A value held against the JSON Schema that a gateway tells, as far as the contract's shapes go.

Objects without further members, lists, texts by a pattern, whole numbers in a range, truths: what
`chaincode.base.shapes.schema` writes.
"""

import re
from typing import Any, Final

from chaincode.base.canonical import Json
from chaincode.base.errors import Code, FaultError

_TYPES: Final = {"array": list, "boolean": bool, "integer": int, "object": dict, "string": str}


def require(schema: dict[str, Any], value: Json, at: str) -> None:
    """Check a value.

    Args:
        schema: Of `shapes.schema`.
        value: What is to be it.
        at: Where it stands; empty for the whole.

    Raises:
        FaultError: With the place of what is wrong.
    """
    if type(value) is not _TYPES[schema["type"]]:  # `type`, for a bool is an int as well
        raise FaultError(Code.BAD_VALUE, at)
    if isinstance(value, dict):
        _require_members(schema, value, at)
    elif isinstance(value, list):
        if not schema["minItems"] <= len(value) <= schema["maxItems"]:
            raise FaultError(Code.BAD_VALUE, at)
        for place, one in enumerate(value):
            require(schema["items"], one, f"{at}[{place}]")
    elif isinstance(value, str):
        if re.search(schema["pattern"], value, re.ASCII) is None or value.endswith("\n"):
            raise FaultError(Code.BAD_VALUE, at)
    elif schema["type"] == "integer" and not _is_within(schema, value):
        raise FaultError(Code.BAD_VALUE, at)


def _is_within(schema: dict[str, Any], value: Json) -> bool:
    return isinstance(value, int) and schema["minimum"] <= value <= schema["maximum"]


def needs_some_of(schema: dict[str, Any]) -> tuple[str, ...]:
    """Return the members of which an object needs one at least; empty: no such."""
    return tuple(name for one in schema.get("anyOf", ()) for name in one["required"])


def _require_members(schema: dict[str, Any], value: dict[str, Json], at: str) -> None:
    members = schema["properties"]
    for name in value:
        if name not in members:
            raise FaultError(Code.UNKNOWN_MEMBER, _within(at, name))
    for name in schema["required"]:
        if name not in value:
            raise FaultError(Code.MISSING_MEMBER, _within(at, name))
    some = needs_some_of(schema)
    if some and value.keys().isdisjoint(some):
        raise FaultError(Code.MISSING_MEMBER, _within(at, some[0]))
    for name, one in value.items():
        require(members[name], one, _within(at, name))


def _within(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
