"""A sorting of many owners' goods (共選), told as one, and signed class by class.

One command has at most 64 owners times classes. What is wider is a run of several commands: one
that begins it, and one for each class.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from chaincode.base.canonical import Json
from chaincode.lots.making import COPIES_MAX

SORT: Final = "lot.sort"
BEGIN: Final = "lot.begin_sort"
CLASS: Final = "lot.sort_class"

Parts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a run, not signed yet; its closed part has no salt."""

    kind: str
    body: dict[str, Json]
    closed: dict[str, Json]


def is_wide(kind: str, body: Parts, closed: Parts) -> bool:
    """Whether a run is a sorting that one command can't hold.

    Args:
        kind: The type of command.
        body: The open part.
        closed: The closed part.
    """
    if kind != SORT:
        return False
    owners = {one.get("owner", body.get("party")) for one in closed["inputs"]}
    return len(owners) * len(body["children"]) > COPIES_MAX


def steps(body: Parts, closed: Parts) -> list[Step]:
    """Return the commands that sort as one `lot.sort` of these parts would, in order.

    Args:
        body: Open part of `lot.sort`, complete, with the lots' numbers.
        closed: Its closed part.
    """
    channel = {"channel": body["channel"]} if "channel" in body else {}
    named: dict[str, Json] = {"party": body["party"], "id_nonce": body["id_nonce"]}
    children, inputs = body["children"], closed["inputs"]
    owners = [{"owner": one["owner"]} if "owner" in one else {} for one in inputs]
    begun: dict[str, Json] = {
        **named,
        "parents": list(body["parents"]),
        "crop": children[0]["crop"],
        "shares": body["shares"],
        **channel,
    }
    put_in: list[Json] = [
        {"quantity_g": one["quantity_g"], **owner}
        for one, owner in zip(inputs, owners, strict=True)
    ]
    found = [Step(kind=BEGIN, body=begun, closed={"inputs": put_in})]
    packs = {one["index"]: one["packs"] for one in closed.get("packed") or ()}
    for place, child in enumerate(children):
        parts: list[Json] = [
            {"to_g": one["to_g"][place], **owner} for one, owner in zip(inputs, owners, strict=True)
        ]
        is_last = place == len(children) - 1
        counted = {"packs": packs[child["index"]]} if child["index"] in packs else {}
        found.append(
            Step(
                kind=CLASS,
                body={**named, "child": dict(child), "is_last": is_last, **channel},
                closed={"parts": parts, **counted},
            )
        )
    return found
