"""Records with a shape: a frozen dataclass is the description, the reader and the writer at once.

Every member's type is written as one of the aliases below (`LotId`, `Grams`, …), another record, a
tuple of those, or any of them `| None` for a member that may be absent. `null` is never allowed.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Harvest:
        lot: LotId
        plot: PseudonymId

    read(Harvest, {"lot": "…", "plot": "…"})    # raises FaultError with the member's name
    write(harvest)                              # the JSON object, absent members left out
    schema(Harvest)                             # its JSON Schema, for OpenAPI and other readers
"""

import dataclasses
import re
import types
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from chaincode.base.canonical import INTEGER_MAX, Json
from chaincode.base.errors import Code, FaultError

Record = TypeVar("Record")


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A string that matches `pattern` as a whole; every pattern bounds the length itself."""

    pattern: str
    example: str

    def reader(self) -> Callable[[Json, str], str]:
        """Return the function that checks one value."""
        matches = re.compile(self.pattern, re.ASCII).fullmatch

        def read_text(value: Json, member: str) -> str:
            if not isinstance(value, str) or not matches(value):
                raise FaultError(Code.BAD_VALUE, member)
            return value

        return read_text

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of one value."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "examples": [self.example]}


@dataclasses.dataclass(frozen=True, slots=True)
class Calendar:
    """A date or time that matches `text` and that the calendar has: no 30 February."""

    text: Text

    def reader(self) -> Callable[[Json, str], str]:
        """Return the function that checks one value."""
        read_text = self.text.reader()

        def read_calendar(value: Json, member: str) -> str:
            text = read_text(value, member)
            try:
                datetime.fromisoformat(text)
            except ValueError:
                raise FaultError(Code.BAD_VALUE, member) from None
            return text

        return read_calendar

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of one value."""
        return self.text.schema()


@dataclasses.dataclass(frozen=True, slots=True)
class Integer:
    """A whole number from `least` to `most`."""

    least: int
    most: int

    def reader(self) -> Callable[[Json, str], int]:
        """Return the function that checks one value."""

        def read_integer(value: Json, member: str) -> int:
            if isinstance(value, bool) or not isinstance(value, int):
                raise FaultError(Code.BAD_VALUE, member)
            if not self.least <= value <= self.most:
                raise FaultError(Code.BAD_VALUE, member)
            return value

        return read_integer

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of one value."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclasses.dataclass(frozen=True, slots=True)
class Items:
    """How many items a tuple may have."""

    least: int
    most: int


@dataclasses.dataclass(frozen=True, slots=True)
class Anything:
    """A JSON object whose shape another rule decides (the body inside an approval)."""

    def reader(self) -> Callable[[Json, str], dict[str, Json]]:
        """Return the function that checks one value."""

        def read_object(value: Json, member: str) -> dict[str, Json]:
            if not isinstance(value, dict):
                raise FaultError(Code.BAD_VALUE, member)
            return value

        return read_object

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of one value."""
        return {"type": "object"}


_CROCKFORD = "[0-9A-HJKMNP-TV-Z]"

# Pseudonyms of parties, actors and plots: random, so that no name slips in by habit; beginning
# with a letter, so that none can be a My Number (12 digits).
PseudonymId = Annotated[str, Text("[A-HJKMNP-TV-Z]" + _CROCKFORD + "{11}", "Q7M49X2B0KTD")]
# Lots, shipments and rolls of stickers: at most 20 characters, a valid GS1 lot or serial (GS1
# General Specifications, AI 10 and AI 21).
LotId = Annotated[str, Text(_CROCKFORD + "{20}", "5T2W8YK0M3R7B1XNQ4HD")]
ShipmentId = Annotated[str, Text(_CROCKFORD + "{20}", "0C9F6ZP3S8V2J5EAG7MT")]
RollId = Annotated[str, Text(_CROCKFORD + "{20}", "3R4M9X2B0KTD7S8V2J5E")]
Sha256 = Annotated[str, Text("[0-9a-f]{64}", "9f86d081884c7d65" * 4)]
Bits128 = Annotated[str, Text("[0-9a-f]{32}", "00112233445566778899aabbccddeeff")]
# RFC 7638 thumbprint and RFC 7518 section 6.2.1 coordinates: 32 bytes in base64url.
Base64Url32 = Annotated[
    str, Text("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")
]
Base64Url64 = Annotated[str, Text("[A-Za-z0-9_-]{85}[AQgw]", "A" * 86)]
Timestamp = Annotated[
    str,
    Calendar(
        Text(
            # The hour is spelled out: later Pythons read 24:00 as the next day's midnight.
            "20[0-9]{2}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
            "2026-04-01T21:05:00Z",
        )
    ),
]
Date = Annotated[str, Calendar(Text("20[0-9]{2}-[01][0-9]-[0-3][0-9]", "2026-04-01"))]
Word = Annotated[str, Text("[a-z][a-z0-9_-]{0,31}", "carrot")]
TypeName = Annotated[str, Text(r"[a-z]{1,15}\.[a-z_]{1,24}", "lot.harvest")]
AreaCode = Annotated[str, Text("[0-9A-Z]{1,8}(?:-[A-Z][0-9A-Z]{0,7}){0,3}", "45383-MINAMI")]
MspId = Annotated[str, Text("[A-Za-z][A-Za-z0-9]{1,31}", "TownMSP")]
# The only free text: what an organisation publishes about itself. Letters are checked on reading;
# neither kind of blank that a Japanese keyboard types may stand first or last.
Title = Annotated[str, Text("[^ \u3000](?:.{0,78}[^ \u3000])?", "Co-op")]
# A thousand tonnes in one lot is more than a town's year, and sums stay far below 2^53.
Grams = Annotated[int, Integer(1, 1_000_000_000)]
GramsOrNone = Annotated[int, Integer(0, 1_000_000_000)]
GramsSum = Annotated[int, Integer(0, INTEGER_MAX)]  # what many commands add up to
SequenceNumber = Annotated[int, Integer(1, INTEGER_MAX)]
SmallNumber = Annotated[int, Integer(0, 9_999)]
AnyObject = Annotated[dict[str, Json], Anything()]


_MEMBERS: dict[type, dict[str, tuple[Callable[[Json, str], object], bool, Any]]] = {}
_SOME_OF: dict[type, tuple[str, ...]] = {}


def some_of(*names: str) -> Callable[[type[Record]], type[Record]]:
    """Let a record need one at least of some members, each of which may be absent."""

    def enter(shape: type[Record]) -> type[Record]:
        _SOME_OF[shape] = names
        return shape

    return enter


def needs_some_of(shape: type) -> tuple[str, ...]:
    """Return the members of which a record needs one at least; empty: no such."""
    return _SOME_OF.get(shape, ())


def _members(shape: type) -> dict[str, tuple[Callable[[Json, str], object], bool, Any]]:
    """Return (reader, required, annotation) of each member of `shape`, worked out once."""
    if shape not in _MEMBERS:
        members = {}
        for name, hint in get_type_hints(shape, include_extras=True).items():
            required, inner = _without_none(hint)
            members[name] = (_reader(inner), required, inner)
        _MEMBERS[shape] = members
    return _MEMBERS[shape]


def _without_none(hint: Any) -> tuple[bool, Any]:  # noqa: ANN401 - a type annotation is any object
    if get_origin(hint) in {Union, types.UnionType}:
        (inner,) = [option for option in get_args(hint) if option is not types.NoneType]
        return False, inner
    return True, hint


def _reader(hint: Any) -> Callable[[Json, str], object]:  # noqa: ANN401 - as above
    if hint is bool:
        return _read_bool
    if get_origin(hint) is Annotated:
        base, constraint = get_args(hint)
        if isinstance(constraint, Items):
            return _read_items(_reader(get_args(base)[0]), constraint)
        reader: Callable[[Json, str], object] = constraint.reader()
        return reader

    def read_record(value: Json, member: str) -> object:
        if not isinstance(value, dict):
            raise FaultError(Code.BAD_VALUE, member)
        return read(hint, value, member)

    return read_record


def _read_bool(value: Json, member: str) -> bool:
    if not isinstance(value, bool):
        raise FaultError(Code.BAD_VALUE, member)
    return value


def _read_items(
    read_item: Callable[[Json, str], object], items: Items
) -> Callable[[Json, str], tuple[object, ...]]:
    def read_tuple(value: Json, member: str) -> tuple[object, ...]:
        if not isinstance(value, list) or not items.least <= len(value) <= items.most:
            raise FaultError(Code.BAD_VALUE, member)
        return tuple(read_item(item, f"{member}[{place}]") for place, item in enumerate(value))

    return read_tuple


def read(shape: type[Record], value: Mapping[str, Json], path: str = "") -> Record:
    """Return `value` as a record of `shape`.

    Raises:
        FaultError: `UNKNOWN_MEMBER`, `MISSING_MEMBER` or `BAD_VALUE`, with the member's path.
    """
    prefix = f"{path}." if path else ""
    members = _members(shape)
    unknown = value.keys() - members.keys()
    if unknown:
        raise FaultError(Code.UNKNOWN_MEMBER, prefix + min(unknown))
    arguments = {}
    for name, (reader, required, _) in members.items():
        if name in value:
            arguments[name] = reader(value[name], prefix + name)
        elif required:
            raise FaultError(Code.MISSING_MEMBER, prefix + name)
        else:
            arguments[name] = None
    some = needs_some_of(shape)
    if some and value.keys().isdisjoint(some):
        raise FaultError(Code.MISSING_MEMBER, prefix + some[0])
    return shape(**arguments)


def write(record: object) -> dict[str, Json]:
    """Return `record` as a JSON object; members that are `None` are left out."""
    value: dict[str, Json] = {}
    for name in _members(type(record)):
        member = getattr(record, name)
        if member is not None:
            value[name] = _write(member)
    return value


def _write(member: Any) -> Json:  # noqa: ANN401 - a member has any of the shapes above
    if isinstance(member, str | int | dict):  # bools, too
        return member
    if isinstance(member, tuple):
        return [_write(item) for item in member]
    return write(member)


def schema(shape: type[Record]) -> dict[str, Json]:
    """Return the JSON Schema (2020-12) of `shape`."""
    members = _members(shape)
    some: list[Json] = [{"required": [name]} for name in needs_some_of(shape)]
    described: dict[str, Json] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _schema(hint) for name, (_, _, hint) in members.items()},
        "required": [name for name, (_, required, _) in members.items() if required],
    }
    return described | ({"anyOf": some} if some else {})


def _schema(hint: Any) -> dict[str, Json]:  # noqa: ANN401 - a type annotation is any object
    if hint is bool:
        return {"type": "boolean"}
    if get_origin(hint) is Annotated:
        base, constraint = get_args(hint)
        if isinstance(constraint, Items):
            return {
                "type": "array",
                "minItems": constraint.least,
                "maxItems": constraint.most,
                "items": _schema(get_args(base)[0]),
            }
        described: dict[str, Json] = constraint.schema()
        return described
    return schema(hint)
