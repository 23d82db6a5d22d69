"""The words that commands take for reasons, units and the like, and what people call them.

Which words there are, the contract's shapes say; here each is called by a name in both languages,
and by others that people use for it. A word that a shape has and this file does not call anything
fails a test, not a farmer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.lots.harvest import CLERK, INSPECTOR
from chaincode.lots.records import FARMER, PACKER, SHOP
from chaincode.plots import LAND_REGISTRAR
from chaincode.recalls.records import RECALL_OFFICER
from chaincode.registry.records import AUDITOR, REGISTRAR
from chaincode.rules import EVER
from gateway.town.catalogue import PACK_UNITS

Called: TypeAlias = tuple[str, ...]  # Japanese, English, then other ways to say it

ROLES: Final = {  # every one that the contract knows
    REGISTRAR: "登録係",
    LAND_REGISTRAR: "農地係",
    FARMER: "生産者",
    PACKER: "選果場",
    SHOP: "販売者",
    INSPECTOR: "検査員",
    RECALL_OFFICER: "回収担当",
    CLERK: "窓口",
    AUDITOR: "監査人",
}

# By member, or by type and member where one word means different things.
_CALLED: Final[Mapping[str, Mapping[str, Called]]] = {
    "basis": {
        "scan": ("読み取り", "Scanned", "スキャン"),
        "count": ("数えた", "Counted", "個数"),
        "pos": ("レジ", "Till"),
        "oldest-first": ("古い順", "Oldest first"),
        "remainder": ("残りから", "From what remains", "残数"),
    },
    "cause": {
        "residue": ("残留農薬", "Residues"),
        "pathogen": ("病原菌", "Pathogens"),
        "foreign-body": ("異物", "Foreign bodies", "異物混入"),
        "allergen": ("アレルゲン", "Allergens", "アレルギー"),
        "wrong-label": ("表示のまちがい", "Wrong label", "表示"),
        "wrong-origin": ("産地のまちがい", "Wrong origin", "産地"),
        "input": ("資材の問題", "An input", "資材"),
        "spoilage": ("腐敗・変質", "Spoilage", "腐敗", "変質"),
        "other": ("その他", "Other"),
    },
    "channel": {
        "phone": ("電話", "By telephone"),
        "desk": ("窓口", "At the desk"),
        "paper": ("紙", "On paper", "書類", "用紙"),
        "import": ("取り込み", "Imported", "データ"),
    },
    "kind": {
        "farm": ("農園", "Farm", "農家"),
        "shop": ("店", "Shop", "直売所"),
        "hall": ("公民館", "Hall"),
        "household": ("世帯", "Household"),
        "office": ("事務所", "Office"),
        "cooperative": ("農協", "Cooperative"),
        "shops": ("商店会", "Shops"),
        "municipality": ("役場", "Municipality"),
        "auditor": ("監査", "Auditor"),
        "safety": ("安全にかかわる回収", "Safety", "安全"),
        "labelling": ("表示にかかわる回収", "Labelling", "表示"),
        "quality": ("品質にかかわる回収", "Quality", "品質"),
    },
    "outflow": {
        "sold": ("販売", "Sold"),
        "discarded": ("廃棄", "Discarded"),
        "own_use": ("自家消費", "Own use"),
    },
    "reason": {
        "against-rules": ("規則違反", "Against the rules", "違反"),
        "complaint": ("苦情", "A complaint"),
        "damage": ("傷み・破損", "Damage", "傷み", "破損"),
        "damaged": ("破損", "Damaged", "傷"),
        "dissolved": ("解散", "Dissolved"),
        "found": ("あとで見つかった", "Found later", "発見"),
        "key-stolen": ("鍵の盗難・流出", "A stolen key", "鍵の盗難", "鍵の流出"),
        "miscount": ("数えまちがい", "Counted wrongly", "数え違い"),
        "no-fault-found": ("問題は見つかりませんでした", "No fault was found", "異常なし"),
        "not-used": ("使わなかった", "Not used", "未使用"),
        "other": ("その他", "Another reason"),
        "papers": ("書類で確かめた", "By other papers", "書類", "伝票"),
        "sample": ("見本・検査用", "A sample", "見本", "検査用"),
        "second-picking": ("もう一度収穫した", "Picked a second time", "二番取り"),
        "shrinkage": ("目減り", "Shrinkage", "自然減"),
        "silent": ("連絡がとれない", "It does not answer", "音信不通"),
        "spoiled": ("腐った", "Spoiled", "腐敗"),
        "suspicion": ("疑い", "A suspicion"),
        "tested": ("検査で確かめた", "The goods were tested"),
        "test-pending": ("検査待ち", "Waiting for a test"),
        "theft": ("盗難", "Theft"),
        "traced": ("記録をさかのぼって確かめた", "Traced along the records", "追跡"),
        "typing": ("入力のまちがい", "Typed wrongly", "入力", "入力ミス", "打ち間違い"),
        "unsold": ("売れ残り", "Unsold"),
        "weighing": ("量り直し", "Weighed again", "計量", "計り直し"),
        "wrong-date": ("日付のまちがい", "The date was wrong", "日付"),
        "wrong-lot": ("ロットの取りちがえ", "Another lot was meant", "ロット"),
        "wrong-plot": ("畑の取りちがえ", "Another plot was meant", "畑"),
        "wrong-test": ("検査のまちがい", "The test was wrong", "検査"),
    },
    "lot.supplement.reason": {
        "estimate": ("見積もりより多かった", "There was more than estimated", "見積もり"),
    },
    "lot.take_stock.reason": {
        "estimate": ("見積もりとのちがい", "The estimate was off", "見積もり"),
    },
    "label.unbind.reason": {
        "spoiled": ("シールの汚れ・破れ", "The sticker is spoiled", "汚れ", "破れ"),
    },
    "scope": {
        "lot": ("ロット", "Lot"),
        "plot": ("畑", "Plot"),
        "input": ("資材", "Input"),
        "period": ("期間", "Period"),
    },
    "shares": {
        "measured": ("量った", "Measured", "計量"),
        "computed": ("計算した", "Computed", "計算"),
    },
    "unit": {unit: (slip, unit.capitalize()) for unit, slip in PACK_UNITS.items()},
}
# Of a pattern of `shapes.Text` as JSON Schema has it: words, and nothing else, to choose from.
_ALTERNATIVES: Final = re.compile(r"\^\(\?:([a-z0-9_-]+(?:\|[a-z0-9_-]+)+)\)\$", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the contract; `also`: what else people call it, in any language."""

    word: str
    ja: str
    en: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a member of some types of command takes.

    Attributes:
        member: Its name, without what it is inside of: `unit` of `packs.unit`.
        types: The types of command whose member takes exactly these, sorted.
        terms: In the contract's order.
    """

    member: str
    types: tuple[str, ...]
    terms: tuple[Term, ...]


def sentences(type_name: str, member: str, prefix: str) -> dict[str, tuple[str, str]]:
    """Return (Japanese, English) of each word that a member of a type takes, by prefix and word."""
    return {
        f"{prefix}{term.word}": (term.ja, term.en)
        for one in VOCABULARIES
        if one.member == member and type_name in one.types
        for term in one.terms
    }


def _members(schema: Json, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield (member, pattern) of every text below a schema, items and records included."""
    assert isinstance(schema, dict)  # noqa: S101 - JSON Schema
    if schema["type"] == "array":
        yield from _members(schema["items"], name)
    properties = schema.get("properties", {})
    assert isinstance(properties, dict)  # noqa: S101 - JSON Schema
    for member, inner in properties.items():
        yield from _members(inner, member)
    if schema["type"] == "string":
        yield name, str(schema["pattern"])


def _term(type_name: str, member: str, word: str) -> Term:
    special = _CALLED.get(f"{type_name}.{member}", {})
    ja, en, *also = special.get(word) or _CALLED.get(member, {}).get(word) or (word, word)
    return Term(word=word, ja=ja, en=en, also=tuple(also))


def _derived() -> tuple[Vocabulary, ...]:
    types: dict[tuple[str, tuple[Term, ...]], set[str]] = {}
    for type_name, kind in EVER.items():
        for shape in filter(None, (kind.body, kind.closed)):
            for member, pattern in _members(shapes.schema(shape)):
                found = _ALTERNATIVES.fullmatch(pattern)
                if found:
                    words = found[1].split("|")
                    terms = tuple(_term(type_name, member, word) for word in words)
                    types.setdefault((member, terms), set()).add(type_name)
    return tuple(
        Vocabulary(member=member, types=tuple(sorted(names)), terms=terms)
        for (member, terms), names in sorted(
            types.items(), key=lambda one: (one[0][0], min(one[1]))
        )
    )


VOCABULARIES: Final = _derived()
"""Every vocabulary, by member, then by type."""


def labels(type_name: str, member: str) -> Mapping[str, str]:
    """Return the Japanese of each word that a member of a type of command takes, in order."""
    (found,) = (one for one in VOCABULARIES if one.member == member and type_name in one.types)
    return {term.word: term.ja for term in found.terms}
