"""Lots in a sentence: how many, what they are and of whom, and the numbers of the first."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateway.lookups.lots import LotRecord
from gateway.town.names import Names
from gateway.words.language import Language

NAMED_MAX: Final = 3  # goods, and numbers, that a sentence has room for
UNKNOWN: Final[Mapping[Language, str]] = {"ja": "記録のない品", "en": "goods not on record"}


def lots_in_words(
    ids: Sequence[str], known: Mapping[str, LotRecord | None], names: Names, language: Language
) -> str:
    """Return `にんじん（農園A）の2ロット（…、…）`, or `2 lots: Carrot of Farm A (…, …)`.

    Args:
        ids: The lots' numbers, each once.
        known: Those of them that were looked up; `None` of one that is not on record.
        names: Published names.
        language: Of the words.
    """
    goods = list(dict.fromkeys(_goods(one, names, language) for one in known.values()))
    has_others = len(goods) > NAMED_MAX or len(known) < len(ids)
    named, numbers = goods[:NAMED_MAX] or [UNKNOWN[language]], list(ids[:NAMED_MAX])
    more = len(ids) - len(numbers)
    if language == "ja":
        goods_said = "、".join([*named, *(["ほかの品"] if has_others else [])])
        shown = "、".join([*numbers, *([f"ほか{more}ロット"] if more else [])])
        return f"{goods_said}の{len(ids)}ロット" + (f"（{shown}）" if shown else "")
    goods_said = ", ".join([*named, *(["other goods"] if has_others else [])])
    shown = ", ".join([*numbers, *([f"and {more} more"] if more else [])])
    unit = "lot" if len(ids) == 1 else "lots"
    return f"{len(ids)} {unit}: {goods_said}" + (f" ({shown})" if shown else "")


def _goods(lot: LotRecord | None, names: Names, language: Language) -> str:
    if lot is None:
        return UNKNOWN[language]
    crop, farm = names.crop(lot.crop, language), names.party(lot.party, language) or lot.party
    return f"{crop}（{farm}）" if language == "ja" else f"{crop} of {farm}"
