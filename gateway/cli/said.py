"""What the command line says: the texts in words.toml."""

from typing import Final

from gateway.words import load

WORDS: Final = load(__file__)
