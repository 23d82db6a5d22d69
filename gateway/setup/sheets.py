"""The workbook's sheets and columns, and the rows they become.

A sheet or column is found by its Japanese or its English name; columns may stand in any order. A
row's identity is its `code`, which the office chooses and keeps; never its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.setup import values
from gateway.setup.shown import Cell
from gateway.town import vocabulary
from gateway.town.catalogue import YIELD_KG_PER_10A

DEMO, REAL = "demo", "real"
MAKE, INVITE, NO_KEY = "make", "invite", "none"
YES, NO = "yes", "no"

TOWN_KINDS: Final = {REAL: "本番", DEMO: "デモ"}
ORGANISATION_KINDS: Final = vocabulary.labels("registry.bootstrap", "kind")
PARTY_KINDS: Final = vocabulary.labels("party.register", "kind")
KEYS: Final = {INVITE: "招待", MAKE: "作成", NO_KEY: "なし"}
AREA_UNITS: Final = {"a": "a", "反": "反", "m2": "m2", "ha": "ha", "坪": "坪"}
ANSWERS: Final = {YES: "はい", NO: "いいえ"}
CROP_CATEGORIES: Final = {
    "leaf": "葉物",
    "root": "根菜",
    "fruit-vegetable": "果菜",
    "fruit": "果物",
    "grain": "穀物",
    "mushroom": "きのこ",
    "processed": "加工品",
    "other": "その他",
}
INPUT_KINDS: Final = {
    "fertiliser": "肥料",
    "soil": "土壌改良材",
    "pesticide": "農薬",
    "seed": "種苗",
    "other": "その他",
}
MEASURES: Final = {
    "pesticide-uses": "化学合成農薬（成分回数）",
    "nitrogen-kg-per-10a": "化学肥料の窒素（kg/10a）",
    YIELD_KG_PER_10A: "1年の収穫量（kg/10a）",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TownRow:
    """The town itself: exactly one."""

    row: int
    name: str
    kind: str
    offset_minutes: int
    address: str
    office: str
    office_english: str
    phone: str
    hours: str
    invitation_days: int
    ledger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRow:
    """An organisation of the constitution."""

    row: int
    code: str
    msp: str
    kind: str
    title: str
    roles: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictRow:
    """A district (大字) that the public may know."""

    row: int
    code: str
    name: str
    english: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """A farm, shop, hall, household or office. `phone` stays in the private register."""

    row: int
    code: str
    organisation: str
    kind: str
    name: str
    english: str
    publish: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person or till; further rows of one code give further roles."""

    row: int
    code: str
    party: str
    name: str
    reading: str
    role: str
    since: str
    until: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotRow:
    """A field. Only its party and district reach the ledger."""

    row: int
    code: str
    party: str
    district: str
    name: str
    area: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsignmentRow:
    """Who may take in whose goods as they come, from a day until a day."""

    row: int
    producer: str
    shop: str
    since: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CropRow:
    """A crop or product."""

    row: int
    code: str
    name: str
    english: str
    reading: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingRow:
    """What one 束, 袋 or コンテナ of a crop weighs, from a date on."""

    row: int
    crop: str
    unit: str
    grams: int
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """A fertiliser, pesticide or seed, and whether organic farming may use it."""

    row: int
    code: str
    name: str
    english: str
    kind: str
    registration: str
    organic: str
    since: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NormRow:
    """What conventional farming of a crop uses here (慣行レベル), from a date on."""

    row: int
    crop: str
    measure: str
    value_tenths: int
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """A grade of the town, and how much of the norm it allows at most, in percent."""

    row: int
    code: str
    name: str
    english: str
    rank: int
    pesticide_percent: int
    nitrogen_percent: int
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A whole workbook, read."""

    town: tuple[TownRow, ...]
    organisations: tuple[OrganisationRow, ...]
    districts: tuple[DistrictRow, ...]
    parties: tuple[PartyRow, ...]
    people: tuple[PersonRow, ...]
    plots: tuple[PlotRow, ...]
    consignments: tuple[ConsignmentRow, ...]
    crops: tuple[CropRow, ...]
    packings: tuple[PackingRow, ...]
    inputs: tuple[InputRow, ...]
    norms: tuple[NormRow, ...]
    grades: tuple[GradeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column.

    Attributes:
        key: The row's member.
        ja: Its Japanese heading.
        en: Its English heading.
        read: From a cell that is not blank to a value; raises `CellError`.
        required: Whether a blank is a fault.
        blank: What a blank means otherwise.
        choices: For a drop-down: English words and their Japanese.
        is_list: Whether several of the choices may stand in one cell.
        refers: The sheet whose `code` stands here.
        example: As the template shows it.
        note: (Japanese, English) help.
    """

    key: str
    ja: str
    en: str
    read: Callable[[Cell], object]
    required: bool = True
    blank: object = ""
    choices: Mapping[str, str] | None = None
    is_list: bool = False
    refers: str = ""
    example: str | int = ""
    note: tuple[str, str] = ("", "")

    @property
    def title(self) -> tuple[str, str]:
        """Its headings, Japanese and English."""
        return self.ja, self.en

    @property
    def is_code(self) -> bool:
        """Whether digits in it are no quantity, so that a first 0 counts."""
        return self.read in {values.code, values.area_code}

    @property
    def is_text(self) -> bool:
        """Whether a spreadsheet should leave what is typed as it is."""
        texts = {values.name, values.title, values.reading, values.phone, values.word, values.crop}
        return self.is_code or self.read in texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: `key` is the member of `Book`, `shape` the dataclass of its rows."""

    key: str
    ja: str
    en: str
    shape: type
    required: bool
    columns: tuple[Column, ...]
    note: tuple[str, str]

    @property
    def title(self) -> tuple[str, str]:
        """Its names, Japanese and English."""
        return self.ja, self.en

    def column(self, key: str) -> Column:
        """Return the column of a row's member."""
        return next(one for one in self.columns if one.key == key)


def choice(
    key: str,
    ja: str,
    en: str,
    choices: Mapping[str, str],
    *,
    example: str,
    required: bool = True,
    blank: str = "",
    note: tuple[str, str] = ("", ""),
) -> Column:
    """Return a column with a drop-down; `example` is one of the choices, or nothing."""
    return Column(
        key=key,
        ja=ja,
        en=en,
        read=values.choice(choices),
        choices=choices,
        example=choices.get(example, ""),
        required=required,
        blank=blank,
        note=note,
    )
