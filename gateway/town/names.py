"""Names that pages show beside the ledger's pseudonyms and codes; kept off the ledger, erasable.

The file is JSON, every name in Japanese and English, every group optional:

    {"parties":   {"<pseudonym>": {"ja": "農園A", "en": "Farm A"}},
     "districts": {"<area code>": {"ja": "北川", "en": "Kitagawa"}},
     "crops":     {"<crop code>": {"ja": "にんじん", "en": "Carrot"}},
     "classes":   {"<class code>": {"ja": "秀", "en": "Excellent"}}}

A name that is taken out of the file vanishes from the pages at once; the pseudonym remains. What
the file has no name for, the town's catalogue may have (`gateway.town.catalogue`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, Field

from gateway.storage.watched_file import read_form
from gateway.town.catalogue import Catalogue, CatalogueFile, CropEntry, Words
from gateway.town.crop_names import readable
from gateway.town.office_codes import OfficeCodes
from gateway.town.other_crops import OtherCrops, is_other
from gateway.words.language import Language

# Crops that the demo and most towns grow; the file may add to them or rename them.
CROPS: Final[Mapping[str, tuple[str, str]]] = {
    "asparagus": ("アスパラガス", "Asparagus"),
    "bitter-melon": ("にがうり", "Bitter melon"),
    "broccoli": ("ブロッコリー", "Broccoli"),
    "burdock": ("ごぼう", "Burdock"),
    "cabbage": ("キャベツ", "Cabbage"),
    "carrot": ("にんじん", "Carrot"),
    "chinese-cabbage": ("はくさい", "Chinese cabbage"),
    "cucumber": ("きゅうり", "Cucumber"),
    "daikon": ("だいこん", "Daikon radish"),
    "eggplant": ("なす", "Eggplant"),
    "garlic": ("にんにく", "Garlic"),
    "ginger": ("しょうが", "Ginger"),
    "green-onion": ("ねぎ", "Green onion"),
    "green-pepper": ("ピーマン", "Green pepper"),
    "hyuganatsu": ("日向夏", "Hyuganatsu citrus"),
    "komatsuna": ("こまつな", "Komatsuna"),
    "lettuce": ("レタス", "Lettuce"),
    "mizuna": ("みずな", "Mizuna"),
    "okra": ("オクラ", "Okra"),
    "onion": ("たまねぎ", "Onion"),
    "potato": ("じゃがいも", "Potato"),
    "pumpkin": ("かぼちゃ", "Pumpkin"),
    "rice": ("お米", "Rice"),
    "shiitake": ("しいたけ", "Shiitake mushroom"),
    "spinach": ("ほうれんそう", "Spinach"),
    "strawberry": ("いちご", "Strawberry"),
    "sweet-corn": ("とうもろこし", "Sweet corn"),
    "sweet-potato": ("さつまいも", "Sweet potato"),
    "taro": ("さといも", "Taro"),
    "tea": ("お茶", "Tea"),
    "tomato": ("トマト", "Tomato"),
    "turnip": ("かぶ", "Turnip"),
}

# What everybody is told of a crop that the office has not named yet: never its words.
UNNAMED: Final[Mapping[Language, str]] = {
    "ja": "その他（名前はこれから）",
    "en": "Other (not named yet)",
}

# Classes of size and quality that sorting lines use everywhere; the file may add to them.
CLASSES: Final[Mapping[str, tuple[str, str]]] = {
    "l4": ("4L", "4L"),
    "l3": ("3L", "3L"),
    "l2": ("2L", "2L"),
    "ll": ("LL", "LL"),
    "l": ("L", "L"),
    "m": ("M", "M"),
    "s": ("S", "S"),
    "ss": ("SS", "SS"),
    "s2": ("2S", "2S"),
    "s3": ("3S", "3S"),
    "large": ("大", "Large"),
    "medium": ("中", "Medium"),
    "small": ("小", "Small"),
    "shu": ("秀", "Excellent"),
    "yu": ("優", "Fine"),
    "ryo": ("良", "Good"),
    "a": ("A", "A"),
    "b": ("B", "B"),
    "c": ("C", "C"),
    "cull": ("規格外", "Off grade"),
}

_log = structlog.get_logger(__name__)


class Name(BaseModel):
    """A name in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ja: str = Field(min_length=1, max_length=80)
    en: str = Field(min_length=1, max_length=80)

    def text(self, language: Language) -> str:
        """Return the name in a language."""
        return self.en if language == "en" else self.ja


class NamesFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parties: dict[str, Name] = {}
    districts: dict[str, Name] = {}
    crops: dict[str, Name] = {}
    classes: dict[str, Name] = {}


class Names:
    """The names of the file as it is now: it is read again whenever it has changed."""

    def __init__(
        self,
        path: Path | None = None,
        catalogue: Catalogue | None = None,
        office: OfficeCodes | None = None,
        others: OtherCrops | None = None,
    ) -> None:
        self._path = path
        self.others = others or OtherCrops()
        self.office = office or OfficeCodes()  # for those concerned alone: see `visibility`
        self._catalogue = catalogue or Catalogue()
        self._read_as: tuple[int, int, int] | None = None
        self._names = NamesFile()

    def party(self, pseudonym: str, language: Language) -> str | None:
        """Return the name a party has published, `None` when there is none or none any more."""
        return _text(self._current().parties.get(pseudonym), language)

    def parties(self) -> Mapping[str, Name]:
        """Return every name that a party has published, by pseudonym."""
        return self._current().parties

    def district(self, code: str, language: Language) -> str | None:
        """Return a district's name, or `None`."""
        named = _text(self._current().districts.get(code), language)
        return named or self._catalogue.district(code, language)

    def crop(self, code: str, language: Language) -> str:
        """Return a crop's name; for one without a name, what its code can be read as."""

        def named(one: str) -> str | None:
            return self._crop(one, language)

        return named(code) or readable(code, named, language)

    def crops(self, language: Language) -> list[tuple[str, str]]:
        """Return every crop that has a name, (code, name), by name."""
        codes = {*CROPS, *self._catalogue.current.crops, *self._current().crops}
        return sorted(((code, self.crop(code, language)) for code in codes), key=lambda one: one[1])

    def districts(self, language: Language) -> dict[str, str]:
        """Return the name of every district that has one, by area code."""
        codes = {*self._catalogue.current.districts, *self._current().districts}
        named = {code: self.district(code, language) for code in sorted(codes)}
        return {code: name for code, name in named.items() if name}

    def of_figures(self, figures: Mapping[str, object], language: Language) -> dict[str, str]:
        """Return what stands for the codes among a flag's figures."""
        crop = figures.get("crop")
        return {crop: self.crop(crop, language)} if isinstance(crop, str) else {}

    def known(self) -> CatalogueFile:
        """Return the town's catalogue with every crop and class that has a name anywhere."""
        file, named = self._catalogue.current, self._current()
        crops = {code: Words(ja=ja, en=en) for code, (ja, en) in CROPS.items()}
        crops |= {code: one.name for code, one in file.crops.items()}
        crops |= {code: Words(ja=one.ja, en=one.en) for code, one in named.crops.items()}
        classes = {code: Words(ja=ja, en=en) for code, (ja, en) in CLASSES.items()}
        classes |= file.classes
        classes |= {code: Words(ja=one.ja, en=one.en) for code, one in named.classes.items()}
        entries = {
            code: file.crops.get(code, CropEntry(name=name)).model_copy(update={"name": name})
            for code, name in crops.items()
        }
        return file.model_copy(update={"crops": entries, "classes": classes})

    def _crop(self, code: str, language: Language) -> str | None:
        if is_other(code):
            other = self.others.find(code)
            return self.crop(other.crop, language) if other and other.crop else UNNAMED[language]
        named = _text(self._current().crops.get(code), language)
        named = named or self._catalogue.crop(code, language)
        if named is None and code in CROPS:
            ja, en = CROPS[code]
            named = en if language == "en" else ja
        return named

    def _current(self) -> NamesFile:
        """Return the file's names; none if it can't be read, as a withdrawn name must not stay."""
        if self._path is None:
            return self._names
        try:
            stat = self._path.stat()
            changed = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if changed != self._read_as:
                self._names = read_form(self._path, NamesFile)
                self._read_as = changed
        except FileNotFoundError:  # no name was ever published, or all are withdrawn
            self._names, self._read_as = NamesFile(), (0, 0, 0)
        except (OSError, ValueError) as error:
            if self._names != NamesFile() or self._read_as is None:
                _log.warning("names_not_read", path=str(self._path), error=type(error).__name__)
            self._names, self._read_as = NamesFile(), (0, 0, 0)
        return self._names


def _text(name: Name | None, language: Language) -> str | None:
    return None if name is None else name.text(language)
