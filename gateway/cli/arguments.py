"""`member=value` words on a command line, read by the shape of the command type they are for."""

import dataclasses
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import get_args

from chaincode.base import shapes
from chaincode.base.canonical import Json
from gateway.cli import by_schema, packing
from gateway.cli.kinds import Kind, fault_of
from gateway.cli.said import WORDS
from gateway.device import joint_sorting
from gateway.device.keyring import Key
from gateway.device.signing import new_nonce
from gateway.typed import lot_numbers
from gateway.typed.member_names import in_path, listed, typed
from gateway.words import SaidError

NAMED_BY = {  # which member a drawn id is for
    "lot.harvest": "lot",
    "lot.open": "lot",
    "lot.ship": "shipment",
    "lot.send_back": "shipment",
    "recall.declare": "recall",
    "recall.emergency": "recall",
    "recall.own": "recall",
    "recall.drill": "recall",
    "label.bind": "roll",  # of a roll that is on record, its number is given
}

# What a type has no member for and existing records are found by: `filling` takes it out again.
FOUND_BY = dict.fromkeys(("lot.unmake", "lot.undo_class", "lot.undo_sort"), "lot")

_MASS = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?(kg|g)", re.ASCII)
_NUMBER = get_args(shapes.LotId)[1].schema()["pattern"]  # a shipment's and a recall's, too
_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)


class ArgumentError(SaidError):
    """A word on the command line can't be read; the message says which and what is expected."""


def read(kind: Kind, words: Sequence[str]) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return (open part, closed part) as far as the words give them.

    A word goes to the part whose shape has its member. Masses may be written `12.5kg` or `300g`,
    packs as `packing` says, numbers of lots as `lot_numbers` says.

    Raises:
        ArgumentError, NumberError, PackingError: A word can't be read.
    """
    body: dict[str, Json] = {}
    closed: dict[str, Json] = {}
    body_members = kind.body["properties"]
    closed_members = kind.closed["properties"] if kind.closed else {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise ArgumentError(WORDS["arguments.no_pair"], word=word)
        if name in body or name in closed:
            raise ArgumentError(WORDS["arguments.twice"], word=word, member=typed(name))
        if name == FOUND_BY.get(kind.name):
            body[name] = text
        elif name in body_members:
            body[name] = _read(name, text, body_members[name])
        elif name in closed_members:
            closed[name] = _read(name, text, closed_members[name])
        else:
            known = [*body_members, *closed_members]
            raise ArgumentError(
                WORDS["arguments.no_member"], kind=kind.name, name=name, known=listed(known)
            )
    return body, closed


def missing(kind: Kind, body: dict[str, Json], closed: dict[str, Json]) -> list[str]:
    """Return the members that are needed and not given (the salt is drawn when signing)."""
    names = []
    for schema, part in ((kind.body, body), (kind.closed, closed)):
        if schema is not None:
            names += [one for one in schema["required"] if one not in part and one != "salt"]
            some = by_schema.needs_some_of(schema)
            names += ["/".join(some)] if some and part.keys().isdisjoint(some) else []
    return names


def has_member(kind: Kind, name: str) -> bool:
    """Whether the open part of this type has a member of that name."""
    return name in kind.body["properties"]


def mass_g(text: str) -> int:
    """Read a mass such as 12.5kg, 300g, or plain grams."""
    return _whole("quantity_g", text)


def _read(name: str, text: str, schema: Json) -> Json:
    assert isinstance(schema, dict)  # noqa: S101 - JSON Schema
    if schema["type"] == "boolean":
        if text not in {"true", "false"}:
            raise ArgumentError(WORDS["arguments.truth"], name=typed(name), text=text)
        return text == "true"
    if schema["type"] == "integer":
        return _whole(name, text)
    if schema["type"] == "array":
        return [_read(name, item, schema["items"]) for item in text.split(",") if item]
    if schema.get("pattern") == _NUMBER:
        return lot_numbers.read(text).lot
    if name == "packs":
        return packing.read(text)
    if schema["type"] == "object":
        raise ArgumentError(WORDS["arguments.record"], name=typed(name))
    return text


def _whole(name: str, text: str) -> int:
    mass = _MASS.fullmatch(text)
    if name.endswith("_g") and mass:
        grams = Decimal(mass[1]) * (1000 if mass[2] == "kg" else 1)
        if grams != int(grams):
            raise ArgumentError(WORDS["arguments.grams"], name=typed(name), text=text)
        return int(grams)
    if not _WHOLE.fullmatch(text):
        kind = "mass" if name.endswith("_g") else "number"
        raise ArgumentError(WORDS[f"arguments.{kind}"], name=typed(name), text=text)
    return int(text)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The parts of a command, complete; `drawn` are the ids that were made for it, by member."""

    type_name: str
    body: dict[str, Json]
    closed: dict[str, Json] | None
    drawn: dict[str, str]

    def sign(self, key: Key, event_time: int | None = None, *, on_behalf: str = "") -> list[bytes]:
        """Return the command, signed by a key in hand; empty `on_behalf`: for nobody else.

        A sorting that one command can't hold is several.
        """
        parts = [(self.type_name, self.body, self.closed)]
        if self.closed is not None and joint_sorting.is_wide(
            self.type_name, self.body, self.closed
        ):
            steps = joint_sorting.steps(self.body, self.closed)
            parts = [(one.kind, one.body, one.closed) for one in steps]
        return [
            key.device.sign(
                kind, body, closed=closed, event_time=event_time, on_behalf=on_behalf or None
            )
            for kind, body, closed in parts
        ]


def prepare(key: Key, kind: Kind, body: dict[str, Json], closed: dict[str, Json]) -> Prepared:
    """Fill in what the signer's device knows: the party, and a new record's id with its nonce."""
    type_name, body = kind.name, dict(body)
    drawn: dict[str, str] = {}
    if has_member(kind, "party") and type_name.startswith(("lot.", "recall.", "label.")):
        body.setdefault("party", key.party)
    if has_member(kind, "id_nonce") and type_name in NAMED_BY:
        member = NAMED_BY[type_name]
        if member not in body:
            name = key.device.name_record(str(body["party"]))
            body.update({member: name.id, "id_nonce": name.nonce, "index": name.index})
            drawn[member] = name.id
    if has_member(kind, "children") and "id_nonce" not in body:
        drawn |= _name_children(key, body)
    lacking = missing(kind, body, closed)
    if lacking:
        raise ArgumentError(WORDS["arguments.lacking"], kind=type_name, lacking=listed(lacking))
    parts = closed if kind.closed is not None else None
    wrong = fault_of(kind, body, closed)
    if wrong is not None:
        raise ArgumentError(WORDS["arguments.value"], name=in_path(wrong), kind=type_name)
    return Prepared(type_name=type_name, body=body, closed=parts, drawn=drawn)


def _name_children(key: Key, body: dict[str, Json]) -> dict[str, str]:
    """Draw the ids of the lots that a run makes, all from one nonce; return them by number."""
    body["id_nonce"] = new_nonce()
    children = body.get("children")
    drawn: dict[str, str] = {}
    for index, child in enumerate(children if isinstance(children, list) else []):
        if isinstance(child, dict):
            party, nonce = str(body["party"]), str(body["id_nonce"])
            name = key.device.name_record(party, nonce=nonce, index=index)
            child.update({"lot": name.id, "index": index})
            drawn[f"lot {index}"] = name.id
    return drawn


def members(kind: Kind) -> list[str]:
    """Return the members a person may give, in order; those filled in for them are left out."""
    return [name for name in kind.members if name not in {"salt", "id_nonce", "index", "party"}]
