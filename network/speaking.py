"""What is said of a network, in the language of the command line: texts in words.toml."""

from typing import Final

from gateway.cli import speaking
from gateway.words import Text, load, verbatim

WORDS: Final = load(__file__)


def said(name: str, /, **facts: object) -> str:
    """Return a text in the language spoken now: for progress, which is printed as it is told."""
    return WORDS[name].say(speaking.language(), **facts)


def filled(name: str, /, **facts: object) -> Text:
    """Return a text with its facts in it, to stand in another text or an error."""
    text = WORDS[name]
    ja, en = (verbatim(text.say(language, **facts)) for language in ("ja", "en"))
    return Text(ja.ja, en.en)
