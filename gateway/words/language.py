"""The languages that people are answered in, and which of them is asked for.

Japanese, unless `Accept-Language` prefers English.
"""

import re
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["ja", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ja", "en")  # the first is used when none is asked for

HEADER_CHARACTERS_MAX: Final = 512  # of an Accept-Language that is read; browsers send some 50

_RANGE: Final = re.compile(r"([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_QUALITY: Final = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)


def negotiate(header: str | None) -> Language:
    """Return the language that an `Accept-Language` prefers (RFC 9110 section 12.5.4).

    Of two equally wanted the first named wins; whatever is malformed or unknown is passed over.
    """
    best, best_quality = LANGUAGES[0], 0.0
    for part in (header or "")[:HEADER_CHARACTERS_MAX].split(","):
        name, quality = _read_range(part)
        if quality <= best_quality:
            continue
        if name == "*":
            best, best_quality = LANGUAGES[0], quality
        for language in LANGUAGES:
            if name == language:
                best, best_quality = language, quality
    return best


def is_language(text: str) -> Language | None:
    """Return `text` as a language, `None` if it is none of ours."""
    return next((language for language in LANGUAGES if language == text), None)


def _read_range(part: str) -> tuple[str, float]:
    """Return the primary subtag and its quality, 0 for what can't be read."""
    name, *parameters = (piece.strip() for piece in part.split(";"))
    matched = _RANGE.fullmatch(name)
    if matched is None:
        return "", 0
    quality = 1.0
    for parameter in parameters:
        weight = _QUALITY.fullmatch(parameter)
        if weight is None:
            return "", 0
        quality = float(weight[1])
    return matched[1].lower(), quality
