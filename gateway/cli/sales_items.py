"""Goods and farms of a till's mapping by any of their names: codes and pseudonyms from there on."""

import re
from collections.abc import Sequence

from gateway.cli import own_choices
from gateway.cli.choosing import Candidate, ChoiceError, matching, only
from gateway.cli.said import WORDS
from gateway.device.client import Client
from gateway.plausibility.goods import called, nearest
from gateway.pos import Item, PosMapping
from gateway.pos.mapping import CROP, PARTY
from gateway.town.catalogue import CatalogueFile
from gateway.town.other_crops import is_other
from gateway.words import speaking


def named(mapping: PosMapping, client: Client) -> PosMapping:
    """Return a mapping whose goods and farms are called as commands call them.

    Raises:
        ChoiceError: A name is nobody's, or several have it; it shows what there is.
    """
    items = mapping.items.values()
    is_named = all(CROP.fullmatch(one.crop) for one in items) and all(
        one.owner is None or PARTY.fullmatch(one.owner) for one in items
    )
    if is_named:
        return mapping
    me: own_choices.Me = client.get("/api/me")
    crops, parties = own_choices.coded(me["choices"]["crops"]), own_choices.parties(me)

    own = me["party"]["id"]

    def one(item: Item) -> Item:
        crop = _value("crop", item.crop, crops, CROP)
        owner = item.owner and _value("owner", item.owner, parties, PARTY)
        # In messages they are called what the mapping calls them.
        said = {
            "name": item.name or (item.crop if item.crop != crop else ""),
            "farm": item.farm or (item.owner if item.owner and item.owner != owner else ""),
        }
        goods = {"crop": crop, "owner": None if owner == own else owner}
        return Item.model_validate(item.model_dump() | said | goods)

    changed = {code: one(item).model_dump() for code, item in mapping.items.items()}
    return PosMapping.model_validate(mapping.model_dump(by_alias=True) | {"items": changed})


def questions(mapping: PosMapping, client: Client) -> list[str]:
    """Return what to ask back of a mapping's goods: crops that the town does not have, a line each.

    Args:
        mapping: As `named` returns it.
        client: Asked for the town's catalogue.

    Raises:
        ApiError: The gateway can't be asked.
    """
    known = called(CatalogueFile.model_validate(client.get("/api/catalogue")))
    language = speaking.language()
    return [
        WORDS["sales_items.crop"].say(
            language, code=code, crop=item.crop, near=", ".join(nearest(item.crop, known)) or "—"
        )
        for code, item in mapping.items.items()
        if item.crop not in known and not is_other(item.crop)
    ]


def _value(member: str, typed: str, candidates: Sequence[Candidate], code: re.Pattern[str]) -> str:
    found = only(member, typed, matching(typed, candidates))
    if found is not None:
        return found.value
    if code.fullmatch(typed):
        return typed
    raise ChoiceError(member, typed, candidates)
