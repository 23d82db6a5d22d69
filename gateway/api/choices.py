"""What can be chosen from in this town: its catalogue, and the contract's own words."""

from collections.abc import Callable, Iterable
from typing import Any

from gateway.town.catalogue import CatalogueFile, PackingEntry, in_force
from gateway.town.names import Names
from gateway.town.vocabulary import VOCABULARIES

Answer = dict[str, Any]


def choices(names: Names, catalogue: CatalogueFile, *, today: str) -> Answer:
    """Return the choices of a day (YYYY-MM-DD, the town's), every list by code or in its order.

    Crops are the catalogue's, and only where it has none those that most towns grow: of two codes
    for one name nobody could choose.
    """
    crops = {
        code: _choice(code, names.crop(code, "ja"), names.crop(code, "en"))
        for code in sorted(catalogue.crops or {code for code, _ in names.crops("en")})
    }
    for code, crop in catalogue.crops.items():
        if crop.reading:
            crops[code]["also"] += [crop.reading]
    return {
        "crops": list(crops.values()),
        "districts": [
            _choice(code, ja, names.district(code, "en") or ja)
            for code, ja in names.districts("ja").items()
        ],
        "grades": [
            _choice(one.code, one.name.text("ja"), one.name.text("en"))
            for one in sorted(
                _latest(catalogue.grades, today, lambda one: one.code), key=lambda one: one.rank
            )
        ],
        "packings": [
            {"crop": one.crop, "unit": one.unit, "grams": one.grams}
            for one in _latest(catalogue.packings, today, _packed)
        ],
        "vocabularies": _VOCABULARIES,
    }


def _packed(one: PackingEntry) -> str:
    return f"{one.crop} {one.unit}"


def _choice(code: str, ja: str, en: str, also: Iterable[str] = ()) -> Answer:
    return {"code": code, "name": {"ja": ja, "en": en}, "also": list(also)}


def _latest(entries: Iterable[Any], today: str, about: Callable[[Any], str]) -> list[Any]:
    """Return of each thing the entry in force on a day, by what it is about."""
    groups: dict[str, list[Any]] = {}
    for one in entries:
        groups.setdefault(about(one), []).append(one)
    found = (in_force(groups[key], today) for key in sorted(groups))
    return [one for one in found if one is not None]


_VOCABULARIES = [
    {
        "member": one.member,
        "types": list(one.types),
        "words": [_choice(term.word, term.ja, term.en, term.also) for term in one.terms],
    }
    for one in VOCABULARIES
]
