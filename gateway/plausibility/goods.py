"""What a command says of goods: crops and classes nobody has named, packs that nobody packs.

The one place of these rules. The command line asks back by them before it signs, a dry run answers
them as warnings, and inspectors and senders see them as flags of what was signed all the same. All
of it is judged by the town's catalogue as it is now: what the office names later was never wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chaincode.base.canonical import Json
from gateway.plausibility.codes import FlagCode
from gateway.plausibility.evidence import Figure
from gateway.plausibility.thresholds import Thresholds, thresholds
from gateway.town.catalogue import CatalogueFile, PackingEntry, in_force
from gateway.town.crop_names import PRODUCTS
from gateway.town.other_crops import is_other
from gateway.typed.same_name import fold

CHOICES_MAX: Final = 5
MASSES: Final = ("quantity_g", "counted_g", "received_g")  # what packs stand beside
# Of these, so little is no business of anybody's; what is sold, lost or added may well be little.
_WHOLE: Final = frozenset({"lot.harvest", "lot.open", "lot.ship", "lot.arrive", "lot.claim"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something in a command that is asked back; it is not necessarily wrong.

    Attributes:
        member: Of the command.
        figures: What was compared with what; the unit ends each name.
        choices: Codes that may have been meant, the nearest first.
    """

    code: FlagCode
    member: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amount:
    """Grams of one crop, and the packs they are in."""

    member: str
    crop: str
    grams: int
    packs: Mapping[str, Json]


def doubts(
    kind: str,
    body: Mapping[str, Json],
    closed: Mapping[str, Json],
    *,
    catalogue: CatalogueFile,
    day: str,
    crop: str = "",
) -> list[Doubt]:
    """Return what is to be asked back of a command; pure.

    Args:
        kind: The command's type.
        body: Its open part.
        closed: Its closed part; empty where there is none.
        catalogue: The town's, with every crop and class that has a name.
        day: When it happened, YYYY-MM-DD in the town.
        crop: Of the lot that it names, where the command does not say it.
    """
    limits = thresholds(day)
    said = body.get("crop", closed.get("crop"))
    own = said if isinstance(said, str) else crop
    found = list(_unnamed(kind, body, closed, catalogue))
    for amount in _amounts(body, closed, own):
        specs = [one for one in catalogue.packings if one.crop == amount.crop]
        if amount.packs:
            found += _pack(amount, specs, day, limits)
        elif kind in _WHOLE:
            found += _whole(amount, specs, limits)
    return found


def is_named(crop: str, catalogue: CatalogueFile) -> bool:
    """Whether a crop has a name, or is a product of one that has, or is known to have none yet."""
    if crop in catalogue.crops or is_other(crop):
        return True
    words = crop.split("-")
    return any(
        "-".join(words[:count]) in catalogue.crops and "-".join(words[count:]) in PRODUCTS
        for count in range(1, len(words))
    )


def nearest(typed: str, named: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the codes that may have been meant, the nearest first.

    Args:
        typed: A code, or a name in any width or case.
        named: By code, what people call it.
    """
    by_text: dict[str, str] = {}
    for code, names in named.items():
        for text in (code, *names):
            by_text.setdefault(fold(text), code)
    slipped = fold(typed)
    far = {text: _slips(slipped, text) for text in by_text}
    close = [text for text in far if far[text] <= max(1, min(len(slipped), len(text)) // 3)]
    close.sort(key=lambda text: (far[text], text))
    return tuple(dict.fromkeys(by_text[text] for text in close))[:CHOICES_MAX]


def called(catalogue: CatalogueFile) -> dict[str, tuple[str, ...]]:
    """Return what people call each crop, by code."""
    return {
        code: tuple(filter(None, (one.name.ja, one.name.en, one.reading)))
        for code, one in catalogue.crops.items()
    }


def _unnamed(
    kind: str, body: Mapping[str, Json], closed: Mapping[str, Json], catalogue: CatalogueFile
) -> Iterator[Doubt]:
    said: list[tuple[str, Json]] = [("crop", body.get("crop", closed.get("crop")))]
    classes: list[tuple[str, Json]] = []
    for place, child in enumerate(_objects(body.get("children"))):
        if kind == "lot.process":  # of all other runs it is the parents'
            said.append((f"children[{place}].crop", child.get("crop")))
        classes.append((f"children[{place}].grade", child.get("grade")))
    one = body.get("child")
    if isinstance(one, dict):  # of a run of several commands
        classes.append(("child.grade", one.get("grade")))
    for member, crop in said:
        if isinstance(crop, str) and catalogue.crops and not is_named(crop, catalogue):
            choices = nearest(crop, called(catalogue))
            yield Doubt(
                code=FlagCode.CROP_UNKNOWN, member=member, figures={"word": crop}, choices=choices
            )
    known = {code: (one.ja, one.en) for code, one in catalogue.classes.items()}
    known |= {one.code: (one.name.ja, one.name.en) for one in catalogue.grades}
    for member, grade in classes:
        if isinstance(grade, str) and known and grade not in known:
            yield Doubt(
                code=FlagCode.CLASS_UNKNOWN,
                member=member,
                figures={"word": grade},
                choices=nearest(grade, known),
            )


def _amounts(body: Mapping[str, Json], closed: Mapping[str, Json], crop: str) -> Iterator[_Amount]:
    mass = next((name for name in MASSES if name in closed), "")
    packs, grams = closed.get("packs"), closed.get(mass)
    if isinstance(grams, int) and grams:
        yield _Amount(
            member="packs" if isinstance(packs, dict) else mass,
            crop=crop,
            grams=grams,
            packs=packs if isinstance(packs, dict) else {},
        )
    yield from _of_class(body, closed)
    children = _objects(body.get("children"))
    inputs = [one.get("to_g") for one in _objects(closed.get("inputs"))]
    for place, one in enumerate(_objects(closed.get("packed"))):
        index, packs = one.get("index"), one.get("packs")
        for position, child in enumerate(children):
            if child.get("index", position) != index or not isinstance(packs, dict):
                continue
            parts = [to_g[position : position + 1] for to_g in inputs if isinstance(to_g, list)]
            out_g = sum(part for some in parts for part in some if isinstance(part, int))
            made = str(child.get("crop", ""))
            member = f"packed[{place}].packs"
            yield _Amount(member=member, crop=made, grams=out_g, packs=packs)


def _of_class(body: Mapping[str, Json], closed: Mapping[str, Json]) -> Iterator[_Amount]:
    """Yield what one class of a sorting over several commands is packed in."""
    child, packs = body.get("child"), closed.get("packs")
    if isinstance(child, dict) and isinstance(packs, dict):
        parts = [one.get("to_g") for one in _objects(closed.get("parts"))]
        out_g = sum(part for part in parts if isinstance(part, int))
        yield _Amount(member="packs", crop=str(child.get("crop", "")), grams=out_g, packs=packs)


def _pack(
    amount: _Amount, specs: Sequence[PackingEntry], day: str, limits: Thresholds
) -> Iterator[Doubt]:
    """Compare what one pack weighs with the town's spec, or with what any such pack weighs."""
    unit, count = amount.packs.get("unit"), amount.packs.get("count")
    if unit not in limits.unit_g or not isinstance(count, int) or count < 1:
        return
    pack_g = amount.grams // count
    figures: dict[str, Figure] = {"unit": str(unit), "pack_g": pack_g}
    spec = in_force((one for one in specs if one.unit == unit), day)
    if spec is not None:
        least_g = spec.grams * limits.pack_percent[0] // 100
        most_g = spec.grams * limits.pack_percent[1] // 100
        if not least_g * count <= amount.grams <= most_g * count:
            figures |= {"spec_g": spec.grams, "packs_count": count, "whole_g": amount.grams}
            yield Doubt(code=FlagCode.PACK_FAR_FROM_SPEC, member=amount.member, figures=figures)
        return
    least_g, most_g = limits.unit_g[str(unit)]
    if not least_g * count <= amount.grams <= most_g * count:
        figures |= {"least_g": least_g, "most_g": most_g}
        yield Doubt(code=FlagCode.PACK_UNLIKELY, member=amount.member, figures=figures)
    units = tuple(sorted({one.unit for one in specs}))
    if units:
        yield Doubt(
            code=FlagCode.PACK_UNIT_UNUSUAL,
            member=amount.member,
            figures={"unit": str(unit), "crop": amount.crop, "usual_count": len(units)},
            choices=units,
        )


def _whole(amount: _Amount, specs: Sequence[PackingEntry], limits: Thresholds) -> Iterator[Doubt]:
    """Compare a whole amount with the smallest pack: kilograms are easily typed as grams."""
    pack_g = min((one.grams for one in specs), default=limits.pack_g)
    if amount.grams * 100 < pack_g * limits.pack_percent[0]:
        yield Doubt(
            code=FlagCode.AMOUNT_SMALL,
            member=amount.member,
            figures={"whole_g": amount.grams, "pack_g": pack_g},
        )


def _slips(typed: str, meant: str) -> int:
    """Return how many slips lie between: a letter left out, added, changed, two swapped.

    The restricted Damerau-Levenshtein distance, row by row.
    """
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for place, letter in enumerate(typed, start=1):
        earlier, before, row = before, row, [place]
        for column, other in enumerate(meant, start=1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != other))
            is_swapped = letter == meant[column - 2 : column - 1] and other == typed[place - 2]
            if place > 1 and column > 1 and is_swapped:
                cost = min(cost, earlier[column - 2] + 1)
            row.append(cost)
    return row[-1]


def _objects(value: Json) -> list[Mapping[str, Json]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
