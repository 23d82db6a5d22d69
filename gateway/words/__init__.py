"""What is said to a person, in Japanese and English: texts as data, beside whoever says them.

    WORDS = load(__file__)                                    # reads words.toml beside the module
    WORDS["keys.waiting"].say("ja", count=3)                  # 未送信3件

A `words.toml` has one table a text, with the same `{placeholders}` in both languages:

    [keys.waiting]
    ja = "未送信{count}件"
    en = "{count} waiting"

So an office can put its mother tongue right without knowing Python.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final

from chaincode.base.evidence import EvidenceError
from gateway.words.language import LANGUAGES, Language

FILE_NAME: Final = "words.toml"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in every language; `{name}` stands for a fact, `{grams:,}` for a formatted one."""

    ja: str
    en: str

    def say(self, language: Language, /, **facts: object) -> str:
        """Return the text in a language; a fact that is itself a `Text` is said in it, too.

        Raises:
            KeyError: A fact is missing.
        """
        said = {
            name: fact.say(language) if isinstance(fact, Text) else fact
            for name, fact in facts.items()
        }
        return self.template(language).format_map(said)

    def filled(self, /, **facts: object) -> "Text":
        """Return the text with its facts in it, to stand in another text.

        Raises:
            KeyError: A fact is missing.
        """
        ja, en = (verbatim(self.say(language, **facts)) for language in LANGUAGES)
        return Text(ja.ja, en.en)

    def template(self, language: Language) -> str:
        """Return the text in a language with its placeholders as they stand."""
        return self.en if language == "en" else self.ja

    def placeholders(self, language: Language) -> frozenset[str]:
        """Return the names of the facts that the text in a language wants."""
        parts = Formatter().parse(self.template(language))
        return frozenset(name for _, name, _, _ in parts if name is not None)


def verbatim(text: str) -> Text:
    """Return what is said as it is in every language: a name, or words in the right one already."""
    plain = text.replace("{", "{{").replace("}", "}}")
    return Text(plain, plain)


def joined(texts: Iterable[Text], between: str) -> Text:
    """Return texts in a row, each language by itself."""
    every = [*texts]
    ja, en = (verbatim(between.join(one.say(language) for one in every)) for language in LANGUAGES)
    return Text(ja.ja, en.en)


class SaidError(EvidenceError):
    """An error for a person: told in their language by whoever shows it, `str` is the English."""

    def __init__(self, text: Text | str, /, **facts: object) -> None:
        self.text = verbatim(text) if isinstance(text, str) else text
        self.facts = facts
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        """Return what to tell in a language."""
        return self.text.say(language, **self.facts)


@cache
def load(module_file: str) -> Mapping[str, Text]:
    """Return the texts beside a module, by their dotted names.

    Args:
        module_file: The module's `__file__`.

    Raises:
        ValueError: A table is no text: it needs `ja` and `en`, with the same placeholders.
        OSError: There is no file of words.
    """
    path = Path(module_file).with_name(FILE_NAME)
    return dict(_texts(tomllib.loads(path.read_text("utf-8")), f"{path}: ", ""))


def _texts(table: Mapping[str, object], place: str, prefix: str) -> Iterator[tuple[str, Text]]:
    for name, value in table.items():
        key = prefix + name
        if not isinstance(value, dict):
            raise ValueError(f"{place}{key} stands in no table with `ja` and `en`")  # noqa: TRY004
        if not value.keys() & set(LANGUAGES):
            yield from _texts(value, place, f"{key}.")
            continue
        if value.keys() != set(LANGUAGES) or not all(
            isinstance(one, str) for one in value.values()
        ):
            raise ValueError(f"{place}[{key}] must have `ja` and `en` and nothing else")
        text = Text(**value)
        if text.placeholders("ja") != text.placeholders("en"):
            raise ValueError(f"{place}[{key}] has other placeholders in `ja` than in `en`")
        yield key, text
