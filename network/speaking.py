"""What is said of a network, in the language of the command line: texts in words.toml."""

from typing import Final

from gateway.words import load, speaking

WORDS: Final = load(__file__)


def said(name: str, /, **facts: object) -> str:
    """Return a text in the language spoken now: for progress, which is printed as it is told."""
    return WORDS[name].say(speaking.language(), **facts)
