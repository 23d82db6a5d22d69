"""Sentences of the pages that need a session, in Japanese and English."""

from collections.abc import Mapping
from typing import Final

OWN_WORDS: Final[Mapping[str, tuple[str, str]]] = {}
